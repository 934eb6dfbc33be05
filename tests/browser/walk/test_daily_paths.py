"""What each role comes for, from signing in on, at desk and phone size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from scoring.models import Goal
from tests.browser.walk.conftest import DESK, PHONE, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow]
Open = Callable[..., "Page"]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def sign_in(site: Site, page: Page, role: str) -> None:
    """Through the form, as people do it in the morning."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", site.world.people[role].login or "")
    page.fill("[name=password]", site.world.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")


def go(page: Page, name: str) -> None:
    """Follow an entry of the navigation: beside the page, above it, or at the bottom of a phone."""
    if page.evaluate("innerWidth") > 900:
        page.locator(".side a, .main-nav a").get_by_text(name, exact=True).click()
        return
    link = page.locator(".tabbar a", has_text=name).first
    if not link.is_visible():
        page.locator(".tabbar details > summary").click()
    link.click()


def heading(page: Page, text: str) -> None:
    """The page that this led to."""
    expect(page.locator("h1")).to_contain_text(text)


@SIZES
def test_an_agent_sees_score_place_and_points_and_asks_why(
    site: Site, opened: Open, size: tuple[int, int]
) -> None:
    page = opened("nobody", size=size)
    sign_in(site, page, "agent")
    expect(page.locator(".score-ring")).to_be_visible()
    fold = page.evaluate("document.querySelector('.score-ring').getBoundingClientRect().bottom")
    assert fold < size[1], "the score is seen without scrolling"
    expect(page.locator(".rank-list .me")).to_have_count(1)
    page.locator("main a[href*='/why/']").first.click()
    page.wait_for_url("**/why/**")
    page.goto("/points/")
    expect(page.locator("main table, main .empty").first).to_be_visible()
    go(page, "Boards")
    page.locator("main .board-card h2 a").first.click()
    expect(page.locator(".rank-list, .empty").first).to_be_visible()


@SIZES
def test_an_agent_agrees_to_a_goal(site: Site, opened: Open, size: tuple[int, int]) -> None:
    agent = site.world.people["agent"]
    Goal.objects.filter(agent=agent, title="Ratings of 95 %").update(status="proposed")
    goal = Goal.objects.get(agent=agent, title="Ratings of 95 %")
    goal.acknowledgements.filter(person=agent).delete()
    page = opened("nobody", size=size)
    sign_in(site, page, "agent")
    page.goto("/goals/")
    page.get_by_role("link", name="Ratings of 95 %").first.click()
    page.locator(f"form[action$='/goals/{goal.pk}/acknowledge/'] button").click()
    expect(page.locator("#confirm[open], #toasts [data-toast]").first).to_be_visible()
    if page.locator("#confirm[open]").count():
        page.locator("#confirm [value=yes]").click()
        expect(page.locator("#toasts [data-toast]").first).to_be_visible()
    assert Goal.objects.get(pk=goal.pk).status == "agreed"


@SIZES
def test_a_supervisor_reads_the_team_and_finds_what_waits(
    site: Site, opened: Open, size: tuple[int, int]
) -> None:
    page = opened("nobody", size=size)
    sign_in(site, page, "supervisor")
    go(page, "Team board")
    expect(page.locator("table.team-table tbody tr").first).to_be_visible()
    page.get_by_role("link", name="See why").first.or_(
        page.locator("table.team-table tbody a").first
    ).first.click()
    page.go_back()
    go(page, "Appeals")
    page.locator("main a[href*='/appeals/']").first.click()
    expect(page.locator("main form, main .timeline").first).to_be_visible()
    page.goto("/points/award/")
    expect(page.get_by_role("button", name="Give points")).to_be_visible()


@SIZES
def test_a_manager_goes_from_a_kpi_to_its_figures_and_rules(
    site: Site, opened: Open, size: tuple[int, int]
) -> None:
    page = opened("nobody", size=size)
    sign_in(site, page, "manager")
    page.locator("main a[href*='/kpis/']").first.click()
    page.wait_for_url("**/kpis/**")
    expect(page.locator("main .chart-summary, main .table-sheet").first).to_be_visible()
    go(page, "Point rules")
    page.locator("main table a, main .card a").first.click()
    expect(page.locator("h1")).to_be_visible()
    go(page, "Scorecards")
    expect(page.locator("main table, main .card").first).to_be_visible()


@SIZES
def test_hr_finds_a_person(site: Site, opened: Open, size: tuple[int, int]) -> None:
    name = site.world.people["agent"].display_name
    page = opened("nobody", size=size)
    sign_in(site, page, "hr")
    go(page, "People")
    page.fill("main [name=q]", name)
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name=name).first.click()
    heading(page, name)


@SIZES
def test_an_executive_has_one_page(site: Site, opened: Open, size: tuple[int, int]) -> None:
    page = opened("nobody", size=size)
    sign_in(site, page, "executive")
    expect(page.locator("main .figure").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".shell-bar")).to_be_hidden()


@SIZES
def test_an_administrator_looks_after_imports_nights_and_people(
    site: Site, opened: Open, size: tuple[int, int]
) -> None:
    page = opened("nobody", size=size)
    sign_in(site, page, "administrator")
    go(page, "Imports")
    page.locator("main table a").first.click()
    expect(page.locator("main .definitions").first).to_be_visible()
    go(page, "Nights")
    page.locator("main table a").first.click()
    expect(page.locator("main table").first).to_be_visible()
    go(page, "People")
    page.get_by_role("link", name="Add").first.click()
    expect(page.locator("main form [name=display_name]")).to_be_visible()
