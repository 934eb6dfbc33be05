"""Quests made by hand, from the pool or from scratch, and called off again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from badges.quests import files
from badges.quests import news as quest_news
from badges.quests.days import checked
from badges.quests.models.claims import QuestClaim
from badges.quests.models.pool import LONGEST_DAYS, QuestTemplate
from badges.quests.models.quests import Quest
from badges.quests.paying import pay
from incentives.org.dated import overlaps
from incentives.org.models import Company, Person, Role, Team
from incentives.org.notation import day
from incentives.org.querysets import TeamQuerySet
from incentives.org.refusals import Refused
from incentives.org.wording import named
from scoring.criteria import CriteriaError, load_criteria
from scoring.models import PointDecision
from scoring.points.decisions import (
    addressed,
    decide,
    release,
)

MAKERS = (Role.SUPERVISOR, Role.MANAGER)
SHORTEST_REASON = 10


def teams_for(person: Person) -> TeamQuerySet:
    """The teams for which someone may make quests: those they lead."""
    led: TeamQuerySet = Team.objects.decided_by(person)
    return led.active(on=person.company_today)


def may_address_everyone(person: Person) -> bool:
    """Whether someone may make a quest for the whole company."""
    return person.has_role(Role.MANAGER) and person.runs_the_company


@transaction.atomic
def make(*, quest: Quest, teams: Collection[Team], by: Person, today: date) -> Quest:
    """Store a quest and tell those whom it is for; no teams stand for the whole company.

    Raises Refused for days that are over, for teams that are not led, and for a quest that
    runs already for one of these teams.
    """
    _check_days(quest, today)
    _check_teams(teams, by)
    _check_criteria(quest)
    # Two who press at once: the second one waits here and then sees the first one's quest.
    Company.objects.select_for_update().get(pk=Company.current().pk)
    _check_overlap(quest, teams)
    quest.made_by = by
    quest.full_clean()
    quest.save()
    quest.teams.set(teams)
    decision = set_aside(quest=quest, teams=teams, by=by, on=today)
    if decision.waits:
        quest.status = Quest.Status.WAITING
        quest.save(update_fields=["status"])
    else:
        quest_news.made(quest, on=today)
    return quest


def set_aside(*, quest: Quest, teams: Collection[Team], by: Person, on: date) -> PointDecision:
    """Decide about a stored quest's points for everyone whom it addresses. Raises Refused."""
    return decide(
        kind="quest",
        subject=quest.pk,
        by=by,
        on=on,
        each=quest.points,
        people=addressed(teams, on=on),
        said=named(quest),
        teams=teams,
    )


def carry_out(decision: PointDecision, on: date) -> None:
    """The second person has said yes: the quest opens, and those whom it is for are told."""
    quest = Quest.objects.select_for_update().get(pk=decision.about)
    if quest.starts_on < on:
        raise Refused(_("Its first day is over: say no, and let it be made anew."))
    quest.status = Quest.Status.OPEN
    quest.save(update_fields=["status"])
    quest_news.made(quest, on=on)


def call_off(decision: PointDecision, on: date) -> None:
    Quest.objects.filter(pk=decision.about).update(
        status=Quest.Status.CANCELLED,
        cancel_reason=decision.reason,
        cancelled_by=decision.second_by_id or decision.decided_by_id,
        closed_on=on,
    )


def _check_days(quest: Quest, today: date) -> None:
    if quest.ends_on < quest.starts_on:
        raise Refused(_("The last day is before the first day: swap them."))
    if quest.starts_on < today:
        raise Refused(_("A quest cannot begin in the past: let it begin today or later."))
    if (quest.ends_on - quest.starts_on).days >= LONGEST_DAYS:
        raise Refused(
            _("A quest lasts at most %(most)d days: end it earlier.") % {"most": LONGEST_DAYS}
        )


