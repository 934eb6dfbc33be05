// <div class="chart" data-chart="ID" data-library="…/echarts.min.js"></div> with json_script ID:
// {kind: "line" | "bar", labels, series: [{name, values, role: "self" | "team" | "point"}], target, benchmark,
//  unit, words: {target, benchmark}}. Colours are the page's tokens; drawn again when they change.
const drawn = new Map();
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const figure = (value, digits = 2) => (value === null || value === undefined ? "–"
  : new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(value));

function series(given, kind, many) {
  const role = given.role || "self";
  const colour = { self: token("ink"), team: token("ink-soft"), point: token("ember-bright") }[role];
  const data = [...given.values];
  const last = data.findLastIndex((value) => value !== null);
  if (kind === "line" && role === "self" && last >= 0) data[last] = lastPoint(data[last], many);
  return {
    name: given.name, type: kind, data, color: colour, connectNulls: false, symbol: "none",
    lineStyle: { width: role === "self" ? 2.25 : 1.75, color: colour }, barMaxWidth: 28,
    itemStyle: { borderRadius: kind === "bar" ? 4 : 0 }, labelLayout: { moveOverlap: "shiftY" },
    endLabel: { show: many, formatter: "{a}", color: colour, fontSize: 12, distance: 10 },
  };
}

function lastPoint(value, many) { // ember only for the point that matters
  const label = { show: !many, position: "right", color: token("ink"), fontSize: 13, fontWeight: 650, formatter: () => figure(value, 1) };
  return { value, symbol: "circle", symbolSize: 8, itemStyle: { color: token("ember-bright") }, label };
}

function line(value, name, type) {
  return {
    yAxis: value, lineStyle: { type, color: token("ink-soft"), width: 1.5 },
    label: { formatter: `${name} ${figure(value)}`, position: "insideStartTop", color: token("ink-soft"), fontSize: 12, padding: [1, 3], backgroundColor: token("sheet") },
  };
}

function references({ target, benchmark, words = {} }) {
  const lines = [];
  if (target !== null && target !== undefined) lines.push(line(target, words.target || "", "dashed"));
  if (benchmark !== null && benchmark !== undefined) lines.push(line(benchmark, words.benchmark || "", "dotted"));
  return { symbol: "none", silent: true, data: lines };
}

function range(spec) { // the references stay in the picture, the ends are round numbers
  const all = spec.series.flatMap((given) => given.values).concat([spec.target, spec.benchmark]);
  const known = all.filter((value) => value !== null && value !== undefined);
  if (!known.length || spec.kind === "bar") return {};
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const rough = (high - low || Math.abs(high) || 1) / 5;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * ten >= rough) * ten;
  const round = (value) => Number(value.toPrecision(12));
  return { min: round(Math.floor(low / step) * step), max: round(Math.ceil(high / step) * step), interval: step };
}

function option(spec) {
  const kind = spec.kind || "line";
  const many = spec.series.length > 1;
  const named = many && kind === "line" && spec.series.length < 4;
  const all = spec.series.map((given) => series(given, kind, named));
  if (all.length) all[0].markLine = references(spec);
  const soft = { color: token("ink-soft"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
  const unit = spec.unit ? ` ${spec.unit}` : "";
  const grid = { color: token("line") };
  return {
    animation: !calm.matches, animationDuration: 200, textStyle: soft, aria: { enabled: true },
    grid: { left: 4, right: named ? 84 : 48, top: 28, bottom: many && !named ? 36 : 8, containLabel: true },
    legend: { show: many && !named, bottom: 0, icon: "roundRect", itemHeight: 3, textStyle: soft },
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: token("sheet"), borderColor: token("line"),
      textStyle: { ...soft, color: token("ink") }, valueFormatter: (value) => figure(value) + unit,
    },
    xAxis: { type: "category", data: spec.labels, axisLabel: { ...soft, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: grid } },
    yAxis: { type: "value", ...range(spec), axisLabel: { ...soft, formatter: (value) => figure(value) }, splitLine: { lineStyle: grid } },
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
