"""Taking back what a decision has paid: a new entry beside each, with a reason that the agent reads."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from incentives.org.models import Person, Role
from incentives.org.refusals import Refused
from scoring.models import PointDecision, PointEntry
from scoring.models.kinds import decision_kind
from scoring.points import news
from scoring.points.decisions import SHORTEST_REASON, free_what_is_left, one_at_a_time
from scoring.points.occasions import Occasion, post

# What each person has from the decision and nobody took back yet: the newest entry and the sum.
_STANDING = """
    SELECT agent_id, max(id), sum(amount) FROM scoring_pointentry e
    WHERE decision_id = %(decision)s AND (%(agents)s::bigint[] IS NULL OR agent_id = ANY(%(agents)s))
    GROUP BY agent_id
    HAVING sum(amount) > 0 AND count(*) FILTER (WHERE source_key LIKE 'reversal:%%') = 0
    ORDER BY agent_id
"""


def may_take_back(*, decision: PointDecision, agent: Person, by: Person) -> bool:
    """Whether someone may take back what a decision paid this person: who decided it, and managers.

    Nobody does it for themselves.
    """
    if agent.pk == by.pk:
        return False
    if by.pk in decision.deciders and by.has_role(Role.SUPERVISOR, Role.MANAGER):
        return True
    if by.runs_the_company:
        return True
    return by.has_role(Role.MANAGER) and Person.objects.decided_by(by).filter(pk=agent.pk).exists()


def may_take_all_back(*, decision: PointDecision, by: Person) -> bool:
    """Whether someone may take back everything that a decision has paid."""
    mine = by.pk in decision.deciders and by.has_role(Role.SUPERVISOR, Role.MANAGER)
    return mine or by.runs_the_company


def take_back(*, entry: PointEntry, by: Person, reason: str) -> PointEntry:
    """Reverse what a decision paid the person of an entry; twice is once. Raises Refused."""
    decision = entry.decision
    if decision is None:
        raise Refused(_("Only points that someone decided about can be taken back."))
    if not may_take_back(decision=decision, agent=entry.agent, by=by):
        raise Refused(_("Someone else gave these points: ask them, or a manager."))
    _reverse(decision, by=by, reason=reason, agents=[entry.agent_id])
    taken = PointEntry.objects.filter(decision=decision, agent=entry.agent)
    return taken.filter(source_key__startswith="reversal:").get()


def take_all_back(*, decision: PointDecision, by: Person, reason: str) -> int:
    """Reverse everything that a decision has paid; of how many people. Raises Refused."""
    if not may_take_all_back(decision=decision, by=by):
        raise Refused(_("Someone else gave these points: ask them, or a manager."))
    return _reverse(decision, by=by, reason=reason, agents=None)


@transaction.atomic
def _reverse(decision: PointDecision, *, by: Person, reason: str, agents: list[int] | None) -> int:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write in a sentence why: the agent will read it."))
    kind = decision_kind(decision.kind)
    if kind is not None and kind.taken_back_with:
        raise Refused(str(kind.taken_back_with))
    one_at_a_time()
    decision = PointDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"decision": decision.pk, "agents": agents})
        found = cursor.fetchall()
    entries = PointEntry.objects.in_bulk([entry for _agent, entry, _sum in found])
    occasions = [
        Occasion(
            agent=agent,
            amount=-int(points),
            on=entries[entry].occurred_on,
            key=f"reversal:{entry}",
            cause={"why": "person", "said": decision.said},
            reason=reason.strip(),
            decision=decision.pk,
            actor=by.pk,
            reverses=entry,
        )
        for agent, entry, points in found
    ]
    for name in {entry.kind for entry in entries.values()}:
        mine = [each for each in occasions if entries[each.reverses or 0].kind == name]
        post(mine, kind=name)
    free_what_is_left(decision)
    keys = [each.key for each in occasions]
    news.points_taken_back(PointEntry.objects.filter(source_key__in=keys))
    return len(occasions)
