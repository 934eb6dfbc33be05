"""A KPI's numerator and denominator as SQL over totals, also where its formula was another one before.

Sums are additive, so days up to a change are summed by the formula of then and later ones by that
of now, in the same query: every window, whatever it spans, comes out exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.figures.expressions import Expression, compile_expression, parse
from scoring.figures.measures import MEASURES
from scoring.models import Kpi

Sums = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Formula:
    """What is counted, and out of what (None for a plain count or sum).

    `until` is the last day on which it held, for one that no longer does.
    """

    top: Expression
    bottom: Expression | None
    until: date | None = None

    @property
    def measured(self) -> bool:
        """Whether a sum that was never filled is no value rather than zero: a ratio of durations."""
        seconds = [key in MEASURES and MEASURES[key].unit == "seconds" for key in self.top.measures]
        return self.bottom is not None and all(seconds)


def formulas_of(kpi: Kpi, *, known: Collection[str]) -> list[Formula]:
    """Every formula of the KPI, the one of now last. Raises ExpressionError."""
    earlier = [
        _formula(each["numerator"], each["denominator"], known, date.fromisoformat(each["until"]))
        for each in kpi.earlier
    ]
    return [*earlier, _formula(kpi.numerator, kpi.denominator, known)]


def sums(formulas: Iterable[Formula], *, millionths: bool = False) -> list[Sums | None]:
    """SQL of numerator and denominator over totals `f`, and its parameters; None without the latter.

    Counts that were never filled are zero: nothing happened. Durations that were never filled
    were not measured: their ratio has no value, so the numerator is NULL. With `millionths` the
    sums have at most six decimals; the totals' own columns never have more.
    """
    tops: list[Sums] = []
    bottoms: list[Sums] = []
    nullable = False
    after: date | None = None
    for formula in formulas:
        days = _days(after, formula.until)
        tops.append(_compiled(formula.top, days, millionths, measured=formula.measured))
        nullable = nullable or formula.measured
        if formula.bottom is not None:
            bottoms.append(_compiled(formula.bottom, days, millionths))
        after = formula.until
    return [_together(tops, nullable=nullable), _together(bottoms) if bottoms else None]


def _formula(top: str, bottom: str, known: Collection[str], until: date | None = None) -> Formula:
    below = parse(bottom, known=known) if bottom else None
    return Formula(parse(top, known=known), below, until)


def _days(after: date | None, until: date | None) -> str:
    """SQL condition on `f.day`; empty for every day."""
    parts = [] if after is None else [f"f.day > DATE '{after.isoformat()}'"]
    parts += [] if until is None else [f"f.day <= DATE '{until.isoformat()}'"]
    return " AND ".join(parts)


def _compiled(
    expression: Expression, days: str, millionths: bool, *, measured: bool = False
) -> Sums:
    sql, params = compile_expression(
        expression, columns=MEASURES.keys(), measured=measured, days=days
    )
    whole = all(key in MEASURES and factor % 1 == 0 for key, factor in expression.terms)
    return (f"round({sql}, 6)", params) if millionths and not whole else (sql, params)


def _together(parts: list[Sums], *, nullable: bool = False) -> Sums:
    """The parts of all days added up; NULL where no part was measured."""
    if len(parts) == 1:
        return parts[0]
    params = [value for _sql, own in parts for value in own]
    total = " + ".join(f"coalesce({sql}, 0)" for sql, _own in parts)
    if not nullable:
        return f"({total})", params
    known = ", ".join(sql for sql, _own in parts)
    return f"(CASE WHEN coalesce({known}) IS NOT NULL THEN {total} END)", [*params, *params]
