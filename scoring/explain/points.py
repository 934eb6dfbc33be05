"""An agent's points over some days: the ledger's entries, and what the facts are worth by each rule.

The entries say what was posted; the rules are applied anew to the same days, so that guards that
were not met and parts that a cap cut off are seen even where nothing was posted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import connection, transaction

from incentives.org.models import Person
from scoring.figures.contributions import KINDS, FactTable, fact_part, own_definitions
from scoring.figures.expressions import Expression
from scoring.figures.frames import MILLION
from scoring.figures.query import CHANNEL, Sql
from scoring.figures.windows import Period, Span, first_day, last_day
from scoring.models import PointEntry, PointRule, PointSettlement
from scoring.points.desired import work_out
from scoring.points.ledger import published_rules
from scoring.points.reach import open_reach
from scoring.points.specs import RuleSpec, is_points

MOST_FACTS = 20


@dataclass(frozen=True, slots=True)
class Worth:
    """What one day's facts are worth by a rule; see `scoring.points.desired` for the fields."""

    day: date
    quantity: Decimal
    earned: int
    met: bool
    evidence: list[dict[str, Any]]
    after_day: int
    granted: int

    @property
    def cut_day(self) -> int:
        """Points that the daily cap took off."""
        return self.earned - self.after_day if self.met else 0

    @property
    def cut_week(self) -> int:
        """Points that the weekly cap took off."""
        return self.after_day - self.granted

    @property
    def withheld(self) -> int:
        """Points that the guard held back."""
        return 0 if self.met else self.earned


@dataclass(frozen=True, slots=True)
class FactPart:
    """A fact and what it adds to what a rule counts."""

    kind: str
    fact: Any
    quantity: Decimal


@dataclass(slots=True)
class RulePoints:
    """One rule version's points over the days: posted entries, worth by day, facts behind."""

    rule: PointRule
    entries: list[PointEntry] = field(default_factory=list)
    worth: list[Worth] = field(default_factory=list)
    facts: list[FactPart] = field(default_factory=list)
    fact_count: int = 0

    @property
    def total(self) -> int:
        """The points posted."""
        return sum(entry.amount for entry in self.entries)

    @property
    def granted(self) -> int:
        """The points that the facts are worth now."""
        return sum(each.granted for each in self.worth)

    @property
    def pending(self) -> int:
        """What the next night will add or take back."""
        return self.granted - self.total

    @property
    def quantity(self) -> Decimal:
        """What was counted."""
        return sum((each.quantity for each in self.worth), Decimal(0))

    @property
    def earned(self) -> int:
        """Points before guard and caps."""
        return sum(each.earned for each in self.worth)

    @property
    def withheld(self) -> int:
        """Points that the guard held back."""
        return sum(each.withheld for each in self.worth)

    @property
    def cut_day(self) -> int:
        """Points beyond the daily cap."""
        return sum(each.cut_day for each in self.worth)

    @property
    def cut_week(self) -> int:
        """Points beyond the weekly cap."""
        return sum(each.cut_week for each in self.worth)

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """What guard or threshold rest on, of the last day that has it."""
        return next((each.evidence for each in reversed(self.worth) if each.evidence), [])

    @property
    def corrections(self) -> list[PointEntry]:
        """Entries that changed earlier ones."""
        return [entry for entry in self.entries if "now" in entry.cause]


def explained_points(
    *, agent: Person, span: Span, facts: bool
) -> tuple[list[RulePoints], list[PointEntry]]:
    """Points by rule, most points first, and the entries that no rule gave (awards, goals).

    The amounts of all entries add up to the ledger's sum of these days. `facts` lists the facts
    behind each rule (three queries), at most MOST_FACTS each. `span` is closed.
    """
    entries = PointEntry.objects.filter(agent=agent, occurred_on__range=(span.start, span.end))
    listed = list(entries.select_related("rule", "actor").order_by("occurred_on", "id"))
    specs = {spec.id: spec for spec in published_rules()}
    worth = _worth(agent, span, list(specs.values()))
    ids = {entry.rule_id for entry in listed if entry.rule_id} | worth.keys()
    rules = {pk: RulePoints(rule) for pk, rule in PointRule.objects.in_bulk(ids).items()}
    for pk, days in worth.items():
        rules[pk].worth = days
    for entry in listed:
        if entry.rule_id is not None:
            rules[entry.rule_id].entries.append(entry)
    found = sorted(rules.values(), key=lambda each: (-each.total, -each.earned, each.rule.key))
    if facts:
        _add_facts(found, agent, span, specs)
    return found, [entry for entry in listed if entry.rule_id is None]


