"""Parquet: typed columns to text, a slice of rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits
from scoring.ingest.plain_files import plain_file
from scoring.ingest.table import LINE, Batch, Table, column_names

BATCH_ROWS = 50_000


class ParquetTable(Table):
    """A Parquet file."""

    def __init__(self, path: Path, *, name: str, limits: Limits, total_bytes: int) -> None:
        self._path = path
        self._name = name
        self._limits = limits
        with plain_file(path, name=name, limits=limits) as plain:
            sample = _slice(plain, 0, 0, name)
        names = column_names(sample.columns, max_columns=limits.max_columns, name=name)
        super().__init__(columns=names, total_bytes=total_bytes)
        self._rows = min(BATCH_ROWS, limits.rows_at_once(len(names)))

    def batches(self) -> Iterator[Batch]:
        """Yield slices of rows; `bytes_read` is in proportion to them."""
        with plain_file(self._path, name=self._name, limits=self._limits) as plain:
            total = _row_count(plain, self._name)
            for start in range(0, total, self._rows):
                frame = _slice(plain, start, self._rows, self._name)
                if frame.height < min(self._rows, total - start):
                    raise _damaged(self._name)  # it has fewer rows than it claims
                frame.columns = self.columns
                # As if a header came first: the first record is on line 2.
                first = start + 2
                lines = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True)
                read = self.total_bytes * min(start + self._rows, total) // total
                yield Batch(frame.with_columns(lines.alias(LINE)), first, read)


def _row_count(path: Path, name: str) -> int:
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(name) from error


def _slice(path: Path, start: int, length: int, name: str) -> pl.DataFrame:
    try:
        return _as_text(pl.scan_parquet(path, glob=False).slice(start, length).collect())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(name) from error


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        _("%(file)s is not an intact Parquet file; copy or export it again.") % {"file": name}
    )


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as String; structs become one column a field with a dotted name."""
    columns: list[pl.Series] = []
    waiting = list(frame.get_columns())
    while waiting:
        series = waiting.pop(0)
        if isinstance(series.dtype, pl.Struct) and series.dtype.fields:
            parts = series.struct.unnest()
            waiting = [part.alias(f"{series.name}.{part.name}") for part in parts] + waiting
        else:
            columns.append(_text(series))
    names = [series.name for series in columns]
    # A frame refuses equal names; column_names gives them their suffixes later.
    numbered = pl.DataFrame([s.alias(str(i)) for i, s in enumerate(columns)])
    if len(set(names)) == len(names):
        numbered.columns = names
    return numbered


def _text(series: pl.Series) -> pl.Series:
    column = pl.col(series.name)
    frame = series.to_frame()
    if series.dtype == pl.Binary:
        return _text_of_binary(series)
    if isinstance(series.dtype, pl.List | pl.Array):
        wrapped = pl.struct(column.alias("v")).struct.json_encode().str.slice(5).str.head(-1)
        return frame.select(pl.when(column.is_not_null()).then(wrapped).alias(series.name))[
            series.name
        ]
    return frame.select(_expression(column, series.dtype).alias(series.name))[series.name]


def _expression(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        zone = "%:z" if dtype.time_zone else ""
        return column.dt.to_string(f"%Y-%m-%d %H:%M:%S%.f{zone}")
    if dtype == pl.Time:
        return column.dt.to_string("%H:%M:%S%.f")
    if isinstance(dtype, pl.Duration):
        return _clock(column)
    if dtype.is_float():
        return column.cast(pl.String).str.strip_suffix(".0")
    return column.cast(pl.String)


def _clock(duration: pl.Expr) -> pl.Expr:
    """A duration as "HH:MM:SS" with as many hours as it takes, and microseconds if there are."""
    micros = duration.dt.total_microseconds()
    size = micros.abs()
    seconds = size // 1_000_000
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    clock = pl.format("{}:{}:{}", *(part.cast(pl.String).str.zfill(2) for part in parts))
    fraction = pl.format(".{}", (size % 1_000_000).cast(pl.String).str.zfill(6))
    sign = pl.when(micros < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    shown = pl.when(size % 1_000_000 > 0).then(fraction).otherwise(pl.lit(""))
    return pl.concat_str(sign, clock, shown)


def _text_of_binary(series: pl.Series) -> pl.Series:
    try:
        return series.cast(pl.String)
    except pl.exceptions.PolarsError:
        return series.bin.encode("hex")
