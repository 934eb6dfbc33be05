"""What pages cost in a real browser: bytes, requests and time to the largest paint.

The demo company, served by gunicorn as in production, read by Chromium: an agent's home as on a
phone (390 × 844, the processor slowed down four times, over loopback), first with an empty cache and
then again. Medians of several visits; also the pages that other roles open every day.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench import load
from bench.harness import head, manage
from incentives.org.models import Person, RoleGrant
from scoring.models import NightRun

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

OPTIONS = {
    "agents": (120, "people"),
    "days": (120, "days of history"),
    "visits": (7, "of the agent's home"),
}
FIRST_KB, AGAIN_KB, PAINT_SECONDS = 350, 60, 1.0
SLOWER = 4
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# What else people open every day: role, address.
OTHERS = (
    ("supervisor", "/"),
    ("supervisor", "/team/"),
    ("manager", "/"),
    ("manager", "/kpis/"),
    ("executive", "/"),
    ("administrator", "/"),
)
PAINT = """() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) last = each.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(last), 400);
})"""


@dataclass
class Visit:
    """One opening of a page: bytes on the wire, requests answered by the server, LCP in seconds,
    and the processor seconds of the browser's main thread, which other work does not lengthen.
    """

    bytes: int = 0
    requests: int = 0
    paint: float = 0.0
    busy: float = 0.0
    faults: list[str] = field(default_factory=list)


def measure(options: argparse.Namespace) -> None:
    """Make the demo company unless it is there, and open its pages; status 1 if a goal is missed."""
    if not NightRun.objects.filter(status="done").exists():
        manage("demo", "--agents", str(options.agents), "--days", str(options.days))
        manage("nightly")
    with load.served():
        head()
        kept = open_pages(options.visits)
    if not kept:
        sys.exit(1)


def cookies() -> dict[str, str]:
    """The session of one person of each role."""
    agent = Person.objects.filter(key__startswith="A1", is_active=True, left_on=None)[0]
    people = {"agent": agent, "supervisor": Person.objects.get(key="S001")}
    for role in ("manager", "executive", "administrator"):
        people[role] = RoleGrant.objects.filter(role=role, site=None)[0].person
    return {role: load.session_of(person) for role, person in people.items()}


def open_pages(visits: int) -> bool:
    """Print the table; whether the goals were kept."""
    from playwright.sync_api import sync_playwright

    known = cookies()
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        print(f"medians of {visits} visits")
        print(f"{'':34}{'KB':>8}{'requests':>10}{'LCP s':>8}{'main thread s':>15}")
        first, again = both(browser, known["agent"], "/", visits, PHONE, SLOWER)
        show("agent home, phone, first", first)
        show("agent home, phone, again", again)
        faults = [fault for visit in (*first, *again) for fault in visit.faults]
        for role, path in OTHERS:
            one, two = both(browser, known[role], path, 1, DESK, 1)
            show(f"{role} {path}, desk, first", one)
            show(f"{role} {path}, desk, again", two)
            faults += [fault for visit in (*one, *two) for fault in visit.faults]
        browser.close()
    goals = [
        (f"first visit under {FIRST_KB} KB", _kb(first) < FIRST_KB),
        (f"repeat visit under {AGAIN_KB} KB", _kb(again) < AGAIN_KB),
        (f"largest paint under {PAINT_SECONDS} s", _paint(first) < PAINT_SECONDS),
        ("no other host, no console error", not faults),
    ]
    for goal, reached in goals:
        print(f"{goal:40}{'yes' if reached else 'NO'}")
    for fault in dict.fromkeys(faults):
        print(f"  {fault}")
    return all(reached for _, reached in goals)


def both(
    browser: Browser, session: str, path: str, visits: int, size: dict[str, int], slower: int
) -> tuple[list[Visit], list[Visit]]:
    """First visits with an empty cache, each followed by a second one."""
    first, again = [], []
    for _ in range(visits):
        # What goes through the service worker is not counted on the page's wire: it stays out.
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            is_mobile=size is PHONE,
            service_workers="block",
        )
        name, _, value = session.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": _url("")}])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Performance.enable", {"timeDomain": "threadTicks"})
        wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        first.append(visit(page, wire, path))
        again.append(visit(page, wire, path))
        context.close()
    return first, again


def visit(page: Page, wire: CDPSession, path: str) -> Visit:
    """Open a page and wait for its largest paint."""
    told = Visit()

    def finished(event: Any) -> None:
        told.bytes += int(event["encodedDataLength"])
        told.requests += event["encodedDataLength"] > 0

    def requested(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme.startswith("http") and parts.netloc != f"127.0.0.1:{load.PORT}":
            told.faults.append(f"{path} asks {parts.netloc}")

    def said(line: Any) -> None:
        if line.type == "error":
            told.faults.append(f"{path}: {line.text}")

    listeners: list[tuple[str, Any]] = [
        ("request", lambda request: requested(request.url)),
        ("console", said),
        ("pageerror", lambda error: told.faults.append(f"{path}: {error}")),
    ]
    wire.on("Network.loadingFinished", finished)
    for event, listener in listeners:
        page.on(event, listener)  # type: ignore[call-overload]
    page.goto(_url(path), wait_until="networkidle")
    told.paint = page.evaluate(PAINT) / 1000
    metrics = {
        each["name"]: each["value"] for each in wire.send("Performance.getMetrics")["metrics"]
    }
    told.busy = metrics["TaskDuration"]
    wire.remove_listener("Network.loadingFinished", finished)
    for event, listener in listeners:
        page.remove_listener(event, listener)
    return told


def show(what: str, visits: list[Visit]) -> None:
    """A line of the table."""
    requests = statistics.median(visit.requests for visit in visits)
    busy = statistics.median(visit.busy for visit in visits)
    print(
        f"{what:34}{_kb(visits):8.1f}{requests:10.0f}{_paint(visits):8.2f}{busy:15.2f}", flush=True
    )


def _kb(visits: list[Visit]) -> float:
    return statistics.median(visit.bytes for visit in visits) / 1000


def _paint(visits: list[Visit]) -> float:
    return statistics.median(visit.paint for visit in visits)


def _url(path: str) -> str:
    return f"http://127.0.0.1:{load.PORT}{path}"
