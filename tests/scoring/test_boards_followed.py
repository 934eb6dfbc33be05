"""Boards after late facts and changes of people: what a period rests on reaches beyond its own days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from incentives.org.models import Person, Site, Team
from scoring.boards.forms import BoardAliasForm
from scoring.boards.refresh import fill_current, refresh_boards
from scoring.figures.changes import TEAM_DAYS_SCHEMA, Changes
from scoring.figures.windows import ONE_DAY
from scoring.models import AgentDay, Channel, Kpi, Leaderboard, Score, Scorecard, TeamDay
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.board_data import (
    MONDAY,
    WEDNESDAY,
    board,
    changed,
    give,
    line,
    lines,
    wrong_standings,
)

pytestmark = pytest.mark.django_db
EARLIER = MONDAY - timedelta(days=14)


def points(person: Person, day: date, amount: int) -> None:
    give(person, amount, day)


def score(person: Person, day: date, amount: int) -> None:
    card = Scorecard.objects.order_by("pk")[0]
    for period, first in (("week", day), ("month", day.replace(day=1))):
        Score.objects.update_or_create(
            agent=person,
            period=period,
            starts_on=first,
            defaults={"scorecard": card, "score": amount},
        )


def work(person: Person, day: date, amount: int) -> None:
    where: dict[str, Any] = {
        "agent": person,
        "day": day,
        "channel": Channel.objects.get(key="phone"),
    }
    AgentDay.objects.update_or_create(**where, defaults={"handled": amount})


@pytest.mark.parametrize("period", ["week", "month"])
@pytest.mark.parametrize(("by", "do"), [("points", points), ("score", score), ("kpi", work)])
def test_late_facts_of_the_four_weeks_before_reach_an_improvement(
    people: list[Person], by: str, do: Callable[[Person, date, int], None], period: str
) -> None:
    kpi = Kpi.objects.get(key="handled") if by == "kpi" else None
    improved = board(by=by, kpi=kpi, period=period, league="improved")
    for person in people[:2]:
        for back in range(6):
            do(person, MONDAY - timedelta(weeks=back), 10)
    refresh_boards(changed(WEDNESDAY, people, MONDAY))
    assert line(improved, people[0])
    do(people[0], EARLIER, 50)
    # The points are in the ledger alone: no agent day has changed.
    late = Changes(WEDNESDAY) if by == "points" else changed(WEDNESDAY, people[:1], EARLIER)
    refresh_boards(late)
    assert wrong_standings() == 0


def test_a_board_made_by_day_hides_no_points_from_the_others(people: list[Person]) -> None:
    daily = board(period="day")
    give(people[0], 5, MONDAY)
    refresh_boards(Changes(as_of=WEDNESDAY))
    give(people[0], 4, MONDAY)
    fill_current(board(period="day", key="new"), as_of=WEDNESDAY)
    refresh_boards(Changes(as_of=WEDNESDAY))
    assert line(daily, people[0], on=MONDAY).value == 9
    assert wrong_standings() == 0


def test_equals_stand_in_the_order_of_the_names_of_now(people: list[Person]) -> None:
    weekly = board(period="week", least=1)
    for person in people[:4]:
        give(person, 5, MONDAY - timedelta(days=7))
    refresh_boards(Changes(as_of=MONDAY))
    form = BoardAliasForm({"name": "Quiet Heron"}, person=people[0])
    assert form.is_valid()
    form.save()
    Person.objects.filter(pk=people[3].pk).update(display_name="A first")
    assert refresh_boards(Changes(as_of=MONDAY)).counts["standings"] == 2
    found = [row.agent_id for row in lines(weekly, on=MONDAY - timedelta(days=7))]
    assert found == [people[at].pk for at in (3, 1, 2, 0)]
    assert wrong_standings() == 0


def a_share(cast: Cast) -> None:
    Person.objects.filter(pk=cast.agent.pk).update(employment_share=Decimal("0.5"))


def a_site(cast: Cast) -> None:
    Team.objects.filter(pk=cast.alpha.pk).update(site=Site.objects.create(key="far", name="Far"))


def an_archive(cast: Cast) -> None:
    Team.objects.filter(pk=cast.alpha.pk).update(archived_on=MONDAY - timedelta(days=5))


@pytest.mark.parametrize("change", [a_share, a_site, an_archive])
def test_shares_and_teams_of_now_are_those_of_past_weeks(
    cast: Cast, change: Callable[[Cast], None]
) -> None:
    site = Site.objects.create(key="near", name="Near")
    Team.objects.update(site=site)
    board(subject="team", period="week", normalised=True)
    board(period="week", site=site, key="site")
    for person in (cast.agent, cast.teammate, cast.stranger):
        give(person, 7, MONDAY - timedelta(days=7))
    refresh_boards(Changes(as_of=MONDAY))
    change(cast)
    refresh_boards(Changes(as_of=MONDAY))
    assert wrong_standings() == 0


def test_whoever_left_without_figures_is_no_longer_counted_among_the_full_time_people(
    cast: Cast,
) -> None:
    weekly = board(subject="team", period="week", normalised=True)
    quiet = PersonFactory(team=cast.alpha)
    week = MONDAY - timedelta(days=7)
    for person in (cast.agent, cast.teammate, quiet):
        give(person, 6, week)
    refresh_boards(Changes(as_of=MONDAY))
    shares = [row.volume for row in lines(weekly, on=week) if row.team == cast.alpha]
    other = PersonFactory(team=cast.alpha)
    Person.objects.filter(pk=other.pk).update(left_on=week - ONE_DAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert [row.volume for row in lines(weekly, on=week) if row.team == cast.alpha] == shares
    Person.objects.filter(pk=other.pk).update(left_on=None)
    refresh_boards(Changes(as_of=MONDAY))
    assert [row.volume for row in lines(weekly, on=week) if row.team == cast.alpha] == [
        share + 1 for share in shares
    ]
    assert wrong_standings() == 0


def test_a_teams_own_facts_reach_its_past_weeks(cast: Cast) -> None:
    weekly = board(subject="team", by="kpi", kpi=Kpi.objects.get(key="handled"), period="week")
    sunday = MONDAY - ONE_DAY
    where: dict[str, Any] = {"team": cast.alpha, "channel": Channel.objects.get(key="phone")}
    TeamDay.objects.create(day=sunday, handled=4, **where)
    refresh_boards(Changes(as_of=MONDAY))
    TeamDay.objects.update(handled=6)
    rows = pl.DataFrame([(cast.alpha.pk, sunday)], schema=TEAM_DAYS_SCHEMA, orient="row")
    refresh_boards(Changes(as_of=MONDAY, team_days=rows))
    assert [row.value for row in lines(weekly)] == [6]


def test_only_what_rests_on_a_change_is_worked_out_again(people: list[Person]) -> None:
    improved: Leaderboard = board(period="week", league="improved")
    for person in people:
        for back in range(12):
            give(person, 10, MONDAY - timedelta(weeks=back))
    refresh_boards(Changes(as_of=WEDNESDAY))
    improved.standings.update(value=1)
    give(people[0], 5, MONDAY - timedelta(weeks=6))
    refresh_boards(Changes(as_of=WEDNESDAY))
    again = improved.standings.exclude(value=1).order_by("starts_on")
    weeks = list(again.values_list("starts_on", flat=True).distinct())
    # Its own week, and the four that look back to it.
    assert weeks == [MONDAY - timedelta(weeks=back) for back in (6, 5, 4, 3, 2)]
