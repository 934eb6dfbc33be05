"""What each role comes for, from signing in on: desk and phone, both languages, light and dark.

Four runs of a path hold every pair of size, language and colours. Each stop is looked at by
axe-core, and its picture is kept in var/screenshots/paths/ROLE/SIZE-LANGUAGE-COLOURS/.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from scoring.models import Goal
from tests.browser.walk.conftest import DESK, PHONE, Site
from tests.browser.walk.looking import PICTURES, axe_problems

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page, ViewportSize

pytestmark = [pytest.mark.slow]
COMBINATIONS = {
    "desk-en-light": (DESK, "en", "light"),
    "phone-zh-light": (PHONE, "zh-hans", "light"),
    "desk-zh-dark": (DESK, "zh-hans", "dark"),
    "phone-en-dark": (PHONE, "en", "dark"),
}
#: A sheet of A4 between its margins, as browsers print.
PAPER: ViewportSize = {"width": 718, "height": 1047}


@dataclass(slots=True)
class Walk:
    """Someone on their way through the site, in one size, language and colours."""

    site: Site
    page: Page
    size: tuple[int, int]
    language: str
    label: str
    stops: int = 0
    problems: list[str] = field(default_factory=list)
    pictures: Path = PICTURES / "paths"

    def say(self, msgid: str) -> str:
        """A text of the site as this person reads it."""
        with translation.override(self.language):
            return gettext(msgid)

    def begin(self, role: str) -> None:
        """Sign in through the form, as people do it in the morning, and stop at home."""
        person = self.site.world.people[role]
        self.site.speaks(role, self.language)
        self.pictures = PICTURES / "paths" / role / self.label
        shutil.rmtree(self.pictures, ignore_errors=True)
        self.pictures.mkdir(parents=True)
        self.page.goto("/accounts/login/")
        self.stop("sign-in")
        self.page.fill("[name=login]", person.login or "")
        self.page.fill("[name=password]", self.site.world.password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.site.url}/")
        self.stop("home")

    def stop(self, name: str) -> None:
        """Look round: what axe-core finds, what sticks out, and a picture of what is in sight."""
        self.look(name)
        self.problems += axe_problems(self.page, name)

    def look(self, name: str) -> None:
        """The picture alone, and whether it fits."""
        expect(self.page.locator("h1").first).to_be_visible()
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.problems += [f"{name} is {over} px too wide"] if over > 0 else []
        self.stops += 1
        file = self.pictures / f"{self.stops}-{name}.jpg"
        self.page.screenshot(path=file, type="jpeg", quality=60)

    def to(self, msgid: str) -> None:
        """Follow an entry of the navigation: beside the page, above it, or at the bottom."""
        name = self.say(msgid)
        if self.size == DESK:
            self.page.locator(".side a, .main-nav a").get_by_text(name, exact=True).click()
            return
        link = self.page.locator(".tabbar a").get_by_text(name, exact=True)
        if not link.is_visible():
            self.page.locator(".tabbar details > summary").click()
        link.click()

    def link(self, msgid: str) -> Locator:
        """The first link of the page with these words."""
        return self.page.locator("main").get_by_role("link", name=self.say(msgid)).first


@pytest.fixture(params=COMBINATIONS)
def walk(request: pytest.FixtureRequest, site: Site, opened: Callable[..., Page]) -> Iterator[Walk]:
    """A visitor before the sign-in page; the test fails on what was found at the stops."""
    size, language, theme = COMBINATIONS[request.param]
    page = opened("nobody", size=size, language=language, theme=theme)
    walk = Walk(site, page, size, language, request.param)
    yield walk
    assert walk.problems == []


def test_an_agent_sees_score_place_and_points_and_agrees_to_a_goal(walk: Walk) -> None:
    agent = walk.site.world.people["agent"]
    Goal.objects.filter(agent=agent, title="Ratings of 95 %").update(status="proposed")
    goal = Goal.objects.get(agent=agent, title="Ratings of 95 %")
    goal.acknowledgements.filter(person=agent).delete()
    page = walk.page
    walk.begin("agent")
    fold = page.evaluate("document.querySelector('.score-ring').getBoundingClientRect().bottom")
    assert fold < walk.size[1], "the score is seen without scrolling"
    expect(page.locator(".rank-list .me")).to_have_count(1)
    page.locator("main a[href*='/why/']").first.click()
    page.wait_for_url("**/why/**")
    walk.stop("why")
    walk.to("Points")
    expect(page.locator("main table, main .empty").first).to_be_visible()
    walk.stop("points")
    walk.to("Boards")
    page.locator("main .board-card h2 a").first.click()
    expect(page.locator(".rank-list, .empty").first).to_be_visible()
    walk.stop("board")
    walk.to("Goals")
    page.locator("main").get_by_role("link", name=goal.title).first.click()
    agree = page.locator(f"form[action$='/goals/{goal.pk}/acknowledge/'] button")
    expect(agree).to_be_visible()
    walk.stop("goal")
    agree.click()
    expect(page.locator("#toasts [data-toast]").first).to_be_visible()
    walk.stop("agreed")
    assert Goal.objects.get(pk=goal.pk).status == "agreed"


def test_a_supervisor_reads_the_team_and_finds_what_waits(walk: Walk) -> None:
    page = walk.page
    walk.begin("supervisor")
    walk.to("Team board")
    expect(page.locator("table.team-table tbody tr").first).to_be_visible()
    walk.stop("team")
    page.locator("main a[href*='/why/']").first.click()
    page.wait_for_url("**/why/**")
    walk.stop("why")
    walk.to("Appeals")
    page.locator("main a[href*='/appeals/']").first.click()
    expect(page.locator("main .timeline").first).to_be_visible()
    walk.stop("appeal")
    walk.to("Give points")
    expect(page.get_by_role("button", name=walk.say("Give points"))).to_be_visible()
    walk.stop("give-points")


def test_a_manager_goes_from_a_kpi_to_its_figures_and_rules(walk: Walk) -> None:
    page = walk.page
    walk.begin("manager")
    page.locator("main a[href*='/kpis/']").first.click()
    page.wait_for_url("**/kpis/**")
    expect(page.locator("main .chart-summary, main .table-sheet").first).to_be_visible()
    walk.stop("kpi")
    walk.to("Point rules")
    page.locator("main table a, main .card a").first.click()
    page.wait_for_url("**/rules/*/")
    walk.stop("rule")
    walk.to("Scorecards")
    expect(page.locator("main table, main .card").first).to_be_visible()
    walk.stop("scorecards")
    walk.to("Analytics")
    expect(page.locator("main .chart-summary").first).to_be_visible()
    walk.stop("analytics")


def test_hr_finds_a_person(walk: Walk) -> None:
    name = walk.site.world.people["agent"].display_name
    page = walk.page
    walk.begin("hr")
    walk.to("People")
    page.fill("main [name=q]", name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    walk.stop("people")
    page.locator("main").get_by_role("link", name=name).first.click()
    expect(page.locator("h1")).to_contain_text(name)
    walk.stop("person")


def test_an_executive_has_one_page(walk: Walk) -> None:
    page = walk.page
    walk.begin("executive")
    expect(page.locator("main .figure").first).to_be_visible()
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    expect(page.locator(".shell-bar")).to_be_hidden()
    walk.look("printed")


def test_an_administrator_looks_after_imports_nights_and_people(walk: Walk) -> None:
    page = walk.page
    walk.begin("administrator")
    walk.to("Imports")
    walk.stop("imports")
    page.locator("main table a").first.click()
    expect(page.locator("main .definitions").first).to_be_visible()
    walk.stop("import")
    walk.to("Nights")
    page.locator("main table a").first.click()
    expect(page.locator("main table").first).to_be_visible()
    walk.stop("night")
    walk.to("People")
    walk.link("Add a person").click()
    expect(page.locator("main form [name=display_name]")).to_be_visible()
    walk.stop("new-person")
