"""Nights that are killed, cut off or run twice at once end in the state of an undisturbed night.

Real processes, a real worker, real servers. Each case is a fresh copy of a database after its first
night; corrections wait in the drop folder. The state is every row of every table of scoring and of
play.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from scoring.figures.night_lock import NIGHT_LOCK
from tests import databases
from tests.scoring.disturbed import (
    PATIENCE_SECONDS,
    ROOT,
    Case,
    State,
    copy_database,
    difference,
    in_sums,
    own_redis,
)

pytestmark = pytest.mark.slow

# Before anything, between a file's import and its putting away, in each step that writes much, before
# the last step, and while the list is being cleared.
MOMENTS = [
    "files:between",
    "totals:before",
    "scores:inside",
    "points:inside",
    "badges:inside",
    "quests:inside",
    "battles:inside",
    "boards:inside",
    "goals:before",
    "end:inside",
]


@pytest.fixture(scope="module")
def first_night(
    servers: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The name of a database after the first night of a small company."""
    name = f"test_first_night_{settings.TEST_SLOT}"
    folder = tmp_path_factory.mktemp("company")
    with django_db_blocker.unblock(), databases.another_clone(name):
        done = subprocess.run(
            [sys.executable, "-m", "tests.scoring.night_process", "prepare", str(folder)],
            cwd=ROOT,
            env=Case(name, folder).environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield name


@pytest.fixture(scope="module")
def undisturbed(
    first_night: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> State:
    """The state after a second night that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with django_db_blocker.unblock(), fresh_case(first_night, folder, "undisturbed") as case:
        before = case.state()
        case.whole_night()
        state = case.state()
    assert difference(before, state), "the second night must have something to do"
    assert any('"outcome":"won"' in row for row in state["badges_battle"])
    for table in ("award", "questresult"):
        assert state[f"badges_{table}"] != before[f"badges_{table}"], table
    assert any('"failed"' in row for row in state["badges_questresult"])
    return state


@pytest.fixture
def case(first_night: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Case]:
    with django_db_blocker.unblock(), fresh_case(first_night, tmp_path, "disturbed") as case:
        yield case


@contextmanager
def fresh_case(template: str, folder: Path, name: str) -> Iterator[Case]:
    """A copy of the database with changes in its drop folder, gone afterwards."""
    case = Case(f"test_{name}_{settings.TEST_SLOT}", folder)
    copy_database(case.database, template)
    try:
        case.drop_changes()
        yield case
    finally:
        case.end()
        databases.drop(case.database)


def kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# Only this case's: other tests run nights beside it, in other databases of the same server.
HOLDS_NIGHT_LOCK = (
    " FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def cut_connections(case: Case) -> None:
    """Terminate the night's session with the database, as a failing server or network does."""
    cut = case.query("SELECT pg_terminate_backend(pid)" + HOLDS_NIGHT_LOCK, NIGHT_LOCK)
    assert cut == [(True,)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_the_next_night_ends_as_an_undisturbed_one(
    case: Case, undisturbed: State, moment: str
) -> None:
    kill(case.night(pause=moment))
    assert case.last_night()[0] == "running"
    case.whole_night()
    assert difference(undisturbed, case.state()) == {}
    statuses = case.query("SELECT status FROM scoring_nightrun ORDER BY id DESC LIMIT 2")
    assert statuses == [("done",), ("cut_off",)]


@pytest.mark.parametrize("moment", ["files:between", "points:inside", "end:inside"])
def test_after_a_lost_connection_the_night_says_so_and_the_next_one_ends_as_an_undisturbed_one(
    case: Case, undisturbed: State, moment: str
) -> None:
    process = case.night(pause=moment)
    cut_connections(case)
    case.go()
    said = case.said(process)
    assert process.returncode == 2, said
    assert "Run it again" in said or "run it again" in said
    assert case.last_night()[0] == "failed"
    case.whole_night()
    assert difference(undisturbed, case.state()) == {}


def test_a_killed_night_lets_go_of_its_lock_even_in_the_middle_of_a_long_statement(
    case: Case,
) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from scoring.figures.night_lock import night_lock\n"
        "from scoring.nights import runner\n"
        "with night_lock(wait_seconds=0):\n"
        "    runner._open_session()\n"
        "    connection.cursor().execute('SELECT pg_sleep(300)')\n"
    )
    process = case.spawn("-c", code)
    held = "SELECT count(*)" + HOLDS_NIGHT_LOCK
    case.until(lambda: case.query(held, NIGHT_LOCK) == [(1,)], "the lock")
    kill(process)
    case.until(lambda: case.query(held, NIGHT_LOCK) == [(0,)], "the lock to be free")


def test_the_second_of_two_nights_waits_for_the_first(case: Case, undisturbed: State) -> None:
    first = case.night(pause="points:inside")
    second = case.night("--wait", "240")
    case.until(
        lambda: (
            case.query("SELECT count(*) FROM scoring_nightrun WHERE status = 'queued'") == [(1,)]
        ),
        "the second night",
    )
    case.go()
    assert first.wait(PATIENCE_SECONDS) == 0
    said = case.said(second)
    assert second.returncode == 0, said
    assert "waiting up to 240 s" in said
    assert difference(undisturbed, case.state()) == {}


def test_the_second_of_two_nights_gives_up_with_a_reason(case: Case, undisturbed: State) -> None:
    first = case.night(pause="scores:inside")
    second = case.night("--wait", "1")
    said = case.said(second)
    assert second.returncode == 2
    assert "Another night is still under way after 1 s of waiting; nothing was done." in said
    case.go()
    assert first.wait(PATIENCE_SECONDS) == 0
    assert difference(undisturbed, case.state()) == {}


def test_an_import_that_commits_in_the_middle_of_a_night_is_followed_up_by_the_next(
    case: Case, undisturbed: State
) -> None:
    """The night has looked at the list already; what comes then must neither be lost nor mixed in."""
    corrections = case.folder / "drop/desk/canonical/tickets.csv"
    late = corrections.rename(case.folder / "late.csv")
    night = case.night(pause="points:before")
    ingest = case.spawn("manage.py", "ingest", str(late), "--source", "desk")
    assert ingest.wait(PATIENCE_SECONDS) == 0
    case.go()
    assert night.wait(PATIENCE_SECONDS) == 0
    assert case.query("SELECT count(*) > 0 FROM scoring_changedday") == [(True,)]
    case.whole_night()
    assert difference(in_sums(undisturbed), in_sums(case.state())) == {}


# Without the chat among workers, as everywhere: it can fail to start anew when Redis comes back.
QUIET = ("--without-gossip", "--without-mingle")
WORKER = ("-m", "celery", "-A", "incentives", "worker", "--concurrency", "1", *QUIET)


def pool_process(worker: subprocess.Popen[str]) -> int:
    """The process that carries out the tasks of a worker."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return int(children[-1])


@pytest.fixture
def redis_case(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("redis")
    with own_redis(folder) as server:
        case.redis = server.url
        case.server = server  # type: ignore[attr-defined]
        yield case
        case.end()


def send(case: Case) -> None:
    process = case.spawn("-m", "tests.scoring.night_process", "send")
    said = case.said(process)
    assert process.returncode == 0, said


def test_a_night_whose_worker_process_is_killed_is_begun_again_by_the_worker(
    redis_case: Case, undisturbed: State
) -> None:
    case = redis_case
    worker = case.spawn(*WORKER, pause="points:inside")
    send(case)
    case.await_pause(worker)
    os.kill(pool_process(worker), signal.SIGKILL)
    case.until(lambda: case.last_night()[0] == "done", "the night to be done by the next process")
    assert difference(undisturbed, case.state()) == {}


def test_after_a_whole_worker_is_killed_the_next_night_ends_as_an_undisturbed_one(
    redis_case: Case, undisturbed: State
) -> None:
    case = redis_case
    worker = case.spawn(*WORKER, pause="boards:before")
    send(case)
    case.await_pause(worker)
    kill(worker)
    case.whole_night()
    assert difference(undisturbed, case.state()) == {}


def test_a_night_goes_on_when_redis_is_gone_and_coming_back_does_not_run_it_twice(
    redis_case: Case, undisturbed: State
) -> None:
    case = redis_case
    server = case.server  # type: ignore[attr-defined]
    worker = case.spawn(*WORKER, pause="scores:before")
    send(case)
    case.await_pause(worker)
    server.kill()
    case.go()
    case.until(lambda: case.last_night()[0] == "done", "the night to be done without Redis")
    assert difference(undisturbed, case.state()) == {}
    server.start()
    second = case.spawn(*WORKER)
    send(case)
    done = "SELECT count(*) FROM scoring_nightrun WHERE status = 'done'"
    case.until(lambda: case.query(done) == [(3,)], "a night after Redis came back")
    assert second.poll() is None
    assert difference(undisturbed, case.state()) == {}


def test_a_night_by_hand_needs_no_redis_at_all(case: Case, undisturbed: State) -> None:
    case.redis = f"unix://{case.folder}/nobody.sock"
    case.whole_night()
    assert difference(undisturbed, case.state()) == {}
