"""The drop folder: what is put down is taken in, put away, or refused with a reason."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from incentives.org.models import Person
from scoring.figures.changes import Changes
from scoring.models import Import, NightRun, Ticket
from scoring.nights.drop_folder import take_dropped_files

pytestmark = pytest.mark.django_db
NIGHT = Changes(date(2026, 11, 20))
TICKETS = "external_id,agent,channel,status,closed_at\n1,ann,phone,solved,2026-11-19T10:00:00Z\n"
PEOPLE = "key,name,team\nann,Ann,alpha\n"


@pytest.fixture
def folder(settings: object) -> Path:
    path: Path = settings.DROP_FOLDER  # type: ignore[attr-defined]
    return path


def drop(
    folder: Path, name: str, text: str, *, mapping: str = "canonical", age: float = 60
) -> Path:
    path = folder / "helpdesk" / mapping / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_files_are_taken_in_people_first_and_put_away(folder: Path) -> None:
    drop(folder, "a.csv", TICKETS)
    drop(folder, "z.csv", PEOPLE, mapping="canonical-agents")
    result = take_dropped_files(NIGHT)
    assert result.counts["files"] == 2
    ticket = Ticket.objects.get()
    assert (ticket.external_id, ticket.source.name) == ("1", "helpdesk")
    assert ticket.agent == Person.objects.get(key="ann")
    assert [run.kind for run in Import.objects.order_by("pk")] == ["agents", "tickets"]
    left = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert left == ["helpdesk/canonical-agents/done/z.csv", "helpdesk/canonical/done/a.csv"]


def test_a_file_that_cannot_be_taken_is_put_aside_with_the_reason_and_stops_no_other(
    folder: Path,
) -> None:
    drop(folder, "a.csv", "")
    drop(folder, "b.csv", TICKETS)
    drop(folder, "c.csv", TICKETS, mapping="unheard-of")
    result = take_dropped_files(NIGHT)
    assert (result.counts["files"], result.counts["refused"]) == (1, 2)
    base = folder / "helpdesk"
    assert (base / "canonical/refused/a.csv").exists()
    assert (base / "canonical/refused/a.csv.reason.txt").read_text().strip()
    reason = (base / "unheard-of/refused/c.csv.reason.txt").read_text()
    assert "There is no mapping called unheard-of" in reason
    assert "a.csv" in result.line
    assert take_dropped_files(NIGHT).line == "no file waits"


def test_what_is_still_being_written_waits(folder: Path) -> None:
    drop(folder, "fresh.csv", TICKETS, age=0)
    drop(folder, "b.csv.part", TICKETS)
    drop(folder, ".hidden.csv", TICKETS)
    assert take_dropped_files(NIGHT).counts["files"] == 0
    assert not Import.objects.exists()


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(TICKETS)
    path = drop(folder, "a.csv", TICKETS)
    path.unlink()
    path.symlink_to(secret)
    assert take_dropped_files(NIGHT).counts["files"] == 0


def test_a_name_that_is_taken_in_done_gets_a_number(folder: Path) -> None:
    for _ in range(3):
        drop(folder, "a.csv", TICKETS)
        take_dropped_files(NIGHT)
    names = sorted(p.name for p in (folder / "helpdesk/canonical/done").iterdir())
    assert names == ["2-a.csv", "3-a.csv", "a.csv"]
    assert Ticket.objects.count() == 1


def test_a_lost_database_leaves_the_files_where_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("scoring.ingest.runs.perform", lost)
    path = drop(folder, "a.csv", TICKETS)
    with pytest.raises(OperationalError):
        take_dropped_files(NIGHT)
    assert path.exists()


def test_a_file_that_fails_in_an_unforeseen_way_does_not_stop_the_night(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("scoring.ingest.runs.perform", fails)
    drop(folder, "a.csv", TICKETS)
    assert take_dropped_files(NIGHT).counts["refused"] == 1
    reason = folder / "helpdesk/canonical/refused/a.csv.reason.txt"
    assert reason.read_text() == "ZeroDivisionError: odd\n"


def test_the_command_tells_each_step_and_exits_1_when_a_file_was_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(folder, "a.csv", "")
    with pytest.raises(SystemExit) as ended:
        call_command("nightly", "--date", "2026-11-19")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "Night of 2026-11-19" in said
    for step in ("files", "leavers", "totals"):
        assert f"  {step} " in said
    assert NightRun.objects.get().status == "done"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2026-11-02"], "Give --date alone"),
        (["--date", "2026-11-02", "--everything"], "Give --date alone"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "swap the two days"),
    ],
)
def test_days_that_contradict_each_other_are_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as refused:
        call_command("nightly", *arguments)
    assert refused.value.returncode == 2
    assert not NightRun.objects.exists()
