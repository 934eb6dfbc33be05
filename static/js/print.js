// The button that prints the page, and paper's own theme: light, whatever the screen shows.
const root = document.documentElement;
let shown = "";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  shown = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
});
window.addEventListener("afterprint", () => {
  root.dataset.bsTheme = shown;
});
