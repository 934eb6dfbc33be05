// <div hx-get="…" hx-trigger="poll" data-poll="2">: asks every 2 seconds, every 20 in a hidden tab.
// Sends the last ETag, so that an unchanged answer (304) swaps nothing; 286 ends the asking.
const HIDDEN_FACTOR = 10;
const asked = new WeakMap();
const tags = new Map();

setInterval(() => {
  const now = Date.now();
  document.querySelectorAll("[data-poll]").forEach((element) => {
    if (!asked.has(element)) asked.set(element, now);
    const every = Number(element.dataset.poll) * 1000 * (document.hidden ? HIDDEN_FACTOR : 1);
    if (now - asked.get(element) < every || element.classList.contains("htmx-request")) return;
    asked.set(element, now);
    window.htmx.trigger(element, "poll");
  });
}, 500);

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, path, headers } = event.detail;
  if (elt.matches("[data-poll]") && tags.has(path)) headers["If-None-Match"] = tags.get(path);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr, pathInfo } = event.detail;
  if (!elt.matches("[data-poll]") || !xhr) return;
  const tag = xhr.getResponseHeader("ETag");
  if (tag) tags.set(pathInfo.requestPath, tag);
  if (xhr.status === 286) delete elt.dataset.poll;
});
