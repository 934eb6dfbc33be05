"""Reading stored scores back: the figures behind them, and what there is to say about each item.

A score keeps the sums that it follows from; everything else about its items is worked out from
them by the functions that made the score, so that an explanation cannot differ from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import polars as pl

from scoring.figures.kpis import RATIO
from scoring.models import Kpi, Score, ScorecardItem
from scoring.scorecards.cards import Card, CardItem, prepare
from scoring.scorecards.figures import values
from scoring.scorecards.points_lost import MILLION, TEAM, TINY, half_up, judged, sums_of

_HUNDREDS = ("%", "points")
Entry: TypeAlias = dict[str, Any]


def items_of(score: Score) -> list[Entry]:
    """The items of a stored score in the card's order; four queries at most.

    Each is {kpi, weight, share, value, n, d, used, item_score, lost, small, team_value, guard}, in
    natural units as Decimal: weight and share in percent (share is what the weight became among the
    items with data; 0 for an item left out, which has no item_score), n, d and value as measured (d
    are the days worked for a plain count), `used` the value that was scored (moved towards the
    team's where `small`), lost = share × (100 − item_score) ÷ 100. `team_value` only where it
    played a part, `guard` only where it was not met: {metric, op, value, actual, at_most}.
    """
    items = list(score.scorecard.items.select_related("kpi"))
    card = prepare([(score.scorecard, items)])[0]
    row = {"days": score.days, "asked": score.asked, "sums": _text(score.sums)}
    rows = restored(pl.DataFrame([row]), card).with_columns(
        pl.lit(value, pl.Float64).alias(f"{TEAM}{item.metric.key}")
        for item, value in zip(card.items, score.team_values, strict=True)
        if item.uses_team
    )
    rows = judged(rows, card)
    found = rows.with_columns(_rounded(rows)).row(0, named=True)
    return [_item(score, found, at, item) for at, item in enumerate(card.items)]


def glances(score: Score, items: Iterable[ScorecardItem]) -> list[Entry]:
    """What lists say about the items: {kpi, value, item_score, lost}, as `items_of` does.

    `items` are all items of the score's card, with their KPIs; no query.
    """
    return [
        {
            "kpi": item.kpi.key,
            "value": _value(score, at, item.kpi),
            "item_score": _fraction(score.points[at], TINY),
            "lost": Decimal(score.lost[at]) / TINY,
        }
        for at, item in enumerate(items)
        if at < len(score.lost)
    ]


def _value(score: Score, at: int, kpi: Kpi) -> Decimal | None:
    if kpi.level == Kpi.Level.TEAM:
        value = score.team_values[at]
        return None if value is None else Decimal(str(value))
    n, d = score.sums[2 * at : 2 * at + 2]
    if not kpi.denominator:
        d = score.days * MILLION
    if n is None or not d:
        return None
    hundreds = 100 if kpi.denominator and kpi.unit in _HUNDREDS else 1
    return RATIO.divide(Decimal(n * hundreds), d)


def restored(scores: pl.DataFrame, card: Card) -> pl.DataFrame:
    """Stored scores of a card with the columns that `judged` takes, but for the teams' values.

    `scores` has their `sums` as PostgreSQL writes arrays.
    """
    names = sums_of(card)
    sums = pl.col("sums").str.strip_chars("{}").str.split_exact(",", len(names) - 1)
    rows = scores.with_columns(sums.struct.rename_fields(names)).unnest("sums")
    rows = rows.with_columns(
        pl.when(pl.col(name) != "NULL").then(pl.col(name)).cast(pl.Int128).alias(name)
        for name in names
    )
    return rows.with_columns(values(card.metrics))


def _text(sums: list[int | None]) -> str:
    return "{" + ",".join("NULL" if each is None else str(each) for each in sums) + "}"


def _rounded(rows: pl.DataFrame) -> list[pl.Expr]:
    """Floats as whole millionths."""
    return [
        half_up(pl.col(name) * MILLION).alias(name)
        for name, kind in rows.schema.items()
        if kind == pl.Float64
    ]


def _item(score: Score, row: Mapping[str, Any], at: int, item: CardItem) -> Entry:
    return {
        "kpi": item.metric.key,
        "weight": item.weight,
        "share": _millionths(row[f"{at}.share"]) or Decimal(0),
        "value": _millionths(row[f"{at}.value"]),
        "n": _millionths(row[f"{at}.n"]),
        "d": _millionths(row[f"{at}.d"]),
        "used": _millionths(row[f"{at}.seen"]),
        "item_score": _fraction(score.points[at], TINY),
        "lost": Decimal(score.lost[at]) / TINY,
        "small": row[f"{at}.small"],
        "team_value": _millionths(row[f"{at}.team"]) if row[f"{at}.rests"] else None,
        "guard": _held_back(row, at, item),
    }


def _held_back(row: Mapping[str, Any], at: int, item: CardItem) -> Entry | None:
    guard = item.guard
    if guard is None or not row[f"{at}.bites"]:
        return None
    return {
        "metric": guard.metric.key,
        "op": guard.op,
        "value": guard.value,
        "actual": _millionths(row[guard.metric.key]),
        "at_most": guard.at_most,
    }


def _millionths(value: int | None) -> Decimal | None:
    return _fraction(value, MILLION)


def _fraction(value: int | None, of: int) -> Decimal | None:
    return None if value is None else Decimal(value) / of
