"""Seasons: points counted from zero for some weeks or months, then archived."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.capabilities import StepResult
from incentives.org import locks
from incentives.org.dated import covers
from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.figures.change_queue import note_days
from scoring.figures.changes import Changes
from scoring.figures.windows import ONE_DAY, Period, Span, first_day, label, last_day
from scoring.models import PointEntry, Season, SeasonResult
from scoring.points.ledger import LEDGER_LOCK

# Facts of a season's last days arrive late: it is closed this long after it ended.
SETTLEMENT_DAYS = 7


def season_on(day: date) -> Season | None:
    """The season that a day lies in."""
    return Season.objects.filter(covers(day)).first()


def season_points(*, season: Season, agent: Person) -> int:
    """What counts for the agent in the season; archived ones keep what they closed with."""
    if season.is_closed:
        result = SeasonResult.objects.filter(season=season, agent=agent).first()
        return result.points if result else 0
    booked = PointEntry.objects.filter(
        agent=agent, booked_on__range=(season.starts_on, season.ends_on)
    )
    return booked.order_by().aggregate(points=Sum("amount"))["points"] or 0


def close_season(*, season: Season, by: Person | None, today: date) -> Season:
    """Archive everyone's points and place; later corrections count in the season that is open.

    Equal points share a place (1, 2, 2, 4). Closing again changes nothing. Raises Refused
    before its last day is over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # No points may be booked into it while its archive is being written.
        locks.hold(LEDGER_LOCK)
        season = Season.objects.select_for_update().get(pk=season.pk)
        if season.is_closed:
            return season
        if season.ends_on >= today:
            raise Refused(_("The season is not over: close it after its last day."))
        cursor.execute(
            "INSERT INTO scoring_seasonresult (season_id, agent_id, points, rank)"
            " SELECT %s, agent_id, sum(amount), rank() OVER (ORDER BY sum(amount) DESC)"
            " FROM scoring_pointentry WHERE booked_on BETWEEN %s AND %s GROUP BY agent_id",
            [season.pk, season.starts_on, season.ends_on],
        )
        season.closed_at, season.closed_by = timezone.now(), by
        season.save(update_fields=["closed_at", "closed_by"])
    return season


@transaction.atomic
def save_season(*, season: Season) -> Season:
    """Save a new season or the days of an open one.

    What counts by seasons is looked at again by the next night, on the days of before and of now.
    """
    before = Season.objects.select_for_update().filter(pk=season.pk).first()
    season.save()
    spans = [(each.starts_on, each.ends_on) for each in (before, season) if each is not None]
    if len(set(spans)) > 1 or before is None:
        note_days(Span(min(first for first, _last in spans), max(last for _first, last in spans)))
    return season


def open_season(*, day: date) -> Season:
    """The season of a day; where there is none, the rest of its quarter becomes one."""
    found = season_on(day)
    if found is not None:
        return found
    start, end = first_day(Period.QUARTER, day), last_day(Period.QUARTER, day)
    before = Season.objects.filter(ends_on__lt=day).order_by("-ends_on").first()
    after = Season.objects.filter(starts_on__gt=day).order_by("starts_on").first()
    return Season.objects.create(
        name=label(Period.QUARTER, day).replace("-", " "),
        starts_on=max(start, before.ends_on + ONE_DAY) if before else start,
        ends_on=min(end, after.starts_on - ONE_DAY) if after else end,
    )


@transaction.atomic
def settle_seasons(changes: Changes) -> StepResult:
    """The night's step: close seasons whose settlement days are over, have one open."""
    over = Season.objects.filter(
        closed_at=None, ends_on__lt=changes.as_of - timedelta(days=SETTLEMENT_DAYS)
    )
    closed = [
        close_season(season=season, by=None, today=changes.as_of)
        for season in over.order_by("ends_on")
    ]
    season = open_season(day=changes.as_of)
    line = _("Season %(name)s until %(day)s.") % {"name": season.name, "day": season.ends_on}
    return StepResult(line, {"closed": len(closed)})
