// The service worker. It keeps the offline page and files that never change (their name holds a hash), and nothing
// else: no page of a person is ever stored. dashboards/installable.py sets KEPT and VERSION.
const { offline, files, static: prefix, walls } = self.KEPT;
const CACHE = `incentives-${self.VERSION}`;
const AGAIN = "15"; // seconds
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  const fetched = [new Request(offline, { credentials: "omit" }), ...files];
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fetched)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.registration.navigationPreload?.enable()).then(() => self.clients.claim()));
});

async function page(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (![502, 503, 504].includes(answer.status) || !isWall(event.request)) return answer;
  } catch { /* nobody answers */ }
  const kept = await caches.match(offline);
  if (!kept) return Response.error();
  return event.request.method === "GET" ? retrying(kept) : kept;
}

// A proxy's own error page would stay on a television, which has nobody who would load it again.
const isWall = (request) => new URL(request.url).pathname.startsWith(walls);

// The page asks again by itself: for a television that starts while the server is away, too.
async function retrying(kept) {
  const headers = new Headers(kept.headers);
  headers.set("Refresh", AGAIN);
  return new Response(await kept.blob(), { headers });
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && HASHED.test(new URL(request.url).pathname)) {
    const copy = answer.clone();
    caches.open(CACHE).then((cache) => cache.put(request, copy));
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && url.pathname.startsWith(prefix)) event.respondWith(file(request));
});