def _worth(agent: Person, span: Span, rules: Sequence[RuleSpec]) -> dict[int, list[Worth]]:
    """What the days are worth by each rule; whole weeks are read, because caps need them."""
    if span.start is None or span.end is None:
        raise ValueError("The days have to be closed: name the first and the last.")
    found: dict[int, list[Worth]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        open_reach(cursor)
        cursor.execute(
            "INSERT INTO point_reach SELECT %s, d::date"
            " FROM generate_series(%s::date, %s::date, interval '1 day') d",
            [agent.pk, first_day(Period.WEEK, span.start), last_day(Period.WEEK, span.end)],
        )
        desired = work_out(cursor, rules, until=PointSettlement.last_day() or span.end)
    days = desired.filter(pl.col("day").is_between(span.start, span.end)).sort("day")
    for row in days.iter_rows(named=True):
        worth = Worth(
            day=row["day"],
            quantity=Decimal(row["quantity"]) / MILLION,
            earned=row["earned"],
            met=row["met"],
            evidence=json.loads(row["evidence"] or "[]"),
            after_day=row["after_day"],
            granted=row["granted"],
        )
        found.setdefault(row["rule_id"], []).append(worth)
    return found


def _add_facts(
    found: Sequence[RulePoints], agent: Person, span: Span, specs: Mapping[int, RuleSpec]
) -> None:
    counted = {each.rule.pk: _measures(specs[each.rule.pk]) for each in found if each.worth}
    counting = {pk: terms for pk, terms in counted.items() if terms.terms}
    if not counting:
        return
    rules = {each.rule.pk: each for each in found}
    own = own_definitions()
    for name, kind in KINDS.items():
        columns = {pk: fact_part(kind, terms, own) for pk, terms in counting.items()}
        for fact, parts in _facts(kind, agent, span, columns):
            for pk, quantity in parts.items():
                channels = specs[pk].scope.channels
                if quantity and (not channels or fact.channel_id in channels):
                    rules[pk].facts.append(FactPart(name, fact, quantity))
    for each in found:
        each.facts.sort(key=lambda part: -part.quantity)
        each.fact_count = len(each.facts)
        del each.facts[MOST_FACTS:]


def _measures(spec: RuleSpec) -> Expression:
    """The measures that a rule counts; not the points of other rules."""
    terms = spec.expression.terms if spec.expression else ()
    return Expression(tuple(term for term in terms if not is_points(term[0])))


def _facts(
    kind: FactTable, agent: Person, span: Span, columns: Mapping[int, tuple[str, list[Any]]]
) -> list[tuple[Any, dict[int, Decimal]]]:
    alias, table = kind.alias, kind.model._meta.db_table
    sql = Sql(f"SELECT {alias}.source_id, {alias}.external_id")
    for text, params in columns.values():
        sql.add(f", {text}", *params)
    sql.add(f" FROM {table} {alias} JOIN {CHANNEL} c ON c.id = {alias}.channel_id")
    sql.add(f" WHERE {alias}.agent_id = %s AND NOT {alias}.deleted", agent.pk)
    sql.add(
        f" AND {alias}.held_for IS NULL AND {alias}.day BETWEEN %s AND %s", span.start, span.end
    )
    sql.add(f" GROUP BY {alias}.source_id, {alias}.external_id ORDER BY 2")
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        rows = [row for row in cursor.fetchall() if any(row[2:])]
    facts = kind.model._default_manager.select_related("channel", "source")
    by_key = {fact.pk: fact for fact in facts.filter(pk__in=[row[:2] for row in rows])}
    return [
        (by_key[row[:2]], dict(zip(columns, map(Decimal, row[2:]), strict=True)))
        for row in rows
        if row[:2] in by_key
    ]
