"""How much work the people of some teams have in some days, as the weeks before tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from incentives.org.dated import covers_sql
from incentives.org.models import CalendarDay
from incentives.org.participation import PARTICIPATION
from scoring.figures.windows import ONE_DAY, Span

#: From how many weeks before the attendance of each weekday is read.
REFERENCE_WEEKS = 12
_HOLIDAY = 7
#: SQL condition on totals `f`: a day for which there is more than the plan of someone who did not come.
WORKED = (
    "(f.scheduled_seconds IS NULL OR f.handled > 0 OR f.adherent_seconds > 0"
    " OR f.busy_seconds > 0 OR f.available_seconds > 0)"
)
_PRESENT = f"""
    SELECT f.day, count(DISTINCT f.agent_id) FROM scoring_agentday f
    WHERE f.day BETWEEN %(first)s AND %(last)s AND {WORKED}
        AND (%(teams)s::bigint[] IS NULL OR f.team_id = ANY(%(teams)s))
    GROUP BY f.day ORDER BY f.day
"""
_EMPLOYED = f"""
    SELECT d.day::date, count(DISTINCT m.person_id)
    FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') d (day)
    JOIN {PARTICIPATION} m ON {covers_sql("m", "d.day::date")}
    WHERE %(teams)s::bigint[] IS NULL OR m.team_id = ANY(%(teams)s)
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Capacity:
    """People in the teams, and the days of work to be expected of them all together.

    `present` tells how many people worked on each day of the weeks before.
    """

    people: int
    person_days: float
    present: Mapping[date, int]

    def worked_in(self, days: Span) -> int:
        """Days of work of all people in a span of the weeks before."""
        return sum(many for day, many in self.present.items() if day in days)


def capacity(*, teams: Sequence[int] | None, days: Span, today: date, since: date) -> Capacity:
    """What the people who are in the teams by `today` can be expected to work in `days`.

    Each weekday counts with the share of people who worked on it in the last twelve weeks, so
    weekends count as they were worked; public holidays as those of these weeks were, or like the
    quietest weekday. Absence as usual is part of that share. `present` is read from `since` on.
    """
    params = {"teams": list(teams) if teams is not None else None}
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, {**params, "first": since, "last": today - ONE_DAY})
        present = dict(cursor.fetchall())
        # Before the first facts nobody was absent: nothing is known of these days.
        known = min(present, default=today)
        earliest = max(known, today - timedelta(weeks=REFERENCE_WEEKS))
        reference = Span(earliest, today - ONE_DAY)
        cursor.execute(_EMPLOYED, {**params, "first": earliest, "last": today})
        employed = dict(cursor.fetchall())
    off = holidays()
    shares = _shares(reference, present, employed, off)
    people = int(employed.get(today, 0))
    return Capacity(people, people * sum(shares[_kind(day, off)] for day in _each(days)), present)


def holidays() -> set[date]:
    """The public holidays of the company's calendar, and days that it leaves out."""
    off = CalendarDay.objects.filter(kind=CalendarDay.Kind.HOLIDAY)
    left_out = CalendarDay.objects.filter(
        kind=CalendarDay.Kind.OTHER, treatment=CalendarDay.Treatment.EXCLUDED
    )
    return set((off | left_out).values_list("day", flat=True))


def _shares(
    reference: Span, present: Mapping[date, Any], employed: Mapping[date, Any], off: set[date]
) -> dict[int, float]:
    """By weekday (0 for Monday, 7 for a holiday) the part of the people who worked."""
    worked, there = [0] * 8, [0] * 8
    for day in _each(reference):
        worked[_kind(day, off)] += present.get(day, 0)
        there[_kind(day, off)] += employed.get(day, 0)
    shares = {kind: min(worked[kind] / there[kind], 1.0) for kind in range(8) if there[kind]}
    lowest = min((share for kind, share in shares.items() if kind != _HOLIDAY), default=0.0)
    return {kind: shares.get(kind, lowest) for kind in range(8)}


def _kind(day: date, off: set[date]) -> int:
    return _HOLIDAY if day in off else day.weekday()


def _each(days: Span) -> Iterator[date]:
    if days.start is None or days.end is None:
        raise ValueError("Work is expected of a closed span: name its first and last day.")
    for at in range((days.end - days.start).days + 1):
        yield days.start + timedelta(days=at)
