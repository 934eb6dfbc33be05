// Messages at the corner. From the server: Django messages, or the event `toast` through HX-Trigger:
// {"toast": {"text": "Saved.", "kind": "success"}}.
const STAY = { success: 6000, info: 8000 };

const box = () => document.getElementById("toasts");

export function toast(text, kind = "info") {
  const same = [...box().querySelectorAll("[data-toast] p")].some((line) => line.textContent === text);
  if (same) return; // a network that is gone fails many times
  const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  note.className = `toast-note ${kind}`;
  note.querySelector("p").textContent = text;
  box().append(note);
  leaveLater(note);
}

function leaveLater(note) {
  const kind = Object.keys(STAY).find((name) => note.classList.contains(name));
  if (!kind) return; // warnings and errors stay until they are closed
  let timer;
  const start = () => { timer = setTimeout(() => note.remove(), STAY[kind]); };
  note.addEventListener("mouseenter", () => clearTimeout(timer));
  note.addEventListener("mouseleave", start);
  start();
}

const adopt = () => box()?.querySelectorAll("[data-toast]:not([data-seen])").forEach((note) => {
  note.dataset.seen = "";
  leaveLater(note);
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (!close) return;
  event.preventDefault(); // without scripts the button sends its form
  close.closest("[data-toast]").remove();
});
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
document.addEventListener("htmx:oobAfterSwap", adopt);
const polls = (event) => event.target.matches?.("[data-poll]"); // asks again by itself

document.addEventListener("htmx:sendError", (event) => {
  if (polls(event)) return;
  const posted = event.detail?.requestConfig?.verb === "post" || !event.detail;
  toast(posted ? box().dataset.lost : box().dataset.failed, "error");
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.defaultPrevented || polls(event)) return;
  const refused = event.detail.xhr.status === 403;
  toast(refused ? box().dataset.refused : box().dataset.failed, "error");
});
adopt();
