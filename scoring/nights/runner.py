"""Carrying out a night: one at a time, step by step, done only when everything is.

A night that is cut off (killed, its database gone) leaves what it was to follow up on the list, and
every step is idempotent, so the next night simply does it all again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from time import perf_counter

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from incentives.capabilities import NightStep, Phase, StepResult
from incentives.org.models import Company, Person
from incentives.stamps import everything_changed
from scoring.figures import change_queue as taking
from scoring.figures.changes import Changes
from scoring.figures.night_lock import NightBusy, night_lock, require_lock
from scoring.figures.statistics import renew_statistics
from scoring.figures.windows import EVERYTHING, Span
from scoring.models import NightRun
from scoring.nights import news, progress
from scoring.nights.following import Work, follow

WAIT_SECONDS = 60
_SESSION = {
    # Frames and set-based statements of a whole company need more than one query of a page does.
    "work_mem": "256MB",
    # The server looks whether the night's process still lives, even in the middle of a long
    # statement: a killed night lets go of its lock within this time.
    "client_connection_check_interval": "1s",
}
_logger = logging.getLogger(__name__)
_Status = NightRun.Status


def _ignore(*_arguments: object) -> None:
    """A watcher that looks away."""


@dataclass(frozen=True)
class Watcher:
    """Whom to tell: a step begins (its number from 1, of how many), is so far, has ended."""

    begins: Callable[[int, int, NightStep], None] = _ignore
    is_at: Callable[[int, int], None] = _ignore
    ended: Callable[[NightStep, StepResult, float], None] = _ignore


NOBODY = Watcher()


def installed_steps() -> list[NightStep]:
    """The steps of this installation, named by the setting NIGHT_STEPS."""
    steps: list[NightStep] = import_string(settings.NIGHT_STEPS)()
    return steps


def start(
    *,
    as_of: date,
    origin: str,
    redo: Span | None = None,
    by: Person | None = None,
    token: str | None = None,
) -> NightRun:
    """Record a night that is to close the company-local day `as_of`; `perform` carries it out.

    `redo` names days that are done again although nothing changed: with both ends, or with none,
    which means all. A `token` lets one submission make one night: the second gets the first one's.
    """
    wanted = {
        "as_of": as_of,
        "origin": origin,
        "by": by,
        "everything": redo == EVERYTHING,
        "redo_from": redo.start if redo else None,
        "redo_to": redo.end if redo else None,
    }
    if token is None:
        return NightRun.objects.create(**wanted)
    return NightRun.objects.get_or_create(token=token, defaults=wanted)[0]


def perform(
    run: NightRun,
    *,
    steps: Sequence[NightStep] | None = None,
    wait_seconds: float = WAIT_SECONDS,
    watcher: Watcher = NOBODY,
) -> NightRun:
    """Carry out a recorded night and return its record, done; one that has ended stays as it is.

    Raises NightBusy when another one is under way for longer than `wait_seconds`, NightLost when
    the database session breaks off, and what a step raises; each is told in `message` too.
    """
    try:
        with night_lock(wait_seconds=wait_seconds):
            run.refresh_from_db()
            if run.is_open:
                _perform(run, installed_steps() if steps is None else steps, watcher)
    except NightBusy as busy:
        _end(run, _Status.NOT_BEGUN, str(busy))
        raise
    return run


def _perform(run: NightRun, steps: Sequence[NightStep], watcher: Watcher) -> None:
    _begin(run)
    try:
        _open_session()
        with translation.override(Company.current().locale):
            _carry_out(run, steps, watcher)
    except Exception as error:
        _logger.exception("Night %s failed in step %s", run.pk, run.step)
        _record_failure(run, error)
        raise
    except BaseException:
        _end(run, _Status.CUT_OFF, _("It was interrupted; the next night does it again."))
        raise


def _begin(run: NightRun) -> None:
    # Whoever holds the lock knows that a night that claims to be under way is not.
    left = NightRun.objects.filter(status=_Status.RUNNING).exclude(pk=run.pk)
    message = _("It stopped before its end; the next night did it again.")
    left.update(status=_Status.CUT_OFF, message=message)
    run.status, run.started_at, run.finished_at = _Status.RUNNING, timezone.now(), None
    run.steps, run.step, run.message, run.days = [], "", "", 0
    run.save()


def _carry_out(run: NightRun, steps: Sequence[NightStep], watcher: Watcher) -> None:
    prepare = list(takewhile(lambda step: step.phase is Phase.PREPARES, steps))
    recorder = _Recorder(run, watcher, list(steps))
    for step in prepare:
        require_lock()
        recorder.begins(step)
        recorder.ended(step, *_work(step, Changes(run.as_of), recorder))
    changes = _take(run)
    _follow(steps[len(prepare) :], changes, recorder)
    with transaction.atomic():
        require_lock()
        taking.finish()
        _end(run, _Status.DONE)


def _take(run: NightRun) -> Changes:
    require_lock()
    taking.note_days_to_redo(run)
    changes = taking.take(as_of=run.as_of, everything=run.everything)
    run.days = changes.days.height
    run.save(update_fields=["days"])
    return changes


def _follow(steps: Sequence[NightStep], changes: Changes, recorder: _Recorder) -> None:
    locale, inside = translation.get_language(), connection.in_atomic_block

    def work(step: NightStep) -> tuple[StepResult, float]:
        if inside:
            return _work(step, changes, recorder)
        try:
            _open_session()
            with translation.override(locale):
                return _work(step, changes, recorder)
        finally:
            connection.close()  # of this thread

    def begins(step: NightStep) -> None:
        require_lock()
        recorder.begins(step)

    def ends(step: NightStep, done: Work, present: NightStep | None) -> None:
        require_lock()
        recorder.is_at(step)
        recorder.ended(step, *done.result())
        if present:
            recorder.is_at(present)

    follow(steps, work=work, begins=begins, ends=ends)


@dataclass
class _Recorder:
    """Keeps the record of a night, and tells whoever watches."""

    run: NightRun
    watcher: Watcher
    steps: list[NightStep]

    def begins(self, step: NightStep) -> None:
        self.is_at(step)
        progress.forget(self.run.pk)
        self.watcher.begins(self.steps.index(step) + 1, len(self.steps), step)

    def is_at(self, step: NightStep) -> None:
        self.run.step = step.name
        self.run.save(update_fields=["step"])

    def ended(self, step: NightStep, result: StepResult, seconds: float) -> None:
        told = {"line": result.line, "seconds": round(seconds, 3), "counts": dict(result.counts)}
        self.run.steps.append({"name": step.name, **told})
        self.run.save(update_fields=["steps"])
        self.watcher.ended(step, result, seconds)


def _work(step: NightStep, changes: Changes, recorder: _Recorder) -> tuple[StepResult, float]:
    """Carry out a step in the session of this thread: its result and its seconds."""
    begin = perf_counter()
    try:
        with progress.watched(recorder.run.pk, recorder.watcher.is_at), _own_transaction(step):
            result = step.run(changes)
    finally:
        everything_changed()  # Also after a failure: a step may have committed parts.
    renew_statistics()
    return result, perf_counter() - begin


def _own_transaction(step: NightStep) -> AbstractContextManager[None]:
    """All of a step or nothing, unless it commits its parts by itself."""
    return nullcontext() if step.commits else transaction.atomic()


def _open_session() -> None:
    with connection.cursor() as cursor:
        for name, value in _SESSION.items():
            cursor.execute(f"SET {name} = '{value}'")


def _record_failure(run: NightRun, error: Exception) -> None:
    """Keep the reason; after a broken session in a new one, and not at all without a database."""
    try:
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        _end(run, _Status.FAILED, f"{type(error).__name__}: {error}".strip())
        news.night_failed(run)
    except (DatabaseError, InterfaceError):
        _logger.exception("The failure of night %s could not be recorded", run.pk)


def _end(run: NightRun, status: str, message: str = "") -> None:
    run.status, run.message, run.finished_at = status, message, timezone.now()
    if status == _Status.DONE:
        run.step = ""
        everything_changed()
    run.save()
