"""What scores are computed from: agents' and teams' figures, days worked, the channel of most work.

Totals are read once, by day; the figures of days, weeks and months are rolled up from them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from incentives.org.models import CalendarDay
from scoring.figures.frames import MILLION, read_sums
from scoring.figures.item_scores import divided
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Period, Span
from scoring.scorecards.cards import Card
from scoring.scorecards.points_lost import TEAM

# Factors have two decimals: their sums are exact in hundredths.
HUNDRED = 100
_CUT = {Period.DAY: "1d", Period.WEEK: "1w", Period.MONTH: "1mo"}
_CONTACTS = "=handled"
# A day and a team in one number: the latest day's team is a maximum (as in scoring.figures.frames).
_TEAM_BITS = 40


@dataclass(frozen=True, slots=True)
class ScoreCalendar:
    """The days of a span that do not count like others."""

    excluded: frozenset[date]
    relaxed: dict[date, Decimal]


@dataclass(frozen=True, slots=True)
class Days:
    """The totals of a span's counted days.

    `agents` has one row for each agent and day: agent_id, day, latest, asked, KEY.n and KEY.d;
    `work` agent_id, day, channel_id, contacts; `teams` team_id, day and the sums that cards need
    of teams, or None.
    """

    span: Span
    metrics: Sequence[Metric]
    team_metrics: Sequence[Metric]
    agents: pl.DataFrame
    work: pl.DataFrame
    teams: pl.DataFrame | None


def read_calendar(span: Span) -> ScoreCalendar:
    """The excluded and the relaxed days of a span, by one query."""
    days = CalendarDay.objects.exclude(treatment=CalendarDay.Treatment.COUNTS).order_by("day")
    if span.start:
        days = days.filter(day__gte=span.start)
    if span.end:
        days = days.filter(day__lte=span.end)
    rows = list(days.values_list("day", "treatment", "factor"))
    return ScoreCalendar(
        frozenset(day for day, how, _f in rows if how == CalendarDay.Treatment.EXCLUDED),
        {day: factor for day, how, factor in rows if how == CalendarDay.Treatment.RELAXED},
    )


def read_days(*, cards: Sequence[Card], span: Span, agents: Collection[int] | None) -> Days:
    """The totals of agents (None: of all) and of every team; three queries, whatever the span."""
    calendar = read_calendar(span)
    metrics = list({each.key: each for card in cards for each in card.metrics}.values())
    rows = read_sums(
        metrics=[*metrics, *find_metrics([_CONTACTS]).values()],
        span=span,
        period=Period.DAY,
        by="agent",
        by_channel=True,
        agents=agents,
        except_days=calendar.excluded,
    ).rename({"starts_on": "day", f"{_CONTACTS}.n": "contacts"})
    days_since = pl.col("day").cast(pl.Int64) * (1 << _TEAM_BITS)
    rows = rows.with_columns(latest=days_since | pl.col("team_id").fill_null(0))
    by_day = rows.group_by("agent_id", "day").agg(pl.max("latest"), *_sums(rows, metrics))
    team_metrics = _team_metrics(cards)
    return Days(
        span=span,
        metrics=metrics,
        team_metrics=team_metrics,
        agents=by_day.with_columns(_asked(calendar)),
        work=rows.select("agent_id", "day", "channel_id", "contacts"),
        teams=_read_teams(team_metrics, span, calendar) if team_metrics else None,
    )


def _read_teams(metrics: Sequence[Metric], span: Span, calendar: ScoreCalendar) -> pl.DataFrame:
    """The teams' sums by day, facts without agent included."""
    teams = read_sums(
        metrics=metrics, span=span, period=Period.DAY, by="team", except_days=calendar.excluded
    )
    return teams.rename({"starts_on": "day"})


def read_rows(*, cards: Sequence[Card], span: Span, agents: Collection[int] | None) -> pl.DataFrame:
    """One row for each agent with counted totals in the whole span, as `score_rows` takes it.

    `starts_on` is the span's last day.
    """
    return rows_of(read_days(cards=cards, span=span, agents=agents), None)


