"""How figures read on a page: rounded, with their unit, in words against their target."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from incentives.org.notation import NO_DATA, SECONDS_ALONE, duration, money, number, percent
from scoring.figures.expressions import Expression
from scoring.models import Kpi

# Others take the plain notations from here too.
__all__ = [
    "NO_DATA",
    "Change",
    "Verdict",
    "amount",
    "change",
    "duration",
    "expression_in_words",
    "limit",
    "number",
    "percent",
    "shown",
    "target_in_words",
    "verdict",
]

_DECIMALS = {"%": 1, "points": 1, "score": 2, "hours": 1}
_MINUTE = 60
_HOUR = 3600


def shown(value: Decimal | None, unit: str) -> str:
    """A value with its unit in the reader's notation; a dash without data."""
    if value is None:
        return NO_DATA
    if unit == "seconds":
        return duration(value)
    if unit == "money":
        return money(value)
    if unit == "%":
        return percent(value, _DECIMALS["%"])
    return number(value, _DECIMALS.get(unit, 0 if value == value.to_integral_value() else 2))


def amount(value: Decimal | int | None) -> str:
    """A sum or count as it is: no decimals unless it has some (at most two)."""
    if value is None:
        return NO_DATA
    return number(Decimal(value), 0 if value == int(value) else 2)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A value against its target: `tone` is good or care, `text` says it in words."""

    tone: str
    text: str


def verdict(kpi: Kpi, value: Decimal | None) -> Verdict | None:
    """How a value stands against the KPI's target or band; None without either."""
    if value is None:
        return None
    if kpi.direction == Kpi.Direction.BAND:
        return _band_verdict(kpi, value)
    if kpi.target is None:
        return None
    higher = kpi.direction == Kpi.Direction.HIGHER
    if value >= kpi.target if higher else value <= kpi.target:
        return Verdict("good", _("on target"))
    return Verdict("care", _("below target") if higher else _("above target"))


def _band_verdict(kpi: Kpi, value: Decimal) -> Verdict | None:
    if kpi.low is not None and value < kpi.low:
        return Verdict("care", _("below the band"))
    if kpi.high is not None and value > kpi.high:
        return Verdict("care", _("above the band"))
    return None if kpi.low is None and kpi.high is None else Verdict("good", _("inside the band"))


@dataclass(frozen=True, slots=True)
class Change:
    """A difference to another stretch of days; `tone` is better, worse or same."""

    tone: str
    text: str


def change(kpi: Kpi, value: Decimal | None, before: Decimal | None) -> Change | None:
    """The change from `before`, with a sign and an arrow; None when either is missing."""
    if value is None or before is None:
        return None
    difference = value - before
    text = _difference(abs(difference), kpi.unit)
    if not any(figure in text for figure in "123456789"):
        return Change("same", _("no change"))
    arrow = f"▲ +{text}" if difference > 0 else f"▼ −{text}"
    return Change(_tone(kpi, value, before), arrow)


def _difference(difference: Decimal, unit: str) -> str:
    """A difference of percentages is in points: from 80 % to 84 % is +4 points, not +4 %."""
    if unit == "%":
        return _("%(number)s points") % {"number": number(difference, _DECIMALS["%"])}
    return shown(difference, unit)


def _tone(kpi: Kpi, value: Decimal, before: Decimal) -> str:
    """More work is neither better nor worse unless a count has a target; nor a move in a band."""
    if not kpi.denominator and kpi.target is None and kpi.direction != Kpi.Direction.BAND:
        return "same"
    if kpi.direction == Kpi.Direction.BAND:
        nearer = _outside(kpi, before) - _outside(kpi, value)
        return "better" if nearer > 0 else "worse" if nearer < 0 else "same"
    rises = value > before
    return "better" if rises == (kpi.direction == Kpi.Direction.HIGHER) else "worse"


def _outside(kpi: Kpi, value: Decimal) -> Decimal:
    """How far a value lies outside the KPI's band; without limits, how far from its target."""
    low = kpi.target if kpi.low is None and kpi.high is None else kpi.low
    high = kpi.target if kpi.low is None and kpi.high is None else kpi.high
    below = low - value if low is not None else Decimal(0)
    above = value - high if high is not None else Decimal(0)
    return max(below, above, Decimal(0))


def expression_in_words(expression: Expression, names: Mapping[str, str]) -> str:
    """An expression with the measures' names instead of their keys."""
    words = ""
    for key, factor in expression.terms:
        sign = "−" if factor < 0 else "+"
        times = "" if abs(factor) == 1 else f"{number_format(abs(factor))} × "
        lead = f" {sign} " if words else ("−" if factor < 0 else "")
        words += f"{lead}{times}{names.get(key, key)}"
    return words


def target_in_words(kpi: Kpi) -> str:
    """The target, such as “at least 90 %”; empty without one."""
    if kpi.direction == Kpi.Direction.BAND and kpi.low is not None and kpi.high is not None:
        ends = {"low": limit(kpi.low, kpi.unit), "high": limit(kpi.high, kpi.unit)}
        return _("%(low)s to %(high)s") % ends
    if kpi.target is None:
        return ""
    value = {"value": limit(kpi.target, kpi.unit)}
    if kpi.direction == Kpi.Direction.LOWER:
        return _("at most %(value)s") % value
    return (
        _("at least %(value)s") % value
        if kpi.direction == Kpi.Direction.HIGHER
        else _("about %(value)s") % value
    )


def limit(value: Decimal, unit: str) -> str:
    """A target or benchmark as someone wrote it: without decimals that say nothing."""
    if value != value.to_integral_value():
        return shown(value, unit)
    if unit == "seconds":
        whole_minutes = value >= SECONDS_ALONE and value % _MINUTE == 0 and value < _HOUR
        if whole_minutes:
            return _("%(minutes)s min") % {"minutes": number(value / _MINUTE, 0)}
        return duration(value)
    return percent(value, 0) if unit == "%" else number(value, 0)
