"""Points given by hand: budgets, reasons, double clicks, taking back; levels; seasons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.figures.changes import Changes
from scoring.models import AwardBudget, PointEntry, Season, SeasonResult
from scoring.points import awards, budgets, seasons
from scoring.points import reversals as taking_back
from scoring.points.levels import begins_at, level_of
from tests.org.cast import Cast
from tests.scoring import points_data
from tests.scoring.points_data import MONDAY, after, points

pytestmark = pytest.mark.django_db
REASON = "Helped a new colleague for an hour."


def give(by: Person, agent: Person, amount: int = 100, **fields: Any) -> PointEntry:
    given = {"reason": REASON, "on": MONDAY, **fields}
    return awards.award(by=by, agent=agent, amount=amount, **given)


def test_an_award_has_its_giver_and_reason_and_comes_out_of_the_budget(cast: Cast) -> None:
    entry = give(cast.supervisor, cast.agent)
    assert (entry.actor, entry.reason, entry.kind) == (cast.supervisor, REASON, "manual")
    assert budgets.budget_of(person=cast.supervisor, on=MONDAY).left == 500


@pytest.mark.parametrize(
    ("by", "to", "fields", "words"),
    [
        ("supervisor", "stranger", {}, "whom you lead"),
        ("supervisor", "supervisor", {}, "whom you lead"),
        ("agent", "teammate", {}, "whom you lead"),
        ("supervisor", "agent", {"amount": 501}, "at most 500 points"),
        ("supervisor", "agent", {"amount": 0}, "at least one point"),
        ("supervisor", "agent", {"amount": -5}, "at least one point"),
        ("supervisor", "agent", {"reason": "  good  "}, "Write in a sentence"),
    ],
)
def test_an_award_that_may_not_be_is_refused(
    cast: Cast, by: str, to: str, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        give(getattr(cast, by), getattr(cast, to), **fields)
    assert not PointEntry.objects.exists()


def test_a_form_sent_twice_gives_once(cast: Cast) -> None:
    token = uuid4()
    assert give(cast.supervisor, cast.agent, token=token) == give(
        cast.supervisor, cast.agent, token=token
    )
    assert points(cast.agent) == 100
    assert budgets.budget_of(person=cast.supervisor, on=MONDAY).spent == 100


def test_a_new_month_has_a_new_budget_of_the_size_last_set(cast: Cast) -> None:
    budgets.set_budget(person=cast.supervisor, month=MONDAY, points=120, by=cast.manager)
    give(cast.supervisor, cast.agent)
    april = budgets.budget_of(person=cast.supervisor, on=date(2026, 4, 9))
    assert (april.points, april.spent) == (120, 0)


def test_a_budget_is_never_below_what_is_given(cast: Cast) -> None:
    give(cast.supervisor, cast.agent)
    with pytest.raises(Refused, match="100 points are given"):
        budgets.set_budget(person=cast.supervisor, month=MONDAY, points=99, by=cast.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardBudget.objects.update(spent=601)


def test_points_taken_back_are_a_second_entry_and_free_the_budget_once(cast: Cast) -> None:
    entry = give(cast.supervisor, cast.agent)
    for _twice in range(2):
        back = taking_back.take_back(entry=entry, by=cast.manager, reason="Given to the wrong one.")
    assert (back.amount, back.reverses) == (-100, entry)
    assert points(cast.agent) == 0
    assert budgets.budget_of(person=cast.supervisor, on=MONDAY).spent == 0


def test_only_the_giver_or_a_manager_takes_back(cast: Cast) -> None:
    entry = give(cast.supervisor, cast.agent)
    with pytest.raises(Refused, match="Someone else"):
        taking_back.take_back(entry=entry, by=cast.other_supervisor, reason=REASON)


@pytest.mark.parametrize("points_", [0, 1, 199, 200, 599, 600, 601, 123_456, 10**12])
def test_a_level_holds_its_points(points_: int) -> None:
    level = level_of(points_)
    assert level.begins_at <= points_ < level.next_at
    assert level.begins_at == begins_at(level.number)
    assert 0 <= level.share < 100


def test_nobody_falls_below_level_one() -> None:
    assert level_of(-50).number == 1


def season(name: str, start: int, end: int) -> Season:
    return Season.objects.create(name=name, starts_on=after(start), ends_on=after(end))


def earn(agent: Person, amount: int, day: date) -> None:
    points_data.earn(agent, amount, day, key=f"{agent.pk}:{amount}:{day}")


def test_a_season_starts_at_zero_and_its_archive_ranks_ties_alike(cast: Cast) -> None:
    first, second = season("One", 0, 6), season("Two", 7, 13)
    for agent, amount in ((cast.agent, 9), (cast.teammate, 9), (cast.stranger, 4)):
        earn(agent, amount, after(6))
    earn(cast.agent, 2, after(7))
    assert seasons.season_points(season=second, agent=cast.agent) == 2
    with pytest.raises(Refused):
        seasons.close_season(season=first, by=cast.manager, today=after(6))
    for _twice in range(2):
        seasons.close_season(season=first, by=cast.manager, today=after(7))
    ranks = SeasonResult.objects.filter(season=first).values_list("agent__key", "points", "rank")
    assert set(ranks) == {("agent", 9, 1), ("teammate", 9, 1), ("stranger", 4, 3)}


def test_the_night_closes_settled_seasons_and_has_one_open(cast: Cast) -> None:
    season("One", 0, 6)
    over = after(6) + timedelta(days=seasons.SETTLEMENT_DAYS)
    assert seasons.settle_seasons(Changes(as_of=over)).counts == {"closed": 0}
    assert seasons.settle_seasons(Changes(as_of=over + timedelta(1))).counts == {"closed": 1}
    opened = seasons.season_on(over)
    assert opened is not None
    assert (opened.name, opened.starts_on, opened.ends_on) == (
        "2026 Q1",
        after(7),
        date(2026, 3, 31),
    )


def test_seasons_do_not_overlap() -> None:
    season("One", 0, 6)
    with pytest.raises(IntegrityError), transaction.atomic():
        season("Two", 6, 9)
