// Colours are the page's tokens, notation is that of the page's language.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
export const known = (value) => value !== null && value !== undefined;
const language = () => document.documentElement.lang;

export function figure(value, digits = 2) {
  return known(value) ? new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value) : "–";
}

const DURATIONS = [["hour", 3600, "narrow"], ["minute", 60, "short"], ["second", 1, "narrow"]];

// A figure on an axis: 90 %, 4 min, 1,200. With `widest` all ticks of an axis share its unit.
export function measured(value, unit, widest = Math.abs(value)) {
  if (unit === "%") return `${figure(value, 1)}${language().startsWith("zh") ? "" : " "}%`;
  if (unit !== "seconds" || !known(value)) return figure(value);
  const [name, length, unitDisplay] = DURATIONS.find(([, seconds]) => widest >= 2 * seconds) || DURATIONS[2];
  const style = { style: "unit", unit: name, unitDisplay, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language(), style).format(value / length).replace(/(\d)(\p{L})/u, "$1 $2");
}

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

function stepOf(rough, unit) {
  const time = unit === "seconds" && rough >= 1 && TIMES.find((each) => each >= rough);
  const ten = 10 ** Math.floor(Math.log10(rough));
  return time || [1, 2, 5, 10].find((times) => times * ten >= rough) * ten;
}

// Round ends and steps around all values; durations are cut where people cut them.
export function range(values, unit, { from, most = 5 } = {}) {
  const all = values.filter(known);
  if (!all.length) return {};
  const [low, high] = [from ?? Math.min(...all), Math.max(...all)];
  const step = stepOf((high - low || Math.abs(high) || 1) / most, unit);
  const round = (value) => Number(value.toPrecision(12));
  const top = round(Math.ceil(high / step) * step);
  return { min: round(Math.floor(low / step) * step), max: unit === "%" && high <= 100 ? Math.min(top, 100) : top, interval: round(step) };
}

export function soft() {
  return { color: token("ink-soft"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
}

export function common() {
  return {
    animation: !calm.matches, animationDuration: 200, textStyle: soft(),
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: token("sheet"), borderColor: token("line-strong"),
      textStyle: { ...soft(), color: token("ink") },
    },
  };
}

// A reference across the picture, named where it stands.
export function reference(axis, value, text, type, more = {}) {
  const label = {
    formatter: text, color: token("ink-soft"), fontSize: 12, padding: [1, 3], backgroundColor: token("sheet"), ...more,
  };
  return { [axis]: value, lineStyle: { type, color: token("ink-soft"), width: 1.5 }, label };
}
