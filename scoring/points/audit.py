"""Audit of the ledger: rules applied anew, sums, seasons, and what people decided behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incentives.capabilities import Difference, declared
from scoring.figures.auditing import AuditNames, compared, differences, everything
from scoring.models import PointDecision, PointRule, PointSettlement
from scoring.models.kinds import LedgerKind
from scoring.points.ledger import reconcile

_TAKEN_BACK = """EXISTS (
    SELECT FROM scoring_pointentry r WHERE r.id = e.reverses_id AND r.decision_id = e.decision_id
        AND r.agent_id = e.agent_id AND e.source_key = 'reversal:' || r.id AND e.amount < 0)"""


def points(cursor: Any) -> Iterator[Difference]:
    """The ledger's sums by agent, day and rule against the rules applied to the totals."""
    as_of = PointSettlement.last_day()
    if as_of is None:
        return
    cursor.execute("SELECT coalesce(max(id), 0) FROM scoring_pointentry")
    last = cursor.fetchone()[0]
    reconcile(everything(cursor, as_of))
    cursor.execute(
        "SELECT agent_id, occurred_on, rule_id, sum(amount) FILTER (WHERE id <= %s), sum(amount)"
        " FROM scoring_pointentry WHERE (agent_id, occurred_on, rule_id) IN ("
        "  SELECT agent_id, occurred_on, rule_id FROM scoring_pointentry WHERE id > %s)"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [last, last],
    )
    names, rules = AuditNames(), PointRule.objects.in_bulk()
    for agent, day, rule, stored, right in cursor.fetchall():
        what = f"{names.agent(agent)} {day} {rules[rule].key} v{rules[rule].version}"
        yield Difference(what, str(stored or 0), str(right))


def point_totals(cursor: Any) -> Iterator[Difference]:
    """The kept totals against the ledger's sums."""
    names = AuditNames()
    rows = compared(
        cursor,
        stored="scoring_pointtotal",
        right="(SELECT agent_id, sum(amount)::bigint AS lifetime FROM scoring_pointentry"
        " GROUP BY 1) t",
        keys=("agent_id",),
        values=("lifetime",),
    )
    return differences(rows, names.agent)


def season_results(cursor: Any) -> Iterator[Difference]:
    """The archive of closed seasons against what the ledger has booked in their days."""
    names = AuditNames()
    rows = compared(
        cursor,
        stored="(SELECT season_id, agent_id, points FROM scoring_seasonresult) r",
        right="(SELECT s.id AS season_id, e.agent_id, sum(e.amount)::bigint AS points"
        " FROM scoring_season s JOIN scoring_pointentry e"
        " ON e.booked_on BETWEEN s.starts_on AND s.ends_on"
        " WHERE s.closed_at IS NOT NULL GROUP BY 1, 2) t",
        keys=("season_id", "agent_id"),
        values=("points",),
    )
    return differences(rows, lambda season, agent: f"#{season} {names.agent(agent)}")


def decisions(cursor: Any) -> Iterator[Difference]:
    """Entries that nobody's decision and nothing won stands behind; sums of decisions and budgets."""
    behind = " ".join(f"WHEN '{kind.name}' THEN {kind.behind}" for kind in declared(LedgerKind))
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


def waiting_for_budget(kind: str) -> set[int]:
    """What decisions of a kind are about (ids) whose points wait for a larger budget."""
    short = PointDecision.objects.filter(kind=kind, short__gt=0)
    return {each.about for each in short}
