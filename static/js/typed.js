// What was typed and did not arrive (the session had ended, the network was gone, an error on our side) is kept
// in this tab and put back when the page with the form opens again. Never passwords, codes or files.
import { toast } from "./toast.js";

const KEY = "typed";
const SECRET = /password|^code$/i;
const HOUR = 3600 * 1000;
const forms = () => [...document.forms].filter((form) => form.method === "post");

const isTyped = (one) => one.matches("textarea, select, input:not([type=hidden], [type=password], [type=submit])");

export function keep(form, state = "sent") {
  if (!document.body.dataset.signIn || ![...form.elements].some(isTyped)) return;
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SECRET.test(name));
  const { person } = document.body.dataset;
  const place = { person, path: window.location.pathname + window.location.search, at: Date.now(), state };
  store({ ...place, form: forms().indexOf(form), action: form.getAttribute("action") ?? "", fields });
}

function store(entry) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(entry));
  } catch { /* a full or forbidden storage keeps nothing */ }
}

function kept() {
  try {
    const entry = JSON.parse(sessionStorage.getItem(KEY));
    return entry && Date.now() - entry.at < HOUR ? entry : null;
  } catch { return null; }
}

const forget = () => { try { sessionStorage.removeItem(KEY); } catch { /* nothing was kept */ } };

function fill(form, fields) {
  const values = new Map();
  fields.forEach(([name, value]) => values.set(name, [...(values.get(name) ?? []), value]));
  const controls = [...form.elements].filter((one) => one.name && !SECRET.test(one.name));
  controls.forEach((control) => {
    const given = values.get(control.name) ?? [];
    if (["checkbox", "radio"].includes(control.type)) control.checked = given.includes(control.value);
    else if (control.type === "select-multiple") [...control.options].forEach((o) => { o.selected = given.includes(o.value); });
    else if (!["hidden", "file", "submit", "button"].includes(control.type) && given.length) control.value = given.shift();
  });
  controls.find((one) => one.type !== "hidden")?.dispatchEvent(new Event("change", { bubbles: true }));
}

// The server draws an editor from what it is sent: rows that were added or removed are right again.
async function draw(form, fields) {
  const values = new FormData();
  fields.filter(([name]) => name !== "csrfmiddlewaretoken").forEach(([name, value]) => values.append(name, value));
  values.set("preview", "1");
  await window.htmx.ajax("POST", form.getAttribute("action") ?? window.location.href, { target: form, swap: "outerHTML", values });
  const drawn = document.getElementById("editor");
  if (drawn) drawn.dataset.edited = "";
}

async function restore(entry) {
  const form = forms()[entry.form];
  if (!form || (form.getAttribute("action") ?? "") !== entry.action) return;
  forget();
  fill(form, entry.fields);
  if (form.id === "editor") await draw(form, entry.fields);
  toast(document.getElementById("toasts").dataset.restored, "info");
}

function arrive() {
  const entry = kept();
  if (!entry) return forget();
  if (document.body.hasAttribute("data-unsent")) {
    store({ ...entry, state: "unsent" });
    document.querySelectorAll("[data-kept]").forEach((note) => { note.hidden = false; });
    return;
  }
  if (entry.state === "sent") return forget(); // another page answered: it has arrived
  const { person } = document.body.dataset;
  if (person && person !== entry.person) return forget(); // someone else sits here now
  if (entry.path !== window.location.pathname + window.location.search) return;
  document.addEventListener("DOMContentLoaded", () => restore(entry)); // htmx has begun by then
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.method === "post") keep(event.target);
});
window.addEventListener("pageshow", (event) => { if (event.persisted) forget(); }); // Back shows the page as it was
arrive();
