"""The team board: who sees it, what it shows, who needs attention and why."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.team_board import TeamRow, team_board
from incentives.org.models import Company, Person
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.figures.windows import Period, first_day
from scoring.models import AgentDay, Channel
from tests.dashboards.test_agent_home import _lost, score
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give

pytestmark = pytest.mark.django_db
ADDRESS = "/team/"


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


def _weeks(person: Person, today: date, *scores: int) -> None:
    """Weekly scores, the running week last."""
    monday = first_day(Period.WEEK, today)
    for back, points in enumerate(reversed(scores)):
        score(person, "week", monday - timedelta(weeks=back), str(points))


def _row(cast: Cast, person: Person, today: date) -> TeamRow:
    rows = team_board([cast.alpha], today=today).rows
    return next(row for row in rows if row.person.pk == person.pk)


@pytest.mark.parametrize(
    ("name", "status", "team"),
    [
        ("agent", 403, ""),
        ("supervisor", 200, "Alpha"),
        ("other_supervisor", 200, "Beta"),
        ("site_manager", 200, "Alpha"),
        ("manager", 200, "Alpha"),
        ("hr", 200, "Alpha"),
        ("administrator", 200, "Alpha"),
    ],
)
def test_leaders_see_their_teams(
    cast: Cast, client: Client, name: str, status: int, team: str
) -> None:
    client.force_login(cast.fresh(name))
    answer = client.get(ADDRESS)
    assert answer.status_code == status
    if status == 200:
        assert answer.context["team"].name == team


def test_another_team_does_not_exist(cast: Cast, client: Client) -> None:
    client.force_login(cast.fresh("supervisor"))
    assert client.get(f"{ADDRESS}?team={cast.beta.pk}").status_code == 404
    assert client.get(f"{ADDRESS}?team=x").status_code == 404
    assert client.post(ADDRESS).status_code == 405
    client.logout()
    assert client.get(ADDRESS).status_code == 302


def test_a_fall_is_named_with_what_weighs_most(cast: Cast, today: date) -> None:
    _weeks(cast.agent, today, 90, 90, 90, 90, 82)
    lost = [_lost("csat", "4.2", "84"), _lost("fcr", "1", "79")]
    score(cast.agent, "month", first_day(Period.MONTH, today), "84", lost)
    row = _row(cast, cast.agent, today)
    assert row.difference == -8
    assert [sign.text for sign in row.signs] == [
        "Score 8.0 below their own four weeks before, most of it"
        " Customer satisfaction (share satisfied) (−4.2)."
    ]
    assert f"/why/{cast.agent.pk}/" in row.url


def test_a_low_score_that_does_not_fall_is_named_too(cast: Cast, today: date) -> None:
    _weeks(cast.agent, today, 75, 75, 75)
    score(cast.agent, "month", first_day(Period.MONTH, today), "75")
    row = _row(cast, cast.agent, today)
    assert [sign.text for sign in row.signs] == ["Score below 80 this month."]


def test_who_improves_is_worth_praise(cast: Cast, today: date) -> None:
    _weeks(cast.agent, today, 85, 85, 91)
    _weeks(cast.teammate, today, 85, 85, 86)
    board = team_board([cast.alpha], today=today)
    assert [row.person.pk for row in board.praise] == [cast.agent.pk]
    assert board.attention == []


def test_silence_and_overload_are_care(cast: Cast, today: date) -> None:
    phone = Channel.objects.get(key="phone")
    for person, back, measures in (
        (cast.agent, 6, {"handled": 3}),
        (cast.teammate, 1, {"busy_seconds": 90, "available_seconds": 100}),
    ):
        AgentDay.objects.create(
            agent=person,
            team=cast.alpha,
            day=today - timedelta(days=back),
            channel=phone,
            **measures,
        )
    assert _row(cast, cast.agent, today).signs[0].text.startswith("No contacts since")
    assert _row(cast, cast.teammate, today).signs[0].text.startswith("Busy 90 % of the last")


def test_points_places_and_sorting(cast: Cast, today: date, client: Client) -> None:
    monday = first_day(Period.WEEK, today)
    give(cast.agent, 5, monday)
    give(cast.teammate, 8, monday)
    score(cast.agent, "month", first_day(Period.MONTH, today), "91")
    refresh_boards(Changes(as_of=today))
    row = _row(cast, cast.agent, today)
    assert (row.points, row.rank, row.score) == (5, 2, Decimal(91))
    client.force_login(cast.fresh("supervisor"))
    for sort, first in (
        ("points", "Teammate"),
        ("score", "Agent"),
        ("name", "Agent"),
        ("x", "Agent"),
    ):
        board = client.get(f"{ADDRESS}?sort={sort}").context["board"]
        assert board.rows[0].person.display_name == first


def test_the_page_asks_no_more_for_more_people(cast: Cast, today: date, client: Client) -> None:
    client.force_login(cast.fresh("supervisor"))
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    for number in range(20):
        person = PersonFactory(team=cast.alpha)
        _weeks(person, today, 80, 90 - number)
        give(person, number + 1, today)
    refresh_boards(Changes(as_of=today))
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)
    assert len(many) <= len(few)
