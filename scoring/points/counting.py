"""What rules count on each agent day: one grouped read of the totals for all of them.

Amounts are whole numbers of 128 bits, scaled by as many decimals as measures and factors have, so
that rounding down is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
from django.db.models import BigIntegerField

from incentives.org.dated import covers_sql
from incentives.org.scope import Scope
from scoring.copying import copy_out
from scoring.figures.measures import MEASURES
from scoring.models import AgentDay
from scoring.points.specs import POINTS_OF, RuleSpec, is_points

# No rule gives more than this to anyone in a day: a slip in an expression over money or seconds
# must not overflow the ledger.
MOST_A_DAY = 1_000_000
_MOST_COUNTED = 10**12
# The decimals of the totals' sums; and the most that 128 bits hold of what a slip may count.
_DECIMALS, _MOST_DECIMALS = 6, 20
AGENT_DAYS = {"agent_id": pl.Int64(), "day": pl.Date()}
COUNTED = {
    "rule_id": pl.Int64(),
    **AGENT_DAYS,
    "quantity": pl.Int128(),
    "earned": pl.Int64(),
    "evidence": pl.String(),
}
_AMOUNTS = {**AGENT_DAYS, "amount": pl.Int128()}


def count_units(
    cursor: Any, layer: Sequence[RuleSpec], rules: Sequence[RuleSpec], given: pl.DataFrame
) -> list[pl.DataFrame]:
    """What the rules that count units count on the days in `point_reach`; frames as COUNTED.

    `quantity` is in millionths, `earned` what it is worth before guard and caps, above zero.
    `given` has what the rules of earlier layers give: rule_id, agent_id, day, granted.
    """
    layer = [rule for rule in layer if rule.expression is not None]
    columns = {rule.id: _sum(cursor, rule) for rule in layer if _measures(rule)}
    distinct = list(dict.fromkeys(columns.values()))
    totals = _read_totals(cursor, distinct, any(rule.scope.people != "everyone" for rule in layer))
    found = []
    for rule in layer:
        parts = _points_of_others(cursor, rule, rules, given)
        if rule.id in columns:
            own = pl.col(f"q{distinct.index(columns[rule.id])}").alias("amount")
            parts.append(totals.select(*AGENT_DAYS, own))
        found.append(_worth(rule, _together(parts)))
    return found


def earned(rule: RuleSpec, amount: pl.Expr, scale: int) -> pl.Expr:
    """The points for an amount with so many decimals: rounded down, at most MOST_A_DAY."""
    unit = rule.units * 10**scale
    # Cut before multiplying: the product stays inside 128 bits.
    most = MOST_A_DAY * unit // rule.amount + 1
    points = amount.clip(upper_bound=whole(most)) * whole(rule.amount) // whole(unit)
    return points.clip(upper_bound=whole(MOST_A_DAY)).cast(pl.Int64)


def whole(number: int) -> pl.Expr:
    """A whole number of 128 bits."""
    return pl.lit(number, dtype=pl.Int128)


def _worth(rule: RuleSpec, amounts: pl.DataFrame) -> pl.DataFrame:
    scale, last = _scale(rule), rule.ends_on or date.max
    held = amounts.filter(pl.col("amount") > 0, pl.col("day").is_between(rule.starts_on, last))
    found = held.select(
        pl.lit(rule.id, dtype=pl.Int64).alias("rule_id"),
        *AGENT_DAYS,
        _millionths(pl.col("amount"), scale).alias("quantity"),
        earned(rule, pl.col("amount"), scale).alias("earned"),
        pl.lit(None, dtype=pl.String).alias("evidence"),
    )
    return found.filter(pl.col("earned") > 0)


def _millionths(amount: pl.Expr, scale: int) -> pl.Expr:
    if scale <= _DECIMALS:
        return amount * whole(10 ** (_DECIMALS - scale))
    less = 10 ** (scale - _DECIMALS)
    return (amount + whole(less // 2)) // whole(less)


def _together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(parts) == 1:
        return parts[0]
    found = pl.concat([pl.DataFrame(schema=_AMOUNTS), *parts])
    return found.group_by(list(AGENT_DAYS)).agg(pl.col("amount").sum())


def _points_of_others(
    cursor: Any, rule: RuleSpec, rules: Sequence[RuleSpec], given: pl.DataFrame
) -> list[pl.DataFrame]:
    """The points of other rules that it counts, for the people it is for; frames as _AMOUNTS."""
    found = []
    for name, factor in _terms(rule):
        ids = [other.id for other in rules if POINTS_OF + other.key == name and is_points(name)]
        if not ids:
            continue
        times = whole(int(factor.scaleb(_scale(rule))))
        points = given.filter(pl.col("rule_id").is_in(ids), pl.col("granted") > 0).select(
            *AGENT_DAYS, (pl.col("granted").cast(pl.Int128) * times).alias("amount")
        )
        if not rule.scope.is_everyone:
            points = points.join(_people(cursor, rule.scope), on=list(AGENT_DAYS))
        found.append(points)
    return found


def _people(cursor: Any, scope: Scope) -> pl.DataFrame:
    """The agent days in `point_reach` that a rule is for, by the team of that day."""
    who, params = scope.condition(day="k.day", team="m.team_id")
    query = (
        "SELECT k.agent_id, k.day FROM point_reach k JOIN org_person p ON p.id = k.agent_id"
        " LEFT JOIN org_membership m ON m.person_id = k.agent_id"
        f" AND {covers_sql('m', 'k.day')} WHERE {who}"
    )
    return copy_out(cursor, query, AGENT_DAYS, params)


def _read_totals(cursor: Any, sums: Sequence[str], with_people: bool) -> pl.DataFrame:
    """agent_id, day, and q0, q1, … for the sums, of the days in `point_reach`."""
    columns = {f"q{at}": pl.Decimal(38, 0) for at in range(len(sums))}
    cursor.execute("SELECT min(day), max(day) FROM point_reach")
    first, last = cursor.fetchone()
    if first is None or not sums:
        return pl.DataFrame(schema={**AGENT_DAYS, **dict.fromkeys(columns, pl.Int128())})
    # The bounds keep a month's days from being looked for in the whole history.
    query = (
        f"SELECT k.agent_id, k.day, {', '.join(sums)} FROM point_reach k"
        " JOIN scoring_agentday f ON f.agent_id = k.agent_id AND f.day = k.day"
        f"{' JOIN org_person p ON p.id = k.agent_id' if with_people else ''}"
        f" WHERE f.day BETWEEN DATE '{first}' AND DATE '{last}' GROUP BY k.agent_id, k.day"
    )
    found = copy_out(cursor, query, {**AGENT_DAYS, **columns})
    return found.with_columns(pl.col(name).to_physical() for name in columns)


def _sum(cursor: Any, rule: RuleSpec) -> str:
    """SQL of what the rule counts of totals `f`, as a whole number at its scale."""
    who, own = rule.scope.condition(day="f.day", team="f.team_id", channel="f.channel_id")
    only, own = ("", []) if rule.scope.is_everyone else (f" FILTER (WHERE {who})", own)
    parts: list[str] = []
    params: list[Any] = []
    for name, factor in _measures(rule):
        times, column = ("", "(f.custom->>%s)::numeric")
        if factor != 1:
            times, params = "%s * ", [*params, factor]
        if name in MEASURES:
            column = f'f."{name}"'
        else:
            params.append(name)
        parts.append(f"{times}coalesce(sum({column}){only}, 0)")
        params += own
    text, scale = " + ".join(parts), _scale(rule)
    if scale:
        text = f"trunc(greatest(-{_MOST_COUNTED}, least({_MOST_COUNTED}, {text})) * {10**scale})"
    return str(cursor.mogrify(text, params).decode())


def _terms(rule: RuleSpec) -> tuple[tuple[str, Decimal], ...]:
    return rule.expression.terms if rule.expression else ()


def _measures(rule: RuleSpec) -> list[tuple[str, Decimal]]:
    return [(name, factor) for name, factor in _terms(rule) if not is_points(name)]


def _scale(rule: RuleSpec) -> int:
    """How many decimals an amount of the rule can have."""
    found = 0
    for name, factor in _terms(rule):
        digits = -int(factor.normalize().as_tuple().exponent)
        own = 0 if is_points(name) or name in _counts() else _DECIMALS
        found = max(found, own + max(0, digits))
    return min(found, _MOST_DECIMALS)


@cache
def _counts() -> frozenset[str]:
    """The measures that are whole numbers."""
    fields = AgentDay._meta.get_fields()
    return frozenset(each.name for each in fields if isinstance(each, BigIntegerField))
