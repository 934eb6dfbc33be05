// <div class="chart" data-chart="{…}" data-library="…/echarts.min.js">: the spec stands in the attribute, because an
// answer swapped in by htmx may carry no scripts, data included. This module only watches; the drawing and the library
// are fetched by pages that have a chart. What specs may say: chart-options.js.
const drawn = new Map();
const waiting = new Set();

let loading;
function library(address) {
  loading ||= new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onerror: failed });
    script.onload = () => done(window.echarts);
    document.head.append(script);
  });
  return loading;
}

async function draw(element) {
  if (waiting.has(element)) return;
  waiting.add(element);
  try {
    const [options, echarts] = await Promise.all([import("./chart-options.js"), library(element.dataset.library)]);
    if (!element.isConnected) return;
    const chart = drawn.get(element) || echarts.init(element, null, { renderer: "svg" });
    drawn.set(element, chart);
    chart.setOption(options.option(JSON.parse(element.dataset.chart), element.clientWidth), true);
    sizes.observe(element);
  } finally {
    waiting.delete(element);
  }
}

const sizes = new ResizeObserver((entries) => entries.forEach(({ target, contentRect: { width } }) => {
  const chart = drawn.get(target);
  if (!chart || !width || Math.abs(chart.getWidth() - width) < 1) return;
  chart.resize();
  draw(target); // labels that fit a desk do not fit a phone
}));

function drawAll() {
  drawn.forEach((chart, element) => {
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
