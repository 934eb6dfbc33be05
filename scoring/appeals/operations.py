"""Appeals: raised by agents, decided by whoever leads them, and what a granted one sets in motion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.dated import covers
from incentives.org.models import (
    CalendarDay,
    Membership,
    Person,
    Role,
    RoleGrant,
    Supervision,
    Team,
)
from incentives.org.refusals import Refused
from scoring.appeals import news
from scoring.figures.contributions import KINDS
from scoring.figures.windows import ONE_DAY
from scoring.ingest.corrections import PARTS, Remedy, find_fact, parts_of, record
from scoring.models import Appeal, Kpi, Score

WORKING_DAYS = 5
_SATURDAY = 5
_About = Appeal.About
_Status = Appeal.Status


def raise_about_fact(
    *,
    agent: Person,
    kind: str,
    source_id: int,
    external_id: str,
    text: str,
    on: date,
    part: str = "",
    claimed_for: Person | None = None,
) -> Appeal:
    """Contest a rating of a fact (`part`), or whose it is (without one).

    Someone else's fact can only be claimed for oneself. What would move to or from another team
    goes to a manager at once. Raises Refused.
    """
    fact = find_fact(kind, source_id, external_id) if kind in KINDS else None
    if fact is None or fact.deleted or fact.day is None:
        raise Refused(_("There is no ticket “%(id)s”: check its number.") % {"id": external_id})
    mine = fact.agent_id == agent.pk
    if part and (not mine or part not in parts_of(fact)):
        raise Refused(_("This ticket has no such rating of yours: choose another one."))
    if not part and mine and claimed_for == agent:
        raise Refused(_("This ticket is yours already."))
    if not mine and claimed_for != agent:
        raise Refused(_("This ticket is not yours: you can only claim it for yourself."))
    others = [fact.agent_id, claimed_for.pk if claimed_for else None]
    crosses = not part and _other_teams(agent, others, fact.day)
    return _raise(
        agent=agent,
        about=_About.RATING if part else _About.ATTRIBUTION,
        kind=kind,
        source_id=source_id,
        external_id=external_id,
        part=part,
        day=fact.day,
        claimed_for=claimed_for,
        text=text,
        due_on=due_on(on),
        escalated_at=timezone.now() if crosses else None,
    )


def raise_about_score(
    *, agent: Person, score: Score, text: str, on: date, kpi: Kpi | None = None
) -> Appeal:
    """Contest a score of one's own, or one item of it. Raises Refused."""
    if score.agent_id != agent.pk:
        raise Refused(_("Only one's own score can be contested."))
    if kpi is not None and not score.scorecard.items.filter(kpi=kpi).exists():
        raise Refused(_("“%(kpi)s” is not in this score.") % {"kpi": kpi.name})
    return _raise(
        agent=agent,
        about=_About.SCORE,
        period=score.period,
        day=score.starts_on,
        kpi=kpi,
        text=text,
        due_on=due_on(on),
    )


def _raise(**fields: Any) -> Appeal:
    fields["text"] = _required(fields["text"], _("Write in a sentence or two what is wrong."))
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(**fields)
            news.appeal_raised(appeal)
            return appeal
    except IntegrityError as error:
        if "appeal_once_at_a_time" not in str(error):
            raise
        message = _("You have contested this already; the answer is still to come.")
        raise Refused(message) from None


def _required(text: str, message: str) -> str:
    if not text.strip():
        raise Refused(message)
    return text.strip()


def _other_teams(agent: Person, others: Iterable[int | None], day: date) -> bool:
    people = {agent.pk, *(other for other in others if other is not None)}
    found = Membership.objects.active(on=day).filter(person__in=people)
    return len(set(found.values_list("team", flat=True))) > 1


