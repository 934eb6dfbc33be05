"""XLSX sheets: saved values as text, dates and times in ISO form."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits
from scoring.ingest.plain_files import plain_file
from scoring.ingest.spec import FileSpec
from scoring.ingest.table import (
    LINE,
    Batch,
    CellIssue,
    Table,
    column_names,
    without_blank_rows,
)
from scoring.ingest.workbook_parts import BadCell, WorkbookSheet, open_workbook, survey

BATCH_ROWS = 50_000
STAMP = r"^(?:1899|190\d)-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$"

LONG_NUMBER = r"^-?\d{7,}\.\d{9}$"


class SheetTable(Table):
    """One sheet of a workbook, held in memory.

    A percentage is the number that the sheet stores (94.01 % is "0.9401"); a time of day and a
    duration are "HH:MM:SS", with as many hours as it takes.
    """

    def __init__(
        self, path: Path, spec: FileSpec, *, name: str, limits: Limits, total_bytes: int
    ) -> None:
        with plain_file(path, name=name, limits=limits) as plain:
            workbook = open_workbook(plain, name=name, limits=limits)
            sheet = _chosen(workbook.sheets, spec.sheet, name)
            bad = survey(workbook, sheet, name=name, limits=limits)
            rows, first_column = _read(plain, sheet, name)
            self._bad = _by_row(bad, first_column)
        rows = _with_short_numbers(_with_times(rows, from_1904=workbook.from_1904))
        self._first_row = _header_index(rows, spec.header_row, sheet, name) + 1
        header = [None] * first_column + list(rows.row(self._first_row - 1))
        names = column_names(header, max_columns=limits.max_columns, name=name)
        super().__init__(columns=names[first_column:], total_bytes=total_bytes)
        rows.columns = self.columns
        self._rows = rows.slice(self._first_row)
        self._batch_rows = min(BATCH_ROWS, limits.rows_at_once(len(self.columns)))

    def batches(self) -> Iterator[Batch]:
        """Yield the rows below the header; `bytes_read` is in proportion to them."""
        for start in range(0, self._rows.height, self._batch_rows):
            part = self._rows.slice(start, self._batch_rows)
            # Row numbers count from 1.
            first = self._first_row + start + 1
            lines = pl.int_range(first, first + part.height, dtype=pl.Int64, eager=True)
            frame = without_blank_rows(part.with_columns(lines.alias(LINE)))
            read = self.total_bytes * (start + part.height) // self._rows.height
            issues = self._issues(range(first, first + part.height))
            if frame.height or issues:
                yield Batch(frame, first, read, cell_issues=issues)

    def _issues(self, lines: range) -> list[CellIssue]:
        return [
            CellIssue(line, self.columns[cell.column], _explanation(cell))
            for line in lines
            for cell in self._bad.get(line, ())
            if cell.column < len(self.columns)
        ]


def sheet_names(path: Path, *, name: str, limits: Limits) -> list[str]:
    """The names of the visible sheets; raises UnreadableFile."""
    with plain_file(path, name=name, limits=limits) as plain:
        workbook = open_workbook(plain, name=name, limits=limits)
    return [sheet.name for sheet in workbook.sheets if sheet.visible]


def _chosen(sheets: list[WorkbookSheet], wanted: str | None, name: str) -> WorkbookSheet:
    visible = [sheet for sheet in sheets if sheet.visible]
    matching = [sheet for sheet in sheets if sheet.name == wanted] if wanted else visible
    if matching:
        return matching[0]
    if wanted is None:
        raise UnreadableFile(
            _("%(file)s has no visible sheet with cells; name the sheet in the mapping.")
            % {"file": name}
        )
    raise UnreadableFile(
        _("%(file)s has no sheet “%(sheet)s”; its sheets are: %(sheets)s.")
        % {"file": name, "sheet": wanted, "sheets": ", ".join(sheet.name for sheet in visible)}
    )


def _read(path: Path, sheet: WorkbookSheet, name: str) -> tuple[pl.DataFrame, int]:
    """All cells from row 1 on as text, and the index of the first column that has any."""
    try:
        cells = fastexcel.read_excel(path).load_sheet(
            sheet.name,
            header_row=None,
            skip_rows=0,
            dtypes="string",
        )
        columns = cells.available_columns()
        return cells.to_polars(), columns[0].absolute_index if columns else 0
    except fastexcel.FastExcelError as error:
        raise UnreadableFile(
            _("The sheet “%(sheet)s” of %(file)s is damaged; save it again as .xlsx or as CSV.")
            % {"file": name, "sheet": sheet.name}
        ) from error


def _header_index(rows: pl.DataFrame, header_row: int, sheet: WorkbookSheet, name: str) -> int:
    for index in range(header_row - 1, rows.height):
        if any(cell and cell.strip() for cell in rows.row(index)):
            return index
    raise UnreadableFile(
        _("The sheet “%(sheet)s” of %(file)s has no header in row %(row)s; correct header_row.")
        % {"file": name, "sheet": sheet.name, "row": header_row}
    )


def _by_row(cells: list[BadCell], first_column: int) -> dict[int, list[BadCell]]:
    rows: dict[int, list[BadCell]] = defaultdict(list)
    for cell in cells:
        if cell.column >= first_column:
            rows[cell.row].append(cell._replace(column=cell.column - first_column))
    return rows


def _explanation(cell: BadCell) -> str:
    if cell.error:
        return _("The cell holds the error %(error)s; it is read as missing.") % {
            "error": cell.error
        }
    return _(
        "The result of the formula was not saved, so it is read as missing; open and save the"
        " workbook in a spreadsheet program."
    )


def _with_times(rows: pl.DataFrame, *, from_1904: bool) -> pl.DataFrame:
    """Turn what the reader shows as moments of the sheet's first years back into durations.

    A sheet stores a time of day or a duration as days since its epoch, so 30 hours come back as
    1900-01-01 06:00. Nobody exports tickets of those years.
    """
    affected = [series.name for series in rows if series.str.contains(STAMP).any()]
    return rows.with_columns(_time_of(pl.col(name), from_1904=from_1904) for name in affected)


def _with_short_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Take back the digits beyond a number's precision: the reader writes nine decimals of all."""
    affected = [series.name for series in rows if series.str.contains(LONG_NUMBER).any()]
    return rows.with_columns(
        pl.when(pl.col(name).str.contains(LONG_NUMBER))
        .then(pl.col(name).cast(pl.Float64, strict=False).cast(pl.String))
        .otherwise(pl.col(name))
        .alias(name)
        for name in affected
    )


def _time_of(cell: pl.Expr, *, from_1904: bool) -> pl.Expr:
    day = cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if from_1904:
        days = (day - date(1904, 1, 1)).dt.total_days()
        is_time = (day >= date(1904, 1, 1)) & (day < date(1908, 1, 1))
    else:
        # The sheet counts a 29 February 1900 that never was.
        leap = pl.when(day >= date(1900, 3, 1)).then(1).otherwise(0)
        days = (day - date(1899, 12, 31)).dt.total_days() + leap
        is_time = (day >= date(1899, 12, 31)) & (day < date(1904, 1, 1))
    hours = days * 24 + cell.str.slice(11, 2).cast(pl.Int64, strict=False)
    text = pl.format("{}{}", hours.cast(pl.String).str.zfill(2), cell.str.slice(13))
    return pl.when(cell.str.contains(STAMP) & is_time).then(text).otherwise(cell)
