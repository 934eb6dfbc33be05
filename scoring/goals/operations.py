"""Goals: proposed, agreed by both sides, withdrawn, assessed; `goal_review` measures and closes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.models import Person, Team
from incentives.org.refusals import Refused
from incentives.org.wording import LANGUAGES
from scoring.goals import news
from scoring.goals.review import figures_before, post_points
from scoring.models import AgentDay, Goal, GoalAcknowledgement, PointDecision, PointEntry
from scoring.points.decisions import (
    addressed,
    decide,
    decision_of,
    release,
    revoke_waiting,
    standing_behind,
)

_Side = GoalAcknowledgement.Side
#: What stands behind an entry of the ledger: see LedgerKind.
BEHIND = standing_behind(
    "goal", "e.source_key LIKE 'goal:' || d.subject || ':' || e.agent_id || ':%'"
)
_Status = Goal.Status
_Outcome = Goal.Outcome


def side_of(goal: Goal, person: Person) -> str | None:
    """Which side of a goal someone is on: the agent's (a member's), the supervisor's, or neither."""
    today = person.company_today
    if goal.agent_id == person.pk:
        return _Side.AGENT
    if goal.agent is not None:
        leads = Person.objects.decided_by(person).filter(pk=goal.agent.pk).exists()
    else:
        team = goal.team
        leads = team is not None and Team.objects.decided_by(person).filter(pk=team.pk).exists()
    if leads and person.has_role("supervisor", "manager"):
        return _Side.SUPERVISOR
    member = person.memberships.active(on=today).filter(team=goal.team_id)
    return _Side.AGENT if goal.team_id and member.exists() else None


def propose(*, goal: Goal, by: Person) -> Goal:
    """Save a new goal; whoever writes it has said yes to it. Raises Refused, ValidationError."""
    side = _required_side(goal, by)
    if goal.team_id is not None and side != _Side.SUPERVISOR:
        raise Refused(_("Only a supervisor or manager can set a goal for a team."))
    goal.proposed_by = by
    goal.full_clean()
    with transaction.atomic():
        goal.save()
        _decide(goal, by)
        acknowledge(goal=goal, by=by)
        if not waits(goal):
            news.goal_proposed(goal, by)
    return goal


def _decide(goal: Goal, by: Person) -> None:
    """Set the points of a team's goal aside for everyone in the team today."""
    if goal.team is None or not goal.points:
        return
    decide(
        kind="goal",
        subject=goal.pk,
        by=by,
        on=by.company_today,
        each=goal.points,
        people=addressed([goal.team], on=by.company_today),
        said=dict.fromkeys(LANGUAGES, goal.title),
        teams=[goal.team],
    )


def waits(goal: Goal) -> bool:
    """Whether a second person has still to confirm the goal's points."""
    decision = decision_of("goal", goal.pk) if goal.points else None
    return decision is not None and decision.waits


def change(*, goal: Goal, by: Person) -> Goal:
    """Save an edited goal that is not agreed yet; only the editor's yes stays. Raises Refused."""
    _required_side(goal, by)
    goal.full_clean()
    with transaction.atomic():
        if _locked(goal).status != _Status.PROPOSED:
            raise Refused(_("An agreed goal stays as it is: withdraw it and propose a new one."))
        goal.save()
        revoke_waiting("goal", goal.pk)
        _decide(goal, by)
        goal.acknowledgements.all().delete()
        acknowledge(goal=goal, by=by)
        if not waits(goal):
            news.goal_proposed(goal, by)
    return goal


def acknowledge(*, goal: Goal, by: Person) -> Goal:
    """Say yes. A person's goal is agreed when both sides have; a team's when its supervisor has.

    Members of the team can still say that they have seen it. Twice is once. Raises Refused.
    """
    side = _required_side(goal, by)
    with transaction.atomic():
        current = _locked(goal)
        if not current.is_open:
            raise Refused(_("This goal is over; there is nothing left to agree to."))
        current.acknowledgements.get_or_create(person=by, defaults={"side": side})
        sides = set(current.acknowledgements.values_list("side", flat=True))
        agreed = _Side.SUPERVISOR in sides and (current.team_id or _Side.AGENT in sides)
        if agreed and not waits(current) and current.status == _Status.PROPOSED:
            current.status, current.agreed_at = _Status.AGREED, timezone.now()
            current.baseline = figures_before([current])[current.pk]
            current.save(update_fields=["status", "agreed_at", "baseline"])
            if current.agent_id:
                news.goal_agreed(current, by)
    goal.refresh_from_db()
    return goal


