"""A table's rows in portions whose size is known, whatever the file makes of little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from django.utils.translation import gettext as _

from .errors import UnreadableFile
from .limits import Limits
from .table import LINE, Batch, RaggedRow, Table

# What a row costs everyone behind the reader, even if there is nothing in it.
_ROW_BYTES = 64


def portions(table: Table, *, name: str, limits: Limits) -> Iterator[Batch]:
    """The table's batches, none with more cells or text than `limits` allow.

    Raises UnreadableFile for a row that is longer than a line may be, and for a file that turns
    into far more text than it has bytes: a repeated text of a workbook or of Parquet costs nothing
    there, and its full length here.
    """
    most = max(limits.text_free_bytes, limits.max_text_ratio * table.total_bytes)
    told = 0
    for batch in table.batches():
        for part in _cut(_with_short_lists(batch, limits), limits, name):
            told += _text_bytes(part.frame) + _ROW_BYTES * part.frame.height
            if told > most:
                raise UnreadableFile(
                    _(
                        "%(file)s unpacks to more than %(ratio)s times its size, which no export"
                        " does; save it as CSV if you trust it."
                    )
                    % {"file": name, "ratio": limits.max_text_ratio}
                )
            yield part


def _cut(batch: Batch, limits: Limits, name: str) -> Iterator[Batch]:
    """The batch itself nearly always; otherwise its halves, with its lists at the first."""
    frame = batch.frame
    small = frame.height <= limits.rows_at_once(frame.width)
    if small and _text_bytes(frame) <= limits.max_batch_bytes:
        _refuse_long_row(frame, limits, name)
        yield batch
        return
    if frame.height == 1:
        raise _row_too_long(limits, name)
    half = frame.height // 2
    yield from _cut(replace(batch, frame=frame.head(half)), limits, name)
    rest = Batch(frame.slice(half), int(frame[LINE][half]), batch.bytes_read)
    yield from _cut(rest, limits, name)


def _refuse_long_row(frame: pl.DataFrame, limits: Limits, name: str) -> None:
    lengths = pl.exclude(LINE).str.len_bytes().cast(pl.Int64)
    # The longest cells of all columns together: nearly always that is answer enough.
    if frame.height == 0 or sum(v or 0 for v in frame.select(lengths.max()).row(0)) <= (
        limits.max_line_bytes
    ):
        return
    longest = frame.select(pl.sum_horizontal(lengths.fill_null(0)).max()).item()
    if longest > limits.max_line_bytes:
        raise _row_too_long(limits, name)


def _row_too_long(limits: Limits, name: str) -> UnreadableFile:
    return UnreadableFile(
        _("%(file)s has a row longer than %(limit)s MiB; check that it is a table.")
        % {"file": name, "limit": max(limits.max_line_bytes >> 20, 1)}
    )


def _with_short_lists(batch: Batch, limits: Limits) -> Batch:
    """Rows that do not fit, with no more values than a file may have columns."""
    most = limits.max_columns
    if all(len(row.fields) <= most for row in batch.ragged):
        return batch
    ragged = [RaggedRow(r.line, r.fields[:most], r.message) for r in batch.ragged]
    return replace(batch, ragged=ragged)


def _text_bytes(frame: pl.DataFrame) -> int:
    if frame.height == 0:
        return 0
    return sum(
        v or 0 for v in frame.select(pl.exclude(LINE).str.len_bytes().cast(pl.Int64).sum()).row(0)
    )
