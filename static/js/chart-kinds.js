import { common, figure, known, measured, range, reference, soft, token } from "./chart-format.js";

const NARROW = 560;
const RING = 20;

// How wide a text of 12 px is, near enough.
const wide = (text) => [...text].reduce((sum, sign) => sum + (sign > "⺀" ? 12 : 6.5), 0);

// A name in lines of at most `most` px: between words, in Chinese between any two signs.
function wrapped(name, most) {
  const lines = [""];
  (name.match(/[⺀-￿]|[^⺀-￿\s]+\s*/gu) || [name]).forEach((part) => {
    if (lines.at(-1) && wide(lines.at(-1) + part.trimEnd()) > most) lines.push("");
    lines[lines.length - 1] += part;
  });
  return lines.map((line) => line.trimEnd()).join("\n");
}

// Hours across and days down; on phones the other way round, so that the figures stay legible.
export function heat(spec, width) {
  const narrow = width < NARROW;
  const axis = (data, inverse) => ({
    type: "category", data, inverse, axisLabel: { ...soft(), interval: 0, hideOverlap: true }, axisTick: { show: false },
    axisLine: { show: false }, splitArea: { show: false },
  });
  const values = spec.cells.map(([, , value]) => value);
  const [low, high] = [Math.min(...values), spec.high];
  const room = (width - 70) / (narrow ? spec.days : spec.hours).length;
  const longest = Math.max(...spec.cells.map(([, , , short]) => wide(short)));
  const cells = spec.cells.map(([hour, day, value, short, long]) => ({
    value: [...(narrow ? [day, hour] : [hour, day]), Math.min(value, high)], short, long,
  }));
  const base = common();
  return {
    ...base, tooltip: { ...base.tooltip, formatter: ({ data }) => data.long },
    grid: { left: 4, right: 4, top: 4, bottom: 48, containLabel: true },
    xAxis: axis(narrow ? spec.days : spec.hours, false), yAxis: axis(narrow ? spec.hours : spec.days, true),
    visualMap: {
      min: low, max: high > low ? high : low + 1, calculable: false, orient: "horizontal", left: "center", bottom: 0,
      itemWidth: 10, itemHeight: 120, textStyle: soft(), inRange: { color: [token("heat-low"), token("heat-high")] },
      text: spec.ends, hoverLink: false,
    },
    series: [{
      type: "heatmap", data: cells, itemStyle: { borderColor: token("sheet"), borderWidth: 2, borderRadius: 4 },
      label: { show: room > longest + 4, formatter: ({ data }) => data.short, fontSize: 12, color: token("ink") },
      emphasis: { itemStyle: { borderColor: token("ink") } },
    }],
  };
}

export function radar(spec, width) {
  const narrow = width < NARROW;
  const styles = {
    self: { color: token("ember-bright"), width: 2.5, type: "solid", fill: .12 },
    team: { color: token("ink-soft"), width: 1.75, type: [6, 3], fill: 0 },
    point: { color: token("sky"), width: 1.75, type: [2, 3], fill: 0 },
  };
  const drawn = (given) => {
    const style = styles[given.role];
    return {
      name: given.name, value: given.values.map((value) => (known(value) ? value : "-")), texts: given.texts,
      symbolSize: given.role === "self" ? 6 : 0, lineStyle: { color: style.color, width: style.width, type: style.type },
      itemStyle: { color: style.color }, areaStyle: { color: style.color, opacity: style.fill },
    };
  };
  // The ring of the target is a series of its own: it stands out among the grid's rings.
  const target = {
    name: spec.words.target, value: spec.axes.map(() => spec.target), symbolSize: 0, texts: [],
    lineStyle: { color: token("jade"), width: 1.5, type: "solid" }, itemStyle: { color: token("jade") },
  };
  // Most scores lie near the target: the middle is no zero unless someone is there.
  const lowest = Math.min(...spec.series.flatMap(({ values }) => values.filter(known)));
  const min = Math.max(0, Math.min(3, Math.floor(lowest / RING) - 1)) * RING;
  const base = common();
  const said = (data) => [data.name, ...spec.axes.map((name, at) => `${name}: ${data.texts[at] ?? "–"}`)].join("\n");
  return {
    ...base, tooltip: { ...base.tooltip, formatter: ({ data }) => (data.texts.length ? said(data) : data.name) },
    legend: { bottom: 0, icon: "roundRect", itemHeight: 3, textStyle: soft(), data: [...spec.series.map(({ name }) => name), target.name] },
    radar: {
      indicator: spec.axes.map((name) => ({ name, min, max: spec.max })), radius: narrow ? "46%" : "72%",
      center: ["50%", "47%"], splitNumber: (spec.max - min) / RING, splitArea: { show: false }, splitLine: { lineStyle: { color: token("line") } },
      axisLine: { lineStyle: { color: token("line") } },
      axisName: { ...soft(), color: token("ink"), lineHeight: 15, formatter: (name) => wrapped(name, narrow ? 78 : 150) },
    },
    series: [{ type: "radar", data: [target, ...spec.series.map(drawn)], emphasis: { lineStyle: { width: 3 } } }],
  };
}

export function histogram(spec) {
  const { bins, unit } = spec;
  const ends = [bins[0].from, bins.at(-1).to];
  const step = bins[0].to - bins[0].from;
  const inside = (value) => known(value) && value >= ends[0] && value <= ends[1];
  const named = [["target", "dashed", 22], ["median", "solid", 4]].filter(([name]) => inside(spec[name])).map(([name, type, distance]) => (
    reference("xAxis", spec[name], `${spec.words[name]} ${spec.said[name]}`, type, { position: "end", distance })));
  const base = common();
  const counts = range(bins.map(({ count }) => count), "", { from: 0, most: 4 });
  return {
    ...base, tooltip: { ...base.tooltip, formatter: ({ data }) => data.text },
    grid: { left: 4, right: 12, top: 48, bottom: 8, containLabel: true },
    xAxis: {
      type: "value", min: ends[0], max: ends[1], interval: step * Math.ceil(bins.length / 8), splitLine: { show: false }, axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line") } },
      axisLabel: { ...soft(), hideOverlap: true, formatter: (value) => measured(value, unit, ends[1]) },
    },
    yAxis: {
      type: "value", minInterval: 1, min: 0, max: counts.max, interval: Math.max(1, counts.interval),
      splitLine: { lineStyle: { color: token("line") } }, axisLabel: { ...soft(), formatter: (value) => figure(value) },
    },
    series: [{
      type: "bar", barWidth: "92%", color: token("sky"), itemStyle: { borderRadius: [4, 4, 0, 0] },
      data: bins.map(({ from, to, count, text }) => ({ value: [(from + to) / 2, count], text })),
      markLine: { symbol: "none", silent: true, data: named },
      label: { show: true, position: "inside", color: token("on-sky"), fontSize: 12, formatter: ({ data }) => data.value[1] || "" },
    }],
  };
}
