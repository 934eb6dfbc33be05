"""The drawing of a spread: a line from the lowest to the highest, a box of the middle half, a mark."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from scoring.figures.display import number

WIDTH = 200.0
TARGET = 100.0


@dataclass(frozen=True, slots=True)
class BoxDrawing:
    """Places along a box of 200 × 24; `target` is where a score of 100 lies; `words` reads it out."""

    low: str
    quarter: str
    median: str
    width: str
    high: str
    target: str
    words: str


def box(
    low: float,
    quarter: float,
    median: float,
    three_quarters: float,
    high: float,
    *,
    scale: tuple[float, float],
) -> BoxDrawing:
    """The drawing of five figures on a scale from its first to its second value."""
    first, last = scale
    words = {
        name: number(Decimal(str(value)), 1)
        for name, value in (("low", low), ("high", high), ("median", median))
    }

    def across(value: float) -> float:
        share = (value - first) / (last - first) if last > first else 0.5
        return share * WIDTH

    return BoxDrawing(
        low=f"{across(low):.1f}",
        quarter=f"{across(quarter):.1f}",
        median=f"{across(median):.1f}",
        width=f"{max(2.0, across(three_quarters) - across(quarter)):.1f}",
        high=f"{across(high):.1f}",
        target=f"{across(TARGET):.1f}",
        words=_("Scores from %(low)s to %(high)s, median %(median)s") % words,
    )
