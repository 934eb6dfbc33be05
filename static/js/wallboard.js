// A screen on the wall. It turns its scenes, asks for news with the last ETag, keeps its picture
// while nobody answers, and loads itself anew when the page around the scenes has changed.
// Televisions have old browsers: no syntax or function younger than 2019.
const wall = document.querySelector("[data-wall]");
const ASK_EVERY = 30000, HIDDEN_FACTOR = 10, PATIENCE = 10000;
const FIRST_RETRY = 5000, LAST_RETRY = 60000;
let tag = wall.dataset.tag, failures = 0, at = 0, paused = false;
let asking = 0, turning = 0, resting = 0, page = wall.dataset.page;
// Clocks of televisions drift: every answer brings the server's.
let ahead = 0, heard = Date.now();

const now = () => Date.now() + ahead;
const within = (selector) => Array.from(wall.querySelectorAll(selector));
const part = (name) => document.querySelector("[data-wall-" + name + "]");

function clock(time) {
  const zone = { timeZone: wall.dataset.zone };
  return new Intl.DateTimeFormat("en-GB", Object.assign({ hour: "2-digit", minute: "2-digit" }, zone)).format(time);
}

function tick() {
  const today = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: wall.dataset.zone };
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  part("time").textContent = clock(now());
  part("date").textContent = new Intl.DateTimeFormat(language, today).format(now());
  setTimeout(tick, 1000 * (60 - new Date(now()).getSeconds()));
}

function show(index) {
  const scenes = within("[data-scene]");
  at = scenes.length ? index % scenes.length : 0;
  scenes.forEach((scene, n) => scene.classList.toggle("shown", n === at));
  within("[data-dot]").forEach((dot, n) => dot.classList.toggle("now", n === at));
}

function turn() {
  clearTimeout(turning);
  const seconds = Number(wall.querySelector("[data-scenes]").dataset.seconds) || 20;
  turning = setTimeout(() => {
    if (!paused) show(at + 1);
    turn();
  }, seconds * 1000);
}

function take(text) {
  const body = new DOMParser().parseFromString(text, "text/html").body;
  const news = body.querySelector("[data-scenes]");
  if (!news) throw new Error("no scenes");
  const shown = within("[data-scene]")[at];
  const key = shown ? shown.dataset.scene : "";
  wall.textContent = "";
  while (body.firstChild) wall.appendChild(body.firstChild);
  const kept = within("[data-scene]").findIndex((scene) => scene.dataset.scene === key);
  show(kept < 0 ? 0 : kept);
  return news.dataset.page;
}

function patient(url, headers) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  const options = { headers: headers || {}, cache: "no-store", credentials: "omit", signal: stop.signal };
  return fetch(url, options).then(
    (answer) => answer.text().then((text) => { clearTimeout(late); return { answer, text }; }),
  ).catch((error) => { clearTimeout(late); throw error; });
}

// A page that only half arrives would be worse than the old one: first see that all of it is there.
async function again() {
  const { answer, text } = await patient(location.href);
  if (!answer.ok && answer.headers.get("X-Wallboard") !== "gone") throw new Error("not now");
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const files = Array.from(fresh.querySelectorAll("link[rel=stylesheet], script[src]"));
  const answers = await Promise.all(files.map((file) => fetch(file.getAttribute("href") || file.getAttribute("src"))));
  if (!answers.every((each) => each.ok)) throw new Error("not now");
  location.reload();
}

async function ask() {
  if (wall.getAttribute("aria-busy") === "true") return;
  wall.setAttribute("aria-busy", "true");
  clearTimeout(asking);
  try {
    await hear();
    failures = 0;
    heard = now();
  } catch (error) {
    failures += 1;
  }
  const lost = part("lost");
  const words = failures > 1 ? lost.dataset.words.replace("TIME", clock(heard)) : "";
  if (lost.textContent !== words) lost.textContent = words;
  wall.setAttribute("aria-busy", "false");
  asking = setTimeout(ask, pause());
}

async function hear() {
  const { answer, text } = await patient(wall.dataset.ask, { "If-None-Match": tag });
  const gone = answer.status === 404 && answer.headers.get("X-Wallboard") === "gone";
  if (!gone && !answer.ok && answer.status !== 304) throw new Error(String(answer.status));
  const date = Date.parse(answer.headers.get("Date") || "");
  if (date) ahead = date - Date.now();
  if (answer.status === 200) {
    page = take(text);
    tag = answer.headers.get("ETag") || "";
  }
  if (gone || page !== wall.dataset.page) await again();
}

function pause() {
  const calm = failures ? Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY) : ASK_EVERY;
  // A little chance, so that not all screens come back in the same second after a restart.
  return calm * (document.hidden ? HIDDEN_FACTOR : 1) * (0.9 + 0.2 * Math.random());
}

function stayAwake() {
  if (!navigator.wakeLock || document.hidden) return;
  navigator.wakeLock.request("screen").catch(() => {});
}

// With the worker, a television that starts while the server is away asks until it is back.
function outlive() {
  if (navigator.serviceWorker) navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}

function controls() {
  const bar = part("controls");
  bar.hidden = false;
  part("pause").addEventListener("click", () => {
    paused = !paused;
    part("pause").setAttribute("aria-pressed", String(paused));
  });
  if (!document.documentElement.requestFullscreen) part("full").hidden = true;
  part("full").addEventListener("click", () => document.documentElement.requestFullscreen().catch(() => {}));
  document.addEventListener("pointermove", () => {
    document.body.classList.add("touched");
    clearTimeout(resting);
    resting = setTimeout(() => document.body.classList.remove("touched"), 4000);
  });
}

document.documentElement.classList.add("runs");
show(0);
turn();
tick();
controls();
stayAwake();
outlive();
document.addEventListener("visibilitychange", () => {
  stayAwake();
  if (!document.hidden) ask();
});
window.addEventListener("online", ask);
asking = setTimeout(ask, FIRST_RETRY);
