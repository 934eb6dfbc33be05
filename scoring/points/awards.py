"""Points given by hand: with a written reason, inside the giver's budget of the month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from incentives.org.models import Person, Role, Team
from incentives.org.querysets import PersonQuerySet
from incentives.org.refusals import Refused
from scoring import news
from scoring.models import AwardBudget, PointEntry
from scoring.points.ledger import post

DEFAULT_BUDGET = 500
SHORTEST_REASON = 10
AWARDERS = (Role.SUPERVISOR, Role.MANAGER)


class AwardRefused(Refused):
    """An award that is not given; the message says why and what to do."""


def budget_of(*, person: Person, on: date) -> AwardBudget:
    """The person's budget for the month of `on`; made from the month before when there is none."""
    month = on.replace(day=1)
    usual = usual_budgets(people=[person], month=month)[person.pk]
    budgets = AwardBudget.objects
    return budgets.get_or_create(person=person, month=month, defaults={"points": usual})[0]


def usual_budgets(*, people: Sequence[Person], month: date) -> dict[int, int]:
    """By person, the points of a month for which nobody set a budget: those of the one before."""
    before = AwardBudget.objects.filter(person__in=people, month__lt=month).order_by("month")
    known = dict(before.values_list("person", "points"))
    return {person.pk: known.get(person.pk, DEFAULT_BUDGET) for person in people}


def recipients(by: Person) -> PersonQuerySet:
    """People whom someone may give points: those they lead, without themselves."""
    led: PersonQuerySet = Person.objects.decided_by(by)
    return led.active(on=by.company_today).exclude(pk=by.pk)


def budget_holders(*, manager: Person) -> PersonQuerySet:
    """The supervisors of the teams that a manager leads."""
    today = manager.company_today
    found: PersonQuerySet = Person.objects.active(on=today).with_role("supervisor", on=today)
    if manager.runs_the_company:
        return found
    led = Team.objects.decided_by(manager).order_by().values("pk")
    return found.filter(supervisions__team__in=led).distinct()


def may_give(*, by: Person, agent: Person) -> bool:
    """Whether someone may give points to this person."""
    return by.has_role(*AWARDERS) and recipients(by).filter(pk=agent.pk).exists()


@transaction.atomic
def award(
    *, agent: Person, amount: int, reason: str, by: Person, on: date, token: UUID | str = ""
) -> PointEntry:
    """Give points to someone one leads, out of one's budget of the month of `on`.

    `token` names the form that was filled in: sent twice, it gives once. Raises AwardRefused.
    """
    _check(agent, amount, reason, by)
    budget = budget_of(person=by, on=on)
    key = f"manual:{by.pk}:{token}" if token else f"manual:{by.pk}:{_next_number(by)}"
    entry, is_new = post(
        agent=agent,
        amount=amount,
        kind=PointEntry.Kind.MANUAL,
        on=on,
        source_key=key,
        reason=reason.strip(),
        actor=by,
    )
    if is_new:
        _spend(budget, amount)
        news.points_by_hand(entry)
    return entry


def _next_number(by: Person) -> int:
    # Without a form every call is an award of its own; the row lock of the budget keeps two
    # callers from taking the same number.
    AwardBudget.objects.select_for_update().filter(person=by).order_by("pk").first()
    return PointEntry.objects.filter(actor=by, kind=PointEntry.Kind.MANUAL).count() + 1


def _check(agent: Person, amount: int, reason: str, by: Person) -> None:
    if amount <= 0:
        raise AwardRefused(_("Give at least one point."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise AwardRefused(_("Write in a sentence what it is for: the agent will read it."))
    if not may_give(by=by, agent=agent):
        raise AwardRefused(_("Points are given to people whom you lead: choose one of them."))


def _spend(budget: AwardBudget, amount: int) -> None:
    # The row is locked by the update, so that of two awards at once the second one sees what
    # the first one has spent.
    free = AwardBudget.objects.filter(pk=budget.pk, points__gte=F("spent") + amount)
    if free.update(spent=F("spent") + amount):
        return
    budget.refresh_from_db()
    raise AwardRefused(
        _("Your budget has %(left)d points left this month: give fewer, or ask a manager for more.")
        % {"left": budget.left}
    )


@transaction.atomic
def take_back(*, entry: PointEntry, by: Person, reason: str, on: date) -> PointEntry:
    """Reverse an award by a new entry; points of this month's budget are free again.

    For whoever gave it, and managers. Raises AwardRefused.
    """
    if entry.kind != PointEntry.Kind.MANUAL or entry.amount < 0:
        raise AwardRefused(_("Only points given by hand can be taken back."))
    if entry.actor_id != by.pk and not by.has_role(Role.MANAGER):
        raise AwardRefused(_("Someone else gave these points: ask them, or a manager."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise AwardRefused(_("Write in a sentence why: the agent will read it."))
    reversal, is_new = post(
        agent=entry.agent,
        amount=-entry.amount,
        kind=PointEntry.Kind.MANUAL,
        on=entry.occurred_on,
        source_key=f"reversal:{entry.pk}",
        reason=reason.strip(),
        actor=by,
        reverses=entry,
    )
    if is_new:
        news.points_by_hand(reversal)
        month = entry.occurred_on.replace(day=1)
        if month == on.replace(day=1):
            AwardBudget.objects.filter(person=entry.actor, month=month).update(
                spent=Greatest(F("spent") - entry.amount, 0)
            )
    return reversal


@transaction.atomic
def set_budget(*, person: Person, month: date, points: int) -> AwardBudget:
    """Set what someone may give from this month on. Raises AwardRefused below what is given."""
    budget = budget_of(person=person, on=month)
    changed = AwardBudget.objects.filter(pk=budget.pk, spent__lte=points).update(points=points)
    budget.refresh_from_db()
    if not changed:
        raise AwardRefused(
            _("%(spent)d points are given already this month: the budget cannot be smaller.")
            % {"spent": budget.spent}
        )
    return budget
