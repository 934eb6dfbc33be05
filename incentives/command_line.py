"""What surrounds every command of manage.py: servers to work with, a database that is prepared, and one
line with exit code 2, never a traceback, when there is none (`--traceback` shows it all the same)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NoReturn

import django
import pglock
import psycopg2
from django.apps import apps
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.core.management import execute_from_command_line, get_commands
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from redis import RedisError

from incentives import embedded

NOTHING_DONE = 2
WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}
# These make the schema, or look at how far it is.
WITH_ANY_SCHEMA = {
    "check",
    "dbshell",
    "inspectdb",
    "makemigrations",
    "migrate",
    "optimizemigration",
    "pgtrigger",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "test",
    "testserver",
}
# Work on the product and its backup need a schema, though not the newest.
WITH_ANY_STATE = {"dumpdata", "runserver", "shell"}
# Of two commands at once one prepares an empty database, and the other waits.
PREPARING = 0x1CE_17
RELOADED = "RUN_MAIN"  # Django's mark of the process that runserver starts anew after each change


def run(arguments: list[str]) -> None:
    """Run a command of manage.py with what it needs."""
    sys.excepthook = _print_uncaught
    with _in_one_line(told_all="--traceback" in arguments):
        if needs_servers(arguments[1:]) and os.environ.get(RELOADED) != "true":
            embedded.ensure_missing()
            django.setup()
            command = arguments[1]
            if command in get_commands() and command not in WITH_ANY_SCHEMA:
                prepare(may_be_behind=command in WITH_ANY_STATE)
        execute_from_command_line(arguments)


def needs_servers(arguments: list[str]) -> bool:
    """False for help and for commands that only work on files."""
    command = next(iter(arguments), "help")
    asks_help = bool({"-h", "--help", "--version"} & set(arguments))
    return not asks_help and command not in WITHOUT_SERVERS


def prepare(*, may_be_behind: bool) -> None:
    """See that the migrations have run; run them where the embedded database is empty.

    Reads one small table: the names of migrations are compared, no migration is imported.
    """
    applied = _applied()
    if not applied and not os.environ.get("DATABASE_URL"):
        with pglock.advisory(PREPARING, side_effect=pglock.Raise):
            if not _applied():
                _migrate()
    elif not applied:
        _end(gettext("This database is empty: run manage.py migrate, then this command again."))
    elif not may_be_behind and _shipped() - applied:
        _end(
            gettext(
                "This database is behind this release: run manage.py migrate, then this command again."
            )
        )


def _applied() -> set[tuple[str, str]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return set(cursor.fetchall())
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg2.errors.UndefinedTable):
            return set()
        raise


def _shipped() -> set[tuple[str, str]]:
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[!_~]*.py")
    }


def _migrate() -> None:
    print(
        gettext("The embedded database is empty: preparing it, which takes up to a minute."),
        file=sys.stderr,
        flush=True,
    )
    migrate = [sys.executable, sys.argv[0], "migrate", "--verbosity", "0"]
    if subprocess.run(migrate, check=False).returncode != 0:
        _end(gettext("The embedded database could not be prepared: see the message above."))


@contextmanager
def _in_one_line(*, told_all: bool) -> Iterator[None]:
    """Say what stands between us and our servers in one line."""
    try:
        yield
    except (embedded.EmbeddedServerError, ImproperlyConfigured) as error:
        if told_all:
            raise
        _end(str(error))
    except RedisError as error:
        if told_all:
            raise
        _end(
            _translated(
                gettext_noop(
                    "Redis cannot be used (%(error)s): see that it runs, and check REDIS_URL."
                )
            )
            % {"error": _first_line(error)}
        )
    except (DatabaseError, InterfaceError, psycopg2.Error) as error:
        if told_all or not _is_about_the_connection(error):
            raise
        _end(
            _translated(
                gettext_noop(
                    "The database cannot be used (%(error)s): see that it runs, and check DATABASE_URL."
                )
            )
            % {"error": _first_line(error)}
        )


def _print_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Leave out what psycopg2 prints when COPY loses its connection: the error itself is raised as well."""
    if not (isinstance(error, SystemError) and isinstance(error.__cause__, psycopg2.Error)):
        sys.__excepthook__(kind, error, trace)


def _is_about_the_connection(error: Exception) -> bool:
    unusable = OperationalError, InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError
    lost = connection.connection is not None and connection.connection.closed
    return isinstance(error, unusable) or bool(lost)


def _translated(text: str) -> str:
    """A text marked with gettext_noop, also where the settings cannot be read."""
    try:
        return translation.gettext(text)
    except (AppRegistryNotReady, ImproperlyConfigured):
        return text


def _first_line(error: Exception) -> str:
    return " ".join(str(error).strip().partition("\n")[0].split()) or type(error).__name__


def _end(message: str) -> NoReturn:
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(NOTHING_DONE)
