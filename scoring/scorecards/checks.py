"""What is wrong with a scorecard: one sentence for each thing, and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from scoring.figures.item_scores import MOST
from scoring.figures.kpis import plain
from scoring.models import Kpi, Scorecard, ScorecardItem

BAND = ("outer_low", "low", "high", "outer_high")
LINE = ("floor", "target", "stretch")
OPERATORS = (">=", ">", "<=", "<", "=")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong; `item` is the item's place, None for the card; `field` the field's name."""

    message: str
    field: str = ""
    item: int | None = None


def problems_of(card: Scorecard, items: Sequence[ScorecardItem]) -> list[Problem]:
    """Everything wrong with a card and its items, dates aside; empty when it can be published."""
    found = [*_of_weights(items), *_of_repetitions(items)]
    for at, item in enumerate(items):
        found += [Problem(text, field, at) for field, text in item_problems(item).items()]
    keys = {item.kpi.key: at for at, item in enumerate(items)}
    return found + list(_of_guards(card.guards, keys))


def weight_in_words(items: Sequence[ScorecardItem]) -> str:
    """A sentence about weights that do not add up to 100; empty when they do."""
    total = sum((Decimal(item.weight) for item in items), Decimal(0))
    if total == 100:
        return ""
    words = {"total": plain(total), "difference": plain(abs(100 - total))}
    if total < 100:
        return _("The weights add up to %(total)s: %(difference)s are missing to 100.") % words
    return _("The weights add up to %(total)s: that is %(difference)s too many.") % words


def _of_weights(items: Sequence[ScorecardItem]) -> Iterator[Problem]:
    if not items:
        yield Problem(_("The scorecard is empty: add at least one item."))
        return
    words = weight_in_words(items)
    if words:
        yield Problem(words, "weight")


def _of_repetitions(items: Sequence[ScorecardItem]) -> Iterator[Problem]:
    counted = Counter(item.kpi_id for item in items)
    seen: set[int] = set()
    for at, item in enumerate(items):
        if counted[item.kpi_id] > 1 and item.kpi_id in seen:
            text = _("“%(kpi)s” is in the scorecard twice: remove one of them.")
            yield Problem(text % {"kpi": item.kpi.name}, "kpi", at)
        seen.add(item.kpi_id)


def item_problems(item: ScorecardItem) -> dict[str, str]:
    """What is wrong with one item, by field."""
    kpi = item.kpi
    found: dict[str, str] = {}
    if kpi.archived:
        found["kpi"] = _("“%(kpi)s” is archived: choose another KPI.") % {"kpi": kpi.name}
    if item.weight is not None and item.weight <= 0:
        found["weight"] = _("The weight must be above 0.")
    if not kpi.denominator and item.least:
        found["least"] = _("A plain count has no sample size: leave the least volume at 0.")
    if not kpi.denominator and kpi.level == Kpi.Level.TEAM:
        found["kpi"] = _("A team's plain count cannot be scored: choose a share or a mean.")
    scale = _band_problems(item) if kpi.direction == Kpi.Direction.BAND else _line_problems(item)
    return found | scale


def _band_problems(item: ScorecardItem) -> dict[str, str]:
    limits = {name: getattr(item, name) for name in BAND}
    missing = {
        name: _("A band needs this limit.") for name, limit in limits.items() if limit is None
    }
    if missing:
        return missing
    low, high = limits["low"], limits["high"]
    if limits["outer_low"] > low:
        return {"outer_low": _("0 points must lie at or below the band's lower limit.")}
    if low > high:
        return {"high": _("The upper limit is below the lower limit: swap them.")}
    if limits["outer_high"] < high:
        return {"outer_high": _("0 points must lie at or above the band's upper limit.")}
    return {}


def _line_problems(item: ScorecardItem) -> dict[str, str]:
    floor, target, stretch = item.floor, item.target, item.stretch
    if floor is None or target is None:
        text = _("Say which value gives 0 points and which 100.")
        return {"floor": text} if floor is None else {"target": text}
    lower = item.kpi.direction == Kpi.Direction.LOWER
    if lower and target >= floor:
        return {
            "target": _("Lower is better here: the target must lie below the value for 0 points.")
        }
    if not lower and target <= floor:
        return {
            "target": _("Higher is better here: the target must lie above the value for 0 points.")
        }
    if stretch is not None and (stretch >= target if lower else stretch <= target):
        return {"stretch": _("The value for 120 points must be better than the target.")}
    return {}


def _of_guards(guards: Sequence[Mapping[str, Any]], places: Mapping[str, int]) -> Iterator[Problem]:
    known = set(Kpi.objects.values_list("key", flat=True)) if guards else set()
    for guard in guards:
        at = places.get(str(guard.get("kpi")))
        if guard.get("metric") not in known:
            text = _("There is no KPI “%(key)s” to guard with: choose another one.")
            yield Problem(text % {"key": guard.get("metric")}, "guard_metric", at)
        if guard.get("op") not in OPERATORS:
            yield Problem(_("Choose how the guard compares."), "guard_op", at)
        if _decimal(guard.get("value")) is None:
            yield Problem(_("The guard needs a value to compare with."), "guard_value", at)
        most = _decimal(guard.get("at_most"))
        if most is None or not 0 <= most <= MOST:
            yield Problem(_("A guarded item gives 0 to 120 points."), "guard_at_most", at)
        if at is None:
            text = _("A guard belongs to “%(key)s”, which is not in the scorecard: remove it.")
            yield Problem(text % {"key": guard.get("kpi")})


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
