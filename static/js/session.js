// A session that ended meanwhile answers an htmx request with the sign-in page: go there, and back afterwards, with
// what was typed. A page that was open for too long gets a fresh token (dashboards/refused.py) and stays as it is.
import { toast } from "./toast.js";
import { keep } from "./typed.js";

function keepWhatWasTyped(element) {
  const form = element.closest?.("form") ?? document.activeElement?.closest?.("form");
  const edited = form?.method === "post" ? form : [...document.forms].find((one) => one.dataset.edited);
  if (edited) keep(edited, "unsent");
}

// A page that asks again by itself must not take someone away who is writing: the next thing they do will.
const interrupts = (element) => element.matches?.("[data-poll]") && document.querySelector("form[data-edited]");

function toSignIn(element) {
  if (interrupts(element)) {
    delete element.dataset.poll;
    return;
  }
  keepWhatWasTyped(element);
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${document.body.dataset.signIn}?next=${encodeURIComponent(here)}`);
}

document.addEventListener("input", (event) => {
  if (event.target.form?.method === "post") event.target.form.dataset.edited = "";
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, elt, requestConfig } = event.detail;
  const signIn = document.body.dataset.signIn;
  if (!signIn) return;
  const cameFrom = xhr.responseURL && new URL(xhr.responseURL).pathname;
  if (xhr.status !== 401 && cameFrom !== signIn) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  toSignIn(requestConfig?.elt ?? elt);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const token = event.detail.xhr.getResponseHeader("X-New-Token");
  if (!token) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  toast(document.getElementById("toasts").dataset.late, "warning");
});
