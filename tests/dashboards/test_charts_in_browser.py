"""Charts in a real browser: each kind draws, has its table, moves nothing, survives swaps and resizing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from incentives.org.models import Company
from scoring.figures.windows import Period, first_day
from scoring.models import Channel, TeamDay, TeamHours
from tests.dashboards.test_analytics import _month
from tests.dashboards.test_shell_in_browser import AXE, DESK, PHONE, ZOOMED, opened  # noqa: F401
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., "Page"]
KINDS = ("line", "histogram", "heat", "radar")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Noted before anything is painted.
SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((each) => { if (!each.hadRecentInput) window.shifted += each.value; }))
    .observe({ type: 'layout-shift', buffered: true });
"""


@pytest.fixture
def answered(transactional_db: None, cast: Cast) -> Cast:
    """Some days of satisfaction and hours of alpha; a month's score of its agent."""
    today: date = Company.current().today()
    phone = Channel.objects.get(key="phone")
    for team in (cast.alpha, cast.beta):
        TeamDay.objects.create(team=team, day=today, channel=phone, csat_count=9, csat_satisfied=7)
        hours = (9, 10, 14)
        TeamHours.objects.create(
            team=team,
            day=today,
            channel=phone,
            hours=[hour % 7 * 24 + hour for hour in hours],
            handled=[9, 9, 9],
            first_response_seconds=[Decimal(30 * hour) for hour in hours],
            first_response_count=[9, 9, 9],
        )
    _month(cast, cast.agent, first_day(Period.MONTH, today), 110, 80, 120, 90)
    return cast


def _drawn(page: Page, kind: str, least: int = 1) -> None:
    expect(page.locator(f".chart.as-{kind} svg path").nth(least - 1)).to_be_attached()


def _requests(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_each_kind_draws_has_its_table_and_moves_nothing(
    opened: Open,  # noqa: F811
    page: Page,
    size: tuple[int, int],
) -> None:
    page.add_init_script(SHIFTS)
    page = opened("/styleguide/", size=size)
    for kind in KINDS:
        _drawn(page, kind, least=8)
    assert page.evaluate("window.shifted") < 0.01
    for kind in KINDS:
        box = page.locator(f".of-{kind}").first
        assert box.locator(".chart svg").bounding_box() == box.locator(".chart").bounding_box()
        assert (box.locator(".chart").get_attribute("aria-label") or "") in box.inner_text()
        box.locator("summary").click()
        expect(box.locator("tbody tr").nth(2)).to_be_visible()
        box.locator("summary").click()


def test_words_of_a_radar_and_figures_of_a_heat_map_stand_in_the_picture(
    opened: Open,  # noqa: F811
) -> None:
    page = opened("/styleguide/")
    for kind in KINDS:
        _drawn(page, kind)
    expect(page.locator(".chart.as-radar")).to_contain_text("Target = 100")
    expect(page.locator(".chart.as-heat")).to_contain_text("62 s")
    expect(page.locator(".chart.as-line")).to_contain_text("target 90 %")
    expect(page.locator(".chart.as-histogram")).to_contain_text("median 90.0 %")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    heat = page.locator(".chart.as-heat")
    expect(heat.locator("svg")).to_have_attribute("width", str(heat.evaluate("e => e.clientWidth")))
    expect(heat.locator("svg text").first).to_have_text(re.compile(r"^(\d+:00|Mon)$"))


def test_a_chart_that_comes_by_htmx_is_drawn(answered: Cast, opened: Open) -> None:  # noqa: F811
    page = opened("/analytics/", who="supervisor")
    _drawn(page, "line")
    page.evaluate("document.querySelector('.of-line').dataset.old = '1'")
    page.locator("#id_window").focus()
    page.locator("#id_window").select_option("month")
    expect(page.locator(".of-line[data-old]")).to_have_count(0)
    _drawn(page, "line")
    _drawn(page, "heat")
    expect(page).to_have_url(re.compile("window=month"))
    expect(page.locator("#id_window")).to_be_focused()


def test_only_pages_with_charts_fetch_the_library(answered: Cast, opened: Open, page: Page) -> None:  # noqa: F811
    asked = _requests(page)
    for address, who in (("/", "agent"), ("/boards/", "agent")):
        opened(address, who=who)
        page.wait_for_load_state("networkidle")
    assert [url for url in asked if "echarts" in url or "chart-" in url] == []
    opened(f"/analytics/people/{answered.agent.pk}/", who="agent")
    _drawn(page, "radar")
    assert len([url for url in asked if "echarts" in url]) == 1


def test_no_animation_for_those_who_asked_for_none(opened: Open) -> None:  # noqa: F811
    page = opened("/styleguide/")
    _drawn(page, "line")
    option: Any = "() => echarts.getInstanceByDom(document.querySelector('.chart.as-line')).getOption().animation"
    assert page.evaluate(option) is False


def test_analytics_fits_every_window_and_axe_finds_nothing(
    answered: Cast,
    opened: Open,  # noqa: F811
) -> None:
    for address, who in (
        ("/analytics/", "manager"),
        (f"/analytics/people/{answered.agent.pk}/", "agent"),
    ):
        for size, theme in ((PHONE, "light"), (ZOOMED, "dark"), (DESK, "light")):
            page = opened(address, who=who, size=size, theme=theme)
            expect(page.locator(".chart svg").first).to_be_visible()
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (address, size, over) == (address, size, 0)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            result = page.evaluate("rules => axe.run(document, rules)", RULES)
            found = [
                (v["id"], [node["html"][:120] for node in v["nodes"]]) for v in result["violations"]
            ]
            assert (address, size, found) == (address, size, [])
