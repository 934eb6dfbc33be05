"""Judging amounts against one criterion: exactly, in whole millionths of 128 bits.

A ratio n ÷ d is compared by multiplying out, n·q against p·d for the value p/q, and ranked by its
first 45 decimals, which is more than two different ratios of such amounts can share.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from scoring.criteria.schema import Criterion
from scoring.figures.frames import MILLION, natural
from scoring.figures.metrics import Metric
from scoring.models import Kpi

_DIGITS = 10**15
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
# Progress of what is not met stays visibly below 100 %.
_NEARLY = 0.99


def judge(frame: pl.DataFrame, *, leaf: Criterion, metric: Metric) -> pl.DataFrame:
    """Add met (bool), progress (0–1) and value (Float64) to rows of n and d in millionths.

    With a percentile the rows need `rank` and `places` from `ranked`. No data never meets.
    """
    frame = frame.with_columns(value=_value(metric))
    holds = _holds(leaf, metric).fill_null(value=False)
    enough = (_volume(metric) >= _whole(leaf.least * MILLION)).fill_null(value=False)
    return frame.with_columns(holds=holds, enough=enough).with_columns(
        met=pl.col("holds") & pl.col("enough"),
        progress=_progress(leaf, metric),
    )


def met_by(leaf: Criterion, metric: Metric) -> pl.Expr:
    """Whether rows of n and d (and of `rank` and `places`) meet the criterion; never null."""
    enough = _volume(metric) >= _whole(leaf.least * MILLION)
    return (_holds(leaf, metric) & enough).fill_null(value=False)


def met_by_nothing(leaf: Criterion, metric: Metric) -> bool:
    """Whether someone without any totals meets it: a plain sum of 0 may do, a ratio never does."""
    if metric.bottom is not None or leaf.percentile is not None or leaf.value is None:
        return False
    holds: bool = _COMPARE[leaf.op or "="](Decimal(0), leaf.value)
    return holds and leaf.least <= 0


def ranked(frame: pl.DataFrame, *, leaf: Criterion, metric: Metric, within: str) -> pl.DataFrame:
    """Add to each row its `rank` and how many `places` are at the top, and how many it is `of`.

    Ranked are rows with data and the least volume, in each value of the column `within` (and in
    each team). Equal values share a rank (1, 2, 2, 4); the top P % of N are ⌈N·P/100⌉ places, and
    all who share the last place are in.
    """
    if leaf.percentile is None:
        return frame
    counted = frame.filter(_volume(metric) >= _whole(leaf.least * MILLION), _has_data(metric))
    counted = counted.with_columns(_order(metric).alias("order"))
    groups = [within]
    if leaf.percentile.among == "team" and "team_id" in frame.columns:
        counted, groups = counted.filter(pl.col("team_id").is_not_null()), [within, "team_id"]
    top, parts = leaf.percentile.top.as_integer_ratio()
    falling = metric.direction != Kpi.Direction.LOWER
    counted = counted.with_columns(
        rank=pl.col("order").rank("min", descending=falling).over(groups).cast(pl.Int64),
        of=pl.len().over(groups).cast(pl.Int64),
    ).with_columns(places=(pl.col("of") * top + (100 * parts - 1)) // (100 * parts))
    ranks = counted.select("subject_id", within, "rank", "of", "places")
    return frame.join(ranks, on=["subject_id", within], how="left")


def _whole(number: int | Decimal) -> pl.Expr:
    return pl.lit(int(number), dtype=pl.Int128)


def _has_data(metric: Metric) -> pl.Expr:
    has = pl.col("n").is_not_null()
    return has if metric.bottom is None else has & (pl.col("d") != 0)


def _volume(metric: Metric) -> pl.Expr:
    return pl.col("n") if metric.bottom is None else pl.col("d")


def _value(metric: Metric) -> pl.Expr:
    """For showing and for progress; what is met never depends on it."""
    if metric.bottom is None:
        return natural(pl.col("n"))
    ratio = (pl.col("n") * metric.factor).cast(pl.Float64) / pl.col("d").cast(pl.Float64)
    return pl.when(pl.col("d") != 0).then(ratio)


def _signed(metric: Metric) -> tuple[pl.Expr, pl.Expr]:
    """n and d of the same ratio with a positive d (null for 0); n and one million for a sum."""
    if metric.bottom is None:
        return pl.col("n"), _whole(MILLION)
    sign = pl.when(pl.col("d") > 0).then(_whole(1)).when(pl.col("d") < 0).then(_whole(-1))
    return pl.col("n") * metric.factor * sign, pl.col("d") * sign


def _holds(leaf: Criterion, metric: Metric) -> pl.Expr:
    if leaf.percentile is not None:
        return pl.col("rank") <= pl.col("places")
    if leaf.value is None:
        raise ValueError("A criterion has a value or a percentile.")
    numerator, denominator = leaf.value.as_integer_ratio()
    top, bottom = _signed(metric)
    left, right = top * _whole(denominator), bottom * _whole(numerator)
    met: pl.Expr = _COMPARE[leaf.op or "="](left, right)
    return met


def _order(metric: Metric) -> pl.Expr:
    """Something that sorts as n ÷ d does, exactly: its decimals by long division."""
    if metric.bottom is None:
        return pl.col("n")
    rest, bottom = _signed(metric)
    digits = [(rest // bottom).alias("whole")]
    for name in ("first", "second", "third"):
        rest = (rest % bottom) * _whole(_DIGITS)
        digits.append((rest // bottom).alias(name))
    return pl.struct(digits)


def _progress(leaf: Criterion, metric: Metric) -> pl.Expr:
    """How much of the way is done: of the comparison or of the least volume, whichever is less."""
    parts = [pl.when(pl.col("holds")).then(1.0).otherwise(_way(leaf).fill_null(0.0))]
    if leaf.least:
        volume = _volume(metric).cast(pl.Float64) / (float(leaf.least) * MILLION)
        parts.append(volume.fill_null(0.0).clip(0.0, 1.0))
    done = pl.min_horizontal(parts)
    met = pl.col("holds") & pl.col("enough")
    return pl.when(met).then(1.0).otherwise(done.clip(0.0, _NEARLY))


def _way(leaf: Criterion) -> pl.Expr:
    """The way to a value: its share of what is needed, or what is allowed as a share of it."""
    if leaf.percentile is not None:
        return pl.col("places") / pl.col("rank")
    goal, value = float(leaf.value or 0), pl.col("value")
    if goal <= 0 or leaf.op == "!=":
        return pl.lit(0.0)
    reached, allowed = value / goal, pl.when(value > 0).then(goal / value)
    if leaf.op in (">=", ">"):
        return reached
    if leaf.op in ("<=", "<"):
        return allowed
    return pl.min_horizontal(reached, allowed)
