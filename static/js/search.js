// The search of the shell: "/" goes to it, arrows walk through what was found, Escape closes it.
const box = () => document.querySelector(".search-box");
const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = box()?.querySelector("input");
  const link = document.querySelector("a.search-link");
  const target = field?.checkVisibility() ? field : link;
  if (!target) return;
  event.preventDefault();
  target.focus();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".search-box");
  if (!form) return;
  if (event.key === "Escape") return close(form, { focus: true });
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [form.querySelector("input"), ...form.querySelectorAll(".search-sheet a")];
  const here = stops.indexOf(document.activeElement);
  event.preventDefault();
  stops[(here + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
});

function close(form, { focus = false } = {}) {
  if (focus) form.querySelector("input").focus();
  form.querySelector(".search-sheet").replaceChildren();
}

document.addEventListener("click", (event) => {
  const form = box();
  if (form && !form.contains(event.target)) close(form);
});
