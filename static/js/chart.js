// <div class="chart" data-chart="ID" data-library="…/echarts.min.js"></div> with json_script ID:
// {kind: "line" | "bar", labels, series: [{name, values, role: "self" | "team" | "point"}], target, benchmark,
//  unit, words: {target, benchmark}}. Colours are the page's tokens; drawn again when they change.
const drawn = new Map();
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const figure = (value) => (value === null || value === undefined ? "–"
  : new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(value));

function series(given, kind) {
  const colour = { self: token("ink"), team: token("ink-soft"), point: token("ember-bright") }[given.role || "self"];
  return {
    name: given.name, type: kind, data: given.values, color: colour, connectNulls: false, showSymbol: given.values.length < 40,
    symbolSize: 6, lineStyle: { width: 2, color: colour }, barMaxWidth: 28, itemStyle: { borderRadius: kind === "bar" ? 4 : 0 },
  };
}

function line(value, name, type) {
  return {
    yAxis: value, lineStyle: { type, color: token("ink-soft"), width: 1.5 },
    label: { formatter: `${name} ${figure(value)}`, position: "insideEndTop", color: token("ink-soft"), fontSize: 12 },
  };
}

function references({ target, benchmark, words = {} }) {
  const lines = [];
  if (target !== null && target !== undefined) lines.push(line(target, words.target || "", "dashed"));
  if (benchmark !== null && benchmark !== undefined) lines.push(line(benchmark, words.benchmark || "", "dotted"));
  return { symbol: "none", silent: true, data: lines };
}

function option(spec) {
  const all = spec.series.map((given) => series(given, spec.kind || "line"));
  if (all.length) all[0].markLine = references(spec);
  const soft = { color: token("ink-soft"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
  const unit = spec.unit ? ` ${spec.unit}` : "";
  return {
    animation: !calm.matches, animationDuration: 200, textStyle: soft, aria: { enabled: true },
    grid: { left: 8, right: 24, top: 28, bottom: all.length > 1 ? 36 : 8, containLabel: true },
    legend: { show: all.length > 1, bottom: 0, icon: "roundRect", itemHeight: 3, textStyle: soft },
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: token("sheet"), borderColor: token("line"),
      textStyle: { ...soft, color: token("ink") }, valueFormatter: (value) => figure(value) + unit,
    },
    xAxis: { type: "category", data: spec.labels, axisLabel: soft, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line") } } },
    yAxis: { type: "value", scale: (spec.kind || "line") === "line", axisLabel: { ...soft, formatter: figure }, splitLine: { lineStyle: { color: token("line") } } },
    series: all,
  };
}

let loading;
function library(address) { // fetched only by pages that have a chart
  loading ||= new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onerror: failed });
    script.onload = () => done(window.echarts);
    document.head.append(script);
  });
  return loading;
}

async function draw(element) {
  const data = document.getElementById(element.dataset.chart);
  if (!data) return;
  const echarts = await library(element.dataset.library);
  if (!element.isConnected) return;
  const chart = echarts.getInstanceByDom(element) || echarts.init(element, null, { renderer: "svg" });
  drawn.set(element, chart);
  chart.setOption(option(JSON.parse(data.textContent)), true);
  watcher.observe(element);
}

const watcher = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize()));

function drawAll() {
  drawn.forEach((chart, element) => {
    if (element.isConnected) return;
    watcher.unobserve(element);
    chart.dispose();
    drawn.delete(element);
  });
  document.querySelectorAll("[data-chart]").forEach((element) => { if (!drawn.has(element)) draw(element); });
}

document.addEventListener("htmx:load", drawAll);
document.addEventListener("look:swapped", drawAll);
new MutationObserver(() => drawn.forEach((_, element) => draw(element)))
  .observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
drawAll();