def _check_teams(teams: Collection[Team], by: Person) -> None:
    if not by.has_role(*MAKERS):
        raise Refused(_("Quests are made by supervisors and managers."))
    if not teams and not may_address_everyone(by):
        raise Refused(_("Choose the teams that the quest is for."))
    led = set(teams_for(by).values_list("pk", flat=True))
    if any(team.pk not in led for team in teams):
        raise Refused(_("You can make quests for the teams that you lead."))


def _check_criteria(quest: Quest) -> None:
    if quest.is_claimed:
        return
    by = "team" if quest.for_team else "agent"
    days = (quest.ends_on - quest.starts_on).days + 1
    try:
        criteria = checked_data(quest.criteria, days=days, by=by)
    except CriteriaError as error:
        raise Refused(str(error)) from None
    quest.criteria = criteria


def checked_data(data: object, *, days: int, by: str) -> dict[str, object]:
    """Criteria from data, checked for a quest of so many days, as data. Raises CriteriaError."""
    length = {1: "day"}.get(days, "own")
    criteria = load_criteria(data if isinstance(data, dict) else {})
    return checked(criteria, length=length, days=days, by=by).as_data()


def _check_overlap(quest: Quest, teams: Collection[Team]) -> None:
    """Refuse the same quest for the same team twice at once."""
    same = Q(name_en=quest.name_en)
    if quest.template_id is not None:
        same |= Q(template=quest.template_id)
    if quest.criteria:
        same |= Q(criteria=quest.criteria, audience=quest.audience)
    running = [Quest.Status.OPEN, Quest.Status.WAITING]
    found = Quest.objects.filter(same, status__in=running)
    found = found.filter(overlaps(quest.starts_on, quest.ends_on))
    if teams:
        found = found.for_teams(teams)
    other = found.order_by("starts_on").first()
    if other is not None:
        raise Refused(
            _("“%(name)s” runs already from %(start)s to %(end)s: choose other days or teams.")
            % {"name": other.name, "start": day(other.starts_on), "end": day(other.ends_on)}
        )


@transaction.atomic
def cancel(*, quest: Quest, by: Person, reason: str, today: date) -> Quest:
    """Call a quest off before its end, with a reason that those taking part are told.

    What was done before stays done, and paid. Raises Refused, also for whoever may not: see
    `QuestQuerySet.manageable_by`.
    """
    if not Quest.objects.manageable_by(by).filter(pk=quest.pk).exists():
        raise Refused(_("Quests are called off by who made them or leads all their teams."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write in a sentence why: everyone who takes part will read it."))
    current = Quest.objects.select_for_update().get(pk=quest.pk)
    if current.is_cancelled:
        raise Refused(_("This quest was called off already."))
    if not current.is_open or current.ends_on < today:
        raise Refused(_("This quest is over: it closes by itself, and its results stand."))
    current.status = Quest.Status.CANCELLED
    current.cancelled_by, current.cancel_reason = by, reason.strip()
    current.closed_on = today
    current.save(update_fields=["status", "cancelled_by", "cancel_reason", "closed_on"])
    waiting = current.claims.filter(status=QuestClaim.Status.WAITING)
    waiting.exclude(person=by).update(
        status=QuestClaim.Status.REFUSED,
        decided_by=by,
        decided_at=timezone.now(),
        reason=reason.strip(),
    )
    files.discard_later(list(waiting.values_list("file_path", flat=True)))
    waiting.update(status=QuestClaim.Status.WITHDRAWN, file_path="")
    release("quest", [current.pk])
    quest_news.cancelled(current, on=today)
    return current


def archive(templates: Iterable[QuestTemplate], *, on: date) -> None:
    """Take templates out of the pool; quests made from them go on."""
    for template in templates:
        template.archived_on = on
        template.save(update_fields=["archived_on"])


def settle(decision: PointDecision) -> None:
    """Pay again what waited for a budget."""
    quest_news.paid(pay([decision.about]))


def address(decision: PointDecision) -> str:
    """The page of the quest that a decision is about."""
    return reverse("badges:quest", args=[decision.about])
