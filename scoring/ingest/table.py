"""What every reader returns: batches of rows whose values are all text."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl
from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile

LINE = "__line__"
# What exports carry around a header without anyone seeing it; str.strip() takes the spaces.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\x00"


class RaggedRow(NamedTuple):
    """A row that isn't in the frame because its fields can't be matched to the columns."""

    line: int
    fields: list[str]
    message: str


class CellIssue(NamedTuple):
    """A cell that is missing in the frame although the file shows something there."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, in file order.

    `frame` has every column of the table as String (missing: null or "") and `__line__` as Int64:
    the line (text) or row (workbook) where the record begins, the file's first being 1; in Parquet
    and JSON, which have no lines, the record's number plus one, as if there were a header.
    `bytes_read` counts from the start of the file as it lies on disk.
    """

    frame: pl.DataFrame
    first_line: int
    bytes_read: int
    ragged: list[RaggedRow] = field(default_factory=list)
    cell_issues: list[CellIssue] = field(default_factory=list)


class Table(ABC):
    """One table of a file; reading begins anew with every call of `batches`."""

    def __init__(self, *, columns: list[str], total_bytes: int) -> None:
        self.columns = columns
        self.total_bytes = total_bytes

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """Yield all rows in file order; raises UnreadableFile where the file turns out broken."""

    def head(self, n: int) -> pl.DataFrame:
        """The first `n` rows, or all of a shorter table."""
        frames = [self.empty_frame()]
        missing = n
        for batch in self.batches():
            frames.append(batch.frame.head(missing))
            missing -= frames[-1].height
            if missing <= 0:
                break
        return pl.concat(frames)

    def empty_frame(self) -> pl.DataFrame:
        """A frame without rows that has the table's columns."""
        return pl.DataFrame(schema=frame_schema(self.columns))


def frame_schema(columns: Sequence[str]) -> dict[str, type[pl.DataType]]:
    """The schema of a batch's frame."""
    return {**dict.fromkeys(columns, pl.String), LINE: pl.Int64}


def column_names(header: Sequence[str | None], *, max_columns: int, name: str) -> list[str]:
    """Names for the columns under `header`: trimmed, never empty, never twice.

    An unnamed column is called column_<position>, a repeated name gets " (2)", " (3)" and so on.
    Raises UnreadableFile when there are more than `max_columns`.
    """
    if len(header) > max_columns:
        raise UnreadableFile(
            _("%(file)s has %(count)s columns, more than the %(limit)s that are read; remove some.")
            % {"file": name, "count": len(header), "limit": max_columns}
        )
    taken = {LINE}
    names = []
    for position, cell in enumerate(header, start=1):
        unique = _unused(_trimmed(cell or "") or f"column_{position}", taken)
        taken.add(unique)
        names.append(unique)
    return names


def _trimmed(cell: str) -> str:
    previous = None
    while cell != previous:
        previous, cell = cell, cell.strip().strip(INVISIBLE)
    return cell


def _unused(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate


def without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the rows in which no column but `__line__` holds more than spaces."""
    # One column tells in most files that there is no such row; the others needn't be looked at.
    if not frame.select(_is_blank(pl.first()).any()).item():
        return frame
    return frame.filter(~pl.all_horizontal(_is_blank(pl.exclude(LINE))))


def _is_blank(value: pl.Expr) -> pl.Expr:
    return value.is_null() | (value.str.strip_chars() == "")
