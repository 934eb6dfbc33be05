// <form data-file-drop> with one file field: drop a file, see its name and size, watch the upload.
// The answer's <main> takes the place of ours, so errors and results read as on a plain page.
const units = ["byte", "kilobyte", "megabyte", "gigabyte"];

function size(bytes) {
  const step = Math.min(3, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: units[step], maximumFractionDigits: 1,
  }).format(bytes / 1000 ** step);
}

const zone = (event) => event.target.closest?.("[data-file-drop]");

function show(form) {
  const files = [...form.querySelector("input[type=file]").files];
  form.querySelector("[data-file-name]").textContent = files.map((f) => `${f.name} · ${size(f.size)}`).join(", ");
}

function upload(form, submitter) {
  const bar = form.querySelector("progress");
  const xhr = new XMLHttpRequest();
  xhr.open("POST", form.action);
  xhr.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) { bar.hidden = false; bar.max = event.total; bar.value = event.loaded; }
  });
  xhr.upload.addEventListener("load", () => bar.removeAttribute("value"));
  xhr.addEventListener("load", () => take(xhr));
  xhr.addEventListener("error", () => {
    bar.hidden = true;
    document.dispatchEvent(new CustomEvent("htmx:sendError"));
    delete form.dataset.sent;
    submitter?.removeAttribute("aria-busy");
  });
  xhr.send(new FormData(form, submitter));
}

function take(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const main = page.getElementById("main");
  if (!main || page.body.classList.contains("plain")) { window.location.assign(xhr.responseURL); return; }
  document.title = page.title;
  document.getElementById("main").replaceWith(main);
  document.getElementById("toasts").replaceWith(page.getElementById("toasts"));
  window.history.replaceState({ uploaded: true }, ""); // "back" must load the form's page again
  window.history.pushState({ uploaded: true }, "", xhr.responseURL);
  window.htmx.process(main);
  main.focus();
  document.dispatchEvent(new CustomEvent("look:swapped"));
}

document.addEventListener("dragover", (event) => {
  if (!zone(event)) return;
  event.preventDefault();
  zone(event).querySelector(".file-drop").classList.add("over");
});
["dragleave", "drop"].forEach((kind) => document.addEventListener(kind, (event) => {
  zone(event)?.querySelector(".file-drop").classList.remove("over");
}));
document.addEventListener("drop", (event) => {
  const form = zone(event);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  show(form);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-file-drop] input[type=file]")) show(event.target.form);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-file-drop]") || event.defaultPrevented) return;
  event.preventDefault();
  upload(event.target, event.submitter);
});
window.addEventListener("popstate", (event) => { if (event.state?.uploaded) window.location.reload(); });
