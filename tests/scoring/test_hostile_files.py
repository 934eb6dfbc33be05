"""A file cannot stop a night, a worker or a page: it is refused with a sentence, or given up."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from scoring.figures.changes import Changes
from scoring.ingest import guarded_reading, progress
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.guarded_reading import ReaderDied, columns_of, opened, sheets_of
from scoring.models import Import, Ticket
from scoring.nights.drop_folder import take_dropped_files
from tests.org.cast import Cast
from tests.scoring.hostile_files import deadly, far_cell, workbook
from tests.scoring.processes import await_true, blocking, other_session, process, stopped_at_lock
from tests.scoring.uploading import GOOD, latest, make_mapping, once, send

NIGHT = Changes(date(2026, 11, 20))
TICKETS = "external_id,agent,channel,status,closed_at\n1,ann,phone,solved,2026-11-19T10:00:00Z\n"


@pytest.fixture(autouse=True)
def little_memory(settings: Any) -> None:
    """What kills a reader is not to trouble the machine."""
    settings.INGEST_MEMORY_MB = 256


def everything(path: Path) -> pl.DataFrame:
    """All rows of a file, read as an import does."""
    with opened(path) as table:
        return pl.concat([table.empty_frame(), *(batch.frame for batch in table.batches())])


def lying_parquet(path: Path) -> Path:
    """It claims 2⁶⁰ rows and has three."""
    data = io.BytesIO()
    pl.DataFrame({"external_id": ["a", "b", "c"]}).write_parquet(data, statistics=False)
    content = data.getvalue()
    # In the footer's compact protocol: num_rows is field 3 of the file, an i64 as a zigzag varint.
    foot = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    head, tail = content[:foot], content[foot:-8]
    at = tail.index(b"\x16\x06\x19")
    tail = tail[: at + 1] + b"\x80\x80\x80\x80\x80\x80\x80\x80\x20" + tail[at + 2 :]
    path.write_bytes(head + tail + len(tail).to_bytes(4, "little") + b"PAR1")
    return path


def holding(content: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_text(content)
        return path

    return write


TAKE_FILES = """
import django; django.setup()
from scoring.figures.changes import Changes
from scoring.nights import drop_folder
drop_folder.take_dropped_files(Changes(None))
"""
SPARSE = "".join(json.dumps({f"k{n}": 1}) + "\n" for n in range(3_000))


@pytest.mark.parametrize(
    ("name", "write", "told"),
    [
        ("far.xlsx", far_cell, "reaches over 1048576 rows and 16384 columns"),
        ("wide.csv", holding("a," * 1_000_000 + "\n1\n"), "1000001 columns"),
        ("long.csv", holding("a,b\n" + "x" * (5 << 20) + "\n"), "a line longer than 4 MiB"),
        ("deep.json", holding("[" * 100_000), "nested too deeply"),
        ("sparse.ndjson", holding(SPARSE), "3000 columns"),
        ("lying.parquet", lying_parquet, "not an intact Parquet"),
        ("hungry.json", holding("[" + "[]," * 6_000_000 + "[]]"), "more than 256 MiB of memory"),
    ],
)
def test_what_a_file_would_take_is_counted_first(
    tmp_path: Path, name: str, write: Callable[[Path], Path], told: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        everything(write(tmp_path / name))
    assert told in str(refused.value)
    assert not isinstance(refused.value, ReaderDied)


def test_a_text_that_repeats_for_nothing_is_no_way_to_fill_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = guarded_reading.limits().model_copy(update={"text_free_bytes": 1 << 20})
    monkeypatch.setattr(guarded_reading, "limits", lambda: few)
    path = tmp_path / "repeated.parquet"
    pl.DataFrame({"external_id": ["x" * 100_000] * 200}).write_parquet(path)
    with pytest.raises(UnreadableFile, match="more than 1000 times its size"):
        everything(path)


def test_a_cell_that_is_only_formatted_makes_no_sheet_large(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "export.xlsx",
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="XFD1" s="0"/></row>'
        '<row r="2"><c r="A2"><v>7</v></c></row><row r="1048576"><c r="B1048576" s="0"/></row>',
        "external_id",
    )
    assert everything(path).rows() == [("7", 2)]


@pytest.mark.parametrize("value", ["7", '"7\n8"'])
def test_short_rows_below_a_wide_header_are_read_in_little_memory(
    tmp_path: Path, settings: Any, value: str
) -> None:
    settings.INGEST_MEMORY_MB = 768  # as one table they would take twice as much
    path = tmp_path / "short.csv"
    path.write_text(",".join(f"c{n}" for n in range(2_000)) + "\n" + f"{value}\n" * 40_000)
    with opened(path) as table:
        rows = [batch.frame.height for batch in table.batches()]
    assert sum(rows) == 40_000
    assert max(rows) <= 2_000


def test_numbers_of_thousands_of_digits_are_kept_as_they_are(tmp_path: Path) -> None:
    digits = "9" * 5_000
    (tmp_path / "a.json").write_text(f'[{{"id": {digits}}}]')
    (tmp_path / "a.ndjson").write_text(f'{{"id": {digits}}}\n')
    assert everything(tmp_path / "a.json")["id"].to_list() == [digits]
    assert everything(tmp_path / "a.ndjson")["id"].to_list() == [digits]


def test_a_file_that_kills_its_reader_is_an_error_and_the_next_is_read(tmp_path: Path) -> None:
    path = deadly(tmp_path / "deadly.xlsx")
    assert path.stat().st_size < 50_000
    with pytest.raises(UnreadableFile, match=r"deadly\.xlsx"):
        everything(path)
    (tmp_path / "good.csv").write_text("a\n1\n")
    assert everything(tmp_path / "good.csv").rows() == [("1", 2)]


def test_a_reader_that_is_silent_too_long_is_ended(tmp_path: Path, settings: Any) -> None:
    settings.INGEST_SECONDS = 1
    (tmp_path / "good.csv").write_text("a\n1\n")
    with opened(tmp_path / "good.csv") as table:
        pid = table._reader._pid  # type: ignore[attr-defined]
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(UnreadableFile, match="after 1 seconds"):
            list(table.batches())
    await_true(lambda: not Path(f"/proc/{pid}").exists(), "the reader is gone")


def test_a_nursery_that_was_killed_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("a\n1\n")
    assert columns_of(tmp_path / "good.csv") == ["a"]
    nursery = guarded_reading._nursery._process
    assert nursery is not None
    nursery.kill()
    nursery.wait()
    assert columns_of(tmp_path / "good.csv") == ["a"]


def drop(folder: Path, name: str, write: Callable[[Path], Path]) -> Path:
    """Put a file down that is complete by its age."""
    path = folder / "helpdesk" / "canonical" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    os.utime(path, (time.time() - 60,) * 2)
    return path


@pytest.mark.django_db
def test_a_night_puts_hostile_files_aside_and_takes_in_the_others(
    settings: Any, cast: Cast, client: Client
) -> None:
    drop(settings.DROP_FOLDER, "a.xlsx", far_cell)
    drop(settings.DROP_FOLDER, "b.xlsx", deadly)
    drop(settings.DROP_FOLDER, "c.csv", holding(TICKETS))
    result = take_dropped_files(NIGHT)
    assert (result.counts["files"], result.counts["refused"]) == (1, 2)
    refused = settings.DROP_FOLDER / "helpdesk/canonical/refused"
    assert "reaches over 1048576 rows" in (refused / "a.xlsx.reason.txt").read_text()
    assert "2 times the process" in (refused / "b.xlsx.reason.txt").read_text()
    assert sorted(p.name for p in refused.glob("*.xlsx")) == ["a.xlsx", "b.xlsx"]
    assert Ticket.objects.count() == 1
    far, dead, good = Import.objects.order_by("pk")
    assert (far.status, dead.status, good.status) == ("refused", "failed", "done")
    client.force_login(cast.manager)
    page = client.get(f"/imports/{dead.pk}/").content.decode()
    assert "2 times the process that read it ended in the middle of it" in page
    assert take_dropped_files(NIGHT).line == "no file waits"


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    client.force_login(cast.manager)
    make_mapping()
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("write", [far_cell, deadly])
@pytest.mark.parametrize("url", ["/imports/new/", "/imports/mappings/new/"])
def test_pages_outlive_hostile_files_and_tell_what_is_wrong(
    manager: Client, tmp_path: Path, write: Callable[[Path], Path], url: str
) -> None:
    content = write(tmp_path / "hostile.xlsx").read_bytes()
    answer = send(manager, content, name="hostile.xlsx", url=url, token=once(manager, url))
    assert answer.status_code == 422
    assert "hostile.xlsx" in str(answer.context["form"].errors["file"])
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_the_names_of_sheets_are_read_apart(tmp_path: Path) -> None:
    assert sheets_of(far_cell(tmp_path / "far.xlsx")) == ["S"]


def _kills(times: int) -> Callable[..., Iterator[Any]]:
    rows, left = guarded_reading._Reader.rows, [times]

    def killed(reader: Any, wanted: Any) -> Iterator[Any]:
        if left[0]:
            left[0] -= 1
            os.kill(reader._pid, signal.SIGKILL)
        return rows(reader, wanted)

    return killed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("times", "status", "deaths"), [(1, "done", 1), (2, "failed", 2)], ids=["once", "twice"]
)
def test_an_upload_whose_reader_is_killed_is_tried_once_more_and_then_given_up(
    manager: Client, monkeypatch: pytest.MonkeyPatch, times: int, status: str, deaths: int
) -> None:
    monkeypatch.setattr(guarded_reading._Reader, "rows", _kills(times))
    send(manager, GOOD)
    run = latest()
    assert (run.status, run.deaths) == (status, deaths)
    assert Ticket.objects.count() == (2 if status == "done" else 0)
    page = manager.get(f"/imports/{run.pk}/").content.decode()
    assert ("ended in the middle of it" in page) == (status == "failed")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_over_which_one_night_was_killed_is_given_up_when_it_ends_another_process(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROP_FOLDER", str(settings.DROP_FOLDER))
    drop(settings.DROP_FOLDER, "a.csv", holding(TICKETS))
    with (
        blocking("LOCK TABLE scoring_ticket IN EXCLUSIVE MODE"),
        process(tmp_path, "-c", TAKE_FILES) as night,
    ):
        await_true(stopped_at_lock, "the night is in the middle of the file")
        night.kill()
    await_true(lambda: other_session() is None, "its session ends")
    run = Import.objects.get()
    assert (run.status, run.deaths) == ("running", 0)
    assert progress.is_interrupted(run)
    with monkeypatch.context() as once_more:
        once_more.setattr(guarded_reading._Reader, "rows", _kills(1))
        assert take_dropped_files(NIGHT).counts["refused"] == 1
    run = Import.objects.get()
    assert (run.status, run.deaths) == ("failed", 2)
    refused = settings.DROP_FOLDER / "helpdesk/canonical/refused"
    assert "2 times the process" in (refused / "a.csv.reason.txt").read_text()
    # Somebody who knows better puts it back.
    back = (refused / "a.csv").rename(refused.parent / "a.csv")
    os.utime(back, (time.time() - 60,) * 2)
    assert take_dropped_files(NIGHT).counts["files"] == 1


@pytest.mark.django_db
def test_a_file_over_which_two_nights_died_is_refused_without_being_read(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_reading._Reader, "rows", _kills(2))
    path = drop(settings.DROP_FOLDER, "a.csv", holding(TICKETS))
    monkeypatch.setattr("scoring.nights.drop_folder._move", lambda path, _where: path)
    take_dropped_files(NIGHT)
    # As two nights leave it that were killed themselves, each in the middle of this file.
    Import.objects.update(status="running", deaths=1)
    monkeypatch.setattr("scoring.ingest.runs._perform", lambda *_: pytest.fail("it was read"))
    assert take_dropped_files(NIGHT).counts["refused"] == 1
    assert Import.objects.get().deaths == 2
    assert path.exists()


@pytest.mark.django_db
def test_an_import_that_died_and_was_forgotten_is_ended(tmp_path: Path) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from tests.scoring.imports import import_rows

    run = import_rows(tmp_path, [{"id": "1", "opened": "2026-03-01 08:00"}])
    day = timezone.now() - timedelta(days=2)
    Import.objects.filter(pk=run.pk).update(status="running", started_at=day)
    assert progress.end_forgotten(started_before=day) == 0
    assert progress.end_forgotten(started_before=timezone.now() - timedelta(days=1)) == 1
    run.refresh_from_db()
    assert run.status == "failed"
    assert "import the file again" in run.message
