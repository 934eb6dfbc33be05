"""Audit of what people decided: the ledger against decisions, decisions against budgets and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from scoring.audit.running import Difference, register
from scoring.goals.review import unsettled
from scoring.models import Goal, PointDecision

#: For each kind of entry that is no rule's, what has to stand behind an entry `e`: SQL. A kind that
#: is not named here has nothing that could, so any entry of it is forged.
BEHIND: dict[str, str] = {}

_IN_FORCE = """EXISTS (
    SELECT FROM scoring_pointdecision d WHERE d.id = e.decision_id AND d.kind = '{kind}'
        AND d.status = 'in_force' AND {subject})"""
_TAKEN_BACK = """EXISTS (
    SELECT FROM scoring_pointentry r WHERE r.id = e.reverses_id AND r.decision_id = e.decision_id
        AND r.agent_id = e.agent_id AND e.source_key = 'reversal:' || r.id AND e.amount < 0)"""


def decided(kind: str, subject: str) -> str:
    """SQL: a decision in force of this kind stands behind the entry; `subject` ties the two."""
    return _IN_FORCE.format(kind=kind, subject=subject)


BEHIND["manual"] = decided(
    "award", "d.decided_by_id = e.actor_id AND e.source_key LIKE 'manual:' || e.actor_id || ':%'"
)
BEHIND["goal"] = decided(
    "goal", "e.source_key LIKE 'goal:' || d.subject || ':' || e.agent_id || ':%'"
)


@register("decisions", _("Decisions behind points"))
def decisions(cursor: Any) -> Iterator[Difference]:
    """Entries that nobody's decision and nothing won stands behind; sums of decisions and budgets."""
    behind = " ".join(f"WHEN '{kind}' THEN {sql}" for kind, sql in sorted(BEHIND.items()))
    cursor.execute(
        "SELECT e.id, e.kind, p.key, e.amount FROM scoring_pointentry e"
        " JOIN org_person p ON p.id = e.agent_id"
        " WHERE e.kind <> 'rule' AND e.id > (SELECT coalesce(max(decided_after), 0)"
        f" FROM scoring_pointlimits) AND NOT ({_TAKEN_BACK})"
        f" AND NOT (CASE e.kind {behind} ELSE FALSE END) ORDER BY e.id"
    )
    for pk, kind, person, amount in cursor.fetchall():
        yield Difference(f"{person} {kind} #{pk}", str(amount), "–")
    yield from _sums(cursor)


_SUMS = """
    SELECT 'decision #' || d.id || ' paid', d.paid, coalesce(sum(e.amount), 0)
    FROM scoring_pointdecision d LEFT JOIN scoring_pointentry e ON e.decision_id = d.id
    WHERE d.budget_id IS NOT NULL GROUP BY d.id HAVING d.paid <> coalesce(sum(e.amount), 0)
    UNION ALL
    SELECT 'budget ' || p.key || ' ' || b.month, b.spent, coalesce(sum(d.reserved), 0)
    FROM scoring_awardbudget b JOIN org_person p ON p.id = b.person_id
    LEFT JOIN scoring_pointdecision d ON d.budget_id = b.id AND d.status <> 'refused'
    GROUP BY b.id, p.key HAVING b.spent <> coalesce(sum(d.reserved), 0)
    UNION ALL
    SELECT p.key || ' ' || m.month::date, m.points, l.most
    FROM (
        SELECT agent_id, date_trunc('month', booked_on) AS month, sum(amount) AS points
        FROM scoring_pointentry WHERE decision_id IS NOT NULL GROUP BY 1, 2
    ) m
    JOIN org_person p ON p.id = m.agent_id
    CROSS JOIN (
        SELECT max(most) AS most FROM (
            SELECT person_a_month AS most FROM scoring_pointlimitsevent
            UNION ALL SELECT person_a_month FROM scoring_pointlimits
        ) ever
    ) l
    WHERE m.points > l.most
    ORDER BY 1
"""


def _sums(cursor: Any) -> Iterator[Difference]:
    """What a decision paid, what a budget set aside, what one person got in a month."""
    cursor.execute(_SUMS)
    for what, stored, right in cursor.fetchall():
        yield Difference(what, str(stored), str(right))


@register("goal points", _("Points of goals"))
def goal_points(_cursor: Any) -> Iterator[Difference]:
    """The ledger's sums against what the goals are worth; what waits for a budget is no difference."""
    over = Goal.objects.filter(status=Goal.Status.CLOSED, points__gt=0).order_by("pk")
    waiting = waiting_for_budget("goal")
    for goal in over:
        if goal.pk in waiting:
            continue
        for each in unsettled(goal):
            yield Difference(f"{goal.title} #{each.agent}", "0", f"{each.amount:+d}")


def waiting_for_budget(kind: str) -> set[int]:
    """What decisions of a kind are about (ids) whose points wait for a larger budget."""
    short = PointDecision.objects.filter(kind=kind, short__gt=0)
    return {each.about for each in short}
