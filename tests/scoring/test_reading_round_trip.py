"""Any delimited text comes back as it was written, with the lines it was written on."""

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import FileSpec, open_table

Rows = list[tuple[list[str], int]]
# Paths are overwritten by every example.
ONE_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
VALUES = st.text(alphabet='ab1 ,;\t|"\n客户é😀\u3000', max_size=8)
BLOCKS = st.sampled_from([1, 7, 64, 1 << 24])


def read(path: Path, spec: FileSpec, block_bytes: int) -> Rows:
    rows: Rows = []
    for batch in open_table(path, spec, block_bytes=block_bytes).batches():
        rows += [([value or "" for value in row[:-1]], row[-1]) for row in batch.frame.rows()]
    return rows


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=12))


@ONE_FILE
@given(
    table=tables(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    final_line_end=st.booleans(),
    block_bytes=BLOCKS,
)
def test_a_written_table_reads_back_the_same(
    tmp_path: Path,
    table: list[list[str]],
    encoding: str,
    delimiter: str,
    line_end: str,
    quoting: Literal[0, 1],
    final_line_end: bool,
    block_bytes: int,
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow([f"c{i}" for i in range(len(table[0]))])
    expected: Rows = []
    for row in table:
        if any(value.strip() for value in row):
            expected.append((row, text.getvalue().count("\n") + 1))
        writer.writerow(row)
    content = text.getvalue() if final_line_end else text.getvalue().removesuffix(line_end)
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode(encoding))
    spec = FileSpec.model_validate(
        {
            "delimiter": delimiter if len(table[0]) == 1 else None,
            "encoding": "gb18030" if encoding == "gb18030" else None,
        }
    )
    assert read(path, spec, block_bytes) == expected


@ONE_FILE
@given(
    rows=st.lists(st.lists(st.text("ab 客,", max_size=5), min_size=2, max_size=2), max_size=8),
    block_bytes=BLOCKS,
)
def test_lines_that_end_with_carriage_returns_alone_are_lines(
    tmp_path: Path, rows: list[list[str]], block_bytes: int
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r").writerows([["x", "y"], *rows])
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().encode())
    expected = [(row, line) for line, row in enumerate(rows, start=2) if any(map(str.strip, row))]
    assert read(path, FileSpec(), block_bytes) == expected


@ONE_FILE
@given(body=st.text('ab",\n', max_size=60), block_bytes=BLOCKS)
def test_stray_quotes_and_odd_rows_read_as_the_csv_module_reads_them(
    tmp_path: Path, body: str, block_bytes: int
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"x,y,z\n" + body.encode())
    lines = (body if body.endswith("\n") else body + "\n").split("\n")[:-1]
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    expected: Rows = []
    ragged: Rows = []
    start = 2
    try:
        for row in reader:
            if any(row[3:]):
                while not row[-1]:
                    row.pop()
                ragged.append((row, start))
            elif any(map(str.strip, row)):
                expected.append(([*row, "", "", ""][:3], start))
            start = 2 + reader.line_num
    except csv.Error as error:
        # Text after a closing quote can be read in several ways; it only must not break anything.
        unclosed = str(error).startswith("unexpected end")
        with (
            pytest.raises(UnreadableFile, match="never closed")
            if unclosed
            else suppress(UnreadableFile)
        ):
            read(path, FileSpec(delimiter=","), block_bytes)
        return
    batches = list(open_table(path, FileSpec(delimiter=","), block_bytes=block_bytes).batches())
    assert read(path, FileSpec(delimiter=","), block_bytes) == expected
    assert [(row.fields, row.line) for batch in batches for row in batch.ragged] == ragged
