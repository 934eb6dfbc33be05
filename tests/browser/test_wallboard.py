"""A screen in a real browser: it turns, outlives a restart and a lost network, and stays small."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from dashboards.models import Wallboard
from dashboards.wallboard.links import replace_link, token_of
from incentives.org.models import Company, Person
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from tests import databases
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import board, give

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.django_db(transaction=True)]
AXE = Path(configured.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
HALF_A_MINUTE = 35_000  # milliseconds: longer than a screen waits before it asks again
STEP = 5000  # milliseconds: half of its patience


@pytest.fixture
def screen(transactional_db: None, cast: Cast) -> Wallboard:
    """Two boards, on each of which the agent leads."""
    today = Company.current().today()
    first = board(period="all", name_en="First board")
    second = board(key="second", period="month", name_en="Second board")
    # A list names nobody by elimination: three more stand on it.
    crowd = PersonFactory.create_batch(3, team=cast.alpha)
    for person in (cast.agent, cast.teammate, *crowd):
        give(person, 100 if person == cast.agent else 50, today)
    refresh_boards(Changes(as_of=today))
    return Wallboard.objects.create(
        title="Hall",
        made_by=cast.manager,
        scenes=[f"board:{first.pk}", f"board:{second.pk}"],
        seconds=10,
    )


def address(screen: Wallboard) -> str:
    return reverse("dashboards:wall", args=[token_of(screen)])


@pytest.fixture
def shown(live_server: LiveServer, page: Page, screen: Wallboard) -> Page:
    """The screen on a television whose time we turn."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(live_server.url + address(screen))
    halt(page)
    expect(page.locator(".scene.shown h2")).to_have_text("First board")
    return page


def halt(page: Page) -> None:
    """From now on the television's time passes only when a test says so."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 5)


def rename(cast: Cast, name: str) -> None:
    Person.objects.filter(pk=cast.agent.pk).update(display_name=name)
    cache.clear()


def pass_time(page: Page, milliseconds: int = STEP) -> None:
    """Let the television's time pass, but never faster than answers arrive: it has patience too."""
    for _step in range(milliseconds // STEP):
        page.clock.run_for(STEP)
        # Not what the network tells us, which can come late: the screen knows what it waits for.
        page.wait_for_load_state()
        expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=60_000)


def test_scenes_take_turns_and_can_be_halted(shown: Page) -> None:
    title = shown.locator(".scene.shown h2")
    shown.clock.run_for(10_500)
    expect(title).to_have_text("Second board")
    shown.clock.run_for(10_500)
    expect(title).to_have_text("First board")
    shown.get_by_role("button", name="Pause").press("Enter")
    shown.clock.run_for(10_500)
    expect(title).to_have_text("First board")


def test_news_come_in_without_a_new_page(shown: Page, cast: Cast) -> None:
    shown.evaluate("window.same = true")
    rename(cast, "Wren")
    pass_time(shown, HALF_A_MINUTE)
    expect(shown.locator(".scene.shown .who").first).to_have_text("Wren")
    assert shown.evaluate("window.same") is True


def test_a_lost_network_leaves_the_picture_and_says_since_when(shown: Page, cast: Cast) -> None:
    lost = shown.locator("[data-wall-lost]")
    expect(lost).to_be_hidden()
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    shown.route("**/scenes/", lambda route: route.abort())
    for _turn in range(6):
        pass_time(shown, 20_000)
    # The television's clock has gone on; what stands there is the time of the last answer.
    since = [f"No connection since {now - timedelta(minutes=n):%H:%M}" for n in (-1, 0, 1)]
    expect(lost).to_have_text(re.compile("|".join(since)))
    expect(shown.locator(".scene.shown .who").first).to_have_text("Agent")
    rename(cast, "Wren")
    shown.unroute("**/scenes/")
    pass_time(shown, 70_000)
    expect(lost).to_be_hidden()
    expect(shown.locator(".scene.shown .who").first).to_have_text("Wren")


@pytest.mark.parametrize("status", [502, 404])  # a proxy's 404 has no mark of ours
def test_errors_of_a_server_on_its_way_up_are_waited_out(shown: Page, status: int) -> None:
    shown.route("**/scenes/", lambda route: route.fulfill(status=status, body="no"))
    pass_time(shown, 70_000)  # one failure is passed over in silence
    expect(shown.locator("[data-wall-lost]")).to_contain_text("No connection since")
    expect(shown.locator(".scene.shown .who").first).to_have_text("Agent")


