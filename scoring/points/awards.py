"""Points given by hand: with a written reason, through the same door as every other decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.models import Person
from incentives.org.refusals import Refused
from incentives.org.wording import LANGUAGES
from scoring.models import PointDecision, PointEntry
from scoring.points import news
from scoring.points.decisions import one_at_a_time, standing_behind
from scoring.points.giving import may_give, require_reason, set_aside
from scoring.points.occasions import Occasion, post

#: What stands behind an entry of the ledger: see LedgerKind.
BEHIND = standing_behind(
    "award", "d.decided_by_id = e.actor_id AND e.source_key LIKE 'manual:' || e.actor_id || ':%'"
)


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
        kind="award",
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
    post([occasion], kind="manual")
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


def giver(entry: PointEntry) -> Person | None:
    """Who gave an award."""
    return entry.actor


def called(entry: PointEntry) -> str:
    """What a line of points is called; the words of who gave it stand under recognition."""
    if entry.actor is None:
        return entry.words or entry.get_kind_display()
    return _("From %(name)s") % {"name": entry.actor.display_name}


def already_given(_decision: PointDecision, _on: date) -> None:
    """An award is for one person: it never waits for a second one, and is paid when it is decided."""
