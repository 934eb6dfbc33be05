"""A database per test run, cloned from a migrated template, so that runs never meet.

Two runs at once take different slots. The template is rebuilt when a migration or the seeded catalogue
changes; a clone takes some tenths of a second, so a run and a transactional test each start from the seeds.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SLOTS = 15  # Redis has 32 databases, a slot takes two
SEEDS = (
    "*/migrations/*.py",
    "incentives/*/migrations/*.py",
    "*/catalogue/*",
    "requirements/base.txt",
)


def claim_slot(folder: Path) -> int:
    """The first slot that no other run holds; each worker of a parallel run takes its own.

    Programs that a test starts inherit its slot through the environment. The descriptor of the lock
    stays open until the process ends, and the kernel closes it.
    """
    owner = os.environ.get("PYTEST_XDIST_WORKER", "run")
    if os.environ.get("TEST_SLOT_OWNER") == owner:
        return int(os.environ["TEST_SLOT"])
    folder.mkdir(parents=True, exist_ok=True)
    for slot in range(SLOTS):
        lock = os.open(folder / f"slot-{slot}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        os.environ |= {"TEST_SLOT": str(slot), "TEST_SLOT_OWNER": owner}
        return slot
    raise RuntimeError(f"{SLOTS} test runs are going on already: wait for one to end.")


def template_name() -> str:
    """Names the state that migrations lead to."""
    digest = hashlib.sha256()
    for pattern in SEEDS:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return f"test_template_{digest.hexdigest()[:12]}"


def clone(name: str, *, rebuild: bool = False) -> None:
    """Make `name` a fresh copy of the template, building that first when needed; connect to it."""
    template = template_name()
    with _template_lock():
        connection.close()
        if rebuild or not _exists(template):
            _build(template)
        run_statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        run_statement(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    connection.settings_dict["NAME"] = name


@contextmanager
def another_clone(name: str) -> Iterator[str]:
    """A clone beside the run's own, to which the connection returns; removed in the end."""
    own = connection.settings_dict["NAME"]
    clone(name)
    connection.close()
    connection.settings_dict["NAME"] = own
    try:
        yield name
    finally:
        drop(name)


def drop(name: str) -> None:
    """Remove a clone."""
    connection.close()
    run_statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build(template: str) -> None:
    for old in _names("test_template_%"):
        run_statement(f'DROP DATABASE "{old}" WITH (FORCE)')
    unfinished = "test_unfinished_template"
    run_statement(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    run_statement(f'CREATE DATABASE "{unfinished}"')
    connection.settings_dict["NAME"] = unfinished
    call_command("migrate", verbosity=0)
    connection.close()
    run_statement(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')


@contextmanager
def _template_lock() -> Iterator[None]:
    with (Path(os.environ["VAR_DIR"]) / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_statement(statement: str) -> None:
    """Run a statement that belongs to no database of ours."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _names(pattern: str) -> list[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall()]


def _exists(name: str) -> bool:
    return name in _names(name)
