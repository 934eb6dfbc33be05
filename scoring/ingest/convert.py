"""From a batch of text to typed canonical fields, with every value that was not taken.

Nothing here touches the database: `Converter.convert` is a pure function of a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from scoring.models.sources import FactKind

from . import derive, times, values
from .fields import FIELDS, Field, Type
from .mapping import FieldSpec, Mapping
from .table import LINE, Batch
from .work import Issue, Work

MAX_TEXT = 2_000
ORDER = "order__"  # what decides between several rows with one id


@dataclass(slots=True)
class Converted:
    """Typed rows (one column per filled field, `__line__`) and the issues met on the way.

    Durations are Int64 microseconds, moments are UTC, exact numbers are decimal text.
    """

    frame: pl.DataFrame
    issues: list[Issue]
    rows_read: int


class Converter:
    """Applies one mapping to batches; `zone` is where times without an offset are local."""

    def __init__(self, mapping: Mapping, *, company_zone: str) -> None:
        self.mapping = mapping
        self.company_zone = company_zone
        self.zone = mapping.timezone or company_zone
        self.known = FIELDS[mapping.kind]

    def convert(self, batch: Batch) -> Converted:
        """The batch's rows as canonical fields."""
        raw = self._wanted(batch.frame)
        work = Work(raw)
        for name, spec in self._in_order():
            work.columns[name] = self._read(work, self.known[name], spec)
        derive.complete(work, self.mapping, self.company_zone)
        self._add_extra(work)
        self._add_order(work)
        frame = work.frame()
        issues = work.issues()
        frame, lost = self._without_unusable(frame, work)
        issues += lost + _batch_issues(batch)
        return Converted(frame, issues, batch.frame.height + len(batch.ragged))

    def _in_order(self) -> list[tuple[str, FieldSpec]]:
        """Fields that others build on first: plain ones, then differences and products."""
        return sorted(
            self.mapping.fields.items(),
            key=lambda item: (item[1].start is not None, item[1].times is not None),
        )

    def _wanted(self, frame: pl.DataFrame) -> pl.DataFrame:
        for where in self.mapping.where:
            text = values.without_missing(frame[where.column], ())
            if where.empty is not None:
                keep = text.is_null() if where.empty else text.is_not_null()
            else:
                words = [w.strip().casefold() for w in where.is_in or where.not_in or ()]
                keep = text.str.to_lowercase().is_in(words).fill_null(value=False)
                keep = keep if where.is_in is not None else ~keep
            frame = frame.filter(keep)
        return frame

    def _text(self, raw: pl.DataFrame, spec: FieldSpec) -> pl.Series:
        missing = (*self.mapping.missing, *spec.missing)
        if spec.line:
            return raw[LINE].cast(pl.String)
        if spec.value is not None:
            return pl.Series([spec.value], dtype=pl.String).new_from_index(0, raw.height)
        if spec.columns is not None:
            parts = [values.without_missing(raw[name], missing) for name in spec.columns]
            joined = pl.select(pl.concat_str(parts, separator=spec.join)).to_series()
            return values.translated(joined, spec)
        text = values.without_missing(raw[str(spec.column)], missing)
        if spec.whole:
            text = text.str.replace(r"\.0+$", "")
        return values.translated(text, spec)

    def _read(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        if spec.start is not None and spec.end is not None:
            gap = work.columns[spec.end] - work.columns[spec.start]
            return self._checked(work, wanted, gap.dt.total_microseconds(), spec)
        if wanted.type is Type.DAY and spec.column in work.columns:
            return derive.local_day(work.columns[str(spec.column)], self.company_zone)
        if spec.date is not None:
            return self._dated(work, wanted, spec)
        text = self._text(work.raw, spec)
        work.texts[wanted.name] = text
        return self._checked(work, wanted, self._typed(wanted, spec, text, work), spec)

    def _dated(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        missing = (*self.mapping.missing, *spec.missing)
        date = values.without_missing(work.raw[str(spec.date)], missing)
        time = None
        if spec.time is not None:
            time = values.without_missing(work.raw[spec.time], missing)
        found = times.dated(
            date,
            time,
            date_formats=(spec.date_format,) if spec.date_format else spec.format,
            time_format=spec.time_format,
            zone=spec.timezone or self.zone,
            column=str(spec.date),
        )
        work.texts[wanted.name] = date + " " + time if time is not None else date
        found = self._checked(work, wanted, found, spec)
        return derive.local_day(found, self.company_zone) if wanted.type is Type.DAY else found

    def _typed(self, wanted: Field, spec: FieldSpec, text: pl.Series, work: Work) -> pl.Series:
        if spec.times is not None:
            return self._product(wanted, spec, text, work)
        zone = "UTC" if wanted.type is Type.DAY else spec.timezone or self.zone
        return _READERS[wanted.type](text, spec, zone)

    def _product(self, wanted: Field, spec: FieldSpec, text: pl.Series, work: Work) -> pl.Series:
        """An average or a share times what it is the average or share of, as a sum."""
        factor = work.columns[str(spec.times)].cast(pl.Float64, strict=False)
        if spec.unit == "percent":
            each = values.numbers(text, spec).cast(pl.Float64, strict=False) / 100
        elif wanted.type is Type.DURATION:
            each = times.durations(text, unit=spec.unit).cast(pl.Float64)
        else:
            each = values.numbers(text, spec).cast(pl.Float64, strict=False)
        found = (each * factor).round().cast(pl.Int64, strict=False)
        # Without the factor there is nothing to weigh: missing, not wrong.
        work.texts[wanted.name] = text.set(factor.is_null(), None)
        return found

    def _checked(self, work: Work, wanted: Field, found: pl.Series, spec: FieldSpec) -> pl.Series:
        """Keep only possible values; note the others."""
        text = work.texts.get(wanted.name)
        column = spec.column or spec.date or ""
        if text is not None:
            work.note(text.is_not_null() & found.is_null(), wanted, column, _code(wanted))
        if wanted.type is Type.TEXT:
            long = (found.str.len_chars() > MAX_TEXT).fill_null(value=False)
            work.note(long, wanted, column, "too_long")
            return found.set(long, None)
        if wanted.low is None and wanted.high is None:
            return found
        number = found.cast(pl.Float64, strict=False)
        below = (number < (wanted.low if wanted.low is not None else float("-inf"))).fill_null(
            value=False
        )
        above = (number > (wanted.high if wanted.high is not None else float("inf"))).fill_null(
            value=False
        )
        code = "negative" if wanted.type is Type.DURATION else "outside_limits"
        work.note(below, wanted, column, code)
        work.note(above, wanted, column, "outside_limits")
        return found.set(below | above, None)

    def _add_extra(self, work: Work) -> None:
        if not self.mapping.extra:
            return
        kept = {
            name: values.without_missing(work.raw[column], self.mapping.missing)
            for name, column in self.mapping.extra.items()
        }
        frame = pl.DataFrame(kept)
        work.columns["extra"] = frame.to_struct("extra").struct.json_encode()

    def _add_order(self, work: Work) -> None:
        reduce = self.mapping.reduce
        if reduce is None or reduce.order is None:
            return
        text = values.without_missing(work.raw[reduce.order], self.mapping.missing)
        if reduce.type == "number":
            text = text.cast(pl.Float64, strict=False)
        elif reduce.type == "time":
            text = times.moments(
                text, formats=reduce.format, zone=self.zone, column=reduce.order
            ).dt.timestamp("us")
        work.columns[ORDER] = text

    def _without_unusable(
        self, frame: pl.DataFrame, work: Work
    ) -> tuple[pl.DataFrame, list[Issue]]:
        """Drop rows that can't be a fact: without id, without a day, without a kind."""
        needed = {"external_id": "missing_id", "key": "missing_id", "kind": "missing_kind"}
        if "day" in frame.columns and self.mapping.kind != FactKind.AGENTS:
            needed["day"] = "missing_day"
        issues: list[Issue] = []
        keep = pl.Series([True], dtype=pl.Boolean).new_from_index(0, frame.height)
        for name, code in needed.items():
            if name not in frame.columns:
                continue
            gone = frame[name].is_null() & keep
            issues += work.rows(gone, code, whole_row=True)
            keep = keep & ~gone
        return frame.filter(keep), issues


def _code(wanted: Field) -> str:
    return {
        Type.TIME: "not_a_time",
        Type.DAY: "not_a_day",
        Type.DURATION: "not_a_duration",
        Type.FLAG: "not_a_flag",
        Type.INTEGER: "not_whole",
        Type.NUMBER: "not_a_number",
        Type.RATING: "outside_scale",
        Type.SCORE: "outside_scale",
        Type.VERSION: "not_a_time",
        Type.TEXT: "unknown_word",
    }[wanted.type]


def _moment(text: pl.Series, spec: FieldSpec, zone: str) -> pl.Series:
    return times.moments(text, formats=spec.format, zone=zone, column=str(spec.column))


def _version(text: pl.Series, spec: FieldSpec, zone: str) -> pl.Series:
    """A counter as it is, a moment as microseconds since 1970."""
    if not spec.format:
        counter = text.cast(pl.Int64, strict=False)
        if counter.null_count() == text.null_count():
            return counter
    return _moment(text, spec, zone).dt.timestamp("us")


_READERS: dict[Type, Callable[[pl.Series, FieldSpec, str], pl.Series]] = {
    Type.TEXT: lambda text, _spec, _zone: text,
    Type.TIME: _moment,
    Type.DAY: lambda text, spec, zone: _moment(text, spec, zone).dt.date(),
    Type.DURATION: lambda text, spec, _zone: times.durations(text, unit=spec.unit),
    Type.FLAG: lambda text, spec, _zone: values.flags(text, spec),
    Type.INTEGER: lambda text, spec, _zone: values.integers(text, spec),
    Type.NUMBER: lambda text, spec, _zone: values.numbers(text, spec),
    Type.RATING: lambda text, spec, _zone: values.on_scale(text, spec, low=1, high=5),
    Type.SCORE: lambda text, spec, _zone: values.on_scale(text, spec, low=0, high=100),
    Type.VERSION: _version,
}


def _batch_issues(batch: Batch) -> list[Issue]:
    ragged = [
        Issue(
            line=row.line,
            code="ragged_row",
            detail=row.message,
            whole_row=True,
            row={f"column_{i}": value for i, value in enumerate(row.fields, start=1)},
        )
        for row in batch.ragged
    ]
    cells = [
        Issue(line=cell.line, code="cell", column=cell.column, detail=cell.message)
        for cell in batch.cell_issues
    ]
    return ragged + cells
