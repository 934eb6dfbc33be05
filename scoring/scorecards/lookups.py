"""The facts behind the points that a stored score lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import connection

from incentives.org.models import CalendarDay
from scoring.figures.contributions import KINDS, FactTable, kpi_parts, own_definitions
from scoring.figures.query import CHANNEL, Sql
from scoring.figures.windows import Period, last_day
from scoring.models import Kpi, Score, ScorecardItem
from scoring.scorecards.cards import scale_of


@dataclass(frozen=True, slots=True)
class Cost:
    """One fact behind an item's lost points.

    `lost` is its part of the item's lost points: all facts' parts add up to the item's. n and d
    are what the fact adds to the KPI's numerator and denominator.
    """

    fact: Any
    kind: str
    n: Decimal
    d: Decimal
    lost: Decimal


@dataclass(frozen=True, slots=True)
class _Asked:
    """One item whose facts are looked for: what of a fact counts, and the value that is enough."""

    kpi: Kpi
    target: Decimal
    better_higher: bool
    lost: Decimal

    @property
    def sign(self) -> int:
        return 1 if self.better_higher else -1


# (kind, source, external id, n, d, cost) of one fact.
_Row: TypeAlias = tuple[str, Any, str, Decimal, Decimal, Decimal]


def worst_of_items(
    score: Score, items: Sequence[Mapping[str, Any]], *, limit: int = 10
) -> dict[str, list[Cost]]:
    """The facts of the score's window that cost each item most points, the costliest first.

    `items` are what `stored.items_of` tells; the answer is by the KPI's key. A fact costs what it adds
    to the shortfall against the target: d × target − n where higher is better, n − d × target
    where lower is (the nearer limit of a band). Nothing for an item that lost nothing, or for a
    plain count, in which what is missing is no ticket. At most eight queries for any number.
    """
    stored = {each.kpi.key: each for each in score.scorecard.items.select_related("kpi")}
    day = last_day(Period(score.period), score.starts_on)
    asked = {
        entry["kpi"]: _asked(stored[entry["kpi"]], entry, day)
        for entry in items
        if entry["kpi"] in stored and _has_culprits(stored[entry["kpi"]], entry)
    }
    if not asked:
        return {}
    rows, totals = _costs(score, list(asked.values()), limit)
    facts = _facts_of({(row[0], row[1], row[2]) for found in rows for row in found})
    return {
        key: _told(found[:limit], facts, each.lost / total)
        for (key, each), found, total in zip(asked.items(), rows, totals, strict=True)
        if total > 0
    }


def _has_culprits(item: ScorecardItem, entry: Mapping[str, Any]) -> bool:
    lost = Decimal(str(entry["lost"]))
    return lost > 0 and bool(item.kpi.denominator) and entry.get("value") is not None


def _asked(item: ScorecardItem, entry: Mapping[str, Any], day: date) -> _Asked:
    target, better_higher = _aim(item, Decimal(str(entry["value"])))
    hundred = 100 if item.kpi.unit in ("%", "points") else 1
    kpi = item.kpi.on(day)
    return _Asked(kpi, target / hundred, better_higher, Decimal(str(entry["lost"])))


def _aim(item: ScorecardItem, value: Decimal) -> tuple[Decimal, bool]:
    """The value that gives 100 points, and whether it lies above."""
    scale = scale_of(item)
    if scale.low is not None and scale.high is not None:
        below = value < scale.low
        return (scale.low, True) if below else (scale.high, False)
    if scale.target is None or scale.floor is None:
        raise ValueError("A published item has a target.")
    return scale.target, scale.target > scale.floor


def _costs(
    score: Score, asked: Sequence[_Asked], limit: int
) -> tuple[list[list[_Row]], list[Decimal]]:
    """The costliest facts of each item, costliest first, and the cost of all its facts."""
    found: list[list[_Row]] = [[] for _each in asked]
    totals = [Decimal(0) for _each in asked]
    own = own_definitions()
    for name, kind in KINDS.items():
        sql = _ranked(score, kind, asked, own, limit)
        with connection.cursor() as cursor:
            cursor.execute(sql.text, sql.params)
            rows = cursor.fetchall()
        for at, source, external_id, n, d, cost, total, place in rows:
            totals[at] += total if place == 1 else 0
            if cost > 0:
                found[at].append((name, source, external_id, n, d, cost))
    for mine in found:
        mine.sort(key=lambda row: (-row[-1], row[0], row[2]))
    return found, totals


def _ranked(
    score: Score, kind: FactTable, asked: Sequence[_Asked], own: Mapping[str, Any], limit: int
) -> Sql:
    """Each item's costliest facts of one kind, by one pass over the facts of the window."""
    sql = Sql("SELECT at, source_id, external_id, n, d, cost, total, place FROM (SELECT v.*,")
    sql.add(" f.source_id, f.external_id, sum(v.cost) OVER (PARTITION BY v.at) AS total,")
    sql.add(" row_number() OVER (PARTITION BY v.at ORDER BY v.cost DESC, f.source_id,")
    sql.add(" f.external_id) AS place FROM (")
    facts = _facts(score, kind, asked, own)
    sql.add(facts.text, *facts.params).add(") f CROSS JOIN LATERAL (VALUES ")
    for at, each in enumerate(asked):
        values = f"({at}, f.n{at}, f.d{at}, %s * (f.d{at} * %s - f.n{at}))"
        sql.add((", " if at else "") + values, each.sign, each.target)
    sql.add(") v(at, n, d, cost) WHERE v.n <> 0 OR v.d <> 0) ranked WHERE place <= %s", limit)
    return sql.add(" ORDER BY at, place")


def _facts(score: Score, kind: FactTable, asked: Sequence[_Asked], own: Mapping[str, Any]) -> Sql:
    """Each fact of the score's window with what it adds to every n and d; excluded days left out."""
    alias, table = kind.alias, kind.model._meta.db_table
    sql = Sql(f"SELECT {alias}.source_id, {alias}.external_id")
    for at, each in enumerate(asked):
        (top, top_params), (bottom, bottom_params) = kpi_parts(kind, each.kpi, own)
        sql.add(f", {top} AS n{at}", *top_params).add(f", {bottom} AS d{at}", *bottom_params)
    sql.add(f" FROM {table} {alias} JOIN {CHANNEL} c ON c.id = {alias}.channel_id")
    sql.add(f" WHERE {alias}.agent_id = %s AND ", score.agent_id)
    last = last_day(Period(score.period), score.starts_on)
    sql.add(f"{alias}.day BETWEEN %s AND %s", score.starts_on, last)
    sql.add(f" AND NOT {alias}.deleted AND {alias}.day NOT IN (")
    sql.add(f"SELECT day FROM {CalendarDay._meta.db_table} WHERE treatment = 'excluded')")
    return sql.add(f" GROUP BY {alias}.source_id, {alias}.external_id")


def _facts_of(keys: Collection[tuple[str, Any, str]]) -> dict[tuple[str, Any, str], Any]:
    """The facts themselves, by kind, source and external id: one query for each kind there is."""
    found: dict[tuple[str, Any, str], Any] = {}
    for name, kind in KINDS.items():
        mine = [key[1:] for key in keys if key[0] == name]
        facts = kind.model._default_manager.filter(pk__in=mine).select_related("channel", "source")
        found |= {(name, *fact.pk): fact for fact in facts} if mine else {}
    return found


def _told(rows: Sequence[_Row], facts: Mapping[Any, Any], points: Decimal) -> list[Cost]:
    return [
        Cost(facts[name, source, external_id], name, n, d, cost * points)
        for name, source, external_id, n, d, cost in rows
    ]
