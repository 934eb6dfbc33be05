"""Delimited text: blocks cut at record ends, parsed by polars, odd ones by the csv module."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from scoring.ingest.csv_dialect import Record, examine_header, records, split_lines
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.lines import TextFile
from scoring.ingest.spec import FileSpec
from scoring.ingest.table import (
    LINE,
    Batch,
    RaggedRow,
    Table,
    column_names,
    frame_schema,
    without_blank_rows,
)

# Columns read beyond the header's, so that rows with a few fields too many keep the fast path.
SPARE = 4
END_OF_TEXT = "\x03"


@dataclass(slots=True)
class Parsed:
    """The rows found at the start of some text and how much of the text they are."""

    frame: pl.DataFrame
    ragged: list[RaggedRow]
    consumed: int


class CsvTable(Table):
    """A delimited text file."""

    def __init__(
        self, file: TextFile, spec: FileSpec, *, total_bytes: int, block_bytes: int
    ) -> None:
        self._file = file
        self._block_bytes = block_bytes
        self._dialect = examine_header(file, spec)
        names = column_names(
            self._dialect.header, max_columns=file.limits.max_columns, name=file.name
        )
        super().__init__(columns=names, total_bytes=total_bytes)
        # Short rows of a wide table take the place of whole ones.
        self._rows = file.limits.rows_at_once(len(names) + SPARE)

    def batches(self) -> Iterator[Batch]:
        """Yield about a block of rows at a time."""
        skip = self._dialect.body_offset
        line = self._dialect.body_line
        pending = b""
        for block in self._file.blocks(block_bytes=self._block_bytes):
            pending += block.data[skip:]
            skip = max(skip - len(block.data), 0)
            if block.last and pending and not pending.endswith(b"\n"):
                pending += b"\n"
            whole = False
            while pending and not whole:
                part = first_lines(pending, self._rows)
                whole = len(part) == len(pending)
                parsed = self._parse(part, line, last=block.last and whole)
                if not parsed.consumed and not whole:  # a value that goes on behind the part
                    parsed, whole = self._parse(pending, line, last=block.last), True
                if parsed.frame.height or parsed.ragged:
                    yield Batch(parsed.frame, line, block.bytes_read, parsed.ragged)
                line += pending.count(b"\n", 0, parsed.consumed)
                pending = pending[parsed.consumed :]

    def _parse(self, text: bytes, line: int, *, last: bool) -> Parsed:
        end = record_end(text, self._dialect.quote.encode())
        waiting = len(text) - end
        if waiting <= self._file.limits.max_line_bytes and not (last and waiting):
            if not end:
                return Parsed(self.empty_frame(), [], 0)
            fast = self._parse_fast(text[:end], line)
            if fast is not None:
                return fast
        return self._parse_odd(text, line, last=last)

    def _parse_fast(self, text: bytes, line: int) -> Parsed | None:
        """Parse whole records with polars; None where its reading could differ from a spreadsheet's."""
        width = len(self.columns)
        heading = self._dialect.delimiter.join(map(str, range(width + SPARE))).encode()
        try:
            frame = pl.read_csv(
                heading + b"\n" + text,
                separator=self._dialect.delimiter,
                quote_char=self._dialect.quote or None,
                infer_schema=False,
            )
        except pl.exceptions.PolarsError:
            return None
        starts = _starting_lines(frame, text.count(b"\n"), line)
        if starts is None:
            return None
        frame = frame.with_columns(starts)
        spare = frame.columns[width:-1]
        extra = [frame[name] for name in spare if frame[name].null_count() < frame.height]
        ragged: list[RaggedRow] = []
        if extra:
            is_ragged = pl.any_horizontal(pl.col(s.name).fill_null("") != "" for s in extra)
            ragged = [self._ragged(row[-1], row[:-1]) for row in frame.filter(is_ragged).rows()]
            frame = frame.filter(~is_ragged)
        frame = without_blank_rows(frame.drop(spare))
        frame.columns = [*self.columns, LINE]
        return Parsed(frame, ragged, len(text))

    def _parse_odd(self, text: bytes, line: int, *, last: bool) -> Parsed:
        """Parse text whose quotes or field counts are irregular; slow and forgiving."""
        lines = split_lines(text)[:-1]
        # The mark comes back as a record of its own unless a quoted value is still open.
        *found, final = records(
            [*lines, END_OF_TEXT], delimiter=self._dialect.delimiter, quote=self._dialect.quote
        )
        if final == [END_OF_TEXT]:
            return Parsed(*self._sorted_out(found, line), len(text))
        consumed = sum(len(part.encode()) for part in lines[: final.line])
        if last or len(text) - consumed > self._file.limits.max_line_bytes:
            raise self._never_closed(line + final.line)
        return Parsed(*self._sorted_out(found, line), consumed)

    def _sorted_out(self, found: list[Record], line: int) -> tuple[pl.DataFrame, list[RaggedRow]]:
        """The records that fit the header, and those that don't; blank ones are left out."""
        rows, ragged = [], []
        width = len(self.columns)
        for record in found:
            if any(record[width:]):
                ragged.append(self._ragged(line + record.line, record))
            elif any(map(str.strip, record)):
                padded = [*record[:width], *[None] * (width - len(record))]
                rows.append((*padded, line + record.line))
        return pl.DataFrame(rows, schema=frame_schema(self.columns), orient="row"), ragged

    def _ragged(self, line: int, fields: Sequence[str | None]) -> RaggedRow:
        values = [value or "" for value in fields]
        while values and not values[-1]:
            values.pop()
        message = _(
            "The row has %(found)s values but the header has %(expected)s columns; put quotes"
            " around values that contain the delimiter."
        ) % {"found": len(values), "expected": len(self.columns)}
        return RaggedRow(line, values, message)

    def _never_closed(self, line: int) -> UnreadableFile:
        return UnreadableFile(
            _(
                "In %(file)s a quoted value in the record on line %(line)s is never closed; the"
                " file may be cut off, or the quote belongs doubled."
            )
            % {"file": self._file.name, "line": line}
        )


def first_lines(text: bytes, most: int) -> bytes:
    """The text up to its line number `most`; all of it when it has no more."""
    if text.count(b"\n") <= most:
        return text
    end = 0
    for _line in range(most):
        end = text.index(b"\n", end) + 1
    return text[:end]


def record_end(text: bytes, quote: bytes) -> int:
    """Bytes up to the last line end outside quotes, taking every quote as an opening or closing one."""
    end = text.rfind(b"\n") + 1
    if not quote:
        return end
    quotes = text.count(quote, 0, end)
    while quotes % 2:
        start = text.rfind(b"\n", 0, text.rfind(quote, 0, end)) + 1
        quotes -= text.count(quote, start, end)
        end = start
    return end


def _starting_lines(frame: pl.DataFrame, line_ends: int, line: int) -> pl.Series | None:
    """The line each record begins on; None when records and line ends don't add up."""
    if frame.height == line_ends:
        return pl.int_range(line, line + frame.height, dtype=pl.Int64, eager=True).alias(LINE)
    inside = frame.select(
        pl.sum_horizontal(
            pl.all().str.count_matches("\n", literal=True).fill_null(0).cast(pl.Int64)
        )
    ).to_series()
    if frame.height + int(inside.sum()) != line_ends:
        return None
    return (line + (inside + 1).cum_sum() - (inside + 1)).alias(LINE)
