"""The one door for points that people decide about: limits, budgets, a second person, taking back.

Whatever a person decides (an award, a goal, a quest, a battle, a badge) begins with `decide`, which
sets its points aside, and is paid by `scoring.points.occasions`, which asks `scoring.points.allotment`.
What happens once a second person has confirmed it, each capability declares (`DecisionKind`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org import locks
from incentives.org.models import Membership, Person, Role, Team
from incentives.org.refusals import Refused
from incentives.org.roles import grants_of, running_the_company
from incentives.org.wording import Language
from scoring.models import AwardBudget, PointDecision, PointLimits
from scoring.models.kinds import DecisionKind, decision_kind
from scoring.points import news
from scoring.points.budgets import budget_of, charge, give_back

DECISION_LOCK = 0xDEC1DE
SHORTEST_REASON = 10
_Status = PointDecision.Status


def one_at_a_time() -> None:
    """Wait for whoever else pays decisions, until the transaction ends.

    To be taken before any entry of the ledger is written: else two could wait for each other.
    """
    locks.hold(DECISION_LOCK)


def addressed(teams: Collection[Team], *, on: date) -> set[int]:
    """Ids of the people who take part in one of the teams on a day (no teams: in any)."""
    found = Person.objects.taking_part(on=on, teams=teams or None)
    return set(found.order_by().values_list("pk", flat=True))


def teams_of(person: Person | int, *, on: date) -> list[Team]:
    """The team that someone is in on a day, as the place of a decision about them alone."""
    members = Membership.objects.active(on=on).filter(person=person)
    return [each.team for each in members.select_related("team").order_by("pk")]


@transaction.atomic
def decide(
    *,
    kind: str,
    by: Person,
    on: date,
    each: int,
    people: Collection[int],
    said: Mapping[Language, str],
    subject: int | None = None,
    teams: Collection[Team] = (),
) -> PointDecision:
    """Set points aside for these people (ids) out of the month's budget of whoever decides.

    `teams` are those it addresses (none: the whole company). A large decision waits for a second
    person. Raises Refused.
    """
    one_at_a_time()
    limits = PointLimits.current()
    if each > limits.one_decision:
        raise Refused(
            _("One decision gives a person at most %(most)d points: promise fewer.")
            % {"most": limits.one_decision}
        )
    others = set(people) - {by.pk}
    total = each * len(others)
    budget = budget_of(person=by, on=on)
    if not charge(budget, total):
        budget.refresh_from_db()
        raise Refused(_short_of(budget, total, len(others)))
    made = PointDecision.objects.create(
        kind=kind,
        subject=subject,
        said=dict(said),
        decided_by=by,
        decided_on=on,
        budget=budget,
        teams=sorted(team.pk for team in teams),
        each=each,
        people=len(others),
        reserved=total,
        status=_Status.WAITING if total >= limits.second_from else _Status.IN_FORCE,
    )
    if made.waits:
        news.decision_to_confirm(made, confirmers(made))
    return made


def decide_without_budget(
    *, kind: str, subject: int, on: date, each: int, said: Mapping[Language, str]
) -> PointDecision:
    """A decision of the published scheme: no person's budget pays it, and the limits hold."""
    return PointDecision.objects.create(
        kind=kind, subject=subject, said=dict(said), decided_on=on, each=each, people=0, reserved=0
    )


def _short_of(budget: AwardBudget, total: int, people: int) -> str:
    words = {"left": budget.left, "total": total, "people": people}
    if people == 1:
        return (
            _(
                "Your budget has %(left)d points left this month: give fewer, or ask a manager for more."
            )
            % words
        )
    return (
        _(
            "For %(people)d people this takes %(total)d points, and your budget has %(left)d left this"
            " month: promise fewer, address fewer, or ask a manager for more."
        )
        % words
    )


def waits_for_second() -> str:
    """What whoever decided is told when a second person is needed."""
    return _(
        "Saved. It is much in all, so a second person confirms it first; they are told, and nobody"
        " else hears of it until then."
    )


def decision_of(kind: str, subject: int) -> PointDecision | None:
    """The decision behind something that is paid for; None where nobody decided."""
    found = PointDecision.objects.filter(kind=kind, subject=subject)
    return found.exclude(status=_Status.REFUSED).select_related("budget").first()


def decisions_of(kind: str, subjects: Collection[int]) -> dict[int, int]:
    """Ids of decisions by the ids of what they are about. One query."""
    found = PointDecision.objects.filter(kind=kind, subject__in=list(subjects))
    rows = found.exclude(status=_Status.REFUSED).order_by().values_list("subject", "pk")
    return {subject: pk for subject, pk in rows if subject is not None}


def confirmers(decision: PointDecision) -> set[int]:
    """Ids of those who may be the second person: who runs the company, and managers of all its teams."""
    found = running_the_company()
    if decision.teams:
        sites = set(Team.objects.filter(pk__in=decision.teams).values_list("site", flat=True))
        grants = grants_of(Role.MANAGER)
        if len(sites) == 1 and None not in sites:
            found |= set(grants.filter(site__in=sites).values_list("person", flat=True))
    return found - {decision.decided_by_id}


