"""Which days a criterion looks at: the company's calendar excludes some of them."""

from __future__ import annotations

from datetime import date
from enum import Enum

from incentives.org.models import CalendarDay
from scoring.criteria.schema import Criterion
from scoring.figures.windows import CalendarWindow, FixedWindow, Period, RollingWindow


class DayKind(Enum):
    """What a query reads: totals of all or of counted days, stored scores, or points."""

    ALL_DAYS = "all days"
    COUNTED_DAYS = "counted days"
    SCORES = "scores"
    POINTS = "points"


def kind_of(leaf: Criterion) -> DayKind:
    """A window that names its days takes them all: a single day, and from – to.

    Weeks, months and whatever else is longer leave excluded days out, and so do streaks of days.
    """
    if leaf.score is not None:
        return DayKind.SCORES
    if leaf.points is not None:
        # Whatever the calendar says, a point that was given counts.
        return DayKind.POINTS
    match leaf.window:
        case _ if leaf.streak > 1:
            return DayKind.COUNTED_DAYS
        case FixedWindow() | CalendarWindow(period=Period.DAY) | RollingWindow(rolling_days=1):
            return DayKind.ALL_DAYS
        case _:
            return DayKind.COUNTED_DAYS


def excluded_days() -> frozenset[date]:
    """Every day that the company's calendar excludes; they are few."""
    days = CalendarDay.objects.filter(treatment=CalendarDay.Treatment.EXCLUDED)
    return frozenset(days.values_list("day", flat=True))
