"""Rows that were not taken, as a CSV to mend in a spreadsheet and to import again.; `spreadsheets` keeps
its cells from being run as formulas, and what that adds is taken away on the way back.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from incentives.spreadsheets import Rows, restored
from scoring.models import Import, ImportIssue

from .errors import UnreadableFile
from .guarded_reading import opened
from .library import NamedMapping
from .mapping import parse
from .table import LINE, Table
from .toml_text import dump

LINE_COLUMN, COLUMN_COLUMN, REASON_COLUMN = NOTES = ("_line", "_column", "_reason")
_BOM = "\ufeff"


def rejected_rows(run: Import) -> Iterator[str]:
    """CSV text, a piece at a time: the file's columns, then where and why each row was rejected.

    A row that has several issues is there once. Begins with a byte-order mark for spreadsheets.
    """
    columns, originals = _as_in_the_file(run)
    buffer = io.StringIO()
    rows = Rows(buffer)
    buffer.write(_BOM)
    rows.add([*columns, *NOTES])
    issues = run.issues.order_by("line", "pk").iterator(chunk_size=2_000)
    for line, group in groupby(issues, key=lambda issue: issue.line):
        found = list(group)
        row = originals.get(line) or _row(found[0], columns)
        # More values than columns stay behind the notes: left so, they are rejected again.
        row, surplus = row[: len(columns)], row[len(columns) :]
        notes = [
            str(line),
            "; ".join(dict.fromkeys(each.column for each in found if each.column)),
            " ".join(dict.fromkeys(each.reason for each in found)),
        ]
        rows.add([*row, *notes, *surplus])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if rest := buffer.getvalue():
        yield rest


def plain_csv(path: Path, *, name: str, columns: Sequence[str]) -> Iterator[bytes]:
    """A mended file, however it was saved, as the CSV that `as_csv` mappings read.

    Raises UnreadableFile when it cannot be read or lacks a column of the first file.
    """
    with opened(path, name=name) as table:
        missing = [column for column in columns if column not in table.columns]
        if missing:
            raise UnreadableFile(
                _(
                    "%(file)s has no column “%(column)s”. Keep the columns of the downloaded file"
                    " and correct only their values."
                )
                % {"file": name, "column": missing[0]}
            )
        kept = [each for each in table.columns if each not in (COLUMN_COLUMN, REASON_COLUMN)]
        yield from _rewritten(table, kept)


def _rewritten(table: Table, kept: list[str]) -> Iterator[bytes]:
    yield _csv_line([restored(name) for name in kept])
    for batch in table.batches():
        for row in batch.frame.select(kept).iter_rows():
            yield _csv_line([restored(text or "") for text in row])
        # Rows that still do not fit stay as they are, so that they are rejected again.
        for ragged in batch.ragged:
            yield _csv_line(ragged.fields)


def as_csv(run: Import) -> NamedMapping:
    """The mapping of a run for its mended rows: the same fields, read from our CSV.

    Ids that were line numbers come from the `_line` column, so that they stay the same.
    """
    data: dict[str, Any] = tomllib.loads(run.mapping_text)
    data["file"] = {"format": "csv", "encoding": "utf-8", "delimiter": ","}
    for field, spec in data.get("fields", {}).items():
        if isinstance(spec, dict) and spec.get("line"):
            rest = {key: value for key, value in spec.items() if key != "line"}
            data["fields"][field] = {"column": LINE_COLUMN, **rest}
    data.pop("name", None)
    text = dump(data)
    return NamedMapping(run.mapping_name, text, parse(text, name=run.mapping_name))


def columns_needed(run: Import) -> list[str]:
    """The columns of the run's file, as far as they are known."""
    return _as_in_the_file(run, rows=False)[0]


def _as_in_the_file(run: Import, *, rows: bool = True) -> tuple[list[str], dict[int, list[str]]]:
    """The file's columns, and rows of it that an issue does not hold as they are there."""
    try:
        spec = parse(run.mapping_text, name=run.mapping_name).file
        with opened(Path(run.file_path), spec, name=run.file_name) as table:
            return table.columns, _originals(run, table) if rows else {}
    except Exception:  # whatever became of the file: the issues hold rows of their own
        return _columns_of_issues(run), {}


def _originals(run: Import, table: Table) -> dict[int, list[str]]:
    """Rows that an issue does not hold as the file has them: people, and unreadable cells."""
    partial = run.issues.filter(code__in=("people", "cell"))
    lines = set(partial.values_list("line", flat=True))
    found: dict[int, list[str]] = {}
    if not lines:
        return found
    try:
        for batch in table.batches():
            frame = batch.frame.filter(pl.col(LINE).is_in(list(lines)))
            for row in frame.select(LINE, *table.columns).iter_rows():
                found[row[0]] = [text or "" for text in row[1:]]
    except UnreadableFile:
        return found
    return found


def _row(issue: ImportIssue, columns: Sequence[str]) -> list[str]:
    if issue.code == "ragged_row":
        return [str(text or "") for text in issue.row.values()]
    return [_text(issue.row.get(column)) for column in columns]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _columns_of_issues(run: Import) -> list[str]:
    whole = run.issues.exclude(code="ragged_row").values_list("row", flat=True)
    names: dict[str, None] = {}
    for row in whole[:1_000]:
        names |= dict.fromkeys(row)
    return list(names)


def _csv_line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode()
