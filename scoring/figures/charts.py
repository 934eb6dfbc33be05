"""Charts as data: one sentence, what the page's chart module draws, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.figures.display import limit, number, percent, shown

MOST_BINS = 12
_STEPS = (1, 2, 5, 10)
# Steps of durations in seconds that people count in.
_DURATIONS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The same figures in words: a head, then rows whose first cell names the row."""

    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a page; `spec` is what static/js/chart-options.js says."""

    title: str
    summary: str
    spec: dict[str, Any]
    table: ChartTable


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of a chart along time; values in the unit of the chart, None where there are none."""

    name: str
    values: Sequence[Decimal | None]
    role: str = "self"


@dataclass(frozen=True, slots=True)
class References:
    """Lines across the picture, each only where it is known."""

    target: Decimal | None = None
    benchmark: Decimal | None = None
    limit: Decimal | None = None

    def spec(self, unit: str) -> dict[str, Any]:
        """Their part of a spec, with their words."""
        named = {"target": self.target, "benchmark": self.benchmark, "limit": self.limit}
        return {
            "said": {
                name: limit(value, unit) for name, value in named.items() if value is not None
            },
            "target": drawn(self.target),
            "benchmark": drawn(self.benchmark),
            "limit": drawn(self.limit),
            "words": {
                "target": _("target"),
                "benchmark": _("benchmark"),
                "both": _("target and benchmark"),
                "limit": _("upper limit"),
            },
        }


def along_time(
    labels: Sequence[str],
    lines: Sequence[ChartLine],
    *,
    unit: str,
    references: References | None = None,
    bars: bool = False,
) -> tuple[dict[str, Any], ChartTable]:
    """Spec and table of lines (or bars) along time; `unit` is a KPI's.

    Periods before the first value of any line are left out.
    """
    begin = _first(lines)
    labels = labels[begin:]
    lines = [replace(line, values=line.values[begin:]) for line in lines]
    texts = [[shown(value, unit) for value in line.values] for line in lines]
    spec = {
        "kind": "bar" if bars else "line",
        "labels": list(labels),
        "series": [
            {
                "name": line.name,
                "role": line.role,
                "values": [drawn(value) for value in line.values],
                "texts": said,
            }
            for line, said in zip(lines, texts, strict=True)
        ],
        "unit": unit,
        **(references or References()).spec(unit),
    }
    rows = [[label, *(said[at] for said in texts)] for at, label in enumerate(labels)]
    return spec, ChartTable([_("When"), *(line.name for line in lines)], rows)


def _first(lines: Sequence[ChartLine]) -> int:
    known = [at for line in lines for at, value in enumerate(line.values) if value is not None]
    return min(known, default=0)


@dataclass(frozen=True, slots=True)
class Bin:
    """How many people have a value from `low` up to, but not including, `high`."""

    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """A histogram of one value a person, and their median."""

    bins: list[Bin] = field(default_factory=list)
    median: Decimal | None = None
    people: int = 0


def distribution(values: Sequence[Decimal], *, unit: str) -> Distribution:
    """At most MOST_BINS equal bins with round ends; the last one of a percentage holds 100 too."""
    if not values:
        return Distribution()
    low, high = min(values), max(values)
    step = _step((high - low) / (MOST_BINS - 2) or Decimal(1), unit)
    first = (low / step).to_integral_value(ROUND_FLOOR) * step
    many = int((high - first) // step) + 1
    if unit == "%" and first + many * step > Decimal(100) >= high and many > 1:
        many -= 1
    counts = [0] * many
    for value in values:
        counts[min(int((value - first) // step), many - 1)] += 1
    bins = [
        Bin(first + at * step, first + (at + 1) * step, count) for at, count in enumerate(counts)
    ]
    return Distribution(bins, median(values), len(values))


def histogram(
    found: Distribution, *, unit: str, target: Decimal | None
) -> tuple[dict[str, Any], ChartTable]:
    """Spec and table of a distribution."""
    names = [
        _("%(low)s to %(high)s") % {"low": _end(each.low, unit), "high": _end(each.high, unit)}
        for each in found.bins
    ]
    counted = [
        ngettext("%(n)s person", "%(n)s people", each.count) % {"n": number(Decimal(each.count), 0)}
        for each in found.bins
    ]
    spec = {
        "kind": "histogram",
        "bins": [
            {
                "from": float(each.low),
                "to": float(each.high),
                "count": each.count,
                "text": f"{name}: {people}",
            }
            for each, name, people in zip(found.bins, names, counted, strict=True)
        ],
        "median": drawn(found.median),
        "target": drawn(target),
        "unit": unit,
        "words": {"median": _("median"), "target": _("target")},
        "said": {
            "median": shown(found.median, unit),
            "target": "" if target is None else limit(target, unit),
        },
    }
    return spec, ChartTable(
        [_("Value"), _("People")], [list(row) for row in zip(names, counted, strict=True)]
    )


def drawn(value: Decimal | None) -> float | None:
    """A value as it is drawn; rounded for drawing only."""
    return None if value is None else float(round(value, 4))


def _step(rough: Decimal, unit: str) -> Decimal:
    """The next round step that is at least `rough`."""
    if unit == "seconds":
        found = next((each for each in _DURATIONS if each >= rough), None)
        if found is not None:
            return Decimal(found)
    ten = Decimal(1).scaleb(rough.adjusted())
    return next(each * ten for each in _STEPS if each * ten >= rough)


def _end(value: Decimal, unit: str) -> str:
    """An end of a bin without decimals that say nothing."""
    if unit == "seconds" or value != value.to_integral_value():
        return shown(value, unit)
    return percent(value, 0) if unit == "%" else number(value, 0)
