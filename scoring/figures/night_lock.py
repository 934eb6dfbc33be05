"""One night at a time: a session-level advisory lock, which dies with the process that holds it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

NIGHT_LOCK = 0x41647
_ASK_EVERY_SECONDS = 0.25


class NightBusy(Exception):
    """Another night is under way; the message says so and what to do."""


class NightLost(Exception):
    """The database session that held the lock is gone, so the night may not go on."""


@contextmanager
def night_lock(*, wait_seconds: float) -> Iterator[None]:
    """Hold the lock of nights, waiting for another night up to that long.

    Raises NightBusy when the other one is still under way by then. Asking again and again, rather
    than one statement that waits, lets Ctrl-C through.
    """
    deadline = time.monotonic() + wait_seconds
    while not _try_lock():
        if time.monotonic() >= deadline:
            raise NightBusy(_busy(wait_seconds))
        time.sleep(_ASK_EVERY_SECONDS)
    try:
        yield
    finally:
        _unlock()


def require_lock() -> None:
    """Raise NightLost unless this very database session holds the lock.

    Django opens a new session after a broken one without a word; another night may have begun.
    """
    if not _holds("pid = pg_backend_pid()"):
        raise NightLost(
            _("The connection to the database was lost in the middle of the night: run it again.")
        )


def is_under_way() -> bool:
    """Whether some process is carrying out a night at this moment."""
    return _holds("true")


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [NIGHT_LOCK])
        return bool(cursor.fetchone()[0])


def _unlock() -> None:
    # A broken session has let go already, and unlocking in a new one does nothing.
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [NIGHT_LOCK])
    except (DatabaseError, InterfaceError):
        connection.close()


def _holds(whose: str) -> bool:
    with connection.cursor() as cursor:
        # A lock by one 64-bit number stands there as two halves and objsubid 1.
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            f" AND classid = 0 AND objid = %s AND objsubid = 1 AND {whose})",
            [NIGHT_LOCK],
        )
        return bool(cursor.fetchone()[0])


def _busy(waited: float) -> str:
    return _(
        "Another night is still under way after %(seconds)d s of waiting; nothing was done."
        " Run it again when that one has ended."
    ) % {"seconds": waited}
