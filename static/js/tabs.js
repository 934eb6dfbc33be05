// Where a row of tabs is wider than the screen, the current one is in sight.
function show(row) {
  const here = row.querySelector("[aria-current]");
  if (!here) return;
  const [outer, inner] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
  row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}

document.querySelectorAll(".tabs").forEach(show);
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll(".tabs").forEach(show));
