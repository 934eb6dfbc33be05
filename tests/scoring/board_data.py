"""Boards and points that the tests of leaderboards share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

import polars as pl
import pytest
from django.db import transaction

from incentives.org.models import Person, Team
from scoring.boards.refresh import last_counted, rebuild_boards
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import Leaderboard, PointEntry, Standing
from tests.factories import PersonFactory
from tests.org.cast import Cast

MONDAY = date(2026, 11, 16)
WEDNESDAY = date(2026, 11, 18)
_numbers = count()


def board(**traits: Any) -> Leaderboard:
    """The only board that there is, unless others were made with a key of their own."""
    if "key" not in traits:
        Leaderboard.objects.all().delete()
    return Leaderboard.objects.create(**{"key": "board", "name_en": "Board"} | traits)


def give(person: Person, amount: int, day: date) -> PointEntry:
    """Points that count on a day."""
    return PointEntry.objects.create(
        agent=person,
        occurred_on=day,
        booked_on=day,
        amount=amount,
        kind="quest",
        source_key=f"test:{next(_numbers)}",
    )


def changed(as_of: date, people: Iterable[Person], *days: date) -> Changes:
    """Changes of these people on these days (default: `as_of`)."""
    rows = [(person.pk, day) for person in people for day in (days or (as_of,))]
    return Changes(as_of, pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row"))


def lines(each: Leaderboard, *, on: date | None = None, team: Team | None = None) -> list[Any]:
    """The lines of a board's latest period (or of the one that begins `on`), in order."""
    rows = Standing.objects.filter(board=each).select_related("agent", "team")
    latest = on or rows.order_by("-starts_on").values_list("starts_on", flat=True).first()
    rows = rows.filter(starts_on=latest or MONDAY)
    return list(
        (rows.filter(team=team) if team else rows).order_by("team_id", "position")
        if each.within == "team"
        else rows.order_by("position")
    )


def line(each: Leaderboard, person: Person, *, on: date | None = None) -> Any:
    """One person's line."""
    return next(row for row in lines(each, on=on) if row.agent_id == person.pk)


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Four people of alpha and two of beta, hired long ago, in name order."""
    alpha = [PersonFactory(display_name=f"P{n}", team=cast.alpha) for n in range(4)]
    return alpha + [PersonFactory(display_name=f"P{n}", team=cast.beta) for n in (4, 5)]


def wrong_standings() -> int:
    """How many stored standings a rebuild would change; nothing is changed."""
    last = last_counted()
    assert last is not None
    with transaction.atomic():
        counts = rebuild_boards(as_of=last).counts
        transaction.set_rollback(True)
    return counts["standings"] + counts["removed"]
