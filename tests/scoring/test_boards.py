"""Standings against a naive computation: ranks, movement, leagues, normalisation, differences only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incentives.org.models import Person, Team
from scoring.boards.refresh import rebuild_boards, refresh_boards
from scoring.figures.changes import Changes
from scoring.models import (
    AgentDay,
    BoardAlias,
    Channel,
    Kpi,
    Score,
    Scorecard,
    Season,
    TeamDay,
)
from tests.factories import PersonFactory, TeamFactory
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


def test_equal_values_share_a_rank_and_stand_in_name_order(people: list[Person]) -> None:
    weekly = board(period="week")
    for person, amount in zip(people, (5, 9, 9, 7, 9, 1), strict=True):
        give(person, amount, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert [(row.rank, row.agent.display_name) for row in lines(weekly)] == [
        (1, "P1"),
        (1, "P2"),
        (1, "P4"),
        (4, "P3"),
        (5, "P0"),
        (6, "P5"),
    ]
    assert [row.position for row in lines(weekly)] == [1, 2, 3, 4, 5, 6]


def test_each_team_is_ranked_by_itself(people: list[Person], cast: Cast) -> None:
    weekly = board(period="week", within="team")
    for person, amount in zip(people, (5, 9, 9, 7, 9, 1), strict=True):
        give(person, amount, MONDAY)
    give(PersonFactory(display_name="In no team"), 99, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert [row.rank for row in lines(weekly, team=cast.alpha)] == [1, 1, 3, 4]
    assert [row.rank for row in lines(weekly, team=cast.beta)] == [1, 2]


def test_a_second_run_writes_nothing(people: list[Person]) -> None:
    board(period="week")
    give(people[0], 5, MONDAY)
    assert refresh_boards(Changes(as_of=MONDAY)).counts["standings"] == 1
    again = refresh_boards(Changes(as_of=MONDAY))
    assert (again.counts["standings"], again.counts["removed"]) == (0, 0)
    assert again.line == "The boards stay as they are."


def test_new_points_add_to_what_is_there(people: list[Person]) -> None:
    alltime = board(period="all")
    give(people[0], 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    give(people[0], 4, MONDAY)
    give(people[1], 6, MONDAY - timedelta(days=900))
    refresh_boards(Changes(as_of=MONDAY))
    assert [int(row.value) for row in lines(alltime)] == [9, 6]
    assert wrong_standings() == 0


def test_movement_is_against_the_day_before(people: list[Person]) -> None:
    weekly = board(period="week")
    give(people[0], 10, MONDAY)
    give(people[1], 8, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert {row.previous_rank for row in lines(weekly)} == {None}
    give(people[1], 8, MONDAY + timedelta(days=1))
    give(people[2], 1, MONDAY + timedelta(days=1))
    refresh_boards(Changes(as_of=MONDAY + timedelta(days=1)))
    moved = {row.agent.display_name: (row.rank, row.previous_rank) for row in lines(weekly)}
    assert moved == {"P1": (1, 2), "P0": (2, 1), "P2": (3, None)}


def test_on_the_first_day_movement_is_against_the_period_before(people: list[Person]) -> None:
    weekly = board(period="week")
    sunday = MONDAY - timedelta(days=1)
    give(people[0], 10, sunday)
    give(people[1], 8, sunday)
    give(people[1], 8, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert [(row.agent.display_name, row.previous_rank) for row in lines(weekly)] == [("P1", 2)]


def test_a_late_correction_moves_the_period_after_it_too(people: list[Person]) -> None:
    daily = board(period="day")
    for person, amount in ((people[0], 10), (people[1], 8)):
        give(person, amount, MONDAY)
        give(person, 1, MONDAY + timedelta(days=1))
    refresh_boards(Changes(as_of=MONDAY + timedelta(days=1)))
    give(people[1], 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY + timedelta(days=1)))
    rows = lines(daily, on=MONDAY + timedelta(days=1))
    assert {row.agent.display_name: row.previous_rank for row in rows} == {"P0": 2, "P1": 1}


def test_below_the_least_volume_one_is_listed_without_rank(
    people: list[Person], cast: Cast
) -> None:
    monthly = board(by="kpi", kpi=Kpi.objects.get(key="csat"), period="month", least=10)
    _day(people[0], cast.alpha, csat_satisfied=9, csat_count=10)
    _day(people[1], cast.alpha, csat_satisfied=5, csat_count=5)
    _day(people[2], cast.alpha, csat_satisfied=19, csat_count=20)
    refresh_boards(changed(MONDAY, people))
    assert [(row.agent.display_name, row.rank) for row in lines(monthly)] == [
        ("P2", 1),
        ("P0", 2),
        ("P1", None),
    ]
    assert [row.value for row in lines(monthly)] == [95, 90, 100]


def test_the_volume_of_points_and_scores_is_what_was_handled_in_the_period(
    people: list[Person], cast: Cast
) -> None:
    always = board(by="points", period="all", least=6)
    weekly = board(key="week", name_en="Week", by="score", period="week", least=3)
    before = MONDAY - timedelta(days=40)
    for person, days in zip(
        people, ([(before, 4), (MONDAY, 2)], [(WEDNESDAY, 5)], [(before, 1)]), strict=False
    ):
        give(person, 10, MONDAY)
        _score(person, "week", MONDAY, 90)
        for day, handled in days:
            _day(person, cast.alpha, day, handled=handled)
    refresh_boards(Changes(as_of=WEDNESDAY))
    assert [(row.volume, row.rank) for row in lines(always)] == [(6, 1), (5, None), (1, None)]
    assert [(row.volume, row.rank) for row in lines(weekly)] == [(5, 1), (2, None), (None, None)]


def test_less_is_better_where_the_kpi_says_so(people: list[Person], cast: Cast) -> None:
    weekly = board(by="kpi", kpi=Kpi.objects.get(key="frt"), period="week")
    for person, seconds in zip(people, (30, 20, 40), strict=False):
        _day(person, cast.alpha, first_response_seconds=seconds, first_response_count=1)
    refresh_boards(changed(MONDAY, people))
    assert [row.agent.display_name for row in lines(weekly)] == ["P1", "P0", "P2"]


def test_a_kpi_of_one_channel_counts_only_that_channel(people: list[Person], cast: Cast) -> None:
    chat = Channel.objects.get(key="chat")
    weekly = board(by="kpi", kpi=Kpi.objects.get(key="csat"), period="week", channel=chat)
    _day(people[0], cast.alpha, csat_satisfied=1, csat_count=2, channel=chat)
    _day(people[1], cast.alpha, csat_satisfied=2, csat_count=2)
    refresh_boards(changed(MONDAY, people))
    assert [(row.agent.display_name, row.value) for row in lines(weekly)] == [("P0", 50)]


def test_newcomers_have_a_league_of_their_own(people: list[Person], cast: Cast) -> None:
    weekly = board(period="week", league="newcomers")
    fresh = PersonFactory(display_name="New", hired_on=MONDAY - timedelta(days=89))
    last_day_out = PersonFactory(display_name="Out", hired_on=MONDAY - timedelta(days=90))
    for person in (people[0], fresh, last_day_out):
        give(person, 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert [row.agent.display_name for row in lines(weekly)] == ["New"]


def test_the_most_improved_are_measured_against_themselves(people: list[Person]) -> None:
    weekly = board(period="week", league="improved")
    steady, rising, fresh = people[0], people[1], people[2]
    for back in (1, 8, 15, 22):
        give(steady, 70, MONDAY - timedelta(days=back))
        give(rising, 14, MONDAY - timedelta(days=back))
    give(steady, 30, WEDNESDAY)
    give(rising, 30, WEDNESDAY)
    give(fresh, 500, WEDNESDAY)
    refresh_boards(Changes(as_of=WEDNESDAY))
    # Three days of the week are over: 30 − 56·3/28 and 30 − 280·3/28.
    assert [(row.agent.display_name, row.value) for row in lines(weekly)] == [
        ("P1", 24),
        ("P0", 0),
    ]


def test_an_improved_score_is_held_against_the_mean_of_four_weeks(people: list[Person]) -> None:
    weekly = board(by="score", period="week", league="improved")
    for back, score in ((0, 90), (1, 80), (2, 60), (5, 1)):
        _score(people[0], "week", MONDAY - timedelta(weeks=back), score)
    refresh_boards(changed(MONDAY, people))
    assert line(weekly, people[0], on=MONDAY).value == 20


def test_an_improved_ratio_of_a_kpi_where_less_is_better(people: list[Person], cast: Cast) -> None:
    weekly = board(by="kpi", kpi=Kpi.objects.get(key="frt"), period="week", league="improved")
    before = {"first_response_seconds": 300, "first_response_count": 10}
    _day(people[0], cast.alpha, day=MONDAY - timedelta(days=28), **before)
    _day(people[0], cast.alpha, day=MONDAY - timedelta(days=29), **before)
    _day(people[0], cast.alpha, first_response_seconds=50, first_response_count=2)
    refresh_boards(changed(MONDAY, people))
    assert line(weekly, people[0]).value == 5


def test_teams_are_compared_by_full_time_person(cast: Cast) -> None:
    weekly = board(subject="team", period="week", normalised=True, least=1)
    big, small = TeamFactory(name="Big"), TeamFactory(name="Small")
    many = [PersonFactory(team=big) for _ in range(4)]
    half, third = (PersonFactory(team=small, employment_share=Decimal("0.25")) for _ in range(2))
    whole = PersonFactory(team=small)
    PersonFactory(team=small, left_on=MONDAY - timedelta(days=1))
    for person in many:
        give(person, 10, MONDAY)
    give(half, 5, MONDAY)
    give(third, 5, MONDAY)
    give(whole, 11, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    found = [(row.team.name, row.value, row.volume) for row in lines(weekly) if row.team]
    assert found == [("Small", 14, Decimal("1.5")), ("Big", 10, 4)]


def test_a_count_of_a_team_is_normalised_as_well(cast: Cast) -> None:
    weekly = board(
        subject="team", by="kpi", kpi=Kpi.objects.get(key="handled"), period="week", normalised=True
    )
    for team, handled in ((cast.alpha, 10), (cast.beta, 9)):
        TeamDay.objects.create(team=team, day=MONDAY, channel=_phone(), handled=handled)
    PersonFactory(team=cast.alpha)
    refresh_boards(changed(MONDAY, [cast.agent]))
    assert [(row.team.name, row.value) for row in lines(weekly) if row.team] == [
        ("Beta", Decimal("4.5")),
        ("Alpha", Decimal("3.3333333333")),
    ]


def test_teams_by_score_take_the_mean_of_their_people(cast: Cast) -> None:
    weekly = board(subject="team", by="score", period="week")
    for person, team, score in (
        (cast.agent, cast.alpha, 80),
        (cast.teammate, cast.alpha, 90),
        (PersonFactory(), cast.alpha, 85),
        (cast.stranger, cast.beta, 84),
        (PersonFactory(), cast.beta, 86),
        (PersonFactory(), cast.beta, 88),
        # The mean of two would tell each of them what the other has.
        (cast.former, TeamFactory(), 99),
        (PersonFactory(), None, 99),
    ):
        _score(person, "week", MONDAY, score, team=team)
    refresh_boards(changed(MONDAY, [cast.agent]))
    assert [(row.team.name, row.value) for row in lines(weekly) if row.team] == [
        ("Beta", 86),
        ("Alpha", 85),
    ]


def test_whoever_leaves_goes_from_the_board(people: list[Person]) -> None:
    weekly = board(period="week")
    give(people[0], 5, MONDAY)
    give(people[1], 4, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    Person.objects.filter(pk=people[0].pk).update(left_on=MONDAY, is_active=False)
    refresh_boards(Changes(as_of=WEDNESDAY))
    assert [(row.rank, row.agent.display_name) for row in lines(weekly)] == [(1, "P1")]


def test_an_alias_changes_no_rank(people: list[Person]) -> None:
    weekly = board(period="week")
    for person in people[:3]:
        give(person, 5, MONDAY)
    give(people[3], 9, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    before = {row.agent_id: row.rank for row in lines(weekly)}
    BoardAlias.objects.create(person=people[0], name="Quiet Heron")
    rebuild_boards(as_of=MONDAY)
    assert {row.agent_id: row.rank for row in lines(weekly)} == before
    # Among equals the order follows the names that are shown, or it would give the real one away.
    assert line(weekly, people[0]).position == 4


def test_a_season_that_moves_is_added_up_anew(people: list[Person]) -> None:
    seasonal = board(period="season")
    season = Season.objects.create(
        name="Autumn", starts_on=MONDAY, ends_on=MONDAY + timedelta(days=60)
    )
    give(people[0], 5, MONDAY - timedelta(days=1))
    give(people[0], 4, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    assert line(seasonal, people[0], on=MONDAY).value == 4
    Season.objects.filter(pk=season.pk).update(starts_on=MONDAY - timedelta(days=1))
    refresh_boards(Changes(as_of=MONDAY + timedelta(days=1)))
    assert line(seasonal, people[0], on=MONDAY - timedelta(days=1)).value == 9


def test_old_periods_are_let_go(people: list[Person]) -> None:
    daily = board(period="day")
    give(people[0], 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    give(people[0], 5, MONDAY + timedelta(days=30))
    refresh_boards(Changes(as_of=MONDAY + timedelta(days=30)))
    assert {row.starts_on for row in daily.standings.all()} == {MONDAY + timedelta(days=30)}
    assert wrong_standings() == 0


def test_a_wrong_standing_is_found_and_mended(people: list[Person]) -> None:
    weekly = board(period="week")
    give(people[0], 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    weekly.standings.update(value=7)
    assert wrong_standings() == 1
    assert lines(weekly)[0].value == 7
    rebuild_boards(as_of=MONDAY)
    assert lines(weekly)[0].value == 5


def _phone() -> Channel:
    return Channel.objects.get(key="phone")


def _day(person: Person, team: Team, day: date = MONDAY, **measures: Any) -> None:
    measures.setdefault("channel", _phone())
    AgentDay.objects.create(agent=person, team=team, day=day, **measures)


def _score(person: Person, period: str, day: date, score: int, team: Team | None = None) -> None:
    Score.objects.create(
        agent=person,
        team=team,
        period=period,
        starts_on=day,
        scorecard=Scorecard.objects.order_by("pk")[0],
        score=score,
    )
