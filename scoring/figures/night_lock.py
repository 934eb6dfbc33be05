"""One night at a time: a session-level advisory lock, which dies with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pglock
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from incentives.org import locks

NIGHT_LOCK = 0x41647


class NightBusy(Exception):
    """Another night is under way; the message says so and what to do."""


class NightLost(Exception):
    """The database session that held the lock is gone, so the night may not go on."""


@contextmanager
def night_lock(*, wait_seconds: float) -> Iterator[None]:
    """Hold the lock of nights, waiting for another night up to that long.

    Raises NightBusy when the other one is still under way by then.
    """
    if not locks.take(NIGHT_LOCK, patience=wait_seconds):
        raise NightBusy(_busy(wait_seconds))
    try:
        yield
    finally:
        _unlock()


def require_lock() -> None:
    """Raise NightLost unless this very database session holds the lock.

    Django opens a new session after a broken one without a word; another night may have begun.
    """
    if not locks.is_held(NIGHT_LOCK, by_us=True):
        raise NightLost(
            _("The connection to the database was lost in the middle of the night: run it again.")
        )


def is_under_way() -> bool:
    """Whether some process is carrying out a night at this moment."""
    return locks.is_held(NIGHT_LOCK)


def _unlock() -> None:
    # A broken session has let go already, and unlocking in a new one does nothing.
    try:
        pglock.advisory(NIGHT_LOCK).release()
    except (DatabaseError, InterfaceError):
        connection.close()


def _busy(waited: float) -> str:
    return _(
        "Another night is still under way after %(seconds)d s of waiting; nothing was done."
        " Run it again when that one has ended."
    ) % {"seconds": waited}