def withdraw(*, goal: Goal, by: Person, note: str = "") -> Goal:
    """Take a goal back: either side before it is agreed, the supervisor with a reason afterwards."""
    side = _required_side(goal, by)
    with transaction.atomic():
        current = _locked(goal)
        if not current.is_open:
            raise Refused(_("This goal is over; it cannot be withdrawn."))
        if current.status == _Status.AGREED and side != _Side.SUPERVISOR:
            raise Refused(_("An agreed goal is withdrawn by the supervisor: talk to them."))
        if current.status == _Status.AGREED and not note.strip():
            raise Refused(_("Write why the goal is withdrawn: the other side will read it."))
        current.status, current.note = _Status.WITHDRAWN, note.strip()
        current.save(update_fields=["status", "note"])
        revoke_waiting("goal", goal.pk)
        release("goal", [goal.pk])
    goal.refresh_from_db()
    return goal


def assess(*, goal: Goal, by: Person, reached: bool, note: str) -> Goal:
    """Say what came of a goal without figures, once it is agreed. Raises Refused."""
    if _required_side(goal, by) != _Side.SUPERVISOR:
        raise Refused(_("The supervisor says what came of a goal."))
    if not note.strip():
        raise Refused(_("Write in a sentence what came of it: the other side will read it."))
    with transaction.atomic():
        current = _locked(goal)
        if _is_paid_to(by, current):
            raise Refused(_("This goal pays you: someone outside the team says what came of it."))
        if current.is_measured or current.status not in (_Status.AGREED, _Status.CLOSED):
            raise Refused(
                _("This goal cannot be assessed: figures decide it, or it is not agreed.")
            )
        current.outcome = _Outcome.REACHED if reached else _Outcome.MISSED
        current.status, current.note, current.assessed_by = _Status.CLOSED, note.strip(), by
        current.closed_on = current.closed_on or by.company_today
        current.progress = Decimal(1) if reached else current.progress
        current.save()
        post_points([current])
    goal.refresh_from_db()
    return goal


def _is_paid_to(person: Person, goal: Goal) -> bool:
    """Whether a goal's points reach someone who has not decided them: those get none."""
    decision = decision_of("goal", goal.pk) if goal.points else None
    if decision is None or person.pk in decision.deciders:
        return False
    days = AgentDay.objects.filter(team=goal.team_id, day__range=(goal.starts_on, goal.ends_on))
    member = person.memberships.active(on=person.company_today).filter(team=goal.team_id)
    return member.exists() or days.filter(agent=person).exists()


def _required_side(goal: Goal, person: Person) -> str:
    side = side_of(goal, person)
    if side is None:
        raise Refused(_("This goal is between the agent and the supervisor."))
    return side


def _locked(goal: Goal) -> Goal:
    return Goal.objects.select_for_update().get(pk=goal.pk)


def goal_of(decision: PointDecision) -> Goal:
    return Goal.objects.select_related("team").get(pk=decision.about)


def carry_out(decision: PointDecision, _on: date) -> None:
    """The second person has said yes: the supervisor's own yes counts now, and the team is told."""
    goal = goal_of(decision)
    if decision.decided_by is None or not goal.is_open:
        raise Refused(_("This goal is over; there is nothing left to agree to."))
    acknowledge(goal=goal, by=decision.decided_by)
    news.goal_proposed(goal, decision.decided_by)


def call_off(decision: PointDecision, _on: date) -> None:
    goal = goal_of(decision)
    goal.status, goal.note = _Status.WITHDRAWN, decision.reason
    goal.save(update_fields=["status", "note"])


def settle(decision: PointDecision) -> None:
    """Pay again what waited for a budget."""
    post_points([goal_of(decision)])


def address(decision: PointDecision) -> str:
    """The page of the goal that a decision is about."""
    return reverse("scoring:goal", args=[decision.about])


def why(entry: PointEntry) -> str:
    """Why an entry of the ledger was made."""
    return _("Goal reached") if entry.amount > 0 else _("The goal is no longer reached")
