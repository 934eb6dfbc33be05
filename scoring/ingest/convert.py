"""From a batch of text to typed canonical fields, with every value that was not taken.

Nothing here touches the database: `Converter.convert` is a pure function of a frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from scoring.models.sources import FactKind

from . import derive, durations, times, values
from .field_spec import FieldSpec
from .fields import FIELDS, Field, Type
from .mapping import FileMapping
from .table import LINE, Batch
from .work import Issue, Work

MAX_TEXT = 2_000
ORDER = "order__"  # what decides between several rows with one id


@dataclass(slots=True)
class Converted:
    """Typed rows (one column per filled field, `__line__`) and the issues met on the way.

    `unlisted` counts the rejected values (False) and rows (True) that are in no issue.

    Durations are Int64 microseconds, moments are UTC, exact numbers are decimal text.
    """

    frame: pl.DataFrame
    issues: list[Issue]
    unlisted: Counter[bool]
    rows_read: int


class Converter:
    """Applies one mapping to batches; `zone` is where times without an offset are local."""

    def __init__(self, mapping: FileMapping, *, company_zone: str) -> None:
        self.mapping = mapping
        self.company_zone = company_zone
        self.zone = mapping.timezone or company_zone
        self.known = FIELDS[mapping.kind]

    def convert(self, batch: Batch) -> Converted:
        """The batch's rows as canonical fields."""
        raw = self._wanted(batch.frame)
        work = Work(raw)
        for name in self.mapping.in_order():
            work.columns[name] = self._read(work, self.known[name], self.mapping.fields[name])
        derive.complete(work, self.mapping, self.company_zone)
        self._add_extra(work)
        self._add_order(work)
        frame = work.frame()
        issues = work.issues()
        frame, lost = self._without_unusable(frame, work)
        issues += lost + _batch_issues(batch)
        return Converted(frame, issues, work.unlisted, batch.frame.height + len(batch.ragged))

    def _wanted(self, frame: pl.DataFrame) -> pl.DataFrame:
        for test in self.mapping.where:
            frame = frame.filter(values.passes(frame, test))
        return frame

    def _read(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        if spec.start is not None and spec.end is not None:
            found = self._gap(work, wanted, spec)
        elif wanted.type is Type.DAY and self._is_time(work, spec.column):
            found = derive.local_day(work.columns[str(spec.column)], self.company_zone)
        elif spec.date is not None:
            found = self._dated(work, wanted, spec)
        elif spec.sum_of is not None:
            found = self._sum(work, wanted, spec, spec.sum_of)
        elif spec.not_after is not None:
            found = self._in_time(work, wanted, spec)
        else:
            text = self._text(work.raw, spec)
            work.texts[wanted.name] = text
            return self._checked(work, wanted, self._typed(wanted, spec, text, work), spec)
        if spec.when is not None:
            found = found.set(~values.passes(work.raw, spec.when), None)
        return found

    def _is_time(self, work: Work, name: str | None) -> bool:
        return name in work.columns and self.known[str(name)].type is Type.TIME

    def _text(self, raw: pl.DataFrame, spec: FieldSpec) -> pl.Series:
        """The text of a field, through missing words, pattern, map, prefix, when and default."""
        text = self._origin(raw, spec)
        if spec.pattern is not None:
            text = text.str.extract(spec.pattern, 1)
        if spec.whole:
            text = text.str.replace(r"\.0+$", "")
        text = values.translated(text, spec)
        if spec.prefix:
            text = spec.prefix + text
        if spec.when is not None:
            text = text.set(~values.passes(raw, spec.when), None)
        return text if spec.default is None else text.fill_null(spec.default)

    def _origin(self, raw: pl.DataFrame, spec: FieldSpec) -> pl.Series:
        if spec.line:
            return raw[LINE].cast(pl.String)
        if spec.value is not None:
            return pl.Series([spec.value], dtype=pl.String).new_from_index(0, raw.height)
        if spec.columns is not None:
            parts = [self._column(raw, name, spec) for name in spec.columns]
            return pl.select(pl.concat_str(parts, separator=spec.join)).to_series()
        parts = [self._column(raw, name, spec) for name in spec.first_of or (str(spec.column),)]
        return pl.select(pl.coalesce(parts)).to_series() if len(parts) > 1 else parts[0]

    def _column(self, raw: pl.DataFrame, name: str, spec: FieldSpec) -> pl.Series:
        return values.without_missing(raw[name], (*self.mapping.missing, *spec.missing))

    def _moments_of(self, work: Work, wanted: Field, name: str, spec: FieldSpec) -> pl.Series:
        text = self._column(work.raw, name, spec)
        zone = spec.timezone or self.zone
        found = times.moments(text, formats=spec.format, zone=zone, column=name)
        work.note(text.is_not_null() & found.is_null(), wanted, name, "not_a_time")
        return found

    def _gap(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        """Microseconds from one time to another; each is a field or else a column."""
        ends = []
        for name in (str(spec.start), str(spec.end)):
            known = work.columns.get(name) if name in self.mapping.fields else None
            ends.append(self._moments_of(work, wanted, name, spec) if known is None else known)
        gap = (ends[1] - ends[0]).dt.total_microseconds()
        work.texts[wanted.name] = (gap / 1_000_000).cast(pl.String)
        return self._checked(work, wanted, gap, spec)

    def _sum(
        self, work: Work, wanted: Field, spec: FieldSpec, columns: tuple[str, ...]
    ) -> pl.Series:
        """Several columns added up; empty ones add nothing, unreadable ones spoil the sum."""
        total = pl.Series([0], dtype=pl.Int64).new_from_index(0, work.raw.height)
        given = total > 0
        for name in columns:
            text = self._text(work.raw, FieldSpec(**{**_plain(spec), "column": name}))
            found = self._typed(wanted, spec, text, work)
            bad = text.is_not_null() & found.is_null()
            work.note(bad, wanted, name, _code(wanted))
            total = total + found.fill_null(0).set(bad, None)
            given = given | text.is_not_null()
        total = total.set(~given, None)
        work.texts[wanted.name] = total.cast(pl.String)
        return self._checked(work, wanted, total, spec)

    def _in_time(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        """Whether one column's time is no later than another's; null where one is missing."""
        due = self._moments_of(work, wanted, str(spec.not_after), spec)
        return self._moments_of(work, wanted, str(spec.column), spec) <= due

    def _dated(self, work: Work, wanted: Field, spec: FieldSpec) -> pl.Series:
        date = self._column(work.raw, str(spec.date), spec)
        time = None if spec.time is None else self._column(work.raw, spec.time, spec)
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
        if wanted.type is Type.DAY:
            formats, column = spec.format, spec.shown_column
            return times.days(text, formats=formats, company_zone=self.company_zone, column=column)
        return _READERS[wanted.type](text, spec, spec.timezone or self.zone)

    def _product(self, wanted: Field, spec: FieldSpec, text: pl.Series, work: Work) -> pl.Series:
        """An average or a share times what it is the average or share of, as a sum."""
        factor = work.columns[str(spec.times)].cast(pl.Float64, strict=False)
        if wanted.type is Type.DURATION:
            each = _duration(text, spec, "").cast(pl.Float64)
        else:
            each = values.numbers(text, spec).cast(pl.Float64, strict=False)
        if spec.unit == "percent":
            each = each / 100
        # Without the factor there is nothing to weigh: missing, not wrong.
        work.texts[wanted.name] = text.set(factor.is_null(), None)
        if wanted.type is Type.NUMBER:
            return (each * factor).round(6).cast(pl.String)
        return (each * factor).round().cast(pl.Int64, strict=False)

    def _checked(self, work: Work, wanted: Field, found: pl.Series, spec: FieldSpec) -> pl.Series:
        """Keep only possible values; note the others."""
        text = work.texts.get(wanted.name)
        column = spec.shown_column
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
        kept = {}
        for name, spec in self.mapping.extra.items():
            wanted = Field(f"extra.{name}"[:60], Type(spec.type), name)
            kept[name] = _as_text(self._read(work, wanted, spec), wanted.type)
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


def _plain(spec: FieldSpec) -> dict[str, Any]:
    """The keys that say how the text of each of several columns is read."""
    return {key: getattr(spec, key) for key in ("missing", "pattern", "whole", "map", "otherwise")}


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


def _as_text(found: pl.Series, kind: Type) -> pl.Series:
    """A typed column as an own measure reads it: durations in seconds, moments in UTC."""
    if kind is Type.DURATION:
        whole, part = found.abs() // 1_000_000, found.abs() % 1_000_000
        text = whole.cast(pl.String) + "." + part.cast(pl.String).str.zfill(6)
        negative = (found < 0).fill_null(value=False)
        return ("-" + text).zip_with(negative, text).str.replace(r"\.?0+$", "")
    if kind is Type.TIME:
        return found.dt.strftime("%Y-%m-%d %H:%M:%S")
    return found.cast(pl.String)


def _duration(text: pl.Series, spec: FieldSpec, _zone: str) -> pl.Series:
    unit = None if spec.unit == "percent" else spec.unit
    return durations.durations(text, unit=unit, counted=lambda: values.numbers(text, spec))


def _moment(text: pl.Series, spec: FieldSpec, zone: str) -> pl.Series:
    return times.moments(text, formats=spec.format, zone=zone, column=spec.shown_column)


def _version(text: pl.Series, spec: FieldSpec, zone: str) -> pl.Series:
    """A counter as it is, a moment as microseconds since 1970."""
    if not spec.format:
        counter = text.cast(pl.Float64, strict=False).round().cast(pl.Int64, strict=False)
        # One stray word among counters does not make the others times.
        if counter.count() * 2 > text.count() or not text.count():
            return counter
    return _moment(text, spec, zone).dt.timestamp("us")


_READERS: dict[Type, Callable[[pl.Series, FieldSpec, str], pl.Series]] = {
    Type.TEXT: lambda text, _spec, _zone: text,
    Type.TIME: _moment,
    Type.DURATION: _duration,
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