def test_a_replaced_link_takes_the_picture_away(shown: Page, screen: Wallboard) -> None:
    replace_link(screen)
    pass_time(shown, HALF_A_MINUTE)
    expect(shown.locator("h1")).to_have_text("This screen has no picture")
    expect(shown.get_by_text("Agent")).to_have_count(0)


def test_a_changed_page_is_loaded_when_all_of_it_is_there(shown: Page, screen: Wallboard) -> None:
    def missing(route: Route) -> None:
        route.fulfill(status=503)

    shown.route("**/wallboard.css", missing)
    screen.title, screen.theme = "Lobby", "light"
    screen.save()
    pass_time(shown, HALF_A_MINUTE)
    expect(shown.locator("h1")).to_have_text("Hall")
    expect(shown.locator(".scene.shown .who").first).to_have_text("Agent")
    shown.unroute("**/wallboard.css")
    pass_time(shown, 70_000)
    expect(shown.locator("h1")).to_have_text("Lobby")
    expect(shown.locator("html")).to_have_attribute("data-bs-theme", "light")


@pytest.mark.slow
def test_weeks_of_news_leave_nothing_behind(shown: Page) -> None:
    body = shown.evaluate("document.querySelector('[data-wall]').innerHTML")
    turns: list[int] = []

    def news(route: Route) -> None:
        turns.append(len(turns))
        text = body.replace(">Agent<", f">Agent {len(turns)}<")
        route.fulfill(status=200, body=text, headers={"ETag": f'"{len(turns)}"'})

    def another() -> None:
        asked = len(turns)
        while len(turns) == asked:
            pass_time(shown)

    shown.route("**/scenes/", news)
    tools = shown.context.new_cdp_session(shown)
    tools.send("Performance.enable")

    def held() -> dict[str, float]:
        for _turn in range(60):
            another()
        tools.send("HeapProfiler.collectGarbage")
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in metrics}

    held()
    before, after = held(), held()
    expect(shown.get_by_text(f"Agent {len(turns)}", exact=True).first).to_be_attached()
    # Sixty pictures that stayed would be thousands of nodes.
    assert after["Nodes"] <= 2 * before["Nodes"]
    assert after["JSEventListeners"] <= before["JSEventListeners"]
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] * 1.15


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (390, 844), (720, 450)])
def test_it_fits_and_reads_from_afar(
    live_server: LiveServer, page: Page, screen: Wallboard, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(live_server.url + address(screen))
    name = page.locator(".scene.shown .who").first
    expect(name).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    size = name.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    if width >= 1920:
        assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        assert size >= height * 0.045  # about 49 of 1080 lines
    assert size >= 15


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_passes_axe(live_server: LiveServer, page: Page, screen: Wallboard, theme: str) -> None:
    Wallboard.objects.update(theme=theme)
    page.goto(live_server.url + address(screen))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})")
    assert [(v["id"], [n["html"][:90] for n in v["nodes"]]) for v in result["violations"]] == []


def test_without_scripts_all_scenes_stand_there(
    live_server: LiveServer, page: Page, screen: Wallboard
) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(live_server.url + address(screen))
    expect(plain.locator(".scene:visible")).to_have_count(2)
    assert context.cookies() == []
    context.close()


class Site:
    """The site in a process of its own, on one port, to be stopped and started again."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {
            "DATABASE_URL": databases.address(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "ENVIRONMENT": "development",
            "DEBUG": "1",  # static files without collectstatic
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"],
            cwd=configured.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 300
        while True:
            assert self.process.poll() is None, "the site ended"
            assert time.monotonic() < deadline, "the site does not answer"
            try:
                urllib.request.urlopen(self.url + "/health/live", timeout=30)
            except OSError:
                time.sleep(0.3)
            else:
                return

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)
            self.process = None


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.mark.slow
def test_a_screen_outlives_a_restart(site: Site, page: Page, screen: Wallboard, cast: Cast) -> None:
    site.start()
    page.clock.install()
    page.goto(site.url + address(screen))
    halt(page)
    page.evaluate("window.same = true")
    site.stop()
    for _turn in range(4):
        pass_time(page, 20_000)
    expect(page.locator("[data-wall-lost]")).to_contain_text("No connection since")
    expect(page.locator(".scene.shown .who").first).to_have_text("Agent")
    rename(cast, "Wren")
    site.start()
    pass_time(page, 70_000)
    expect(page.locator(".scene.shown .who").first).to_have_text("Wren")
    expect(page.locator("[data-wall-lost]")).to_be_hidden()
    assert page.evaluate("window.same") is True
