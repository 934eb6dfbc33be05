"""When a night is due: at the company's own hour, by its own clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from incentives.org import locks
from incentives.org.models import Company
from scoring.figures.night_lock import is_under_way
from scoring.models import NightRun
from scoring.nights import runner

ATTEMPTS = 3
_DUE_LOCK = 0x41648
_NOON = 12


def closing_day(moment: datetime, *, zone: str) -> date:
    """The company-local day that a night begun at `moment` closes.

    Begun before noon it is the day before; later it is that day, as far as it has come.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return local.date() if local.hour >= _NOON else local.date() - timedelta(days=1)


def due_since(moment: datetime, *, zone: str, hour: int) -> datetime:
    """The last time before `moment` at which the company's clock showed that hour."""
    local = moment.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), time(hour), tzinfo=ZoneInfo(zone))
    if due > local:
        due = datetime.combine(local.date() - timedelta(days=1), time(hour), tzinfo=ZoneInfo(zone))
    return due


def start_if_due(moment: datetime | None = None) -> NightRun | None:
    """Record the night that is due, or None: it is done or under way, or failed three times.

    A worker that was away at that hour catches up when it is back.
    """
    now = moment or timezone.now()
    zone = Company.current().time_zone
    since = due_since(now, zone=zone, hour=settings.NIGHT_HOUR)
    with transaction.atomic():
        # Two beats that ask at the same moment do not start two nights.
        locks.hold(_DUE_LOCK)
        if not _is_due(since):
            return None
        return runner.start(as_of=closing_day(now, zone=zone), origin=NightRun.Origin.SCHEDULE)


def _is_due(since: datetime) -> bool:
    done = NightRun.objects.filter(status=NightRun.Status.DONE, started_at__gte=since)
    if done.exists() or is_under_way():
        return False
    tried = NightRun.objects.filter(origin=NightRun.Origin.SCHEDULE, created_at__gte=since)
    return tried.count() < ATTEMPTS
