"""How far an import is, for the page that shows it: kept in the cache, not in the database.

The import's transaction is not visible before its end; the cache is. An entry that is no longer
renewed says that the process behind it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import pglock
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from incentives.org import locks
from scoring.models import Import

from . import runs

ALIVE_SECONDS = 120
_EVERY_SECONDS = 0.3
_LOCKS = 0x1A7
_PATIENCE_SECONDS = 5
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
        return runs.perform(run, progress=_ProgressWriter(run.pk, progress)) if run.is_open else run


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
    """Hold the run's lock, if nobody else does.

    Waits a little for one whose holder has just died: the database lets a dead process's session go
    once it notices, and is asked to look often.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")
    mine = locks.take(lock_of(run), patience=patience)
    try:
        yield mine
    finally:
        # A lost connection has let go of the lock by itself.
        with suppress(DatabaseError):
            if mine:
                pglock.advisory(lock_of(run)).release()


def lock_of(run: Import) -> int:
    """The session lock that the process holds which performs an import."""
    return _LOCKS << 32 | run.pk


def progress_of(run: Import) -> Progress | None:
    """How far an open import is; None when nothing is known (not begun, or interrupted)."""
    found = cache.get(_key(run.pk))
    return Progress(*found) if found else None


def is_interrupted(run: Import) -> bool:
    """Whether an import that began is no longer being performed by anyone."""
    return run.status == Import.Status.RUNNING and not locks.is_held(lock_of(run))


class _ProgressWriter:
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