def may_confirm(*, decision: PointDecision, by: Person) -> bool:
    """Whether someone may say yes or no to a decision as the second person."""
    return by.is_active and by.pk in confirmers(decision)


def to_confirm(person: Person) -> QuerySet[PointDecision]:
    """Decisions that wait for a second person such as this one."""
    waiting = PointDecision.objects.filter(status=_Status.WAITING).order_by("pk")
    mine = [each.pk for each in waiting if may_confirm(decision=each, by=person)]
    return waiting.filter(pk__in=mine).select_related("decided_by")


@transaction.atomic
def confirm(*, decision: PointDecision, by: Person, on: date) -> PointDecision:
    """Say yes as the second person: what was decided happens now. Raises Refused."""
    current = _waiting(decision, by)
    current.status, current.second_by, current.second_at = _Status.IN_FORCE, by, timezone.now()
    current.save(update_fields=["status", "second_by", "second_at"])
    _kind(current).carry_out(current, on)
    return current


@transaction.atomic
def refuse(*, decision: PointDecision, by: Person, reason: str, on: date) -> PointDecision:
    """Say no as the second person, or take one's own decision back while it waits."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write in a sentence why: whoever decided it will read it."))
    one_at_a_time()
    current = _waiting(decision, by, also_own=True)
    if by.pk != current.decided_by_id:
        current.second_by, current.second_at = by, timezone.now()
    current.reason = reason.strip()
    _drop(current)
    _kind(current).call_off(current, on)
    news.decision_refused(current)
    return current


def _waiting(decision: PointDecision, by: Person, *, also_own: bool = False) -> PointDecision:
    current = PointDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    own = by.pk == current.decided_by_id
    if own and not also_own:
        raise Refused(_("You decided this: a second person has to confirm it."))
    if not own and not may_confirm(decision=current, by=by):
        raise Refused(_("This is confirmed by whoever runs the company or all its teams."))
    if not current.waits:
        raise Refused(_("Someone has answered this already."))
    return current


def _drop(decision: PointDecision) -> None:
    give_back(decision.budget, decision.reserved)
    decision.status, decision.reserved = _Status.REFUSED, 0
    decision.save()


@transaction.atomic
def revoke_waiting(kind: str, subject: int) -> None:
    """Take back a decision that waits, because what it is about was changed or removed."""
    one_at_a_time()
    found = PointDecision.objects.select_for_update(of=("self",))
    for each in found.filter(kind=kind, subject=subject, status=_Status.WAITING):
        _drop(each)


@transaction.atomic
def release(kind: str, subjects: Collection[int]) -> None:
    """What was set aside for things that are over, and not paid, is free again."""
    one_at_a_time()
    over = PointDecision.objects.select_for_update(of=("self",)).filter(
        kind=kind, subject__in=list(subjects), status=_Status.IN_FORCE, reserved__gt=F("paid")
    )
    for each in over.select_related("budget").order_by("pk"):
        free_what_is_left(each)


def free_what_is_left(decision: PointDecision) -> None:
    """Give back what a decision has set aside and not paid; its row is locked by the caller."""
    decision.refresh_from_db(fields=["reserved", "paid"])
    give_back(decision.budget, decision.reserved - decision.paid)
    PointDecision.objects.filter(pk=decision.pk).update(reserved=F("paid"))


def pay_what_waited(budget: AwardBudget) -> None:
    """Pay what the budget lacked, now that it is larger."""
    for each in PointDecision.objects.filter(budget=budget, short__gt=0).order_by("pk"):
        PointDecision.objects.filter(pk=each.pk).update(short=0)
        _kind(each).settle(each)


def visible_to(person: Person) -> QuerySet[PointDecision]:
    """Decisions that someone may look at: their own, and those about people whom they lead."""
    found = PointDecision.objects.select_related("decided_by", "second_by", "budget")
    if person.runs_the_company:
        return found
    led = list(Team.objects.led_by(person).order_by().values_list("pk", flat=True))
    wholly = Q(teams__contained_by=led) & ~Q(teams=[])
    return found.filter(Q(decided_by=person) | Q(second_by=person) | wholly)


def _kind(decision: PointDecision) -> DecisionKind:
    kind = decision_kind(decision.kind)
    if kind is None:
        raise Refused(_("What this was decided for is no longer part of this installation."))
    return kind


_IN_FORCE = """EXISTS (
    SELECT FROM scoring_pointdecision d WHERE d.id = e.decision_id AND d.kind = '{kind}'
        AND d.status = 'in_force' AND {subject})"""


def standing_behind(kind: str, subject: str) -> str:
    """SQL: a decision in force of this kind stands behind the entry `e`; `subject` ties the two."""
    return _IN_FORCE.format(kind=kind, subject=subject)
