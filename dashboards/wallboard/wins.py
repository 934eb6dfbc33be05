"""What people have just won: points given by hand, and levels reached.

The reason of an award is written to the person, not to a room: it may name a customer or a
colleague, so it never stands here, nor does the giver. Whoever appears under another name on boards
is left out altogether, because an award that others remember would give the name away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet, Sum

from incentives.capabilities import declared
from incentives.org.models import Person, Team
from scoring.models import PointEntry
from scoring.models.kinds import LedgerKind
from scoring.points.levels import level_of

#: How long something counts as new.
DAYS = 7
MOST = 6
#: Seconds for which levels are remembered while no points come.
KEPT = 6 * 3600


@dataclass(frozen=True, slots=True)
class WallAward:
    """Points that someone was given by hand."""

    name: str
    points: int
    on: date


@dataclass(frozen=True, slots=True)
class LevelUp:
    """A level that someone reached in the last days."""

    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Wins:
    """The picture of the latest wins."""

    awards: list[WallAward]
    levels: list[LevelUp]


def named_people(team: Team | None, *, on: date) -> QuerySet[Person]:
    """People whose name may stand on the wall: here today, and under their own name on boards."""
    people = (
        Person.objects.taking_part(on=on, teams=[team]) if team else Person.objects.active(on=on)
    )
    found: QuerySet[Person] = people.filter(is_active=True, board_alias=None)
    return found


def latest_wins(team: Team | None, *, on: date) -> Wins | None:
    """Awards and levels of the last seven days; None when there are none."""
    people = named_people(team, on=on)
    wins = Wins(_awards(people, on), _levels(people, on))
    return wins if wins.awards or wins.levels else None


def _awards(people: QuerySet[Person], on: date) -> list[WallAward]:
    """The newest awards; those that were taken back are as if they had never been."""
    # Given and taken back by someone: the index of those is small, the ledger is not.
    taken_back = PointEntry.objects.filter(reverses=OuterRef("pk"), actor__isnull=False)
    entries = PointEntry.objects.filter(
        ~Exists(taken_back),
        kind__in=[kind.name for kind in declared(LedgerKind) if kind.is_public],
        actor__isnull=False,
        amount__gt=0,
        booked_on__gt=on - timedelta(days=DAYS),
        agent__in=people.order_by().values("pk"),
    )
    rows = entries.order_by("-pk").values_list("agent__display_name", "amount", "occurred_on")
    return [WallAward(*row) for row in rows[:MOST]]


def _levels(people: QuerySet[Person], on: date) -> list[LevelUp]:
    """Who of these people has reached a level, the highest first."""
    levels = risen(on=on)
    rows = people.filter(pk__in=levels).values_list("pk", "display_name")
    named = [LevelUp(name, levels[pk]) for pk, name in rows]
    return sorted(named, key=lambda each: (-each.level, each.name))[:MOST]


def risen(*, on: date) -> dict[int, int]:
    """By agent, the level reached with the points of the last days; read again when points came.

    One reading serves all screens: adding up a week of ten thousand agents takes a second.
    """
    newest = PointEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    key = f"wallboard:risen:{on}:{newest}"
    known: dict[int, int] | None = cache.get(key)
    if known is None:
        known = _risen(on)
        cache.set(key, known, KEPT)
    return known


def _risen(on: date) -> dict[int, int]:
    """Agents who have another level than without the points of the last days."""
    recent = PointEntry.objects.filter(booked_on__gt=on - timedelta(days=DAYS)).order_by()
    earned = recent.values("agent", "agent__point_total__lifetime").annotate(earned=Sum("amount"))
    found = {}
    for row in earned:
        lifetime = row["agent__point_total__lifetime"] or 0
        level = level_of(lifetime).number
        if level > level_of(lifetime - row["earned"]).number:
            found[row["agent"]] = level
    return found
