"""Advisory locks through django-pglock: of a transaction, or of a session, which dies with its process."""

from __future__ import annotations

import time

import pglock
from django.db import connection

_ASK_EVERY_SECONDS = 0.2


def hold(lock: int | str, *, shared: bool = False) -> None:
    """Wait for the transaction's lock, which its end lets go; many may hold a shared one.

    Without the lock nothing goes on: what keeps it from being taken is raised.
    """
    pglock.advisory(lock, shared=shared, xact=True, side_effect=pglock.Raise).acquire()


def take(lock: int, *, patience: float) -> bool:
    """Take the session's lock, waiting up to so many seconds for who holds it; whether it worked.

    Asking again and again, rather than one statement that waits, lets Ctrl-C through.
    """
    deadline = time.monotonic() + patience
    while not pglock.advisory(lock, timeout=0).acquire():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_ASK_EVERY_SECONDS)
    return True


def is_held(lock: int, *, by_us: bool = False) -> bool:
    """Whether some session of this database (`by_us`: this very one) holds the lock."""
    high, low = pglock.advisory_id(lock)
    with connection.cursor() as cursor:
        # A lock by one 64-bit number stands there as two halves and objsubid 1.
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 1"
            " AND (NOT %s OR pid = pg_backend_pid()))",
            [high, low, by_us],
        )
        return bool(cursor.fetchone()[0])
