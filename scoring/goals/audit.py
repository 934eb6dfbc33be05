"""Audit of goals: what they were measured at, what came of them, and the points they paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incentives.capabilities import Difference
from scoring.figures.auditing import differences, redone
from scoring.figures.changes import Changes
from scoring.goals.review import review_goals, unsettled
from scoring.models import Goal, PointSettlement
from scoring.points.audit import waiting_for_budget


def goals(cursor: Any) -> Iterator[Difference]:
    """What goals were measured at, and what came of them, against the figures of today."""
    as_of = PointSettlement.last_day()
    if as_of is None:
        return iter(())
    measured = "(SELECT * FROM scoring_goal WHERE measured_on IS NOT NULL)"
    values = ("baseline", "value", "numerator", "denominator", "progress", "outcome")
    changes = Changes(as_of, everything=True)
    rows = redone(cursor, f"{measured} g", ("id",), values, lambda: review_goals(changes))
    return differences((row for row in rows if row[1]), lambda goal: f"#{goal}")


def goal_points(_cursor: Any) -> Iterator[Difference]:
    """The ledger's sums against what the goals are worth; what waits for a budget is no difference."""
    over = Goal.objects.filter(status=Goal.Status.CLOSED, points__gt=0).order_by("pk")
    waiting = waiting_for_budget("goal")
    for goal in over:
        if goal.pk in waiting:
            continue
        for each in unsettled(goal):
            yield Difference(f"{goal.title} #{each.agent}", "0", f"{each.amount:+d}")
