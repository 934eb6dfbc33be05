"""How long customers wait for the first response, by hour and weekday."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from incentives.org.notation import locale
from scoring.figures.charts import Chart, ChartTable, drawn
from scoring.figures.display import NO_DATA, duration, number
from scoring.figures.hours import Hour, hours_of_the_week
from scoring.figures.kpis import RATIO
from scoring.figures.windows import Span

#: An hour of the week with fewer answers is left blank: one long wait would look like a habit.
LEAST = 5
_MINUTE, _HOUR = 60, 3600
# The ramp ends where nine tenths of the hours lie below: one outlier would make all others pale.
_RAMP = Decimal("0.9")


def hours_chart(
    *, span: Span, teams: Sequence[int] | None, channels: Sequence[str] | None
) -> Chart | None:
    """The map of an average week; None where nothing was answered."""
    read = hours_of_the_week(span=span, teams=teams, channels=channels)
    answered = [hour for hour in read if hour.responses]
    if not answered:
        return None
    told = [hour for hour in answered if hour.responses >= LEAST] or answered
    first, last = min(h.hour for h in told), max(h.hour for h in told)
    spec = {
        "kind": "heat",
        "days": [_weekday(day, short=True) for day in range(7)],
        "hours": [_clock(hour) for hour in range(first, last + 1)],
        "cells": [
            [
                each.hour - first,
                each.weekday,
                drawn(each.mean),
                _short(each),
                _long(each),
            ]
            for each in told
        ],
        "high": drawn(_ramp_end(told)),
        "ends": [duration(_ramp_end(told)), duration(min(h.mean or Decimal(0) for h in told))],
        "unit": "seconds",
    }
    title = _("First response by hour and weekday")
    summary = _summary(read, told) + ("" if channels else " " + _mixed())
    return Chart(title, summary, spec, _table(answered))


def _mixed() -> str:
    return _("Channels differ much: choose one to compare like with like.")


def _summary(read: Sequence[Hour], told: Sequence[Hour]) -> str:
    seconds = sum((hour.seconds for hour in read), Decimal(0))
    mean = RATIO.divide(seconds, Decimal(sum(hour.responses for hour in read)))
    slow = max(told, key=lambda hour: hour.mean or 0)
    fast = min(told, key=lambda hour: hour.mean or 0)
    words = {
        "mean": duration(mean),
        "slow": _when(slow),
        "slow_time": duration(slow.mean or mean),
        "fast": _when(fast),
        "fast_time": duration(fast.mean or mean),
    }
    text = _(
        "Customers wait %(mean)s on average, longest on %(slow)s (%(slow_time)s), shortest on %(fast)s (%(fast_time)s)."
    )
    return text % words


def _table(answered: Sequence[Hour]) -> ChartTable:
    means = {(hour.weekday, hour.hour): hour for hour in answered}
    hours = range(min(h.hour for h in answered), max(h.hour for h in answered) + 1)
    rows = [
        [_clock(hour), *(_cell(means.get((weekday, hour))) for weekday in range(7))]
        for hour in hours
    ]
    return ChartTable([_("Hour"), *(_weekday(day) for day in range(7))], rows)


def _cell(hour: Hour | None) -> str:
    return NO_DATA if hour is None or hour.mean is None else duration(hour.mean)


def _ramp_end(told: Sequence[Hour]) -> Decimal:
    means: list[Any] = sorted(hour.mean or Decimal(0) for hour in told)
    end: Decimal = means[int((len(means) - 1) * _RAMP)]
    return end


def _short(hour: Hour) -> str:
    """A duration in the unit that fits, for a small field: 34 s, 4 min, 2 h."""
    mean = hour.mean or Decimal(0)
    if mean < 100:
        return _("%(seconds)s s") % {"seconds": number(mean, 0)}
    if mean < 100 * _MINUTE:
        return _("%(minutes)s min") % {"minutes": number(mean / _MINUTE, 0)}
    return _("%(hours)s h") % {"hours": number(mean / _HOUR, 0)}


def _long(hour: Hour) -> str:
    words = {
        "when": _when(hour),
        "mean": duration(hour.mean or Decimal(0)),
        "answers": number(Decimal(hour.responses), 0),
        "tickets": number(Decimal(hour.handled), 0),
    }
    return _("%(when)s: %(mean)s\nFirst responses: %(answers)s\nTickets: %(tickets)s") % words


def _when(hour: Hour) -> str:
    words = {
        "weekday": _weekday(hour.weekday),
        "from": _clock(hour.hour),
        "to": _clock(hour.hour + 1),
    }
    return _("%(weekday)s %(from)s–%(to)s") % words


def _clock(hour: int) -> str:
    return f"{hour}:00"


def _weekday(weekday: int, *, short: bool = False) -> str:
    names = get_day_names("abbreviated" if short else "wide", "stand-alone", locale())
    return str(names[weekday])
