"""What would have changed a score, or met a guard: the smallest step that helps.

Of a score: the smallest step of an item that gives at least a point.

All else equal: the other items, and the team's figures, stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal

from scoring.figures.item_scores import FULL, Scale, item_score
from scoring.figures.kpis import RATIO
from scoring.figures.measures import MEASURES
from scoring.models import Kpi, ScorecardItem
from scoring.scorecards.cards import scale_of

MOST_STEPS = 10
WORTHWHILE = Decimal(1)
NOTICEABLE = Decimal("0.05")
_SAME = Decimal("0.01")
_HUNDREDS = ("%", "points")
# Shares of time (adherence, occupancy) move in steps of five minutes, up to two hours.
_MINUTES_5 = Decimal(300)
_MOST_OF_TIME = 24
Way = Literal["more", "fewer", "longer", "shorter", "better"]


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """An item of a score as it was stored, in natural units; see `stored.items_of`."""

    item: ScorecardItem
    n: Decimal
    d: Decimal | None
    share: Decimal
    item_score: Decimal
    small: bool
    team_value: Decimal | None
    at_most: Decimal | None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Improvement:
    """`count` more (fewer) of something, and the score points it would have given.

    `more` counts what the numerator counts; `fewer` the same, less of it; `longer` and `shorter` are
    shares of time, by `value` seconds; `better` are further measurements, each of `value`.
    """

    way: Way
    count: int
    gain: Decimal
    value: Decimal | None = None


def step_up(figures: ItemFigures) -> Improvement | None:
    """The smallest step that gives a point or fills the item; None where no step helps.

    Without one that gives a whole point within ten, the largest that helps noticeably.
    """
    if not _is_reproduced(figures) or figures.item_score >= FULL:
        return None
    best: Improvement | None = None
    for count in range(1, (_MOST_OF_TIME if is_time(figures.item.kpi) else MOST_STEPS) + 1):
        step = _step(figures, count)
        if step is None:
            break
        if step.gain >= NOTICEABLE and (best is None or step.gain > best.gain):
            best = step
        if step.gain >= WORTHWHILE or step.gain >= _lost(figures, figures.item_score):
            break
    return best


def missing(evidence: Mapping[str, Any], kpi: Kpi) -> tuple[Way, int] | None:
    """How much more (fewer) of what the numerator counts would have met a guard or threshold.

    `evidence` is that of one criterion, see `scoring.criteria.evidence`. None where counting more
    does not answer it: averages, shares of time, the best so many per cent, too small a sample.
    """
    if evidence.get("op") not in (">=", ">", "<=", "<") or kpi.unit not in ("%", "count"):
        return None
    if is_time(kpi) or evidence.get("n") is None or evidence.get("threshold") is None:
        return None
    n, d, limit = (Decimal(str(evidence.get(name) or 0)) for name in ("n", "d", "threshold"))
    if d < Decimal(str(evidence.get("least") or 0)) or (kpi.denominator and not d):
        return None
    wanted = limit * d / 100 if kpi.denominator else limit
    if evidence["op"] in (">=", ">"):
        least = wanted.to_integral_value(ROUND_CEILING)
        least += evidence["op"] == ">" and least == wanted
        possible = not kpi.denominator or least <= d
        return ("more", int(least - n)) if possible and least > n else None
    most = wanted.to_integral_value(ROUND_FLOOR)
    most -= evidence["op"] == "<" and most == wanted
    return ("fewer", int(n - most)) if 0 <= most < n else None


def value_seen(figures: ItemFigures, n: Decimal, d: Decimal | None) -> Decimal | None:
    """The value that is scored: the KPI's, moved towards the team's for a small sample."""
    kpi, least = figures.item.kpi, figures.item.least
    if not d:
        return None
    hundreds = 100 if kpi.denominator and kpi.unit in _HUNDREDS else 1
    value = RATIO.divide(n * hundreds, d)
    shrinks = figures.item.small_sample == ScorecardItem.SmallSample.SHRINK
    if kpi.denominator and d < least and shrinks and figures.team_value is not None:
        return RATIO.divide(d * value + (least - d) * figures.team_value, least)
    return value


def is_time(kpi: Kpi) -> bool:
    """Whether the KPI is a share of time: seconds of seconds."""
    names = re.findall(r"[a-z_]+", kpi.numerator)
    seconds = [name in MEASURES and MEASURES[name].unit == "seconds" for name in names]
    return kpi.unit == "%" and bool(seconds) and all(seconds)


def _is_reproduced(figures: ItemFigures) -> bool:
    """Whether the stored figures give the stored item score: else no promise can be made."""
    kpi = figures.item.kpi
    if kpi.level == Kpi.Level.TEAM or not figures.share:
        return False
    found = score_with(figures, figures.n, figures.d)
    return found is not None and abs(found - figures.item_score) <= _SAME


def score_with(figures: ItemFigures, n: Decimal, d: Decimal | None) -> Decimal | None:
    """The item's score (0 to 120) if n and d were these; None without a value."""
    seen = value_seen(figures, n, d)
    if seen is None:
        return None
    score = item_score(seen, scale_of(figures.item), factor=figures.factor)
    return score if figures.at_most is None else min(score, figures.at_most)


def _step(figures: ItemFigures, count: int) -> Improvement | None:
    kpi, n, d = figures.item.kpi, figures.n, figures.d
    scale = scale_of(figures.item)
    lower = kpi.direction == Kpi.Direction.LOWER
    if not kpi.denominator or kpi.unit == "%":
        if scale.is_band:
            return None
        by = count * (_MINUTES_5 if is_time(kpi) else Decimal(1))
        n += -by if lower else by
        if n < 0 or (kpi.denominator and d is not None and n > d):
            return None
        if is_time(kpi):
            return _gain(figures, "shorter" if lower else "longer", count, n, d, by)
        return _gain(figures, "fewer" if lower else "more", count, n, d)
    aim = _aim(figures, scale)
    if aim is None or d is None:
        return None
    hundreds = 100 if kpi.unit in _HUNDREDS else 1
    return _gain(figures, "better", count, n + count * aim / hundreds, d + count, aim)


def _aim(figures: ItemFigures, scale: Scale) -> Decimal | None:
    """The value that gives 100 points; of a band the limit that is nearer."""
    if not scale.is_band:
        return scale.target
    seen = value_seen(figures, figures.n, figures.d)
    if seen is None or scale.low is None:
        return None
    return scale.low if seen < scale.low else scale.high


def _gain(
    figures: ItemFigures,
    way: Way,
    count: int,
    n: Decimal,
    d: Decimal | None,
    value: Decimal | None = None,
) -> Improvement | None:
    score = score_with(figures, n, d)
    if score is None:
        return None
    gain = _lost(figures, figures.item_score) - _lost(figures, score)
    return Improvement(way, count, gain, value)


def _lost(figures: ItemFigures, score: Decimal) -> Decimal:
    return figures.share * (FULL - score) / 100
