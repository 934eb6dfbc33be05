"""Commands of manage.py without their servers, and before any migration has run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from incentives import embedded
from incentives.embedded.postgres import APPLICATION
from tests.databases import another_clone, owners_cursor, run_statement

ROOT = Path(__file__).resolve().parents[2]
KPIS = ("kpis", "--by", "company", "--period", "month", "--format", "csv")
LOSE_IT = "from django.db import connection as c; c.cursor().execute('SELECT pg_terminate_backend(pg_backend_pid())')"

pytestmark = pytest.mark.django_db


def url_of(name: str, *, user: str = APPLICATION) -> str:
    """Address of another database on the server of this test run."""
    own = embedded.database_url()
    return own.replace(f"{APPLICATION}@", f"{user}@").replace("/incentives?", f"/{name}?")


def command(
    *arguments: str, database: str | None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as someone types it."""
    given = {**os.environ, "ENVIRONMENT": "development", **environment}
    given.pop("DJANGO_SETTINGS_MODULE", None)
    given |= {"DATABASE_URL": database} if database else {}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture
def empty() -> Iterator[str]:
    """A database in which no migration has run."""
    name = f"{connection.settings_dict['NAME']}_empty"
    run_statement(f'DROP DATABASE IF EXISTS "{name}"')
    run_statement(f'CREATE DATABASE "{name}"')
    yield name
    run_statement(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize(
    ("arguments", "database", "said"),
    [
        (KPIS, "postgresql://someone:secret@127.0.0.1:9/nothing", "Connection refused"),
        (("migrate",), "postgresql://someone:secret@127.0.0.1:9/nothing", "Connection refused"),
        (("createsuperuser",), url_of("missing"), 'database "missing" does not exist'),
        (("nightly",), url_of("incentives", user="stranger"), "authentication failed"),
        (("audit",), "postgresql://someone:secret@localhost:port/nothing", "DATABASE_URL is not"),
        (("shell", "-c", "0"), "mysql://someone:secret@localhost/nothing", "DATABASE_URL is not"),
    ],
)
def test_without_its_database_a_command_says_one_line_and_ends_with_2(
    arguments: tuple[str, ...], database: str, said: str
) -> None:
    done = command(*arguments, database=database)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_a_connection_lost_in_the_middle_is_said_in_one_line() -> None:
    own = url_of(settings.DATABASES["default"]["NAME"])
    done = command("shell", "-c", LOSE_IT, database=own)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "The database cannot be used (" in done.stderr
    assert "Traceback" in command("shell", "--traceback", "-c", LOSE_IT, database=own).stderr


def test_embedded_servers_that_cannot_start_are_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = command(*KPIS, database=None, VAR_DIR=str(tmp_path / "file"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert str(tmp_path / "file") in done.stderr


def test_an_empty_database_of_ones_own_is_not_touched_but_explained(empty: str) -> None:
    done = command(*KPIS, database=url_of(empty))
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        ["This database is empty: run manage.py migrate, then this command again."],
    )


def test_a_database_behind_the_release_is_explained_and_may_still_be_backed_up() -> None:
    with another_clone(f"{connection.settings_dict['NAME']}_behind") as name:
        with owners_cursor(name) as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'badges'")
        done = command(*KPIS, database=url_of(name))
        assert (done.returncode, done.stderr.splitlines()) == (
            2,
            [
                "This database is behind this release: run manage.py migrate, then this command again."
            ],
        )
        assert command("dumpdata", "org.company", database=url_of(name)).returncode == 0


def test_the_first_commands_of_a_fresh_checkout_prepare_its_database_once(tmp_path: Path) -> None:
    environment = os.environ | {"VAR_DIR": str(tmp_path), "ENVIRONMENT": "development"}
    environment.pop("DJANGO_SETTINGS_MODULE")
    both = [
        subprocess.Popen(
            [sys.executable, "manage.py", *KPIS],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=600)[1] for process in both]
    subprocess.run(
        [sys.executable, "-m", "incentives.embedded", "stop"], cwd=ROOT, env=environment, check=True
    )
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(text.count("database is empty: preparing it") for text in said) == [0, 1]
