"""Item scores: what a KPI's value is worth on the scale of a scorecard's item. Pure functions.

0 at the floor, 100 at the target, 120 at the stretch, linear between and clamped; without a stretch
100 is the most. A band gives 100 from `low` to `high` and falls linearly to 0 at its outer limits.

On relaxed days the distance from floor to target (from outer limit to band) is multiplied by a
factor of at most 1, and so is the distance to the stretch: 0.8 asks for 80 % of the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

FULL = 100
MOST = 120


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that give 0, 100 and 120 points; a band when `low` is given.

    `floor` below `target` for KPIs that are better higher, above it for those better lower.
    """

    floor: Decimal | None = None
    target: Decimal | None = None
    stretch: Decimal | None = None
    outer_low: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    outer_high: Decimal | None = None

    @property
    def is_band(self) -> bool:
        """Whether the best values lie between two limits."""
        return self.low is not None


def item_score(value: Decimal, scale: Scale, *, factor: Decimal = Decimal(1)) -> Decimal:
    """The points of a value, 0 to 120, with 28 significant digits."""
    if scale.is_band:
        outer_low, low, high, outer_high = _band(scale)
        rising = _reached(value - outer_low, (low - outer_low) * factor)
        falling = _reached(outer_high - value, (outer_high - high) * factor)
        return min(rising, falling)
    floor, target, stretch = _line(scale)
    sign = 1 if target > floor else -1
    way, whole = sign * (value - floor), sign * (target - floor) * factor
    if way <= whole:
        return _reached(way, whole)
    if stretch is None:
        return Decimal(FULL)
    further = sign * (stretch - target) * factor
    return min(Decimal(MOST), FULL + (MOST - FULL) * (way - whole) / further)


def _reached(way: Decimal, whole: Decimal) -> Decimal:
    """Points on the way from 0 to 100; an edge without slope is a step that counts as reached."""
    if whole == 0:
        return Decimal(FULL) if way >= 0 else Decimal(0)
    return min(Decimal(FULL), max(Decimal(0), FULL * way / whole))


def item_score_expr(value: pl.Expr, scale: Scale, *, factor: pl.Expr) -> pl.Expr:
    """The same for columns of Float64; null stays null."""
    if scale.is_band:
        outer_low, low, high, outer_high = (float(limit) for limit in _band(scale))
        rising = _reached_expr(value - outer_low, factor * (low - outer_low))
        falling = _reached_expr(outer_high - value, factor * (outer_high - high))
        # A minimum of columns would skip nulls; both are null for the same rows here.
        return pl.min_horizontal(rising, falling)
    floor, target, stretch = _line(scale)
    sign = 1.0 if target > floor else -1.0
    way = (value - float(floor)) * sign
    whole = factor * (float(target - floor) * sign)
    reached = _reached_expr(way, whole)
    if stretch is None:
        return reached
    further = factor * (float(stretch - target) * sign)
    beyond = (FULL + divided((way - whole) * (MOST - FULL), further)).clip(FULL, MOST)
    return pl.when(way > whole).then(beyond).otherwise(reached)


def divided(top: pl.Expr, by: pl.Expr) -> pl.Expr:
    """`top` ÷ `by`, of Float64, rounded once.

    polars multiplies by the reciprocal where the divisor is one number for all rows, which rounds
    twice: a score would depend on the rows computed with it. So it is made a column of its own.
    """
    return top / (by + top * 0.0)


def _reached_expr(way: pl.Expr, whole: pl.Expr) -> pl.Expr:
    step = pl.when(way >= 0).then(float(FULL)).when(way < 0).then(0.0)
    return pl.when(whole == 0).then(step).otherwise(divided(way * FULL, whole).clip(0, FULL))


def _line(scale: Scale) -> tuple[Decimal, Decimal, Decimal | None]:
    if scale.floor is None or scale.target is None:
        raise ValueError("A scale needs a floor and a target, or a band.")
    return scale.floor, scale.target, scale.stretch


def _band(scale: Scale) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    limits = (scale.outer_low, scale.low, scale.high, scale.outer_high)
    found = tuple(limit for limit in limits if limit is not None)
    if len(found) != len(limits):
        raise ValueError("A band needs four limits.")
    return found[0], found[1], found[2], found[3]
