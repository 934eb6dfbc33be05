"""Points given by hand: with a written reason, through the same door as every other decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.models import Person, Role
from incentives.org.querysets import PersonQuerySet
from incentives.org.refusals import Refused
from incentives.org.wording import LANGUAGES
from scoring import news
from scoring.models import PointDecision, PointEntry
from scoring.points.decisions import decide, one_at_a_time, teams_of
from scoring.points.occasions import Occasion, post

SHORTEST_REASON = 10
AWARDERS = (Role.SUPERVISOR, Role.MANAGER)


def recipients(by: Person) -> PersonQuerySet:
    """People whom someone may give points: those they lead, without themselves."""
    led: PersonQuerySet = Person.objects.decided_by(by)
    return led.active(on=by.company_today).exclude(pk=by.pk)


def may_give(*, by: Person, agent: Person) -> bool:
    """Whether someone may give points to this person."""
    return by.has_role(*AWARDERS) and recipients(by).filter(pk=agent.pk).exists()


@transaction.atomic
def award(
    *, agent: Person, amount: int, reason: str, by: Person, on: date, token: UUID | str = ""
) -> PointEntry:
    """Give points to someone one leads, out of one's budget of the month of `on`.

    `token` names the form that was filled in: sent twice, it gives once. Raises Refused.
    """
    _check(agent, amount, reason, by)
    # Sent twice at once, the second one waits here and finds what the first one has given.
    one_at_a_time()
    key = f"manual:{by.pk}:{token or uuid4()}"
    entries = PointEntry.objects.select_related("agent", "actor").filter(source_key=key)
    earlier = entries.first()
    if earlier is not None:
        return earlier
    decision = decide(
        kind=PointDecision.Kind.AWARD,
        by=by,
        on=on,
        each=amount,
        people=[agent.pk],
        said=dict.fromkeys(LANGUAGES, reason.strip()),
        teams=teams_of(agent, on=on),
    )
    occasion = Occasion(
        agent=agent.pk,
        amount=amount,
        on=on,
        key=key,
        reason=reason.strip(),
        decision=decision.pk,
        actor=by.pk,
    )
    post([occasion], kind=PointEntry.Kind.MANUAL)
    entry = entries.get()
    if entry.withheld:
        raise Refused(_no_room(agent, entry.amount))
    news.points_by_hand(entry)
    return entry


def _check(agent: Person, amount: int, reason: str, by: Person) -> None:
    if amount <= 0:
        raise Refused(_("Give at least one point."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write in a sentence what it is for: the agent will read it."))
    if not may_give(by=by, agent=agent):
        raise Refused(_("Points are given to people whom you lead: choose one of them."))


def _no_room(agent: Person, room: int) -> str:
    words = {"name": agent.display_name, "room": room}
    if room:
        return _("%(name)s can get %(room)d more points from decisions this month.") % words
    text = _("%(name)s has this month all that one person gets from decisions: say it in words.")
    return text % words
