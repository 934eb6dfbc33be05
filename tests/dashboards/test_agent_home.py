"""An agent's home: score, why, today's points, neighbourhood, trend; few queries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from incentives.capabilities import Visit
from incentives.org.models import Company, Person
from scoring.boards.home import own_board
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.figures.windows import Period, first_day
from scoring.goals.home import running_goals
from scoring.models import (
    Goal,
    Leaderboard,
    NightRun,
    PointEntry,
    PointRule,
    Score,
    Scorecard,
    Season,
    SeasonResult,
)
from scoring.points.awards import award
from scoring.points.home import PRAISE_DAYS, career, lately, own_level, todays_points, worth
from scoring.points.levels import level_of
from scoring.points.reversals import take_back
from scoring.scorecards.home import own_score
from tests.badges import battle_data
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give

pytestmark = pytest.mark.django_db
#: Those of every page (person, company, roles, bell), and one a card that reads something by itself.
OF_EVERY_PAGE, OF_CARDS = 4, 7


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
    visit = Visit(busy.agent, busy.agent.company_today)
    shown = own_score(visit)
    assert shown is not None
    assert (shown.text, shown.lost_total) == ("88.6", "11.4")
    assert shown.change is not None
    assert shown.change.text == "▲ 3.2"
    assert [item.lost for item in shown.lost] == ["−6.1", "−1.5"]
    assert shown.trend == [Decimal(80 + back) for back in reversed(range(12))]
    points, board = todays_points(visit), own_board(visit)
    assert points is not None
    assert points.points == 125
    assert board is not None
    assert [line.rank for line in board.lines.lines if not line.me][:2] == [1, 2]
    own = board.lines.own
    assert own is not None
    assert (own.rank, own.text) == (9, "125")
    assert board.next_text == "5 points to the next place."
    page = answer.content.decode()
    for words in ("Why 88.6?", "Where 11.4 points went", "figures as of today", "period=month"):
        assert words in page


def test_a_home_takes_a_query_a_card_and_none_while_it_is_kept(
    busy: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = busy.agent.company_today
    days = {"starts_on": today, "ends_on": today + timedelta(days=3)}
    objectives = battle_data.amount(100), battle_data.level(90)
    battle_data.announce(busy.manager, *objectives, teams=[busy.alpha], **days)
    score(busy.teammate, "month", first_day(Period.MONTH, today), "88.6")
    client.force_login(busy.fresh("teammate"))
    of_everyone = 3  # When the last night ended, the items of the scorecard, the battle's KPIs.
    with django_assert_num_queries(OF_EVERY_PAGE + OF_CARDS + of_everyone + 1):
        client.get("/")  # Who has no entry is asked for their level by itself.
    client.force_login(busy.fresh("agent"))
    with django_assert_num_queries(OF_EVERY_PAGE + OF_CARDS):
        client.get("/")
    with django_assert_num_queries(OF_EVERY_PAGE):
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
    visit = Visit(cast.agent, today)
    points, level = todays_points(visit), own_level(visit)
    assert points is not None
    assert [each.points for each in points.earned] == [50, 30]
    assert points.earned[0].name == rule.name
    assert (points.points, points.title) == (80, "Yesterday")
    assert level is not None
    assert level.level.number == level_of(50 + 30 + 99).number


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
    found = own_board(Visit(cast.agent, today))
    assert found is not None
    assert found.lines.starts_on == monday - timedelta(weeks=1)
    assert found.lines.board.key == "team-week"
    Leaderboard.objects.filter(key="team-week").update(archived=True)
    assert own_board(Visit(cast.agent, today)) is None


def test_recognition_is_told_in_the_givers_words_until_it_is_taken_back(
    cast: Cast, today: date, client: Client
) -> None:
    by = cast.fresh("supervisor")
    kept = award(agent=cast.agent, amount=40, reason="Found the lost parcel.", by=by, on=today)
    wrong = award(agent=cast.agent, amount=30, reason="Meant for someone.", by=by, on=today)
    take_back(entry=wrong, by=by, reason="It was someone else.")
    (praise,) = lately(Visit(cast.agent, today)).praise
    assert (praise.text, praise.by, praise.points) == (kept.reason, "Supervisor", 40)
    later = today + timedelta(days=PRAISE_DAYS)
    assert lately(Visit(cast.agent, later)).praise == []
    client.force_login(cast.fresh("agent"))
    assert "<q>Found the lost parcel.</q>" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("missing", "words"),
    [(25, "is worth 30"), (30, "is worth 30"), (31, "is worth 50"), (500, "is worth 50"), (0, "")],
)
def test_what_brings_one_nearer_is_something_done_lately(
    db: None, missing: int, words: str
) -> None:
    single = {"per": "unit", "units": 1}
    rules = [
        PointRule(name_en="Good review", amount=30, **single),
        PointRule(name_en="Hard case", amount=50, **single),
        PointRule(name_en="Five orders", amount=40, per="unit", units=5),
        PointRule(name_en="Reopened", amount=-60, **single),
    ]
    text = worth(rules, Decimal(missing))
    assert (words in text) if words else text == ""


def test_running_goals_of_oneself_and_the_team_come_next(cast: Cast, today: date) -> None:
    def goal(title: str, ends: int, **fields: Any) -> None:
        Goal.objects.create(
            title=title,
            starts_on=today - timedelta(days=9),
            ends_on=today + timedelta(days=ends),
            proposed_by=cast.supervisor,
            **{"status": "agreed", **fields},
        )

    goal("over", -1, agent=cast.agent)
    goal("withdrawn", 1, agent=cast.agent, status="withdrawn")
    goal("of a teammate", 1, agent=cast.teammate)
    goal("of another team", 1, team=cast.beta)
    goal("third", 9, agent=cast.agent)
    goal("second", 5, team=cast.alpha)
    goal("first", 2, agent=cast.agent, status="proposed")
    goals = running_goals(Visit(cast.agent, today)) or []
    assert [each.title for each in goals] == ["first", "second"]
    assert [each.note for each in goals] == ["waits for a yes", "6 days left"]


def test_a_season_is_told_with_its_place_only_among_the_first(cast: Cast, today: date) -> None:
    give(cast.agent, 700, today)
    season = Season.objects.create(
        name="Spring", starts_on=date(2020, 1, 1), ends_on=date(2020, 3, 31)
    )
    for person, rank in ((cast.agent, 10), (cast.teammate, 11)):
        SeasonResult.objects.create(season=season, agent=person, points=90, rank=rank)
    give(cast.teammate, 1, today)
    for person, place in ((cast.agent, 10), (cast.teammate, None)):
        _level, told = career(Visit(person, today))
        assert told is not None
        assert (told.name, told.points, told.rank) == ("Spring", 90, place)
