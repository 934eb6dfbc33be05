"""Delimited text in the dialects that exports come in."""

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import FileSpec, open_table

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL_TABLES = sorted(REAL.glob("*/*.csv"))


def written(folder: Path, content: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_columns_without_a_name_or_with_a_repeated_one_get_names_of_their_own(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "\ufeff id\u200b,, ,name,name,__line__,\u00a0name \n1,2,3,4,5,6,7\n")
    assert open_table(path).columns == [
        "id",
        "column_2",
        "column_3",
        "name",
        "name (2)",
        "__line__ (2)",
        "name (3)",
    ]


def test_a_row_with_too_many_values_is_handed_over_whole_and_a_short_one_is_filled_up(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "a,b\n1\n1,2,3\n1,2,,\n1,2,3,4,5,6,7,8,9\n5,6\n")
    batches = list(open_table(path).batches())
    assert [row for b in batches for row in b.frame.rows()] == [
        ("1", None, 2),
        ("1", "2", 4),
        ("5", "6", 6),
    ]
    ragged = [row for b in batches for row in b.ragged]
    assert [(r.line, r.fields) for r in ragged] == [
        (3, ["1", "2", "3"]),
        (5, list("123456789")),
    ]
    assert "3 values" in ragged[0].message
    assert "2 columns" in ragged[0].message


def test_many_ragged_rows_keep_the_quick_path_and_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + '1,"x\ny"\n1,2,3\n' * 500)
    (batch,) = open_table(path).batches()
    assert batch.frame["__line__"].to_list() == [2 + 3 * i for i in range(500)]
    assert [row.line for row in batch.ragged] == [4 + 3 * i for i in range(500)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_header_and_rows_alike(
    tmp_path: Path, delimiter: str
) -> None:
    # Another delimiter occurs more often in the header than the true one.
    others = {",": ";;;", ";": ",,,", "\t": ",,,", "|": ",,,"}[delimiter]
    lines = [f"id{delimiter}total ({others})", f"1{delimiter}a", f"2{delimiter}b"]
    assert open_table(written(tmp_path, "\n".join(lines))).columns == ["id", f"total ({others})"]


def test_a_spreadsheets_separator_line_and_rows_above_the_header_are_no_data(
    tmp_path: Path,
) -> None:
    told = open_table(written(tmp_path, "sep=;\r\na;b\r\n1;2\r\n"))
    assert told.head(5).rows() == [("1", "2", 3)]
    title = written(tmp_path, "Report, for, all\n\n\na,b\n1,2\n", "title.csv")
    assert open_table(title, FileSpec(header_row=2)).head(5).rows() == [("1", "2", 5)]


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a,b"))
    assert table.columns == ["a", "b"]
    assert list(table.batches()) == []
    assert table.head(3).schema == {"a": pl.String, "b": pl.String, "__line__": pl.Int64}


def test_without_a_quote_character_quotes_are_text(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n5" tube,"x\n')
    assert open_table(path, FileSpec(quote="")).head(2).rows() == [('5" tube', '"x', 2)]


def test_a_carriage_return_inside_a_line_is_no_line_end(tmp_path: Path) -> None:
    regular = written(tmp_path, b"a,b\n1\r2,x\n3,4\n")
    assert open_table(regular).head(2).rows() == [("1\r2", "x", 2), ("3", "4", 3)]
    irregular = written(tmp_path, b'a,b\n1\r2,x\n3,"4"y\n', "odd.csv")
    assert open_table(irregular).head(2).rows() == [("1 2", "x", 2), ("3", "4y", 3)]


def test_head_takes_as_many_rows_as_asked_for(tmp_path: Path) -> None:
    table = open_table(
        written(tmp_path, "a\n" + "".join(f"{i}\n" for i in range(50))), block_bytes=9
    )
    assert table.head(7)["a"].to_list() == [str(i) for i in range(7)]


def test_progress_grows_to_the_size_of_the_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    rows = "".join(f"{i},{i * 7919}\n" for i in range(20_000))
    path.write_bytes(gzip.compress(b"a,b\n" + rows.encode()))
    table = open_table(path, block_bytes=1 << 14)
    read = [batch.bytes_read for batch in table.batches()]
    assert read == sorted(read)
    assert len(set(read)) > 2
    assert read[-1] == table.total_bytes == path.stat().st_size
    assert sum(batch.frame.height for batch in table.batches()) == 20_000


def test_several_gzip_parts_one_after_the_other_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(b"a\n1\n") + gzip.compress(b"2\n"))
    assert open_table(path).head(5).rows() == [("1", 2), ("2", 3)]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "客户,Zoë\n退款,é\n"),
        ("utf-8-sig", "客户,Zoë\n退款,é\n"),
        ("gb18030", "客户,等级\n退款投诉,一二三\n"),
        ("utf-16", "客户,Zoë\n退款,é\n"),
    ],
)
@pytest.mark.parametrize("block_bytes", [3, 1 << 20])
def test_the_encoding_is_found_out(
    tmp_path: Path, encoding: str, text: str, block_bytes: int
) -> None:
    path = written(tmp_path, text.encode(encoding))
    table = open_table(path, block_bytes=block_bytes)
    assert [table.columns, list(table.head(1).row(0)[:2])] == [
        line.split(",") for line in text.split()
    ]


def test_gb18030_is_found_out_behind_many_plain_lines(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 200_000 + "3,退款投诉\n".encode("gb18030"))
    last = list(open_table(path, block_bytes=1 << 16).batches())[-1]
    assert last.frame.row(-1) == ("3", "退款投诉", 200_002)


def test_windows_text_is_read_only_when_named(tmp_path: Path) -> None:
    path = written(tmp_path, "name,x\nAndréa,1\nJosé,2\n".encode("windows-1252"))
    with pytest.raises(UnreadableFile, match="line 2"):
        open_table(path)
    table = open_table(path, FileSpec(encoding="windows-1252"))
    assert table.head(2)["name"].to_list() == ["Andréa", "José"]


@pytest.mark.parametrize(
    "broken", [{"delimiter": "::"}, {"header_row": 0}, {"format": "xls"}, {"colour": "red"}]
)
def test_the_file_table_of_a_mapping_is_closed(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FileSpec.model_validate(broken)


@pytest.mark.skipif(not REAL_TABLES, reason="the real files beside the project are absent")
@pytest.mark.parametrize("path", REAL_TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_real_export_reads_as_the_csv_module_reads_it(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    table = open_table(path, block_bytes=1 << 15)
    assert len(table.columns) == len(header)
    found = [row for batch in table.batches() for row in batch.frame.rows()]
    assert [[value or "" for value in row[:-1]] for row in found] == [
        [*row, *[""] * (len(header) - len(row))] for row in rows if any(map(str.strip, row))
    ]
    assert not [row for batch in table.batches() for row in batch.ragged]
