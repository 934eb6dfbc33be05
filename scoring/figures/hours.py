"""Totals by hour of the week, kept by the night for the days of teams whose facts changed.

A changed day of a team is counted anew from its tickets as a whole: they are few, and a late rating
or a move between teams may touch any of its hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from incentives.org.dated import covers_sql
from incentives.org.models import Company
from scoring.figures.changes import Changes
from scoring.figures.history import is_another
from scoring.figures.kpis import RATIO
from scoring.figures.measures import MEASURES
from scoring.figures.query import AGENT_DAY, MEMBERSHIP
from scoring.figures.windows import Span
from scoring.models import TeamHours, Ticket

KEYS = ("team_id", "day", "channel_id")
VALUES = ("handled", "first_response_seconds", "first_response_count")
HOURS = TeamHours._meta.db_table
_TICKET = Ticket._meta.db_table
_HOUR, _DAY_HOURS = timedelta(hours=1), 24
_ARRAYS = f"unnest(hours, {', '.join(VALUES)}) AS u(hour, {', '.join(VALUES)})"
# Of the changed days of teams: who has totals there, so that their tickets are found by index.
_WHOSE = (
    "SELECT f.agent_id, f.day FROM changed_team_day k"
    f" JOIN {AGENT_DAY} f ON f.team_id = k.team_id AND f.day = k.day"
    f" UNION SELECT f.agent_id, f.day FROM changed_team_day k"
    f" JOIN {AGENT_DAY} f ON f.team_id IS NULL AND k.team_id = 0 AND f.day = k.day"
)
_OF_TEAM_DAY = (
    f" JOIN ({_WHOSE}) whose ON whose.agent_id = t.agent_id AND whose.day = t.day",
    " JOIN changed_team_day k ON k.day = t.day AND k.team_id = coalesce(t.team_id, m.team_id, 0)",
)


def compute_hours(changes: Changes) -> StepResult:
    """Replace the hours of the teams' changed days.

    Everything when none were ever counted, or when hours are those of another zone now.
    """
    with connection.cursor() as cursor:
        moved = is_another(cursor, "org_companyevent", "time_zone")
        everything = changes.everything or moved or not TeamHours.objects.exists()
        days = changes.team_days.height
        if not days and not everything:
            return StepResult(_("nothing changed"), {"hours": 0})
        _clear(cursor, changes, everything=everything)
        text, params = _counted(changed_only=not everything)
        cursor.execute(
            f"INSERT INTO {HOURS} ({', '.join((*KEYS, 'hours', *VALUES))}) {text}", params
        )
        rows = int(cursor.rowcount)
        cursor.execute("SET LOCAL enable_indexscan = on; SET LOCAL enable_hashagg = on")
    if everything:
        return StepResult(_("all days counted by hour"), {"hours": rows})
    line = ngettext(
        "%(n)s day of a team counted by hour", "%(n)s days of teams counted by hour", days
    )
    return StepResult(line % {"n": days}, {"hours": rows})


def hours_from_facts() -> tuple[str, list[Any]]:
    """SELECT of KEYS, `hour` (of the week) and VALUES from all tickets; hours as `stored_hours`."""
    text, params = _counted(changed_only=False)
    return _by_hour(f"({text}) each"), params


def stored_hours() -> str:
    """SELECT of KEYS, `hour` (of the week) and VALUES from what is stored, each hour once."""
    return _by_hour(HOURS)


def _by_hour(relation: str) -> str:
    sums = ", ".join(f"sum(u.{name}) AS {name}" for name in VALUES)
    keys = ", ".join(KEYS)
    return f"SELECT {keys}, u.hour, {sums} FROM {relation}, {_ARRAYS} GROUP BY {keys}, u.hour"


def _counted(*, changed_only: bool) -> tuple[str, list[Any]]:
    """SELECT of the rows of TeamHours, of all days or of those in `changed_team_day`."""
    zone = Company.current().time_zone
    measured = ", ".join(f"{MEASURES[key].ticket} AS {key}" for key in VALUES)
    whose, of_team_day = _OF_TEAM_DAY if changed_only else ("", "")
    local = "opened AT TIME ZONE %s"
    # Pieces of time are cut before they are converted: a million conversions cost as much as all
    # the rest. One sort, by which both groupings go, and the arrays are in order.
    arrays = ", ".join(
        f"array_agg({name} ORDER BY opened) AS {array}"
        for name, array in (("at", "hours"), *((name, name) for name in VALUES))
    )
    text = (
        f"SELECT {', '.join(KEYS)}, {arrays}"
        f" FROM (SELECT *, (date_part('isodow', {local})::smallint - 1)"
        f" * {_DAY_HOURS} + date_part('hour', {local})::smallint AS at"
        " FROM (SELECT coalesce(t.team_id, m.team_id) AS team_id, t.day, t.channel_id,"
        f" date_bin(%s::interval, t.opened_at, '2000-01-01 00:00:00Z') AS opened, {measured}"
        f" FROM {_TICKET} t{whose} LEFT JOIN {MEMBERSHIP} m ON m.person_id = t.agent_id"
        f" AND {covers_sql('m', 't.day')}{of_team_day}"
        " WHERE NOT t.deleted AND t.held_for IS NULL AND t.agent_id IS NOT NULL"
        " AND t.opened_at IS NOT NULL AND t.day IS NOT NULL GROUP BY 1, 2, 3, 4) piece"
        " WHERE handled > 0 OR first_response_count > 0) local GROUP BY 1, 2, 3"
    )
    return text, [zone, zone, _piece(zone)]


def _piece(zone: str) -> str:
    """The longest piece of UTC that lies in one hour of the zone, whatever the season."""
    years = range(1990, 2051)
    days = [datetime(year, month, 1, tzinfo=ZoneInfo(zone)) for year in years for month in (1, 7)]
    offsets = {day.utcoffset() for day in days}
    whole = all(offset is not None and offset % _HOUR == timedelta(0) for offset in offsets)
    return "1 hour" if whole else "15 minutes"


def _clear(cursor: Any, changes: Changes, *, everything: bool) -> None:
    # Nearly every ticket of a large company is in a group of its own: sorting them is faster.
    cursor.execute("SET LOCAL enable_hashagg = off")
    if everything:
        # All tickets are read once, in the order in which they lie; by index it takes twice as long.
        cursor.execute(f"SET LOCAL enable_indexscan = off; DELETE FROM {HOURS}")
        return
    changes.stage_teams(cursor)
    for same_team in ("h.team_id = k.team_id", "h.team_id IS NULL AND k.team_id = 0"):
        cursor.execute(
            f"DELETE FROM {HOURS} h USING changed_team_day k WHERE {same_team} AND h.day = k.day"
        )


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the week (weekday 0 is Monday): tickets, and the mean first response in seconds."""

    weekday: int
    hour: int
    handled: int
    responses: int
    seconds: Decimal

    @property
    def mean(self) -> Decimal | None:
        """The mean time to the first response; None without any."""
        return RATIO.divide(self.seconds, Decimal(self.responses)) if self.responses else None


def hours_of_the_week(
    *, span: Span, teams: Any = None, channels: Sequence[str] | None = None
) -> list[Hour]:
    """The hours in which something was opened, Monday first, over the days of `span`.

    `teams` are ids or a query of them, `channels` keys; None restricts nothing. One query.
    """
    found = TeamHours.objects.order_by()
    if span.start is not None:
        found = found.filter(day__gte=span.start)
    if span.end is not None:
        found = found.filter(day__lte=span.end)
    if teams is not None:
        found = found.filter(team__in=teams)
    if channels is not None:
        found = found.filter(channel__key__in=channels)
    try:
        rows, params = found.values("hours", *VALUES).query.sql_with_params()
    except EmptyResultSet:
        return []
    sums = ", ".join(f"sum(u.{name})" for name in VALUES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.hour, {sums} FROM ({rows}) h, {_ARRAYS} GROUP BY 1 ORDER BY 1", params
        )
        return [
            Hour(at // _DAY_HOURS, at % _DAY_HOURS, int(handled), int(count), seconds or Decimal(0))
            for at, handled, seconds, count in cursor.fetchall()
        ]
