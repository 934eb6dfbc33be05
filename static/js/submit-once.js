// A form that was sent is not sent again by a second click; the server stays the judge of repeats. Without a
// connection it is not sent at all, so that the page with what was typed stays.
import { toast } from "./toast.js";

const release = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent || !navigator.onLine) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.dataset.sent) toast(document.getElementById("toasts").dataset.lost, "warning");
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}, { capture: true });

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
