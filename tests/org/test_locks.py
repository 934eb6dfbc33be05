"""Advisory locks of a session."""

from __future__ import annotations

from pathlib import Path

import pglock
import pytest
from django.db import OperationalError, connection, transaction

from incentives.org import locks
from tests.scoring.processes import blocking

ROOT = Path(__file__).parents[2]
# A number with something in both halves.
LOCK = 0x7E57 << 32 | 0xFFFFFFF0


@pytest.mark.django_db(transaction=True)
def test_who_holds_a_lock_is_known_and_another_session_waits_in_vain() -> None:
    assert not locks.is_held(LOCK)
    with blocking(f"SELECT pg_advisory_lock({LOCK})"):
        assert locks.is_held(LOCK)
        assert not locks.is_held(LOCK, by_us=True)
        assert not locks.is_held(LOCK & 0xFFFFFFFF)
        assert not locks.take(LOCK, patience=0.3)
    assert locks.take(LOCK, patience=5)
    assert locks.is_held(LOCK, by_us=True)
    pglock.advisory(LOCK).release()
    assert not locks.is_held(LOCK)


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_on_without_the_lock_when_waiting_for_it_is_cut_off() -> None:
    with blocking(f"SELECT pg_advisory_lock({LOCK})"), transaction.atomic():
        connection.cursor().execute("SET LOCAL lock_timeout = 100")
        with pytest.raises(OperationalError):
            locks.hold(LOCK)


def test_locks_are_taken_through_one_library() -> None:
    apps = ("incentives", "scoring", "badges", "careers", "rewards", "dashboards")
    spelling = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if "pg_advisory" in path.read_text()
    }
    # Roles are prepared over connections that Django does not know.
    assert spelling == {"incentives/database_roles.py"}