def due_on(on: date, *, days: int | None = None) -> date:
    """The last working day to decide what was raised on a day: `days` of them after it.

    Saturdays, Sundays and the public holidays of the calendar are no working days; the number is
    the setting APPEAL_WORKING_DAYS unless given.
    """
    left = days if days is not None else getattr(settings, "APPEAL_WORKING_DAYS", WORKING_DAYS)
    horizon = on + timedelta(days=7 * left + 60)
    holidays = set(
        CalendarDay.objects.filter(
            kind=CalendarDay.Kind.HOLIDAY, day__gt=on, day__lte=horizon
        ).values_list("day", flat=True)
    )
    day = on
    while left:
        day += ONE_DAY
        left -= day.weekday() < _SATURDAY and day not in holidays
    return day


def to_decide(person: Person) -> QuerySet[Appeal]:
    """The appeals that wait for this person, the most urgent first; never one's own.

    Supervisors decide for the people of their teams (of today, or of the day in question) until
    the deadline; managers of the team, site or company at any time. Where no manager is
    responsible, administrators take their place.
    """
    today = person.company_today
    waiting = Appeal.objects.waiting().exclude(Q(agent=person.pk) | Q(claimed_for=person.pk))
    if not person.is_active:
        return waiting.none()
    supervised = Team.objects.filter(
        Q(pk__in=Supervision.objects.active(on=today).filter(person=person.pk).values("team"))
        | Q(pk__in=_grants(person, Role.SUPERVISOR).values("team"))
    )
    in_time = Q(due_on__gte=today, escalated_at=None)
    mine = (_of_people_in(supervised, today) & in_time) | _managed(person, today)
    if person.has_role(Role.ADMINISTRATOR):
        mine |= _without_manager(today) & ~in_time
    return waiting.filter(mine).select_related("agent", "source", "kpi").order_by("due_on", "pk")


def _grants(person: Person, role: str) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(person=person.pk, role=role).order_by()


def _managed(person: Person, today: date) -> Q:
    grants = _grants(person, Role.MANAGER)
    if grants.filter(team=None, site=None).exists():
        return Q(pk__isnull=False)  # of people without a team too
    teams = Team.objects.filter(
        Q(pk__in=grants.exclude(team=None).values("team"))
        | Q(site__in=grants.exclude(site=None).values("site"))
    )
    return _of_people_in(teams, today)


def _of_people_in(teams: QuerySet[Team], today: date) -> Q:
    ids = teams.order_by().values("pk")
    now = Membership.objects.active(on=today).filter(team__in=ids).order_by().values("person")
    then = Membership.objects.filter(
        covers(OuterRef("day")), team__in=ids, person=OuterRef("agent")
    )
    return Q(agent__in=now) | Q(Exists(then))


def _without_manager(today: date) -> Q:
    """Appeals of people over whom no active manager has a grant, other than themselves."""
    managers = RoleGrant.objects.filter(role=Role.MANAGER, person__is_active=True)
    whole = managers.filter(team=None, site=None).exclude(person=OuterRef("agent"))
    team = Membership.objects.filter(covers(today), person=OuterRef(OuterRef("agent"))).order_by()
    near = managers.filter(
        Q(team__in=team.values("team")) | Q(site__in=team.values("team__site"))
    ).exclude(person=OuterRef("agent"))
    return ~Q(Exists(whole)) & ~Q(Exists(near))


def may_decide(appeal: Appeal, person: Person) -> bool:
    """Whether the appeal waits for this person."""
    return to_decide(person).filter(pk=appeal.pk).exists()


def decide(
    *, appeal: Appeal, by: Person, granted: bool, reason: str, remedies: Sequence[Remedy] = ()
) -> Appeal:
    """Decide an appeal with a reason; a granted one says what becomes of which facts.

    The decision alone: `scoring.appeals.settling.settle` lets it take effect. Raises Refused, also
    when someone else was faster.
    """
    reason = _required(reason, _("Write the reason: the agent will read it."))
    with transaction.atomic():
        current = Appeal.objects.select_for_update().get(pk=appeal.pk)
        if not current.is_open:
            raise Refused(_("This appeal is decided already; see the answer below."))
        if not may_decide(current, by):
            raise Refused(_("This appeal is not yours to decide: a manager will."))
        if granted:
            _check(current, by, remedies)
        current.status = _Status.GRANTED if granted else _Status.REJECTED
        current.decided_by, current.decided_at, current.reason = by, timezone.now(), reason
        current.save()
        for remedy in remedies if granted else ():
            record(current, remedy)
        news.appeal_decided(current)
    return current


