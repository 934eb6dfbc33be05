"""An agent's home: score, why, today's points, neighbourhood, trend; few queries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboards.agent_home import agent_home
from incentives.org.models import Company, Person
from scoring.boards.refresh import refresh_boards
from scoring.models import Leaderboard, NightRun, PointEntry, PointRule, Score, Scorecard
from scoring.nights import Changes
from scoring.points.levels import level_of
from scoring.windows import Period, first_day
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


def _lost(kpi: str, lost: str, value: str) -> dict[str, Any]:
    return {"kpi": kpi, "lost": lost, "value": value, "share": "30", "item_score": "80"}


def score(
    person: Person, period: str, day: date, points: str, lost: list[dict[str, Any]] | None = None
) -> Score:
    """A stored score on the shipped card that has most items."""
    card = Scorecard.objects.filter(items__kpi__key="csat").order_by("pk")[0]
    told = {each["kpi"]: each for each in lost or []}
    items = [told.get(item.kpi.key) for item in card.items.select_related("kpi")] if told else []
    return Score.objects.create(
        agent=person,
        period=period,
        starts_on=day,
        scorecard=card,
        score=points,
        # Shares out of 100, in millionths.
        sums=[n for each in items for n in ([int(each["value"]), 100] if each else [None, None])],
        team_values=[None] * len(items),
        points=[each and int(Decimal(each["item_score"]) * 10_000) for each in items],
        lost=[int(Decimal(each["lost"]) * 10_000) if each else 0 for each in items],
    )


@pytest.fixture
def busy(cast: Cast, today: date) -> Cast:
    """The agent has scores of two months and twelve weeks, points today and a place in the week."""
    month, monday = first_day(Period.MONTH, today), first_day(Period.WEEK, today)
    before = first_day(Period.MONTH, month - timedelta(days=1))
    score(cast.agent, "month", before, "85.4")
    lost = [_lost("csat", "6.1", "84"), _lost("fcr", "-1", "90"), _lost("qa_score", "1.5", "88")]
    score(cast.agent, "month", month, "88.6", lost)
    for back in range(12):
        score(cast.agent, "week", monday - timedelta(weeks=back), f"{80 + back}")
    for number in range(9):
        person = PersonFactory(display_name=f"P{number}", team=cast.alpha)
        give(person, 200 - 10 * number, monday)
    give(cast.agent, 125, today)
    refresh_boards(Changes(as_of=today))
    NightRun.objects.create(
        as_of=today, status="done", origin="schedule", finished_at=timezone.now()
    )
    return cast


def test_the_home_answers_how_why_and_what_next(busy: Cast, client: Client) -> None:
    client.force_login(busy.fresh("agent"))
    answer = client.get("/")
    home = answer.context["home"]
    assert home.score.text == "88.6"
    assert home.score.change.text == "▲ 3.2"
    assert [item.lost for item in home.score.lost] == ["−6.1", "−1.5"]
    assert home.score.lost_total == "11.4"
    assert home.score.trend == [Decimal(80 + back) for back in reversed(range(12))]
    assert home.recent.points == 125
    assert [line.rank for line in home.board.lines if not line.me][:2] == [1, 2]
    own = home.board.own
    assert (own.rank, own.text) == (9, "125")
    assert home.board.next_text == "5 points to the next place."
    page = answer.content.decode()
    for words in ("Why 88.6?", "Where 11.4 points went", "figures as of today", "period=month"):
        assert words in page


def test_the_home_takes_twelve_queries_at_most(
    busy: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(busy.fresh("agent"))
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get("/")


def test_points_of_a_rule_stand_together(cast: Cast, today: date) -> None:
    rule = PointRule.objects.filter(status="published", per="unit", units=1).order_by("pk")[0]
    for number, (amount, quantity) in enumerate(((100, 2), (-50, 1))):
        PointEntry.objects.create(
            agent=cast.agent,
            occurred_on=today - timedelta(days=1),
            booked_on=today,
            amount=amount,
            kind="rule",
            rule=rule,
            quantity=Decimal(quantity),
            source_key=f"t:{number}",
        )
    give(cast.agent, 30, today - timedelta(days=1))
    give(cast.agent, 99, today - timedelta(days=2))
    home = agent_home(cast.fresh("agent"), today=today)
    assert [each.points for each in home.recent.earned] == [50, 30]
    assert home.recent.earned[0].name == rule.name
    assert (home.recent.points, home.points_title) == (80, "Yesterday")
    assert home.level is not None
    assert home.level.number == level_of(50 + 30 + 99).number


def test_below_the_first_score_the_home_says_what_will_come(cast: Cast, client: Client) -> None:
    client.force_login(cast.fresh("agent"))
    assert "Your figures appear here" in client.get("/").content.decode()


def test_those_who_steer_keep_their_tiles(busy: Cast, client: Client) -> None:
    for name in ("supervisor", "manager", "administrator"):
        client.force_login(busy.fresh(name))
        assert "home" not in client.get("/").context


def test_a_board_of_the_week_before_is_better_than_none(cast: Cast, today: date) -> None:
    monday = first_day(Period.WEEK, today)
    give(cast.agent, 5, monday - timedelta(days=3))
    refresh_boards(Changes(as_of=today))
    found = agent_home(cast.fresh("agent"), today=today).board
    assert found is not None
    assert found.starts_on == monday - timedelta(weeks=1)
    assert found.board.key == "team-week"
    Leaderboard.objects.filter(key="team-week").update(archived=True)
    assert agent_home(cast.fresh("agent"), today=today).board is None
