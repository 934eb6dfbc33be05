"""How far an import is, for the page that shows it: kept in the cache, not in the database.

The import's transaction is not visible before its end; the cache is. An entry that is no longer
renewed says that the process behind it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from django.core.cache import cache
from django.db import connection

from scoring.models import Import

from . import runs

ALIVE_SECONDS = 120
_EVERY_SECONDS = 0.3
STEPS = ("read", "merge", "totals", "done")


@dataclass(frozen=True, slots=True)
class Progress:
    """The present step and how much of it is done, 0 to 100."""

    step: str
    percent: int


def carry_out(run: Import) -> Import:
    """Perform the import unless it has ended or is being performed, telling its progress."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_IMPORTS, run.pk])
        if not cursor.fetchone()[0]:
            return run
    try:
        run.refresh_from_db()
        return runs.perform(run, progress=_Teller(run.pk)) if run.is_open else run
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_IMPORTS, run.pk])


_IMPORTS = 0x1A7


def progress_of(run: Import) -> Progress | None:
    """How far an open import is; None when nothing is known (not begun, or interrupted)."""
    found = cache.get(_key(run.pk))
    return Progress(*found) if found else None


def is_interrupted(run: Import) -> bool:
    """Whether an import that began is no longer being performed by anyone."""
    if run.status != Import.Status.RUNNING:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = %s AND objid = %s)",
            [_IMPORTS, run.pk],
        )
        return bool(cursor.fetchone()[0])


class _Teller:
    """Writes progress to the cache, a few times a second at most."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.last = ("", 0.0)

    def __call__(self, step: str, done: int, total: int) -> None:
        now = monotonic()
        if step == self.last[0] and now - self.last[1] < _EVERY_SECONDS:
            return
        self.last = (step, now)
        percent = min(100, 100 * done // total) if total else 0
        cache.set(_key(self.run_id), (step, percent), ALIVE_SECONDS)


def _key(run_id: int) -> str:
    return f"import-progress:{run_id}"
