"""Frames: every metric that anyone needs over one window, by one grouped query over totals.

All amounts stay exact: sums are read as whole millionths (the totals have six decimals) into
128-bit integers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl
from django.db import connection

from scoring.copying import copy_out
from scoring.figures.metrics import Metric
from scoring.figures.query import AGENT_DAY, TEAM_DAY, Sql
from scoring.figures.windows import EVERYTHING, ONE_DAY, Period, Span

By = Literal["agent", "team", "company"]
MILLION = 1_000_000
_EXACT = pl.Decimal(38, 6)
# A day and a team in one number, so that the latest day's team is a maximum and needs no sort.
_TEAM_BITS = 40
_LATEST = f"max((f.day - DATE '0001-01-01')::bigint << {_TEAM_BITS} | coalesce(f.team_id, 0))"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: pl.DataType
    sql: str
    params: Sequence[Any] = ()


def natural(millionths: pl.Expr) -> pl.Expr:
    """Whole millionths as Float64 in natural units, rounded once.

    Through decimals: polars divides floats by a constant with its reciprocal, which rounds twice.
    """
    return (millionths.cast(_EXACT) / MILLION).cast(pl.Float64)


def read_sums(
    *,
    metrics: Sequence[Metric],
    span: Span = EVERYTHING,
    spans: Mapping[str, Span] | None = None,
    period: Period | None = None,
    by: By,
    agents: Collection[int] | None = None,
    channels: Collection[int] | None = None,
    except_days: Collection[date] = (),
    by_channel: bool = False,
    daily_from: date | None = None,
) -> pl.DataFrame:
    """One row for each agent (team, or the company) with totals in `span`, by ONE grouped query.

    `span` includes both ends. With `period` there is one row for each period (column `starts_on`,
    its first day; periods at the ends of the span count only their days inside it). With `spans`
    there is one row for each named span in which there are totals (column `window`, the name).
    Restrictions of None restrict nothing, empty ones select nothing.

    Columns: `agent_id` and `team_id` (the team credited on the agent's last day there; null for
    none) or `team_id` (by team; totals of no team are left out); then for each metric KEY its
    numerator `KEY.n` and denominator `KEY.d`, exact: Int128, in millionths; d is null for a plain
    sum. Rows are ordered by their keys.

    With `by_channel` there is one row for each channel too (column `channel_id`). Of days, those
    before `daily_from` come together as the day before it.
    """
    keys = _keys(by, spans, period, daily_from)
    keys += [_Column("channel_id", pl.Int64(), "f.channel_id")] if by_channel else []
    others = [_Column("latest", pl.Int64(), _LATEST)] if by == "agent" else []
    others += [
        _Column(f"{metric.key}.{part}", _EXACT, *sql)
        for metric in metrics
        for part, sql in zip("nd", metric.sums(), strict=True)
    ]
    sql = _select([*keys, *others])
    sql.add(f" FROM {AGENT_DAY if by == 'agent' or agents is not None else TEAM_DAY} f")
    _add_spans(sql, spans)
    _add_conditions(sql, _hull(span, spans), agents, channels, except_days)
    if by == "team":
        sql.add(" AND f.team_id IS NOT NULL")
    if keys:
        sql.add(f" GROUP BY {', '.join(str(at + 1) for at in range(len(keys)))}")
    frame = _fetch(sql, [*keys, *others]).sort([column.name for column in keys])
    return _tidied(frame, [column.name for column in keys], metrics)


def _keys(
    by: By,
    spans: Mapping[str, Span] | None,
    period: Period | None,
    daily_from: date | None = None,
) -> list[_Column]:
    """The columns that rows are grouped by."""
    keys = []
    if by != "company":
        keys.append(_Column(f"{by}_id", pl.Int64(), f"f.{by}_id"))
    if spans is not None:
        keys.append(_Column("window", pl.String(), "w.name"))
    if period is Period.DAY:
        day = ("greatest(f.day, %s)", [daily_from - ONE_DAY]) if daily_from else ("f.day", [])
        keys.append(_Column("starts_on", pl.Date(), *day))
    elif period is not None:
        if period is Period.ALL:
            raise ValueError("The period 'all' has no first day: leave the period out.")
        cut = f"date_trunc('{period.value}', f.day)::date"
        keys.append(_Column("starts_on", pl.Date(), cut))
    return keys


def _select(columns: Sequence[_Column]) -> Sql:
    sql = Sql("SELECT ")
    for at, column in enumerate(columns):
        sql.add(", " if at else "").add(column.sql, *column.params)
    return sql


def _add_spans(sql: Sql, spans: Mapping[str, Span] | None) -> None:
    """Join the named windows, so that a day counts in each window that it lies in."""
    if spans is None:
        return
    names = list(spans)
    starts = [spans[name].start or date.min for name in names]
    ends = [spans[name].end or date.max for name in names]
    sql.add(
        " JOIN unnest(%s::text[], %s::date[], %s::date[]) AS w(name, first, last)"
        " ON f.day BETWEEN w.first AND w.last",
        names,
        starts,
        ends,
    )


def _hull(span: Span, spans: Mapping[str, Span] | None) -> Span:
    """The days that can matter: what is read stays as small as the windows allow."""
    if not spans:
        return span
    starts = [window.start or date.min for window in spans.values()]
    ends = [window.end or date.max for window in spans.values()]
    return Span(max(span.start or date.min, min(starts)), min(span.end or date.max, max(ends)))


def _add_conditions(
    sql: Sql,
    span: Span,
    agents: Collection[int] | None,
    channels: Collection[int] | None,
    except_days: Collection[date],
) -> None:
    sql.add(" WHERE TRUE")
    if span.start is not None:
        sql.add(" AND f.day >= %s", span.start)
    if span.end is not None:
        sql.add(" AND f.day <= %s", span.end)
    if agents is not None:
        sql.add(" AND f.agent_id = ANY(%s::bigint[])", list(agents))
    if channels is not None:
        sql.add(" AND f.channel_id = ANY(%s::bigint[])", list(channels))
    if except_days:
        sql.add(" AND f.day <> ALL(%s::date[])", list(except_days))


def _fetch(sql: Sql, columns: Sequence[_Column]) -> pl.DataFrame:
    schema = {column.name: column.kind for column in columns}
    with connection.cursor() as cursor:
        return copy_out(cursor, sql.text, schema, sql.params)


def _tidied(frame: pl.DataFrame, keys: Sequence[str], metrics: Sequence[Metric]) -> pl.DataFrame:
    sums = [f"{metric.key}.{part}" for metric in metrics for part in "nd"]
    frame = frame.with_columns(pl.col(name).to_physical() for name in sums)
    if "latest" not in frame.columns:
        return frame
    team = pl.col("latest") & ((1 << _TEAM_BITS) - 1)
    frame = frame.with_columns(team_id=pl.when(team != 0).then(team))
    return frame.select(*keys, "team_id", *sums)
