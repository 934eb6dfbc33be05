"""What scores are computed from: agents' and teams' figures, days worked, the channel of most work."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from django.db import connection

from incentives.org.models import CalendarDay
from scoring.figure_query import AGENT_DAY, Sql
from scoring.frames import MILLION, read_sums
from scoring.metrics import Metric
from scoring.scorecards.cards import Card
from scoring.scorecards.points_lost import TEAM
from scoring.windows import Period, Span

# Factors have two decimals: their sums are exact in hundredths.
_HUNDRED = 100
_CUT = {Period.DAY: "1d", Period.WEEK: "1w", Period.MONTH: "1mo"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a span that do not count like others."""

    excluded: frozenset[date]
    relaxed: dict[date, Decimal]


def read_calendar(span: Span) -> Calendar:
    """The excluded and the relaxed days of a span, by one query."""
    days = CalendarDay.objects.exclude(treatment=CalendarDay.Treatment.COUNTS).order_by("day")
    if span.start:
        days = days.filter(day__gte=span.start)
    if span.end:
        days = days.filter(day__lte=span.end)
    rows = list(days.values_list("day", "treatment", "factor"))
    return Calendar(
        frozenset(day for day, how, _f in rows if how == CalendarDay.Treatment.EXCLUDED),
        {day: factor for day, how, factor in rows if how == CalendarDay.Treatment.RELAXED},
    )


def read_rows(
    *, cards: Sequence[Card], span: Span, period: Period | None, agents: Collection[int] | None
) -> pl.DataFrame:
    """One row for each agent and period of the span with counted totals, as `score_rows` takes it.

    Without a period the whole span is one, with its last day as `starts_on`. Three grouped queries
    and one for the calendar, whatever the number of cards, agents and days.
    """
    calendar = read_calendar(span)
    metrics = {each.key: each for card in cards for each in card.metrics}
    rows = _valued(
        read_sums(
            metrics=list(metrics.values()),
            span=span,
            period=period,
            by="agent",
            agents=agents,
            except_days=calendar.excluded,
        ),
        list(metrics.values()),
        span,
    )
    rows = rows.join(
        _read_work(span=span, period=period, agents=agents, calendar=calendar),
        on=["agent_id", "starts_on"],
        how="left",
        maintain_order="left",
    )
    return _with_team_figures(rows, _team_metrics(cards), span, period, calendar)


def _valued(frame: pl.DataFrame, metrics: Sequence[Metric], span: Span) -> pl.DataFrame:
    """Add each metric's value: n ÷ d times its factor (the sum itself without d); null without d.

    Both are whole numbers in floats here, so that the value is rounded once, by the division.
    """
    if "starts_on" not in frame.columns:
        frame = frame.with_columns(starts_on=pl.lit(span.end, pl.Date))
    return frame.with_columns(_value(metric).alias(metric.key) for metric in metrics)


def _value(metric: Metric) -> pl.Expr:
    n = pl.col(f"{metric.key}.n").cast(pl.Float64)
    if metric.bottom is None:
        # Not by a constant: polars would multiply by its reciprocal.
        return n / pl.repeat(MILLION, pl.len(), dtype=pl.Float64)
    d = pl.col(f"{metric.key}.d").cast(pl.Float64)
    return pl.when(d != 0).then(n * metric.factor / d)


def _team_metrics(cards: Sequence[Card]) -> list[Metric]:
    used = [item.metric for card in cards for item in card.items if item.uses_team]
    return list({metric.key: metric for metric in used}.values())


def _with_team_figures(
    rows: pl.DataFrame,
    metrics: Sequence[Metric],
    span: Span,
    period: Period | None,
    calendar: Calendar,
) -> pl.DataFrame:
    """Add the figures that each row's team has in the same period, facts without agent included."""
    if not metrics:
        return rows
    teams = read_sums(
        metrics=metrics, span=span, period=period, by="team", except_days=calendar.excluded
    )
    keys = ["team_id", "starts_on"]
    teams = _valued(teams, metrics, span)
    teams = teams.rename({name: f"{TEAM}{name}" for name in teams.columns if name not in keys})
    return rows.join(teams, on=keys, how="left", maintain_order="left")


def _read_work(
    *, span: Span, period: Period | None, agents: Collection[int] | None, calendar: Calendar
) -> pl.DataFrame:
    """agent_id, starts_on, days (worked and counted), factor (mean of those days), channel_id.

    The channel is the one with the most contacts; the lower id among equals.
    """
    sql = Sql("SELECT f.agent_id, f.day, f.channel_id, sum(coalesce(f.handled, 0))")
    sql.add(f" FROM {AGENT_DAY} f WHERE TRUE")
    if span.start:
        sql.add(" AND f.day >= %s", span.start)
    if span.end:
        sql.add(" AND f.day <= %s", span.end)
    if calendar.excluded:
        sql.add(" AND NOT f.day = ANY(%s)", sorted(calendar.excluded))
    if agents is not None:
        sql.add(" AND f.agent_id = ANY(%s)", sorted(agents))
    sql.add(" GROUP BY 1, 2, 3")
    work = _copied(sql).with_columns(starts_on=_starts_on(period, span))
    keys = ["agent_id", "starts_on"]
    days = work.select(*keys, "day").unique().with_columns(_hundredths(calendar))
    days = days.group_by(keys).agg(days=pl.len(), hundredths=pl.sum("hundredths"))
    days = days.with_columns(factor=pl.col("hundredths") / (_HUNDRED * pl.col("days")))
    by_channel = work.group_by(*keys, "channel_id").agg(pl.sum("contacts"))
    most = by_channel.sort("contacts", "channel_id", descending=[True, False])
    most = most.unique(keys, keep="first", maintain_order=True).drop("contacts")
    return days.drop("hundredths").join(most, on=keys)


def _hundredths(calendar: Calendar) -> pl.Expr:
    """Each day's factor in hundredths; 100 unless the day is relaxed."""
    whole = pl.lit(_HUNDRED, pl.Int64)
    if not calendar.relaxed:
        return whole.alias("hundredths")
    given = {day: int(factor * _HUNDRED) for day, factor in calendar.relaxed.items()}
    found = pl.col("day").replace_strict(given, default=_HUNDRED, return_dtype=pl.Int64)
    return found.alias("hundredths")


def _starts_on(period: Period | None, span: Span) -> pl.Expr:
    return pl.lit(span.end, pl.Date) if period is None else pl.col("day").dt.truncate(_CUT[period])


def _copied(sql: Sql) -> pl.DataFrame:
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql.text, sql.params).decode()
        cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT csv)", buffer)
    buffer.seek(0)
    schema = {
        "agent_id": pl.Int64,
        "day": pl.Date,
        "channel_id": pl.Int64,
        "contacts": pl.Int64,
    }
    if not buffer.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(buffer, has_header=False, schema=schema)