def _check(appeal: Appeal, by: Person, remedies: Sequence[Remedy]) -> None:
    if not remedies:
        raise Refused(_("Choose at least one ticket to correct, or do not grant the appeal."))
    for remedy in remedies:
        fact = find_fact(remedy.kind, remedy.source_id, remedy.external_id)
        if fact is None or not _concerns(appeal, remedy, fact):
            raise Refused(_("Only tickets that the appeal is about can be corrected."))
        if not (remedy.reassigns or remedy.parts) or not set(remedy.parts) <= PARTS.keys():
            raise Refused(_("Choose what of the ticket counts no more."))
        if remedy.reassigns:
            _check_new_agent(remedy, fact, by)


def _concerns(appeal: Appeal, remedy: Remedy, fact: Any) -> bool:
    if appeal.about == _About.SCORE:
        return bool(fact.agent_id == appeal.agent_id and not remedy.reassigns)
    about = (appeal.kind, appeal.source_id, appeal.external_id)
    same = (remedy.kind, remedy.source_id, remedy.external_id) == about
    return same and remedy.reassigns == (appeal.about == _About.ATTRIBUTION)


def _check_new_agent(remedy: Remedy, fact: Any, by: Person) -> None:
    agent = remedy.agent
    if agent is not None and agent.pk == fact.agent_id:
        raise Refused(_("The ticket is that agent's already: choose another one."))
    if agent is not None and agent.pk == by.pk:
        raise Refused(_("A ticket cannot be given to whoever decides: let a manager decide."))
    if agent is not None and not Person.objects.decided_by(by).filter(pk=agent.pk).exists():
        raise Refused(_("Choose someone of your own teams, or hand the appeal to a manager."))


def withdraw(*, appeal: Appeal, by: Person) -> Appeal:
    """Take one's own appeal back while nobody has decided it. Raises Refused."""
    if appeal.agent_id != by.pk:
        raise Refused(_("Only the person who raised an appeal can take it back."))
    changed = Appeal.objects.waiting().filter(pk=appeal.pk).update(status=_Status.WITHDRAWN)
    if not changed:
        raise Refused(_("This appeal is decided already; see the answer below."))
    appeal.refresh_from_db()
    return appeal


def hand_on(*, appeal: Appeal, by: Person) -> Appeal:
    """Leave an appeal that waits for oneself to a manager. Raises Refused."""
    if not may_decide(appeal, by):
        raise Refused(_("This appeal is not yours to decide: a manager will."))
    waiting = Appeal.objects.waiting().filter(pk=appeal.pk)
    handed = waiting.filter(escalated_at=None).update(escalated_at=timezone.now())
    appeal.refresh_from_db()
    if handed:
        news.appeal_raised(appeal)
    return appeal


def escalate_overdue(*, today: date) -> int:
    """Hand on what nobody decided in time, so that the record shows when; returns how many."""
    late = Appeal.objects.waiting().filter(due_on__lt=today, escalated_at=None)
    found = list(late.select_related("agent"))
    now = timezone.now()
    for appeal in found:
        appeal.escalated_at = now
        news.appeal_raised(appeal)
    return int(late.filter(pk__in=[appeal.pk for appeal in found]).update(escalated_at=now))


def waiting_for(person: Person) -> int:
    """How many appeals wait for this person; nobody else pays for the question."""
    if not person.has_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        return 0
    return to_decide(person).count()
