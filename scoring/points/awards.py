"""Points given by hand: with a written reason, through the same door as every other decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.models import Person
from incentives.org.refusals import Refused
from incentives.org.wording import LANGUAGES
from scoring import news
from scoring.models import PointDecision, PointEntry
from scoring.points.decisions import one_at_a_time
from scoring.points.giving import may_give, require_reason, set_aside
from scoring.points.occasions import Occasion, post


@transaction.atomic
def award(
    *, agent: Person, amount: int, reason: str, by: Person, on: date, token: UUID | str = ""
) -> PointEntry:
    """Give points to someone one leads, out of one's budget of the month of `on`.

    `token` names the form that was filled in: sent twice, it gives once. Raises Refused.
    """
    reason = _checked(agent, amount, reason, by)
    # Sent twice at once, the second one waits here and finds what the first one has given.
    one_at_a_time()
    key = f"manual:{by.pk}:{token or uuid4()}"
    entries = PointEntry.objects.select_related("agent", "actor").filter(source_key=key)
    earlier = entries.first()
    if earlier is not None:
        return earlier
    decision = set_aside(
        kind=PointDecision.Kind.AWARD,
        to=agent,
        points=amount,
        by=by,
        on=on,
        said=dict.fromkeys(LANGUAGES, reason),
    )
    occasion = Occasion(
        agent=agent.pk,
        amount=amount,
        on=on,
        key=key,
        reason=reason,
        decision=decision.pk,
        actor=by.pk,
    )
    post([occasion], kind=PointEntry.Kind.MANUAL)
    entry = entries.get()
    if entry.withheld:
        raise Refused(_no_room(agent, entry.amount))
    news.points_by_hand(entry)
    return entry


def _checked(agent: Person, amount: int, reason: str, by: Person) -> str:
    if amount <= 0:
        raise Refused(_("Give at least one point."))
    wanted = _("Write in a sentence what it is for: the agent will read it.")
    reason = require_reason(reason, wanted)
    if not may_give(by=by, to=agent):
        raise Refused(_("Points are given to people whom you lead: choose one of them."))
    return reason


def _no_room(agent: Person, room: int) -> str:
    words = {"name": agent.display_name, "room": room}
    if room:
        return _("%(name)s can get %(room)d more points from decisions this month.") % words
    text = _("%(name)s has this month all that one person gets from decisions: say it in words.")
    return text % words
