"""Killed, cut off and repeated imports: nothing half applied, nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import AlwaysEagerIgnored
from django.db import connection, transaction

from incentives.celery import app
from scoring.figures.totals import FACTS_LOCK
from scoring.ingest import progress
from scoring.ingest.library import find_mapping
from scoring.ingest.mapping import parse
from scoring.ingest.runs import perform, start
from scoring.models import Import, ImportIssue, Ticket
from tests.scoring.imports import TICKETS, import_rows
from tests.scoring.processes import (
    PATIENCE,
    await_true,
    blocking,
    end_session,
    ingesting,
    other_session,
    process,
    stopped_at_lock,
    worker_command,
)
from tests.scoring.true_totals import assert_totals_are_true, stored_totals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEFORE = "external_id,opened_at,agent,team,channel,csat\n" + "".join(
    f"T{n},2026-03-0{1 + n % 5} 09:00:00,a{n % 3},red,chat,{1 + n % 5}\n" for n in range(40)
)
# Changes, moves, new rows, a new agent, and a rejected value so that issues are written too.
AFTER = BEFORE.replace(",red,chat,3", ",blue,email,4").replace("T7,", "T700,") + (
    "N1,2026-03-09 10:00:00,new,green,phone,5\nN2,2026-03-09 10:00:00,new,green,phone,99\n"
)
MOMENTS = {
    "reading": "LOCK TABLE scoring_importissue IN EXCLUSIVE MODE",
    "staged": f"SELECT pg_advisory_lock({FACTS_LOCK})",
    "merging": "LOCK TABLE scoring_ticket IN EXCLUSIVE MODE",
    "agent days": "LOCK TABLE scoring_agentday IN EXCLUSIVE MODE",
    "team days": "LOCK TABLE scoring_teamday IN EXCLUSIVE MODE",
}


def canonical(path: Path, text: str) -> Path:
    """Write a file in our own format."""
    path.write_text(text)
    return path


def facts() -> list[tuple[Any, ...]]:
    """What the tickets say, whichever run wrote it and whatever number its people got."""
    found = Ticket.objects.order_by("external_id").values_list(
        "external_id", "agent__key", "team__key", "channel__key", "day", "csat", "opened_at"
    )
    return list(found)


def by_key() -> list[tuple[Any, ...]]:
    """The totals, whatever number people got."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.key, t.key, d.day, c.key, d.handled, d.csat_sum FROM scoring_agentday d"
            " JOIN org_person p ON p.id = d.agent_id LEFT JOIN org_team t ON t.id = d.team_id"
            " JOIN scoring_channel c ON c.id = d.channel_id ORDER BY 1, 2, 3, 4"
        )
        return list(cursor.fetchall())


def imported(path: Path) -> Import:
    """Import a file in our own format, in this process."""
    named = find_mapping()
    run = start(path=path, source="helpdesk", mapping=named.mapping, mapping_text=named.text)
    return perform(run)


@pytest.fixture
def undisturbed(tmp_path: Path) -> tuple[Any, Any]:
    """The facts and totals after both files, taken in without any trouble and undone again."""
    with transaction.atomic():
        imported(canonical(tmp_path / "before.csv", BEFORE))
        imported(canonical(tmp_path / "after.csv", AFTER))
        expected = facts(), by_key()
        transaction.set_rollback(True)
    return expected


def kill(worker: Any, session: int) -> None:
    worker.kill()
    worker.wait(PATIENCE)


def cut_off(worker: Any, session: int) -> None:
    end_session(session)
    worker.wait(PATIENCE)


@pytest.mark.parametrize(
    ("moment", "trouble"),
    [
        *[(moment, kill) for moment in MOMENTS],
        ("staged", cut_off),
        ("merging", cut_off),
        ("agent days", cut_off),
    ],
)
def test_an_import_that_dies_leaves_nothing_and_ends_well_when_run_again(
    tmp_path: Path,
    undisturbed: tuple[Any, Any],
    moment: str,
    trouble: Callable[[Any, int], None],
) -> None:
    imported(tmp_path / "before.csv")
    before = facts(), stored_totals()
    with blocking(MOMENTS[moment]), ingesting(tmp_path, tmp_path / "after.csv") as worker:
        session = await_true(stopped_at_lock, f"stopped while {moment}")
        run = Import.objects.latest("pk")
        assert run.status == Import.Status.RUNNING
        assert not progress.is_interrupted(run)
        trouble(worker, session)
    await_true(lambda: other_session() is None, "the session ends")
    run.refresh_from_db()
    if trouble is kill:
        assert progress.is_interrupted(run)
        assert not ImportIssue.objects.exists()
    else:
        assert run.status == Import.Status.FAILED
        assert worker.returncode == 2
        told = (tmp_path / "output.txt").read_text()
        assert "after.csv failed and nothing of it was stored" in told
        assert "Traceback" not in told
    assert (facts(), stored_totals()) == before
    again = progress.carry_out(run) if run.is_open else imported(tmp_path / "after.csv")
    assert again.status == Import.Status.DONE, again.message
    assert (facts(), by_key()) == undisturbed
    assert_totals_are_true()


