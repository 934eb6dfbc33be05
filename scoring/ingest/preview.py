"""The first rows of a file as a mapping reads them, with every value that it does not take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from incentives.org.refusals import Refused
from scoring.models.reasons import sentence

from .convert import Converter
from .errors import BadMapping
from .fields import FIELDS, Type
from .mapping import FileMapping
from .table import LINE, Batch
from .work import Issue

_HIDDEN = {LINE, "order__", "extra"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as the mapping reads it, or the text it does not take and why."""

    text: str = ""
    rejected: str = ""


@dataclass(slots=True)
class ImportPreview:
    """Rows of cells under field names; `error` says why nothing can be shown."""

    fields: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    rows_read: int = 0
    issues: list[Issue] = field(default_factory=list)
    error: str = ""
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def rows_rejected(self) -> int:
        """How many rows could not be taken at all."""
        return sum(issue.whole_row for issue in self.issues)

    @property
    def values_rejected(self) -> int:
        """How many single values could not be taken."""
        return len(self.issues) - self.rows_rejected


def preview(
    mapping: FileMapping, sample: pl.DataFrame, *, company_zone: str, shown: int
) -> ImportPreview:
    """Convert `sample` and show its first `shown` rows; times are local to `company_zone`.

    Derived fields follow the mapped ones, as far as they have values.
    """
    try:
        fitted = mapping.fitted([c for c in sample.columns if c != LINE], file_name="")
        converter = Converter(fitted, company_zone=company_zone)
        done = converter.convert(Batch(sample, first_line=2, bytes_read=0))
    except (BadMapping, Refused) as error:
        return ImportPreview(error=str(error))
    frame = done.frame
    mapped = [name for name in fitted.fields if name in frame.columns]
    derived = [
        name
        for name in frame.columns
        if name not in mapped and name not in _HIDDEN and frame[name].null_count() < frame.height
    ]
    names = mapped + derived
    lost = {(issue.line, issue.field): issue for issue in done.issues if issue.field}
    zone = ZoneInfo(company_zone)
    known = FIELDS[mapping.kind]
    rows = [
        (line, [_cell(row[name], known[name].type, lost.get((line, name)), zone) for name in names])
        for row in frame.head(shown).iter_rows(named=True)
        for line in [row[LINE]]
    ]
    examples = {
        name: _words(found[0], known[name].type, zone)
        for name in names
        if len(found := frame[name].drop_nulls().head(1))
    }
    return ImportPreview(names, rows, done.rows_read, done.issues, examples=examples)


def reason(issue: Issue) -> str:
    """Why a value was not taken, in the reader's language."""
    return sentence(issue.code, column=issue.column, value=issue.value, detail=issue.detail)


def _cell(value: Any, kind: Type, issue: Issue | None, zone: ZoneInfo) -> Cell:
    if issue is not None and value is None:
        return Cell(issue.value, reason(issue))
    return Cell(_words(value, kind, zone))


def _words(value: Any, kind: Type, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if value is None or isinstance(value, date):
        return str(value or "")
    if kind is Type.DURATION:
        return _duration(int(value))
    if kind in (Type.RATING, Type.SCORE, Type.NUMBER):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)


def _duration(microseconds: int) -> str:
    minutes, seconds = divmod(microseconds // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
