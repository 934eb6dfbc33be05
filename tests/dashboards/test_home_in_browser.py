"""Home, team board and leaderboards in a real browser: widths, accessibility, keyboard, editor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from incentives.org.models import Company
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.figures.windows import Period, first_day
from scoring.models import BoardAlias, Leaderboard
from tests.dashboards.test_agent_home import _lost, score
from tests.dashboards.test_shell_in_browser import AXE, DESK, PHONE, ZOOMED, opened  # noqa: F401
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., "Page"]
PAGES = [
    ("/", "agent"),
    ("/boards/", "agent"),
    ("/boards/team-week/", "agent"),
    ("/boards/points-month/", "supervisor"),
    ("/boards/new/", "manager"),
    ("/team/", "supervisor"),
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def worked(transactional_db: None, cast: Cast) -> Cast:
    """Scores, points and places of alpha's people in the running week and month."""
    today: date = Company.current().today()
    monday = first_day(Period.WEEK, today)
    for number in range(9):
        person = PersonFactory(display_name=f"Person {number}", team=cast.alpha)
        give(person, 200 - 10 * number, monday)
    give(cast.agent, 125, monday)
    lost = [_lost("csat", "6.1", "84"), _lost("qa_score", "1.5", "88")]
    score(cast.agent, "month", first_day(Period.MONTH, today), "78.6", lost)
    for back in range(8):
        score(cast.agent, "week", monday - timedelta(weeks=back), f"{80 + back}")
    refresh_boards(Changes(as_of=today))
    return cast


def test_no_page_is_wider_than_its_window(worked: Cast, opened: Open) -> None:  # noqa: F811
    for address, who in PAGES:
        for size in (PHONE, ZOOMED, DESK):
            page = opened(address, who=who, size=size)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (address, size, over) == (address, size, 0)


@pytest.mark.parametrize(("theme", "size"), [("light", DESK), ("dark", PHONE)])
def test_the_pages_pass_axe(
    worked: Cast,
    opened: Open,  # noqa: F811
    theme: str,
    size: tuple[int, int],
) -> None:
    for address, who in PAGES:
        page = opened(address, who=who, theme=theme, size=size)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("rules => axe.run(document, rules)", RULES)
        found = [
            (v["id"], [node["html"][:120] for node in v["nodes"]]) for v in result["violations"]
        ]
        assert (address, found) == (address, [])


def test_someone_chooses_a_name_on_boards(worked: Cast, opened: Open) -> None:  # noqa: F811
    page = opened("/boards/", who="agent")
    page.get_by_role("button", name="How I appear").click()
    page.get_by_label("Name on boards").fill("Quiet Heron")
    page.locator("#alias .btn-primary").click()
    expect(page.get_by_text("You appear on boards as “Quiet Heron” from now on.")).to_be_visible()
    assert BoardAlias.objects.get().name == "Quiet Heron"


def test_the_editor_previews_and_refuses(worked: Cast, opened: Open) -> None:  # noqa: F811
    page = opened("/boards/new/", who="manager")
    page.get_by_label("English name").fill("Stars")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".rank-list li")).to_have_count(5)
    page.get_by_label("Order of the list").select_option("lowest")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A list of the weakest shames people")).to_be_visible()
    assert not Leaderboard.objects.filter(name_en="Stars").exists()
