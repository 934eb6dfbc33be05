"""Real processes on the test's own database, stopped at chosen moments by locks of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds: a process on a machine with much else to do


def environment() -> dict[str, str]:
    """The environment of a process that shares the test's database, queue and uploads."""
    url = databases.address()
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}


@contextmanager
def process(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running process; its output goes to a file of the folder, and it never outlives this."""
    with (folder / "output.txt").open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(),
            stdout=output,
            stderr=output,
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.wait(PATIENCE)


def ingesting(folder: Path, path: Path) -> Any:
    """`manage.py ingest` of a file, as a process."""
    return process(folder, "manage.py", "ingest", str(path), "--source", "helpdesk")


@contextmanager
def blocking(*statements: str) -> Iterator[None]:
    """Hold the locks that these statements take, in a session of the test's own."""
    own = psycopg2.connect(**connection.get_connection_params())
    try:
        with own.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield
    finally:
        own.close()


def await_true(holds: Callable[[], Any], what: str) -> Any:
    """Wait until something holds and return it; fails after some minutes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE} seconds")


def stopped_at_lock() -> int | None:
    """The database session that waits for a lock of the test, if one does."""
    return _session("wait_event_type = 'Lock'")


def other_session() -> int | None:
    """Any session of another process on the test's database."""
    return _session("TRUE")


def _session(condition: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {condition}"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def end_session(pid: int) -> None:
    """Cut a process off from the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, %s)", [pid, 1000 * PATIENCE])


def worker_command() -> list[str]:
    """A Celery worker with one process beneath it."""
    assert settings.CELERY_TASK_ALWAYS_EAGER
    return [
        *("-m", "celery", "-A", "incentives", "worker", "--concurrency", "1"),
        *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
    ]
