"""Reads over stored scores: a team's median, one's own best, and the facts behind lost points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from incentives.org.models import CalendarDay
from scoring.contributions import KINDS, FactKind, kpi_parts
from scoring.figure_query import CHANNEL, Sql
from scoring.models import Kpi, Score, ScorecardItem
from scoring.scorecards.cards import scale_of
from scoring.windows import Period, last_day

_SCORE = Score._meta.db_table


def team_median(*, team: int, period: str, starts_on: date) -> Decimal | None:
    """The median score of a team's agents in a period, to four decimals; None without scores."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY score)::numeric, 4)"
            f" FROM {_SCORE} WHERE team_id = %s AND period = %s AND starts_on = %s",
            [team, period, starts_on],
        )
        found: Decimal | None = cursor.fetchone()[0]
    return found


def own_best(*, agent: int, period: str, before: date | None = None) -> Score | None:
    """An agent's highest score of a kind of period, the latest among equals.

    With `before` only periods that began earlier count: the mark to beat.
    """
    scores = Score.objects.filter(agent=agent, period=period)
    if before is not None:
        scores = scores.filter(starts_on__lt=before)
    return scores.order_by("-score", "-starts_on").first()


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


def worst_tickets(score: Score, item: Mapping[str, Any], *, limit: int = 10) -> list[Cost]:
    """The facts of the score's window that cost the item most points, the costliest first.

    A fact costs what it adds to the shortfall against the target: d × target − n where higher is
    better, n − d × target where lower is (the nearer limit of a band). Empty when the item lost
    nothing, or for a plain count, in which what is missing is no ticket.
    """
    kpi = Kpi.objects.get(key=item["kpi"])
    lost = Decimal(str(item["lost"]))
    stored = score.scorecard.items.filter(kpi=kpi).first()
    if stored is None or lost <= 0 or not kpi.denominator or item.get("value") is None:
        return []
    target, better_higher = _aim(stored, Decimal(str(item["value"])))
    hundred = 100 if kpi.unit in ("%", "points") else 1
    rows, total = _costs(score, kpi, target / hundred, better_higher, limit)
    return _with_facts(rows, lost / total) if total > 0 else []


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
    score: Score, kpi: Kpi, target: Decimal, better_higher: bool, limit: int
) -> tuple[list[tuple[str, Any, str, Decimal, Decimal, Decimal]], Decimal]:
    """(kind, source, external id, n, d, cost) of the costliest facts, and the cost of all."""
    sign = 1 if better_higher else -1
    found: list[tuple[str, Any, str, Decimal, Decimal, Decimal]] = []
    total = Decimal(0)
    for name, kind in KINDS.items():
        inner = _facts(score, kind, kpi)
        sql = Sql("SELECT source_id, external_id, n, d, %s * (d * %s - n) AS cost,", [sign, target])
        sql.add(" sum(%s * (d * %s - n)) OVER () FROM (", sign, target)
        sql.add(inner.text, *inner.params).add(") facts WHERE n <> 0 OR d <> 0")
        sql.add(" ORDER BY cost DESC, source_id, external_id LIMIT %s", limit)
        with connection.cursor() as cursor:
            cursor.execute(sql.text, sql.params)
            rows = cursor.fetchall()
        total += Decimal(rows[0][-1]) if rows else 0
        found += [(name, *row[:-1]) for row in rows if row[-2] > 0]
    found.sort(key=lambda row: (-row[-1], row[0], row[2]))
    return found[:limit], total


def _facts(score: Score, kind: FactKind, kpi: Kpi) -> Sql:
    """Each fact of the score's window with what it adds to n and d; excluded days left out."""
    (top, top_params), (bottom, bottom_params) = kpi_parts(kind, kpi)
    alias, table = kind.alias, kind.model._meta.db_table
    days = f"{alias}.day BETWEEN %s AND %s"
    sql = Sql(f"SELECT {alias}.source_id, {alias}.external_id, {top} AS n, ", list(top_params))
    sql.add(f"{bottom} AS d FROM {table} {alias}", *bottom_params)
    sql.add(f" JOIN {CHANNEL} c ON c.id = {alias}.channel_id WHERE {alias}.agent_id = %s AND ")
    sql.params.append(score.agent_id)
    sql.add(days, score.starts_on, last_day(Period(score.period), score.starts_on))
    sql.add(f" AND NOT {alias}.deleted AND {alias}.day NOT IN (")
    sql.add(f"SELECT day FROM {CalendarDay._meta.db_table} WHERE treatment = 'excluded')")
    return sql.add(f" GROUP BY {alias}.source_id, {alias}.external_id")


def _with_facts(
    rows: list[tuple[str, Any, str, Decimal, Decimal, Decimal]], points: Decimal
) -> list[Cost]:
    costs = []
    for name, kind in KINDS.items():
        keys = [(row[1], row[2]) for row in rows if row[0] == name]
        facts = kind.model._default_manager.filter(pk__in=keys).select_related("channel", "source")
        by_key = {fact.pk: fact for fact in facts} if keys else {}
        costs += [
            Cost(by_key[row[1], row[2]], name, row[3], row[4], row[5] * points)
            for row in rows
            if row[0] == name
        ]
    return sorted(costs, key=lambda cost: -cost.lost)
