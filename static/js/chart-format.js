// Colours are the page's tokens, notation is that of the page's language.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
export const known = (value) => value !== null && value !== undefined;
const language = () => document.documentElement.lang;

export function figure(value, digits = 2) {
  return known(value) ? new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value) : "–";
}

const DURATIONS = [["hour", 3600], ["minute", 60], ["second", 1]];

// A figure on an axis: 90 %, 4 min, 1,200. With `widest` all ticks of an axis share its unit.
export function measured(value, unit, widest = Math.abs(value)) {
  if (unit === "%") return `${figure(value, 1)} %`;
  if (unit !== "seconds" || !known(value)) return figure(value);
  const [name, length] = DURATIONS.find(([, seconds]) => widest >= 2 * seconds) || DURATIONS[2];
  const style = { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language(), style).format(value / length).replace(/(\d)([a-z])/, "$1 $2");
}

// Round ends and steps around all values; durations are cut at whole minutes or hours.
export function range(values, unit, { from, most = 5 } = {}) {
  const all = values.filter(known);
  if (!all.length) return {};
  const [low, high] = [from ?? Math.min(...all), Math.max(...all)];
  const rough = (high - low || Math.abs(high) || 1) / most;
  const whole = unit === "seconds" ? DURATIONS.find(([, seconds]) => rough >= seconds)?.[1] || 1 : 1;
  const ten = 10 ** Math.floor(Math.log10(rough / whole));
  const step = [1, 2, 5, 10].find((times) => times * ten * whole >= rough) * ten * whole;
  const round = (value) => Number(value.toPrecision(12));
  const ceiling = unit === "%" && high <= 100 ? 100 : Infinity;
  return {
    min: round(Math.floor(low / step) * step), interval: round(step),
    max: round(Math.min(Math.ceil(high / step) * step, Math.max(ceiling, high))),
  };
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
