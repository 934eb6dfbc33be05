// A session that ended meanwhile answers an htmx request with the sign-in page: go there, and back afterwards.
function toSignIn() {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${document.body.dataset.signIn}?next=${encodeURIComponent(here)}`);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const signIn = document.body.dataset.signIn;
  if (!signIn) return;
  const cameFrom = xhr.responseURL && new URL(xhr.responseURL).pathname;
  if (xhr.status !== 401 && cameFrom !== signIn) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  toSignIn();
});
