"""Sample charts for the page of components: one of each kind, with its table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from scoring.figures.charts import (
    Chart,
    ChartLine,
    ChartTable,
    References,
    along_time,
    distribution,
    histogram,
)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def charts() -> list[Chart]:
    """A trend, a histogram, a heat map and a radar."""
    return [_trend(), _spread(), _hours(), _profile()]


def _trend() -> Chart:
    own = [Decimal(n) for n in (86, 87, 85, 88, 90, 89, 91, 92)]
    team = [Decimal(n) for n in (88, 88, 87, 89, 88, 90, 90, 90)]
    spec, table = along_time(
        [f"W{week}" for week in range(40, 48)],
        [ChartLine("Li Wei", own), ChartLine(_("Team"), team, role="team")],
        unit="%",
        references=References(Decimal(90), Decimal(80)),
    )
    summary = _("In eight weeks satisfaction rose from 86 % to 92 %. It is above its target.")
    return Chart(_("Along time"), summary, spec, table)


def _spread() -> Chart:
    values = [Decimal(n) for n in (71, 78, 82, 84, 86, 87, 89, 90, 90, 91, 92, 92, 93, 95, 99)]
    spec, table = histogram(distribution(values, unit="%"), unit="%", target=Decimal(90))
    summary = _("Half of fifteen people are at or above 90 %.")
    return Chart(_("Spread across people"), summary, spec, table)


def _hours() -> Chart:
    waits = [[20 + 3 * hour + 7 * day for day in range(5)] for hour in range(8)]
    cells = [
        [hour, day, seconds, f"{seconds} s", f"{DAYS[day]} {hour + 9}:00 – {seconds} s"]
        for hour, row in enumerate(waits)
        for day, seconds in enumerate(row)
    ]
    spec: dict[str, Any] = {
        "kind": "heat",
        "days": list(DAYS),
        "hours": [f"{hour}:00" for hour in range(9, 17)],
        "cells": cells,
        "high": 69,
        "ends": ["69 s", "20 s"],
        "unit": "seconds",
    }
    rows = [[f"{at + 9}:00", *(f"{n} s" for n in row)] for at, row in enumerate(waits)]
    summary = _("Customers wait longest on Friday afternoons.")
    return Chart(
        _("First response by hour and weekday"), summary, spec, ChartTable([_("Hour"), *DAYS], rows)
    )


def _profile() -> Chart:
    axes = ["CSAT", "FCR", "QA", "AHT", "ACW"]
    lines = [
        ("Li Wei", "self", [112, 96, 104, 100, 118]),
        (_("Team median"), "team", [101, 100, 99, 103, 100]),
        (_("The month before"), "point", [98, 90, 100, 97, 110]),
    ]
    spec: dict[str, Any] = {
        "kind": "radar",
        "axes": axes,
        "max": 120,
        "target": 100,
        "series": [
            {"name": name, "role": role, "values": values, "texts": [str(n) for n in values]}
            for name, role, values in lines
        ],
        "words": {"target": _("Target = 100")},
    }
    rows = [[axis, *(str(values[at]) for _n, _r, values in lines)] for at, axis in enumerate(axes)]
    table = ChartTable([_("KPI"), *(name for name, _role, _values in lines)], rows)
    return Chart(
        _("Profile of a month"), _("Strongest after the contact, most to gain in FCR."), spec, table
    )
