"""What is settled about people, teams and the company has a history that the database writes.

Most of it moves no fact, so that no list of changed days tells of it: steps that rest on it ask
here what has changed since the last night.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from scoring.models import NightRun

#: A row that is new was nothing else before.
NOT_NEW = "pgh_label <> 'insert'"
_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)
# Changes bear the time at which their transaction began, and importing a file may take long. Whoever
# asks has to bear being told the same change twice.
_LONGEST = timedelta(days=1)


def last_night() -> datetime:
    """From when on changes may be unknown to the last night that was done."""
    done = NightRun.objects.filter(status=NightRun.Status.DONE, started_at__isnull=False)
    started = done.order_by("-started_at").values_list("started_at", flat=True).first()
    return started - _LONGEST if started else _ALWAYS


def is_another(cursor: Any, events: str, *columns: str) -> bool:
    """Whether one of the columns of some row has another value than before; `events` is its table's history.

    Also where nothing tells what it was before.
    """
    before, now = (", ".join(f"{row}.{each}" for each in columns) for row in "be")
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {events} e LEFT JOIN LATERAL (SELECT {before} FROM {events} b"
        " WHERE b.pgh_obj_id = e.pgh_obj_id AND b.pgh_id < e.pgh_id ORDER BY b.pgh_id DESC LIMIT 1) b"
        f" ON TRUE WHERE e.pgh_created_at >= %s AND {NOT_NEW}"
        f" AND ({now}) IS DISTINCT FROM ({before}))",
        [last_night()],
    )
    return bool(cursor.fetchone()[0])
