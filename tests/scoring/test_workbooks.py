"""XLSX sheets: what a spreadsheet shows is what is read."""

import datetime as dt
import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import FileSpec, Limits, open_table, sheets_of

REAL_CALLS = Path(__file__).resolve().parents[3] / "shared/data/pwc_call_center/calls.xlsx"
ROWS: list[list[Any]] = [
    ["id", "opened", "at", "talk", "share", "amount", "note", "ok"],
    [
        123456789012345,
        dt.datetime(2021, 1, 1, 9, 12, 58),
        dt.time(9, 12, 58),
        dt.timedelta(hours=30, minutes=5),
        0.9401,
        123456789.1234568,
        "2021-01-01",
        True,
    ],
    [7, dt.date(2021, 3, 4), dt.time(0, 0), dt.timedelta(days=75), 1, -0.5, " x ", False],
]
TEXT: list[tuple[str | int, ...]] = [
    (
        "123456789012345",
        "2021-01-01 09:12:58",
        "09:12:58",
        "30:05:00",
        "0.9401",
        "123456789.1234568",
        "2021-01-01",
        "true",
        2,
    ),
    ("7", "2021-03-04 00:00:00", "00:00:00", "1800:00:00", "1", "-0.5", " x ", "false", 3),
]


def saved(folder: Path, rows: list[list[Any]], *, from_1904: bool = False) -> Path:
    workbook = openpyxl.Workbook()
    if from_1904:
        workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    workbook.save(folder / "export.xlsx")
    return folder / "export.xlsx"


def edited(path: Path, member: str, edit: Callable[[bytes], bytes]) -> Path:
    """The archive with one of its parts rewritten."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = edit(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("from_1904", [False, True])
def test_dates_times_durations_and_numbers_lose_nothing(tmp_path: Path, from_1904: bool) -> None:
    table = open_table(saved(tmp_path, ROWS, from_1904=from_1904))
    assert table.columns == ROWS[0]
    assert table.head(9).rows() == TEXT


def test_a_gzipped_workbook_is_unpacked(tmp_path: Path) -> None:
    path = saved(tmp_path, ROWS)
    packed = tmp_path / "export.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert open_table(packed).head(9).rows() == TEXT


def test_rows_keep_their_numbers_below_blank_ones(tmp_path: Path) -> None:
    path = saved(
        tmp_path, [[], [None, "title"], [], [None, "a", None], [], [None, 1, 2], [], [None, 3]]
    )
    table = open_table(path, FileSpec(header_row=3))
    assert table.columns == ["a", "column_3"]
    (batch,) = table.batches()
    assert batch.frame.rows() == [("1", "2", 6), ("3", None, 8)]
    assert batch.bytes_read == table.total_bytes


def test_a_sheet_is_taken_by_its_name_and_hidden_ones_only_then(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    hidden = workbook.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "lists", "hidden"
    hidden.append(["secret"])
    workbook.create_chartsheet("chart")
    for title in ("May", "June"):
        workbook.create_sheet(title).append([f"in {title}"])
    path = tmp_path / "export.xlsx"
    workbook.save(path)
    assert sheets_of(path) == ["May", "June"]
    assert open_table(path).columns == ["in May"]
    assert open_table(path, FileSpec(sheet="June")).columns == ["in June"]
    assert open_table(path, FileSpec(sheet="lists")).columns == ["secret"]
    with pytest.raises(UnreadableFile, match=r"no sheet “Juni”.*May, June"):
        open_table(path, FileSpec(sheet="Juni"))


def test_formulas_give_their_saved_value_and_say_when_there_is_none(tmp_path: Path) -> None:
    path = saved(tmp_path, [["a", "b", "c"], ["=1+1", "=2+2", "x"], ["#N/A", "=B2", "#REF!"]])
    edited(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
            b'<c r="B3"><f>B2</f><v />', b'<c r="B3" t="str"><f>B2</f><v></v>'
        ),
    )
    (batch,) = open_table(path).batches()
    assert [tuple(value or None for value in row) for row in batch.frame.rows()] == [
        ("2", None, "x", 2)
    ]
    assert [(i.line, i.column) for i in batch.cell_issues] == [(2, "b"), (3, "a"), (3, "c")]
    assert "formula" in batch.cell_issues[0].message
    assert "#N/A" in batch.cell_issues[1].message


def test_a_part_that_lies_about_its_size_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    size = 64 << 20
    path = edited(
        saved(tmp_path, ROWS), "xl/worksheets/sheet1.xml", lambda xml: xml.ljust(size, b" ")
    )
    told = (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), told))
    with pytest.raises(UnreadableFile, match="not an intact XLSX"):
        open_table(path)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    path = edited(saved(tmp_path, ROWS), "xl/workbook.xml", lambda xml: bomb + xml)
    with pytest.raises(UnreadableFile, match="not an intact XLSX"):
        open_table(path)


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", b"PK\x03\x04broken", b"PK\x05\x06" + b"\0" * 18]
)
def test_what_is_only_called_a_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="not an intact XLSX"):
        open_table(path)


def test_an_old_or_encrypted_workbook_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    with pytest.raises(UnreadableFile, match="old or encrypted Excel"):
        open_table(path)


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    path = edited(saved(tmp_path, ROWS), "xl/worksheets/sheet1.xml", lambda xml: xml[:-300])
    with pytest.raises(UnreadableFile, match="damaged"):
        open_table(path)


def test_a_sheet_without_cells_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no header in row 1"):
        open_table(saved(tmp_path, []))


def test_the_limits_apply_to_workbooks(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="8 columns"):
        open_table(saved(tmp_path, ROWS), limits=Limits(max_columns=7))


@pytest.mark.skipif(not REAL_CALLS.exists(), reason="the real files beside the project are absent")
def test_the_real_call_list_reads_as_its_cells_say() -> None:
    sheet = openpyxl.load_workbook(REAL_CALLS, read_only=True, data_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    table = open_table(REAL_CALLS)
    assert table.columns == list(header)
    frame = table.head(10_000)
    assert frame["__line__"].to_list() == list(range(2, 5002))
    assert [row[:-1] for row in frame.rows()] == [
        tuple(None if value is None else str(value) for value in row) for row in rows
    ]
