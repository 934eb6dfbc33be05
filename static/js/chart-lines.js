import { common, known, measured, range, reference, soft, token } from "./chart-format.js";

function series(given, spec, named) {
  const role = given.role || "self";
  const colour = { self: token("ink"), team: token("ink-soft"), point: token("ember-bright") }[role];
  const texts = given.texts || given.values.map((value) => measured(value, spec.unit));
  const data = given.values.map((value, at) => ({ value, text: texts[at] }));
  const last = given.values.findLastIndex(known);
  if (spec.kind === "line" && role === "self" && last >= 0) Object.assign(data[last], lastPoint(!named));
  alone(given.values).forEach((at) => { if (at !== last || role !== "self") Object.assign(data[at], { symbol: "circle", symbolSize: 5 }); });
  return {
    name: given.name, type: spec.kind, data, color: colour, connectNulls: false, symbol: "none",
    lineStyle: { width: role === "self" ? 2.25 : 1.75, type: role === "team" ? [6, 3] : "solid", color: colour },
    barMaxWidth: 28, itemStyle: { borderRadius: spec.kind === "bar" ? [4, 4, 0, 0] : 0 },
    labelLayout: { moveOverlap: "shiftY" },
    endLabel: { show: named, formatter: "{a}", color: colour, fontSize: 12, distance: 10, width: 78, overflow: "break" },
  };
}

// A value between two gaps is no line: it is drawn as a point.
const alone = (values) => values.flatMap((value, at) => (known(value) && !known(values[at - 1]) && !known(values[at + 1]) ? [at] : []));

function lastPoint(labelled) { // ember only for the point that matters
  const label = { show: labelled, position: "right", color: token("ink"), fontSize: 13, fontWeight: 650, formatter: ({ data }) => data.text };
  return { symbol: "circle", symbolSize: 8, itemStyle: { color: token("ember-bright") }, label };
}

// Where a reference's name crosses no line: at one of its ends or its middle, above or below.
function free(spec, value, { min, max }) {
  const high = (max - min) / 9;
  const many = spec.labels.length;
  const thirds = { Start: [0, .4], Middle: [.3, .7], End: [.6, 1] };
  const places = Object.keys(thirds).flatMap((third) => ["Top", "Bottom"].map((side) => {
    const [from, to] = thirds[third].map((share) => share * (many - 1));
    const [low, top] = side === "Top" ? [value, value + high] : [value - high, value];
    const crossing = spec.series.flatMap(({ values }) => values.filter((each, at) => known(each) && at >= from && at <= to)
      .map((each) => (each < low || each > top ? 0 : 1)));
    const outside = top > max || low < min ? many : 0;
    return { position: `inside${third}${side}`, crossed: crossing.reduce((sum, each) => sum + each, outside) };
  }));
  return places.reduce((best, each) => (each.crossed < best.crossed ? each : best)).position;
}

function lines(spec, scale) {
  const kinds = [["target", "dashed"], ["benchmark", "dotted"], ["limit", "dotted"]].filter(([name]) => known(spec[name]));
  const same = kinds.length > 1 && spec.target === spec.benchmark && spec.words.both;
  return (same ? kinds.filter(([name]) => name !== "benchmark") : kinds).map(([name, type]) => {
    const word = same && name === "target" ? spec.words.both : spec.words?.[name] || "";
    const position = free(spec, spec[name], scale);
    return reference("yAxis", spec[name], `${word} ${spec.said?.[name] ?? measured(spec[name], spec.unit)}`, type, { position });
  });
}

export function along(spec, width) {
  const many = spec.series.length > 1;
  const named = many && spec.kind === "line" && spec.series.length < 4 && width > 420;
  const all = spec.series.map((given) => series(given, spec, named));
  const values = spec.series.flatMap((given) => given.values).concat([spec.target, spec.benchmark, spec.limit]);
  const scale = range(values, spec.unit, spec.kind === "bar" ? { from: 0 } : {});
  if (all.length) all[0].markLine = { symbol: "none", silent: true, data: lines(spec, scale) };
  const base = common();
  const text = (lines) => [lines[0].axisValueLabel, ...lines.map(({ seriesName, data }) => `${seriesName}: ${data.text}`)].join("\n");
  return {
    ...base, tooltip: { ...base.tooltip, trigger: "axis", formatter: text },
    grid: { left: 4, right: named ? 92 : spec.kind === "bar" ? 8 : 60, top: 28, bottom: many && !named ? 32 : 8, containLabel: true },
    legend: { show: many && !named, bottom: 0, icon: "roundRect", itemHeight: 3, textStyle: soft() },
    xAxis: {
      type: "category", data: spec.labels, axisLabel: { ...soft(), hideOverlap: true }, axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line") } },
    },
    yAxis: {
      type: "value", ...scale, splitLine: { lineStyle: { color: token("line") } },
      axisLabel: { ...soft(), formatter: (value) => measured(value, spec.unit, scale.max) },
    },
    series: all,
  };
}
