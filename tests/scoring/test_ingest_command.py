"""manage.py ingest: exit codes, one clear sentence for each kind of bad input, several files."""

from __future__ import annotations

import gzip
import io
import os
import re
import zipfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from openpyxl import Workbook

from incentives.org.models import Person
from scoring.figures import totals
from scoring.models import AgentDay, Import, Source, Ticket

pytestmark = pytest.mark.django_db

HEADER = "external_id,opened_at,agent,csat\n"
GOOD = HEADER + "T1,2026-03-02 09:00:00,ann,4\n"


@dataclass(frozen=True)
class Ran:
    """What the command did: exit code and both streams."""

    code: int
    out: str
    err: str


def ingest(*arguments: object, source: str = "helpdesk") -> Ran:
    """Run the command as a shell would."""
    out, err = io.StringIO(), io.StringIO()
    prints = io.StringIO()
    words = [str(each) for each in arguments]
    with pytest.raises(SystemExit) as ended, redirect_stdout(prints):
        call_command("ingest", *words, "--source", source, stdout=out, stderr=err)
    assert prints.getvalue() == ""
    return Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def file(folder: Path, content: str | bytes, name: str = "tickets.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(folder: Path, *, formula: bool = False) -> Path:
    """A workbook with a sheet “March”."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "March"
    sheet.append(["external_id", "opened_at", "agent", "csat"])
    sheet.append(["T1", "2026-03-02 09:00:00", "ann", "=2+2" if formula else 4])
    path = folder / "tickets.xlsx"
    book.save(path)
    return path


def mapping(folder: Path, text: str) -> Path:
    """A mapping file with this text before the usual fields."""
    fields = '[fields]\nexternal_id = "external_id"\nopened_at = "opened_at"\nagent = "agent"\n'
    return file(folder, f'kind = "tickets"\n{text}\n{fields}', "mine.toml")


def assert_refused(ran: Ran, *told: str) -> None:
    """Exit 2, nothing on stdout, one sentence on stderr, nothing stored."""
    assert ran.code == 2, ran
    assert ran.out == ""
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1, ran.err
    assert lines[0].endswith((".", "?", "”")), ran.err
    assert "Traceback" not in ran.err
    for each in told:
        assert re.search(each, ran.err), ran.err
    assert not Ticket.objects.exists()
    assert not AgentDay.objects.exists()


def test_everything_taken_is_0_and_told_on_stdout(tmp_path: Path) -> None:
    ran = ingest(file(tmp_path, GOOD))
    assert ran.code == 0
    assert ran.out.startswith("tickets.csv: 1 rows read, 1 new, 0 changed, 0 known, 0 held,")
    assert ran.err == ""


def test_rejected_rows_are_1_and_told_on_stderr(tmp_path: Path) -> None:
    ran = ingest(file(tmp_path, GOOD + "T2,2026-03-02 09:00:00,ann,77\n,2026-03-02 09:00,ann,\n"))
    assert ran.code == 1
    assert "2 new" in ran.out
    assert "1 rows and 1 fields rejected" in ran.out
    assert len(ran.out.splitlines()) == 1
    assert "line 3, csat: “77” is outside of the rating scale." in ran.err
    assert "line 4: The row has no id." in ran.err


def test_only_the_first_issues_are_listed(tmp_path: Path) -> None:
    rows = "".join(f"T{n},2026-03-02 09:00:00,ann,77\n" for n in range(30))
    ran = ingest(file(tmp_path, HEADER + rows))
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 21
    assert "… and 10 more" in ran.err


def test_the_same_file_again_is_0_and_says_so(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    ingest(path)
    ran = ingest(path)
    assert ran.code == 0
    assert "1 known" in ran.out
    assert "imported before" in ran.err


def test_a_header_alone_is_no_rows_and_no_error(tmp_path: Path) -> None:
    ran = ingest(file(tmp_path, HEADER))
    assert (ran.code, ran.err) == (0, "")
    assert "0 rows read" in ran.out


def test_a_dry_run_says_that_nothing_was_stored(tmp_path: Path) -> None:
    ran = ingest(file(tmp_path, GOOD), "--dry-run")
    assert ran.code == 0
    assert "1 new" in ran.out
    assert "nothing was stored" in ran.err
    assert not Ticket.objects.exists()


def test_several_files_are_imported_one_by_one_and_the_worst_code_counts(tmp_path: Path) -> None:
    other = HEADER + "T2,2026-03-02 09:00:00,bob,9\n"
    paths = [
        file(tmp_path, GOOD, "a.csv"),
        tmp_path / "missing.csv",
        file(tmp_path, other, "b.csv"),
    ]
    ran = ingest(*paths)
    assert ran.code == 2
    assert [line.split(":")[0] for line in ran.out.splitlines()] == ["a.csv", "b.csv"]
    assert "missing.csv" in ran.err
    assert Ticket.objects.count() == 2
    statuses = Import.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["done", "refused", "done"]
    assert ingest(paths[0], file(tmp_path, other, "c.csv")).code == 1


def test_every_kind_has_its_canonical_mapping(tmp_path: Path) -> None:
    people = file(tmp_path, "key,name,team\nann,Ann Lee,red\n", "people.csv")
    assert ingest(people, "--kind", "agents").code == 0
    assert Person.objects.get(key="ann").display_name == "Ann Lee"
    learnt = "external_id,kind,agent,day\nL1,learning,ann,2026-03-02\n"
    assert ingest(file(tmp_path, learnt, "learnt.csv"), "--kind", "activities").code == 0
    assert AgentDay.objects.get().learning_units == 1


def test_a_relative_path_can_be_imported_again_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    assert ingest("tickets.csv").code == 0
    assert Import.objects.get().file_path == str(tmp_path / "tickets.csv")


# Bad input


def test_a_missing_file_a_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    assert_refused(ingest(tmp_path / "nowhere.csv"), r"nowhere\.csv")
    (tmp_path / "folder.csv").mkdir()
    assert_refused(ingest(tmp_path / "folder.csv"), r"folder\.csv")
    assert_refused(ingest(file(tmp_path, "", "empty.csv")), r"empty\.csv.*empty")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("random.xlsx", os.urandom(4_000)),
        ("broken.parquet", b"PAR1" + os.urandom(400)),
        ("broken.ndjson", b'{"external_id": "T1"\n'),
        ("nul.csv", b"external_id,opened_at\nT\x001,2026-03-02\n"),
    ],
)
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert_refused(ingest(file(tmp_path, content, name)), re.escape(name))


def test_a_wrong_sheet_is_refused_and_the_sheets_are_named(tmp_path: Path) -> None:
    chosen = mapping(tmp_path, '[file]\nsheet = "Mrach"\n')
    assert_refused(ingest(workbook(tmp_path), "--mapping", chosen), "Mrach", "March")


def test_a_missing_column_is_refused_and_the_columns_are_named(tmp_path: Path) -> None:
    path = file(tmp_path, "external_id,opened,agent\nT1,2026-03-02,ann\n")
    ran = ingest(path, "--mapping", mapping(tmp_path, ""))
    assert_refused(ran, "no column “opened_at”", "Did you mean “opened”")


def test_wrong_mappings_are_refused(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    wrong = mapping(tmp_path, 'timezon = "UTC"')
    assert_refused(ingest(path, "--mapping", wrong), "timezon is not known", "timezone")
    assert_refused(ingest(path, "--mapping", "zendes"), "no mapping called zendes", "zendesk")
    assert_refused(ingest(path, "--mapping", tmp_path / "no.toml"), "no mapping file")
    assert_refused(ingest(path, "--mapping", "zendesk", "--kind", "queues"), "not for queues")
    assert not Import.objects.exists()


def test_a_broken_gzip_is_refused_wherever_it_breaks(tmp_path: Path) -> None:
    rows = "".join(f"T{n},2026-03-02 09:00:{n % 60:02},a{n * 7919 % 1000},4\n" for n in range(9000))
    whole = gzip.compress((HEADER + rows).encode())
    for at in (5, 40, len(whole) // 2, len(whole) - 4):
        ran = ingest(file(tmp_path, whole[:at], "cut.csv.gz"))
        assert_refused(ran, r"cut\.csv\.gz")
    flipped = bytearray(whole)
    flipped[-6] ^= 0xFF  # the checksum
    assert_refused(ingest(file(tmp_path, bytes(flipped), "bad.csv.gz")), r"bad\.csv\.gz")


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    assert_refused(ingest(file(tmp_path, HEADER + "x" * (5 << 20))), "line")
    quoted = HEADER + 'T1,"' + "\n" * (5 << 20)
    assert_refused(ingest(file(tmp_path, quoted, "quoted.csv")), r"quoted\.csv")


def test_bombs_are_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(HEADER.encode() + (b"T," + b"x" * 4_000 + b",,\n") * 30_000)
    assert_refused(ingest(file(tmp_path, bomb, "bomb.csv.gz")), r"bomb\.csv\.gz")
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", bytes(400 << 20))
    assert_refused(ingest(path), r"tickets\.xlsx")


def test_a_formula_is_read_as_its_value_or_rejected_never_run(tmp_path: Path) -> None:
    # openpyxl writes no cached values, so there is nothing to read in the cell.
    ran = ingest(workbook(tmp_path, formula=True))
    assert ran.code in (0, 1), ran.err
    assert Ticket.objects.get().csat is None
    text = HEADER + '"=cmd|\' /C calc\'!A0",2026-03-02 09:00:00,"=HYPERLINK(1)",4\n'
    assert ingest(file(tmp_path, text)).code == 0
    assert Ticket.objects.get(agent__key="=HYPERLINK(1)").external_id.startswith("=cmd")


def test_mixed_encodings_are_refused(tmp_path: Path) -> None:
    mixed = GOOD.encode() + "T2,2026-03-02 09:00:00,李雷,4\n".encode() * 50
    mixed += "T3,2026-03-02 09:00:00,韩梅梅,4\n".encode("gb18030") * 50
    assert_refused(ingest(file(tmp_path, mixed, "mixed.csv")), r"mixed\.csv")


def test_contradicting_ids_in_one_file_are_refused(tmp_path: Path) -> None:
    text = GOOD + "T1,2026-03-02 09:00:00,ann,2\n"
    assert_refused(ingest(file(tmp_path, text)), "T1 stands in lines 2 and 3", r"\[reduce\]")


def test_ambiguous_dates_are_refused_with_both_readings(tmp_path: Path) -> None:
    text = HEADER + "T1,05/03/2026 09:00,ann,4\n"
    ran = ingest(file(tmp_path, text))
    assert_refused(ran, "day 5 of month 3, 2026", "day 3 of month 5, 2026")


def test_names_that_cannot_be_stored_are_refused(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    assert_refused(ingest(path, source="x" * 81), "at most 80 characters")
    assert_refused(ingest(path, source="  "), "needs a name")
    odd = os.fsdecode(b"caf\xe9.csv")
    (tmp_path / odd).write_text(GOOD)
    assert_refused(ingest(tmp_path / odd), "rename the file")
    assert not Source.objects.exists()


def test_a_failure_nobody_foresaw_is_2_and_the_next_file_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = True

    def fail_once(*arguments: object) -> None:
        nonlocal first
        if first:
            first = False
            raise OperationalError("the disk is full\nDETAIL: really")
        lock(*arguments)

    lock = totals.lock_facts
    monkeypatch.setattr(totals, "lock_facts", fail_once)
    ran = ingest(file(tmp_path, GOOD, "a.csv"), file(tmp_path, GOOD, "b.csv"))
    assert ran.code == 2
    assert (
        "a.csv failed and nothing of it was stored (OperationalError: the disk is full)" in ran.err
    )
    assert ran.out.startswith("b.csv: 1 rows read, 1 new")
    assert [run.status for run in Import.objects.order_by("pk")] == ["failed", "done"]
    first = True
    with pytest.raises(OperationalError):
        call_command("ingest", str(tmp_path / "a.csv"), "--source", "x", "--traceback")


@pytest.mark.django_db
def test_a_foreign_file_with_the_canonical_mapping_names_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("Call Id,Who\n1,Ann\n")
    with pytest.raises(SystemExit) as ended:
        call_command("ingest", str(path), "--source", "x")
    assert ended.value.code == 2
    message = capsys.readouterr().err
    assert "no column “external_id”" in message
    assert "Call Id, Who" in message
