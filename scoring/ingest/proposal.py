"""A first mapping for an unknown file, from the names and the first values of its columns.

It is a proposal: a person sees it applied to the first rows and confirms it. Whether day or month
comes first is left open unless a value of the column itself decides it.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from scoring.models.sources import FactKind

from .fields import DAY_SOURCES, FIELDS, Type
from .proposal_values import (
    fit,
    is_fraction,
    is_time_of_day,
    missing_words,
    options,
    present,
)
from .table import LINE
from .vocabulary import likeness, names_of

SAMPLE_ROWS = 200
_LIKE_ENOUGH = 0.42
_MOST_STATUSES = 15  # a "state" of more values is a part of a country


def propose(sample: pl.DataFrame, *, kind: str | None = None) -> dict[str, Any]:
    """The mapping, as its TOML would parse, for a file whose first rows are `sample`.

    Without a `kind` the likeliest is taken. Fields that no column seems to hold are left out.
    """
    values = {name: sample[name].to_list() for name in sample.columns if name != LINE}
    kind = kind or _likeliest_kind(values)
    chosen = assign(values, kind)
    fields = {field: _spec(kind, field, column, values) for field, column in chosen.items()}
    if kind != FactKind.AGENTS and "external_id" not in fields:
        fields = {"external_id": {"line": True}, **fields}
    _join_times(kind, fields, values)
    gone = missing_words([text for column in chosen.values() for text in values[column]])
    mapping: dict[str, Any] = {"kind": str(kind)}
    if gone:
        mapping["missing"] = gone
    if kind == FactKind.TICKETS and _repeats(chosen.get("external_id"), values):
        mapping["reduce"] = _reduction(chosen)
    return {**mapping, "fields": fields}


def assign(values: dict[str, list[str | None]], kind: str) -> dict[str, str]:
    """The likeliest column for each field, each column once; in the order of the fields."""
    known = FIELDS[kind]
    texts = {column: present(found) for column, found in values.items()}
    scored = []
    for rank, (field, names) in enumerate(names_of(kind).items()):
        for column in values:
            like = likeness(column, names)
            score = like * fit(known[field], texts[column]) if like else 0.0
            if field == "status" and len(set(texts[column])) > _MOST_STATUSES:
                score /= 3
            if score >= _LIKE_ENOUGH:
                scored.append((-round(score, 3), rank, field, column))
    chosen: dict[str, str] = {}
    for _score, _rank, field, column in sorted(scored):
        if field not in chosen and column not in chosen.values():
            chosen[field] = column
    return {field: chosen[field] for field in known if field in _settled(chosen, kind)}


def _settled(chosen: dict[str, str], kind: str) -> dict[str, str]:
    """Without fields that make no sense beside or without others."""
    if "agent_name" in chosen and "agent" not in chosen:
        chosen["agent"] = chosen.pop("agent_name")
    if "day" in chosen and any(name in chosen for name in DAY_SOURCES[kind]):
        del chosen["day"]
    return chosen


def _likeliest_kind(values: dict[str, list[str | None]]) -> str:
    found = {kind: assign(values, kind) for kind in FIELDS}
    weight = {
        kind: sum(FIELDS[kind][name].telling for name in fields) for kind, fields in found.items()
    }
    if "kind" not in found[FactKind.ACTIVITIES]:
        weight[FactKind.ACTIVITIES] = 0
    if "key" not in found[FactKind.AGENTS]:
        weight[FactKind.AGENTS] = 0
    # Of equals the first: most files are tickets.
    return max(FIELDS, key=lambda kind: weight[kind])


def _spec(
    kind: str, field: str, column: str, values: dict[str, list[str | None]]
) -> dict[str, Any]:
    wanted = FIELDS[kind][field]
    return {"column": column, **options(wanted, column, present(values[column]))}


def _join_times(
    kind: str, fields: dict[str, dict[str, Any]], values: dict[str, list[str | None]]
) -> None:
    """Put a date and its time of day in another column together."""
    used = {spec.get("column") for spec in fields.values()}
    times = [
        column
        for column, texts in values.items()
        if column not in used
        and ("time" in column.casefold() or "时间" in column)
        and is_time_of_day(present(texts))
    ]
    for field, spec in fields.items():
        if not times or FIELDS[kind][field].type is not Type.TIME or "column" not in spec:
            continue
        if not _has_only_dates(present(values[spec["column"]])):
            continue
        time = times.pop(0)
        joined = {"date": spec["column"], "time": time}
        if "format" in spec:
            joined["date_format"] = spec["format"]
        if is_fraction(present(values[time])):
            joined["time_format"] = "day_fraction"
        fields[field] = joined


def _has_only_dates(texts: list[str]) -> bool:
    midnight = ("00:00", "0:00", "00:00:00", "00:00:00.000000")
    return all(":" not in text or text.split()[-1] in midnight for text in texts)


def _repeats(column: str | None, values: dict[str, list[str | None]]) -> bool:
    found = present(values[column]) if column else []
    return len(set(found)) < len(found)


def _reduction(chosen: dict[str, str]) -> dict[str, Any]:
    """Of several rows with one id the last counts, by the column that orders them if there is one."""
    order = chosen.get("version")
    return {"keep": "last", "order": order} if order else {"keep": "last"}
