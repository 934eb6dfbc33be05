"""How figures are written for readers: rounded half-up, grouped, with their unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.numbers import format_currency
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scoring.models import Kpi, Unit

PLACES = {Unit.PERCENT: 1, Unit.POINTS: 1, Unit.SCORE: 2, Unit.HOURS: 1, Unit.COUNT: 1}
NO_VALUE = "–"

Verdict = Literal["better", "worse", "same", "unknown"]


def as_text(value: Decimal | None, unit: str, *, currency: str = "") -> str:
    """A value with its unit, such as “91.8 %” or “4 min 5 s”; a dash when there is none.

    `currency` is the ISO code for money; without it money is a plain number.
    """
    if value is None:
        return NO_VALUE
    if unit == Unit.SECONDS:
        return _duration(value)
    if unit == Unit.MONEY and currency:
        return _money(value, currency)
    number = grouped(value, PLACES.get(Unit(unit), 2))
    if unit == Unit.PERCENT:
        return _("%(number)s %%") % {"number": number}
    if unit == Unit.HOURS:
        return _("%(number)s h") % {"number": number}
    return number


def grouped(value: Decimal, places: int) -> str:
    """A number in the reader's notation, with at most so many decimals and no idle zeros."""
    number = rounded(value, places)
    if number == number.to_integral_value():
        places = 0
    return number_format(number, decimal_pos=places, force_grouping=True).replace("-", "−")


def rounded(value: Decimal, places: int) -> Decimal:
    """Half-up, as people round."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _duration(value: Decimal) -> str:
    sign = "−" if value < 0 else ""
    value = abs(value)
    if value < 90:
        return _("%(number)s s") % {"number": sign + grouped(value, 1 if value < 10 else 0)}
    minutes, seconds = divmod(int(rounded(value, 0)), 60)
    if minutes < 60:
        parts = {"minutes": f"{sign}{minutes}", "seconds": seconds}
        return (_("%(minutes)s min %(seconds)s s") if seconds else _("%(minutes)s min")) % parts
    hours, minutes = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": f"{sign}{hours}", "minutes": minutes}


def _money(value: Decimal, currency: str) -> str:
    locale = "zh_CN" if (get_language() or "").startswith("zh") else "en"
    whole = abs(value) >= 1000
    shown: str = format_currency(
        rounded(value, 0 if whole else 2),
        currency,
        locale=locale,
        format="¤#,##0" if whole else None,
        currency_digits=not whole,
    )
    return shown.replace("-", "−")


@dataclass(frozen=True, slots=True)
class Trend:
    """A change against an earlier stretch, and what it means for this KPI."""

    arrow: str
    change: str
    verdict: Verdict

    @property
    def word(self) -> str:
        """The meaning in a word, so that colour and arrow never stand alone."""
        return {
            "better": _("better"),
            "worse": _("weaker"),
            "same": _("unchanged"),
            "unknown": _("nothing to compare with"),
        }[self.verdict]


def trend(kpi: Kpi, now: Decimal | None, before: Decimal | None, *, currency: str = "") -> Trend:
    """The change of a KPI's value, judged by the KPI's direction (for a band: nearness to it)."""
    if now is None or before is None:
        return Trend("", "", "unknown")
    change = now - before
    text = as_text(abs(change), kpi.unit, currency=currency)
    if text == as_text(Decimal(0), kpi.unit, currency=currency):
        return Trend("＝", "", "same")
    arrow, sign = ("▲", "+") if change > 0 else ("▼", "−")
    return Trend(arrow, sign + text, _verdict(kpi, now, before))


def _verdict(kpi: Kpi, now: Decimal, before: Decimal) -> Verdict:
    gain = _distance(kpi, before) - _distance(kpi, now)
    return "same" if gain == 0 else "better" if gain > 0 else "worse"


def _distance(kpi: Kpi, value: Decimal) -> Decimal:
    """How far a value is from good; only differences of it mean something."""
    if kpi.direction == Kpi.Direction.HIGHER:
        return -value
    if kpi.direction == Kpi.Direction.LOWER:
        return value
    below = kpi.low - value if kpi.low is not None else Decimal(0)
    above = value - kpi.high if kpi.high is not None else Decimal(0)
    return max(below, above, Decimal(0))


def meets_target(kpi: Kpi, value: Decimal | None) -> bool | None:
    """Whether the target (or the band) is met; None without a value or a target."""
    if value is None:
        return None
    if kpi.direction == Kpi.Direction.BAND:
        return None if kpi.low is None and kpi.high is None else _distance(kpi, value) == 0
    if kpi.target is None:
        return None
    return _distance(kpi, value) <= _distance(kpi, kpi.target)