def rows_of(days: Days, period: Period | None) -> pl.DataFrame:
    """One row for each agent and period (without one, for the whole span), for `score_rows`."""
    keys = ["agent_id", "starts_on"]
    rows = days.agents.with_columns(_starts_on(period, days.span), days=pl.lit(1, pl.UInt32))
    if period is not Period.DAY:
        latest, many, asked = pl.max("latest"), pl.sum("days"), pl.sum("asked")
        rows = rows.group_by(keys).agg(latest, many, asked, *_sums(rows, days.metrics))
    team = pl.col("latest") & ((1 << _TEAM_BITS) - 1)
    rows = rows.with_columns(team_id=pl.when(team != 0).then(team)).drop("latest")
    rows = rows.join(_main_channel(days, period), on=keys).with_columns(values(days.metrics))
    return with_team_figures(rows, days, period)


def with_team_figures(rows: pl.DataFrame, days: Days, period: Period | None) -> pl.DataFrame:
    """Add the figures that each row's team has in the same period, under "team:KEY…"."""
    if days.teams is None:
        return rows
    keys = ["team_id", "starts_on"]
    teams = days.teams.with_columns(_starts_on(period, days.span))
    teams = teams.group_by(keys).agg(_sums(teams, days.team_metrics))
    teams = teams.with_columns(values(days.team_metrics))
    teams = teams.rename({name: f"{TEAM}{name}" for name in teams.columns if name not in keys})
    return rows.join(teams, on=keys, how="left")


def values(metrics: Sequence[Metric]) -> list[pl.Expr]:
    """Each metric's value: n ÷ d times its factor (the sum itself without d); null without d.

    Both are whole numbers in floats here, so that the value is rounded once, by the division.
    """
    return [_value(metric).alias(metric.key) for metric in metrics]


def _value(metric: Metric) -> pl.Expr:
    n = pl.col(f"{metric.key}.n").cast(pl.Float64)
    if metric.bottom is None:
        return divided(n, pl.lit(float(MILLION)))
    d = pl.col(f"{metric.key}.d").cast(pl.Float64)
    return pl.when(d != 0).then(divided(n * metric.factor, d))


def _team_metrics(cards: Sequence[Card]) -> list[Metric]:
    used = [item.metric for card in cards for item in card.items if item.uses_team]
    return list({metric.key: metric for metric in used}.values())


def _sums(frame: pl.DataFrame, metrics: Sequence[Metric]) -> list[pl.Expr]:
    """KEY.n and KEY.d added up; null where nothing was measured in any row."""
    names = [f"{metric.key}.{part}" for metric in metrics for part in "nd"]
    return [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)
        if frame[name].null_count()
        else pl.col(name).sum()
        for name in names
    ]


def _main_channel(days: Days, period: Period | None) -> pl.DataFrame:
    """agent_id, starts_on, channel_id: the one with most contacts; the lower id among equals."""
    keys = ["agent_id", "starts_on"]
    work = days.work.with_columns(_starts_on(period, days.span))
    work = work.group_by(*keys, "channel_id").agg(pl.sum("contacts"))
    most = work.sort("contacts", "channel_id", descending=[True, False])
    return most.unique(keys, keep="first", maintain_order=True).drop("contacts")


def _asked(calendar: ScoreCalendar) -> pl.Expr:
    """Each day's factor in hundredths; 100 unless the day is relaxed."""
    if not calendar.relaxed:
        return pl.lit(HUNDRED, pl.Int64).alias("asked")
    given = {day: int(factor * HUNDRED) for day, factor in calendar.relaxed.items()}
    found = pl.col("day").replace_strict(given, default=HUNDRED, return_dtype=pl.Int64)
    return found.alias("asked")


def _starts_on(period: Period | None, span: Span) -> pl.Expr:
    first = pl.lit(span.end, pl.Date) if period is None else pl.col("day").dt.truncate(_CUT[period])
    return first.alias("starts_on")
