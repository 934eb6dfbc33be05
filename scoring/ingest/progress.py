"""How far an import is, for the page that shows it: kept in the cache, not in the database.

The import's transaction is not visible before its end; the cache is. An entry that is no longer
renewed says that the process behind it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep

from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

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


def carry_out(run: Import, *, progress: runs.Progress = runs.silent) -> Import:
    """Perform the import unless it has ended or is being performed.

    Its progress is told to its page and to the listener `progress`.
    """
    with _locked(run, patience=_PATIENCE_SECONDS) as mine:
        if not mine:
            return run
        run.refresh_from_db()
        return runs.perform(run, progress=_Teller(run.pk, progress)) if run.is_open else run


def end_forgotten(*, started_before: datetime) -> int:
    """End, as failed, the imports that died that long ago and that nobody took up; how many.

    One whose process is alive is left alone, however long it takes.
    """
    old = Import.objects.filter(status=Import.Status.RUNNING, started_at__lt=started_before)
    ended = 0
    for run in old:
        with _locked(run, patience=0) as mine:
            if mine:
                run.refresh_from_db()
                ended += runs.end_forgotten(run)
    return ended


@contextmanager
def _locked(run: Import, *, patience: float) -> Iterator[bool]:
    """Hold the run's lock, if nobody else does."""
    mine = _acquired(run, patience)
    try:
        yield mine
    finally:
        # A lost connection has let go of the lock by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_IMPORTS, run.pk])


def _acquired(run: Import, patience: float) -> bool:
    """Take the run's lock, waiting a little for one whose holder has just died.

    The database lets a dead process's session go once it notices; it is asked to look often.
    """
    deadline = monotonic() + patience
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_IMPORTS, run.pk])
            if cursor.fetchone()[0]:
                return True
            if monotonic() > deadline:
                return False
            sleep(0.2)


_IMPORTS = 0x1A7
_PATIENCE_SECONDS = 5


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
            " AND classid = %s AND objid = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [_IMPORTS, run.pk],
        )
        return bool(cursor.fetchone()[0])


class _Teller:
    """Writes progress to the cache, a few times a second at most."""

    def __init__(self, run_id: int, listener: runs.Progress) -> None:
        self.run_id = run_id
        self.listener = listener
        self.last = ("", 0.0)

    def __call__(self, step: str, done: int, total: int) -> None:
        now = monotonic()
        if step == self.last[0] and now - self.last[1] < _EVERY_SECONDS:
            return
        self.last = (step, now)
        self.listener(step, done, total)
        percent = min(100, 100 * done // total) if total else 0
        # An import does not fail because its progress cannot be shown.
        with suppress(RedisError):
            cache.set(_key(self.run_id), (step, percent), ALIVE_SECONDS)


def _key(run_id: int) -> str:
    return f"import-progress:{run_id}"
