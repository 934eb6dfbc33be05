// <div hx-get="…" hx-trigger="poll" data-poll="2">: asks every 2 seconds, every 20 in a hidden tab, and less and less
// often while there is no answer. Sends the last ETag, so that an unchanged answer (304) swaps nothing; 286, or an
// answer without data-poll, ends the asking. incentives/fragments.py is the other side.
const HIDDEN_FACTOR = 10;
const MOST_PATIENT = 32;
const asked = new WeakMap();
const patience = new WeakMap();
const tags = new Map();

function ask(now) {
  document.querySelectorAll("[data-poll]").forEach((element) => {
    if (!asked.has(element)) asked.set(element, now);
    const slower = (document.hidden ? HIDDEN_FACTOR : 1) * (patience.get(element) ?? 1);
    const every = Number(element.dataset.poll) * 1000 * slower;
    if (now - asked.get(element) < every || element.classList.contains("htmx-request")) return;
    asked.set(element, now);
    window.htmx.trigger(element, "poll");
  });
}

setInterval(() => { if (document.querySelector("[data-poll]")) ask(Date.now()); }, 500);

document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(Date.now()); });

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, path, headers } = event.detail;
  if (elt.matches("[data-poll]") && tags.has(path)) headers["If-None-Match"] = tags.get(path);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr, pathInfo } = event.detail;
  if (!elt.matches("[data-poll]") || !xhr) return;
  const answered = xhr.status >= 200 && xhr.status < 400;
  patience.set(elt, answered ? 1 : Math.min(2 * (patience.get(elt) ?? 1), MOST_PATIENT));
  const tag = xhr.getResponseHeader("ETag");
  if (tag) tags.set(pathInfo.requestPath, tag);
  if (xhr.status === 286) delete elt.dataset.poll;
});