def in_threads(*works: Callable[[], Any]) -> None:
    """Do all at once, each with a connection of its own; errors fail the test."""
    errors: list[BaseException] = []

    def work(each: Callable[[], Any]) -> None:
        try:
            each()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


def test_imports_at_once_that_touch_the_same_days_give_true_totals(tmp_path: Path) -> None:
    def importing(source: str) -> Callable[[], Any]:
        folder = tmp_path / source
        folder.mkdir()
        rows = [
            {"id": f"T{n}", "version": 1, "opened": f"2026-03-0{1 + n % 4} 09:00:00"}
            | {"agent": f"a{n % 5}", "team": f"t{n % 3}", "channel": f"{source}-{n % 2}"}
            for n in range(60)
        ]

        def work() -> None:
            for version in (1, 2, 3):
                changed = [row | {"version": version, "rating": version} for row in rows]
                run = import_rows(folder, changed, source=source)
                assert run.status == Import.Status.DONE, run.message

        return work

    in_threads(*[importing(source) for source in ("one", "two", "three")])
    assert Ticket.objects.count() == 180
    assert not Ticket.objects.exclude(csat=3).exists()
    assert_totals_are_true()


def test_a_task_that_is_delivered_twice_applies_once(tmp_path: Path) -> None:
    path = canonical(tmp_path / "file.csv", "id,opened,agent\nT1,2026-03-02 09:00:00,ann\n")
    run = start(path=path, source="helpdesk", mapping=parse(TICKETS), mapping_text=TICKETS)
    calls: list[str] = []

    def deliver() -> None:
        mine = Import.objects.get(pk=run.pk)
        progress.carry_out(mine, progress=lambda step, _done, _total: calls.append(step))

    in_threads(deliver, deliver, deliver)
    assert calls.count("merge") == 1
    run.refresh_from_db()
    assert (run.status, run.rows_new) == (Import.Status.DONE, 1)
    assert_totals_are_true()


def test_an_import_elsewhere_in_the_cluster_does_not_hide_an_interrupted_one(
    tmp_path: Path,
) -> None:
    path = canonical(tmp_path / "file.csv", "id,opened,agent\nT1,2026-03-02 09:00:00,ann\n")
    run = start(path=path, source="helpdesk", mapping=parse(TICKETS), mapping_text=TICKETS)
    Import.objects.filter(pk=run.pk).update(status=Import.Status.RUNNING)
    run.refresh_from_db()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    try:
        elsewhere = blocking(f"SELECT pg_advisory_lock({progress.lock_of(run)})")
        with elsewhere:
            connection.settings_dict["NAME"] = name
            assert progress.is_interrupted(run)
    finally:
        connection.settings_dict["NAME"] = name
    with blocking(f"SELECT pg_advisory_lock({progress.lock_of(run)})"):
        assert not progress.is_interrupted(run)


def test_a_worker_that_is_killed_has_its_task_done_by_the_next(
    tmp_path: Path, undisturbed: tuple[Any, Any]
) -> None:
    imported(tmp_path / "before.csv")
    named = find_mapping()
    run = start(
        path=tmp_path / "after.csv",
        source="helpdesk",
        mapping=named.mapping,
        mapping_text=named.text,
    )
    with pytest.warns(AlwaysEagerIgnored):
        app.send_task("scoring.tasks.run_import", [run.pk])
    with process(tmp_path, *worker_command()) as worker:
        with blocking(MOMENTS["team days"]):
            await_true(stopped_at_lock, "the worker's process is at work")
            child = int(
                Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()[0]
            )
            os.kill(child, signal.SIGKILL)
            await_true(lambda: not Path(f"/proc/{child}").exists(), "the process ends")
        await_true(lambda: not _reread(run).is_open, "the task is delivered and done again")
        worker.send_signal(signal.SIGTERM)
        worker.wait(PATIENCE)
    assert _reread(run).status == Import.Status.DONE
    assert (facts(), by_key()) == undisturbed
    assert_totals_are_true()


def _reread(run: Import) -> Import:
    run.refresh_from_db()
    return run
