"""Calling a battle off before it is over, and giving it more days."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from badges.battles import news as battle_news
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.overlaps import one_at_a_time, overlapping
from badges.battles.terms import of_days
from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.points.decisions import release

SHORTEST_REASON = 5


@transaction.atomic
def cancel(*, battle: Battle, by: Person, reason: str, today: date) -> Battle:
    """Call an announced battle off, with a reason that its fighters read; nothing is paid.

    Until its last day is over, and not once the boss is down: then the result belongs to those
    who fought. Raises Refused.
    """
    battle = _announced(battle, by, today)
    if not BattleState.objects.select_for_update().get(battle=battle).health:
        raise Refused(_("The boss is down: a won battle is not called off."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write in a sentence why: everyone who fights will read it."))
    battle.status, battle.cancelled_because = Battle.Status.CANCELLED, reason.strip()
    battle.save()
    release("battle", [battle.pk])
    battle_news.cancelled(battle)
    return battle


@transaction.atomic
def extend(*, battle: Battle, by: Person, until: date, today: date) -> Battle:
    """Give an announced battle a later last day; health and reward stay. Raises Refused.

    Before its end only, and not once the boss is down: more days could only lose what is won.
    """
    one_at_a_time()
    battle = _announced(battle, by, today)
    state = BattleState.objects.select_for_update().get(battle=battle)
    if until <= battle.ends_on:
        raise Refused(_("A battle only gets longer: choose a later last day."))
    if not state.health:
        raise Refused(_("The boss is down: more days could only lose what is won."))
    battle.ends_on = until
    found = [*of_days(battle), *overlapping(battle, teams=list(battle.teams.all()))]
    if found:
        raise Refused(found)
    battle.save()
    state.recount = True
    state.save(update_fields=["recount"])
    battle_news.extended(battle)
    return battle


def _announced(battle: Battle, by: Person, today: date) -> Battle:
    found = Battle.objects.select_for_update(of=("self",)).filter(pk=battle.pk).first()
    if found is None or not Battle.objects.run_by(by).filter(pk=battle.pk).exists():
        raise Refused(_("This battle is run by whoever leads all of its teams."))
    if found.status != Battle.Status.PUBLISHED:
        raise Refused(_("Only an announced battle can be extended or cancelled."))
    if found.ends_on < today:
        raise Refused(_("The last day of this battle is over: its result stands."))
    return found
