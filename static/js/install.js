// Lets a phone keep the site as an app and answer without a connection.
if (document.querySelector("link[rel=manifest]") && "serviceWorker" in navigator) {
  window.addEventListener("load", () => { navigator.serviceWorker.register("/service-worker.js").catch(() => null); });
}
