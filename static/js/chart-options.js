// From a chart's spec to ECharts options. A spec is {kind, …}; values are numbers or null, `texts` the same values as
// people read them.
//   line, bar   {labels, series: [{name, values, texts, role: "self", "team" or "point"}], target, benchmark, limit, unit,
//                words: {target, benchmark, limit}}
//   heat        {days, hours, cells: [[hour index, day index, value, short text, long text]], unit}
//   radar       {axes, max, ring, series as above}
//   histogram   {bins: [{from, to, count, text}], median, target, unit, words: {median, target, people}}
import { heat, histogram, radar } from "./chart-kinds.js";
import { along } from "./chart-lines.js";

const KINDS = { line: along, bar: along, heat, radar, histogram };
export const option = (spec, width) => KINDS[spec.kind || "line"]({ kind: "line", ...spec }, width);
