"""The weekly course of the most telling KPI on a home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.homes.tiles import Tile, week_starts
from scoring.figures.display import shown

FIRST = ("csat", "fcr", "service_level", "frt")


def home_chart(drawn: Sequence[Tile], *, as_of: date) -> dict[str, Any] | None:
    """The chart's data and its sentence, of the most telling tile that has at least two weeks."""
    known = {tile.kpi.key: tile for tile in drawn if sum(v is not None for v in tile.recent) > 1}
    tile = next((known[key] for key in (*FIRST, *known) if key in known), None)
    if tile is None:
        return None
    kpi = tile.kpi
    spec = {
        "kind": "line",
        "labels": [date_format(monday, "MONTH_DAY_FORMAT") for monday in week_starts(as_of)],
        "series": [
            {"name": kpi.name, "values": [None if v is None else float(v) for v in tile.recent]}
        ],
        "target": None if kpi.target is None else float(kpi.target),
        "unit": "%" if kpi.unit == "%" else "",
        "words": {"target": _("Target")},
    }
    return {"spec": spec, "summary": _summary(tile), "table": _table(spec, tile)}


def _table(spec: dict[str, Any], tile: Tile) -> dict[str, Any]:
    values = [shown(value, tile.kpi.unit) for value in tile.recent]
    rows = [list(row) for row in zip(spec["labels"], values, strict=True)]
    return {"head": [_("Week from"), tile.name], "rows": rows}


def _summary(tile: Tile) -> str:
    weeks = [value for value in tile.recent if value is not None]
    parts = {
        "name": tile.name,
        "last": shown(weeks[-1], tile.kpi.unit),
        "low": shown(min(weeks), tile.kpi.unit),
        "high": shown(max(weeks), tile.kpi.unit),
    }
    return (
        _("%(name)s by week: %(last)s in the last week, between %(low)s and %(high)s before.")
        % parts
    )
