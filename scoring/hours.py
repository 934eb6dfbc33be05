"""Totals by hour of the week, kept by the night for the days whose totals changed.

A changed day is counted anew from its tickets as a whole: its hours are few, and a late rating or
a move between teams may touch any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.models import Company
from scoring.kpis import RATIO
from scoring.measures import MEASURES
from scoring.models import TeamHour
from scoring.nights.changes import Changes, StepResult
from scoring.windows import Span

KEYS = ("team_id", "day", "channel_id", "weekday", "hour")
VALUES = ("handled", "first_response_seconds", "first_response_count")
_HOUR = timedelta(hours=1)


def compute_hours(changes: Changes) -> StepResult:
    """Replace the hours of the changed days; everything when none were ever counted."""
    everything = changes.everything or not TeamHour.objects.exists()
    days: list[date] = changes.days["day"].unique().sort().to_list()
    if not days and not everything:
        return StepResult(_("nothing changed"), {"hours": 0})
    with connection.cursor() as cursor:
        _clear(cursor, None if everything else days)
        text, params = hours_from_facts(None if everything else days)
        cursor.execute(
            f"INSERT INTO scoring_teamhour ({', '.join((*KEYS, *VALUES))}) {text}", params
        )
        rows = int(cursor.rowcount)
        cursor.execute("SET LOCAL enable_indexscan = on")
    if everything:
        return StepResult(_("all days counted by hour"), {"hours": rows})
    line = ngettext("%(n)s day counted by hour", "%(n)s days counted by hour", len(days))
    return StepResult(line % {"n": len(days)}, {"hours": rows})


def hours_from_facts(days: Sequence[date] | None = None) -> tuple[str, list[Any]]:
    """SELECT of KEYS and VALUES from the tickets that count on `days`; None is every day."""
    zone = Company.current().time_zone
    measured = ", ".join(f"{MEASURES[key].ticket} AS {key}" for key in VALUES)
    on_days, of_days = ("t.day IS NOT NULL", []) if days is None else ("t.day = ANY(%s)", [days])
    # Hours are cut before they are converted: a million conversions cost as much as all the rest.
    text = (
        "SELECT team_id, day, channel_id,"
        " date_part('isodow', opened AT TIME ZONE %s)::smallint - 1 AS weekday,"
        " date_part('hour', opened AT TIME ZONE %s)::smallint AS hour,"
        " sum(handled)::bigint AS handled, sum(first_response_seconds) AS first_response_seconds,"
        " sum(first_response_count)::bigint AS first_response_count"
        " FROM (SELECT coalesce(t.team_id, m.team_id) AS team_id, t.day, t.channel_id,"
        f" date_bin(%s::interval, t.opened_at, '2000-01-01 00:00:00Z') AS opened, {measured}"
        " FROM scoring_ticket t"
        " LEFT JOIN org_membership m ON m.person_id = t.agent_id"
        " AND m.starts_on <= t.day AND (m.ends_on IS NULL OR m.ends_on >= t.day)"
        " WHERE NOT t.deleted AND t.held_for IS NULL AND t.agent_id IS NOT NULL"
        f" AND t.opened_at IS NOT NULL AND {on_days} GROUP BY 1, 2, 3, 4) each"
        " GROUP BY 1, 2, 3, 4, 5 HAVING sum(handled) > 0 OR sum(first_response_count) > 0"
    )
    return text, [zone, zone, _piece(zone), *of_days]


def _piece(zone: str) -> str:
    """The longest piece of UTC that lies in one hour of the zone, whatever the season."""
    years = range(1990, 2051)
    days = [datetime(year, month, 1, tzinfo=ZoneInfo(zone)) for year in years for month in (1, 7)]
    offsets = {day.utcoffset() for day in days}
    whole = all(offset is not None and offset % _HOUR == timedelta(0) for offset in offsets)
    return "1 hour" if whole else "15 minutes"


def _clear(cursor: Any, days: Sequence[date] | None) -> None:
    if days is None:
        # All tickets are read once, in the order in which they lie; by index it takes twice as long.
        cursor.execute("SET LOCAL enable_indexscan = off; DELETE FROM scoring_teamhour")
    else:
        cursor.execute("DELETE FROM scoring_teamhour WHERE day = ANY(%s)", [list(days)])


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
    found = TeamHour.objects.order_by("weekday", "hour")
    if span.start is not None:
        found = found.filter(day__gte=span.start)
    if span.end is not None:
        found = found.filter(day__lte=span.end)
    if teams is not None:
        found = found.filter(team__in=teams)
    if channels is not None:
        found = found.filter(channel__key__in=channels)
    summed = found.values("weekday", "hour").annotate(
        tickets=Sum("handled"),
        responses=Sum("first_response_count"),
        seconds=Sum("first_response_seconds"),
    )
    return [
        Hour(
            each["weekday"],
            each["hour"],
            each["tickets"],
            each["responses"],
            each["seconds"] or Decimal(0),
        )
        for each in summed
    ]
