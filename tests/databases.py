"""A database per test run, cloned from a migrated template, so that runs never meet.

Two runs at once take different slots. The template is rebuilt when a migration or the seeded catalogue
changes; a clone takes some tenths of a second, so a run and a transactional test each start from the seeds.
The owner's role makes databases; tests run as the application's, as the product does.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import django
import psycopg2
from django.core.management import call_command
from django.db import connection

from incentives import embedded
from incentives.database_roles import owner_address

ROOT = Path(__file__).resolve().parent.parent
SLOTS = 15  # Redis has 32 databases, a slot takes two
SEEDS = (
    "*/migrations/*.py",
    "incentives/*/migrations/*.py",
    "*/*/catalogue*",
    "*/*/catalogue/*",
    "*/*/shipped.*",
    "requirements/base.txt",
    "incentives/database_roles.py",
    "tests/databases.py",
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
    with _template_lock():
        template = _template(rebuild=rebuild)
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


def address(name: str = "") -> str:
    """DATABASE_URL of the run's own database for a process of a test, or of another one beside it."""
    given = urlsplit(os.environ.get("DATABASE_URL") or embedded.database_url())
    own = str(connection.settings_dict["NAME"])
    return urlunsplit(given._replace(path="/" + quote(name or own)))


def as_owner(statement: str) -> int:
    """Run a statement as the owner of the tables, inside the test's own transaction; counts its rows.

    The database of tests alone has a function for that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests_as_owner(%s)", [statement])
        return int(cursor.fetchone()[0])


_AS_OWNER = """
    CREATE FUNCTION tests_as_owner(statement text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    AS $$ DECLARE rows bigint; BEGIN
        EXECUTE statement; GET DIAGNOSTICS rows = ROW_COUNT; RETURN rows;
    END $$
"""


@contextmanager
def owners_cursor(name: str) -> Iterator[Any]:
    """A session of the owner with a database; each statement commits."""
    # Not Django's: opening one of those opens the test's own connection too.
    owner = connection.copy()
    owner.settings_dict = {**owner_address(owner.settings_dict), "NAME": name}
    session = psycopg2.connect(**owner.get_connection_params())
    session.autocommit = True
    try:
        with session.cursor() as cursor:
            yield cursor
    finally:
        session.close()


def _template(*, rebuild: bool = False) -> str:
    """The name of the template, which is built when needed."""
    template = template_name()
    connection.close()
    if rebuild or not _exists(template):
        _build(template)
    return template


def _build(template: str) -> None:
    for old in _names("test_template_%"):
        run_statement(f'DROP DATABASE "{old}" WITH (FORCE)')
    unfinished = "test_unfinished_template"
    run_statement(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    run_statement(f'CREATE DATABASE "{unfinished}"')
    connection.settings_dict["NAME"] = unfinished
    call_command("migrate", verbosity=0)
    connection.close()
    with owners_cursor(unfinished) as cursor:
        cursor.execute(_AS_OWNER)
    run_statement(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')


@contextmanager
def _template_lock() -> Iterator[None]:
    with (Path(os.environ["VAR_DIR"]) / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_statement(statement: str) -> None:
    """Run a statement that belongs to no database of ours."""
    with owners_cursor("postgres") as cursor:
        cursor.execute(statement)


def _names(pattern: str) -> list[str]:
    with owners_cursor("postgres") as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall()]


def _exists(name: str) -> bool:
    return name in _names(name)


def main() -> None:
    """Build the template before anyone asks for it, beside other checks: `python -m tests.databases`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    embedded.ensure_missing()
    with _template_lock():
        _template()


if __name__ == "__main__":
    main()
