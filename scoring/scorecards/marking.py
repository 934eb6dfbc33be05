"""Telling the night that scores of the past are to be looked at again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection

from scoring.figures.windows import Period, first_day

_SQL = (
    "INSERT INTO scoring_changedday (agent_id, day)"
    " SELECT DISTINCT agent_id, day FROM scoring_agentday WHERE {condition}"
)
_TEAMS = (
    "INSERT INTO scoring_changedteamday (team_id, day)"
    " SELECT DISTINCT team_id, day FROM scoring_teamday WHERE day = ANY(%s)"
)


def touch_days(days: Collection[date]) -> int:
    """Have the scores of these days looked at again, with their weeks and months.

    Those that rest on a team's facts too, on a day when nobody of it was at work.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TEAMS, [sorted(days)])
        cursor.execute(_SQL.format(condition="day = ANY(%s)"), [sorted(days)])
        return int(cursor.rowcount)


def touch_from(day: date) -> int:
    """Have every score looked at again whose period ends on `day` or later."""
    first = min(first_day(Period.WEEK, day), first_day(Period.MONTH, day))
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(condition="day >= %s"), [first])
        return int(cursor.rowcount)
