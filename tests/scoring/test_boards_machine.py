"""Standings after any entries, against a ranking written separately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from incentives.org.models import Person
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.figures.windows import ONE_DAY
from scoring.models import (
    Leaderboard,
)
from tests.scoring.board_data import MONDAY, WEDNESDAY, board, give, lines, wrong_standings

pytestmark = pytest.mark.django_db


_ENTRY = st.tuples(st.integers(0, 5), st.integers(-9, 20).filter(bool), st.integers(-16, 9))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(nights=st.lists(st.lists(_ENTRY, max_size=12), min_size=1, max_size=5))
def test_standings_are_what_a_naive_ranking_says(
    people: list[Person], nights: list[list[tuple[int, int, int]]]
) -> None:
    """Entries arrive night by night, late ones too; each time the stored board equals the naive one."""
    with transaction.atomic():
        _compare(people, nights)
        transaction.set_rollback(True)


def _compare(people: list[Person], nights: list[list[tuple[int, int, int]]]) -> None:
    Leaderboard.objects.all().delete()
    boards = [
        board(period=period, within=within, key=f"{period}-{within}")
        for period in ("day", "week", "all")
        for within in ("company", "team")
    ]
    ledger: list[tuple[Person, int, date]] = []
    for number, entries in enumerate(nights):
        as_of = WEDNESDAY + timedelta(days=number)
        for who, amount, days in entries:
            day = min(as_of, MONDAY + timedelta(days=days))
            give(people[who], amount, day)
            ledger.append((people[who], amount, day))
        refresh_boards(Changes(as_of=as_of))
        for each in boards:
            stored = [
                (row.agent_id, int(row.value), row.rank, row.previous_rank)
                for row in lines(each, on=_start(each, as_of))
            ]
            assert sorted(stored, key=str) == sorted(_naive(each, ledger, as_of), key=str)
    assert wrong_standings() == 0


def _start(each: Leaderboard, day: date) -> date:
    starts = {"day": day, "week": day - timedelta(days=day.weekday()), "all": date(1900, 1, 1)}
    return starts[each.period]


def _naive(
    each: Leaderboard, ledger: Sequence[tuple[Person, int, date]], as_of: date
) -> list[tuple[int, int, int, int | None]]:
    """Ranks by counting how many are better: quadratic, and without any sum of sums."""
    start = _start(each, as_of)
    now = _totals(ledger, start, as_of)
    then = {k: v for k, v in _totals(ledger, start, as_of - ONE_DAY).items() if v}
    if start == as_of:
        then = _period_before(each, ledger, start)
    return [
        (
            person.pk,
            value,
            _rank(each, person, now),
            _rank(each, person, then) if person in then else None,
        )
        for person, value in now.items()
    ]


def _period_before(
    each: Leaderboard, ledger: Sequence[tuple[Person, int, date]], start: date
) -> dict[Person, int]:
    """The totals of the last kept period before that has any."""
    before = [day for _person, _amount, day in ledger if _kept_since(start) <= day < start]
    if not before:
        return {}
    first = _start(each, max(before))
    length = 7 if each.period == "week" else 1
    return _totals(ledger, first, first + timedelta(days=length - 1))


def _kept_since(start: date) -> date:
    return start - timedelta(days=6)


def _totals(
    ledger: Sequence[tuple[Person, int, date]], first: date, last: date
) -> dict[Person, int]:
    totals: dict[Person, int] = {}
    for person, amount, day in ledger:
        if first <= day <= last:
            totals[person] = totals.get(person, 0) + amount
    return totals


def _rank(each: Leaderboard, person: Person, totals: dict[Person, int]) -> int:
    rivals = [
        other for other in totals if each.within == "company" or _team_of(other) == _team_of(person)
    ]
    return 1 + sum(totals[other] > totals[person] for other in rivals)


def _team_of(person: Person) -> int:
    return person.memberships.get().team_id
