// <div class="chart" data-chart="{…}" data-library="…/echarts.min.js">: the spec stands in the attribute, because an
// answer swapped in by htmx may carry no scripts, data included. This module only watches; the drawing and the library
// are fetched by pages that have a chart. What specs may say: chart-options.js.
const drawn = new Map();
const waiting = new Set();

let loading;
function tools(address) {
  loading ||= Promise.all([import("./chart-options.js"), new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onerror: failed });
    script.onload = () => done(window.echarts);
    document.head.append(script);
  })]);
  return loading;
}

async function draw(element) {
  if (waiting.has(element)) return;
  waiting.add(element);
  const [{ option }, echarts] = await tools(element.dataset.library);
  waiting.delete(element);
  if (!element.isConnected) return;
  drawn.get(element)?.chart.dispose();
  const [width, height] = [element.clientWidth, element.clientHeight];
  const chart = echarts.init(element, null, { renderer: "svg", width, height });
  drawn.set(element, { chart, width, height });
  chart.setOption(option(JSON.parse(element.dataset.chart), width));
  sizes.observe(element);
}

// Drawn anew rather than stretched: labels that fit a desk do not fit a phone.
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => {
  const last = drawn.get(target);
  if (last && target.clientWidth && (last.width !== target.clientWidth || last.height !== target.clientHeight)) draw(target);
}));

function drawAll() {
  drawn.forEach(({ chart }, element) => {
    if (element.isConnected) return;
    sizes.unobserve(element);
    chart.dispose();
    drawn.delete(element);
  });
  document.querySelectorAll("[data-chart]").forEach((element) => { if (!drawn.has(element)) draw(element); });
}

const again = () => drawn.forEach((_, element) => draw(element));
document.addEventListener("htmx:load", drawAll);
document.addEventListener("look:swapped", drawAll);
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
drawAll();
