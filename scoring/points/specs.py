"""Point rules as the ledger reads them, in the order in which they build on each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incentives.org.scope import Scope
from scoring.figures.expressions import Expression, ExpressionError, parse
from scoring.figures.measures import MEASURES
from scoring.models import PointRule

# In an expression, `points_hard_case` stands for the points that the rule hard_case gives.
POINTS_OF = "points_"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One version of a rule; `id` is 0 for one that is not saved.

    `threshold` and `guard` are criteria as data (see `scoring.criteria`).
    """

    id: int
    key: str
    expression: Expression | None
    threshold: Mapping[str, Any] | None
    amount: int
    units: int
    cap_day: int | None
    cap_week: int | None
    guard: Mapping[str, Any] | None
    scope: Scope
    starts_on: date
    ends_on: date | None

    @property
    def builds_on(self) -> tuple[str, ...]:
        """Keys of the rules whose points it counts."""
        terms = self.expression.terms if self.expression else ()
        return tuple(name.removeprefix(POINTS_OF) for name, _ in terms if is_points(name))


def is_points(name: str) -> bool:
    """Whether a name of an expression stands for another rule's points, not for a measure."""
    return name.startswith(POINTS_OF) and name not in MEASURES


def spec_of(rule: PointRule) -> RuleSpec:
    """The rule as data. Raises ExpressionError for an expression that is none."""
    return RuleSpec(
        id=rule.pk or 0,
        key=rule.key,
        expression=_expression(rule.expression) if rule.per == PointRule.Per.UNIT else None,
        threshold=rule.threshold if rule.per == PointRule.Per.THRESHOLD else None,
        amount=rule.amount,
        units=rule.units,
        cap_day=rule.cap_day,
        cap_week=rule.cap_week,
        guard=rule.guard,
        scope=rule.scope,
        starts_on=rule.starts_on,
        ends_on=rule.ends_on,
    )


class _AnyName:
    """Accepts every name: a published rule stays readable when a measure has gone."""

    def __contains__(self, name: object) -> bool:
        return True


def _expression(text: str) -> Expression:
    return parse(text, known=_AnyName())  # type: ignore[arg-type]


def names_in(text: str) -> tuple[str, ...]:
    """The measures and rules that an expression names; nothing for one that is none."""
    try:
        return _expression(text).measures
    except ExpressionError:
        return ()


def circle(edges: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """The keys of a circle through `start`, which begins and ends with it; empty without one."""
    trail: list[str] = [start]

    def search(key: str, seen: set[str]) -> bool:
        for other in edges.get(key, ()):
            if other == start:
                trail.append(start)
                return True
            if other not in seen:
                seen.add(other)
                trail.append(other)
                if search(other, seen):
                    return True
                trail.pop()
        return False

    return trail if search(start, set()) else []


def levels(rules: Sequence[RuleSpec]) -> list[list[RuleSpec]]:
    """The rules in layers, each of which builds only on those before it."""
    keys = {rule.key for rule in rules}
    done: set[str] = set()
    left = list(rules)
    found: list[list[RuleSpec]] = []
    while left:
        ready = [rule for rule in left if not (set(rule.builds_on) & keys) - done]
        if not ready:
            raise ValueError("Point rules build on each other in a circle.")
        found.append(ready)
        done |= {rule.key for rule in ready} - {rule.key for rule in left if rule not in ready}
        left = [rule for rule in left if rule not in ready]
    return found


def families(rules: Sequence[RuleSpec]) -> list[list[RuleSpec]]:
    """The rules in groups that have nothing to do with each other; versions stay together."""
    family = {rule.key: rule.key for rule in rules}

    def head(key: str) -> str:
        while family[key] != key:
            key = family[key]
        return key

    for rule in rules:
        for other in rule.builds_on:
            if other in family:
                family[head(rule.key)] = head(other)
    groups: dict[str, list[RuleSpec]] = {}
    for rule in rules:
        groups.setdefault(head(rule.key), []).append(rule)
    return list(groups.values())
