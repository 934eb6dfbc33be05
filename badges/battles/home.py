"""The battle of an agent's teams on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _

from badges.awards.medals import known_metrics
from badges.battles.boss import (
    Boss,
    banner_facts,
    battle_url,
    boss_of,
    known_state,
    objective_lines,
)
from badges.battles.disclosure import told_state
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleDamage, BattleMember
from badges.battles.models.objectives import BattleObjective
from incentives.capabilities import Visit
from incentives.org.models import Membership, Person
from incentives.org.notation import percent
from incentives.stamps import for_everyone

#: For how many days before its first day a battle is shown, and after it was settled.
SHOWN_BEFORE, SHOWN_AFTER = 7, 3
_SHARE = Decimal("0.0001")


class Moment(StrEnum):
    """Where a battle is in its life, in the order in which home shows them."""

    RUNNING = "running"
    COUNTING = "counting"
    OVER = "over"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class BattleGlance:
    """One battle as an agent sees it first; `own` is their own part of the boss, from 0 to 1."""

    battle: Battle
    moment: Moment
    objectives: list[BattleObjective]
    own: Decimal


def own_boss(visit: Visit) -> Boss | None:
    """The banner of the battle to show; one query, and one that is kept."""
    glance = battle_glance(visit)
    if glance is None:
        return None
    battle, today = glance.battle, visit.today
    state = told_state(battle, known_state(battle), reader=None)
    facts: list[tuple[str, str]] = []
    if today >= battle.starts_on:
        keys = [each.key for each in glance.objectives]
        metrics = for_everyone(f"metrics-of-battle:{battle.pk}", lambda: known_metrics(keys))
        lines = objective_lines(battle, glance.objectives, state.objectives, metrics=metrics)
        facts = banner_facts(lines[:2], begun=True)
        facts.append((_("Your part of the boss"), percent(glance.own * 100)))
    return boss_of(battle, state, today=today, facts=facts, url=battle_url(battle))


def battle_glance(visit: Visit) -> BattleGlance | None:
    """The battle of someone's teams, or one that they fought in; the running one first."""
    rows = groupby(_objectives(visit.person, visit.today), key=lambda row: row.battle)
    found = [_glance(battle, list(rows), visit.today) for battle, rows in rows]
    order = list(Moment)
    return min(
        found, key=lambda each: (order.index(each.moment), each.battle.starts_on), default=None
    )


def _objectives(person: Person, today: date) -> Iterable[Any]:
    """The objectives of the battles that concern someone, with battle, state and own damage."""
    own_teams = (
        Membership.objects.taking_part(today).filter(person=person).order_by().values("team")
    )
    theirs = Battle.teams.through.objects.filter(battle=OuterRef("battle"))
    fought = BattleMember.objects.filter(battle=OuterRef("battle"), person=person)
    damage = BattleDamage.objects.filter(
        person=person, battle=OuterRef("battle"), objective=OuterRef("pk")
    )
    done = damage.order_by().values("objective").annotate(done=Sum("amount")).values("done")
    published = Q(battle__status=Battle.Status.PUBLISHED) & Q(
        battle__starts_on__lte=today + timedelta(days=SHOWN_BEFORE)
    )
    settled = Q(battle__status=Battle.Status.SETTLED) & Q(
        battle__settled_on__gte=today - timedelta(days=SHOWN_AFTER)
    )
    return (
        BattleObjective.objects.filter(published | settled, battle__state__isnull=False)
        .filter(~Exists(theirs) | Exists(theirs.filter(team__in=own_teams)) | Exists(fought))
        .select_related("battle__state")
        .annotate(done=Subquery(done))
        .order_by("battle_id", "order", "pk")
    )


def _glance(battle: Battle, rows: list[Any], today: date) -> BattleGlance:
    amounts = [row for row in rows if row.is_amount]
    shares = [(row.done or Decimal(0)) / row.target for row in amounts]
    own = sum(shares, Decimal(0)) / len(shares) if shares else Decimal(0)
    return BattleGlance(
        battle, _moment(battle, today), rows, own.quantize(_SHARE, rounding=ROUND_DOWN)
    )


def _moment(battle: Battle, today: date) -> Moment:
    if battle.status == Battle.Status.SETTLED:
        return Moment.OVER
    if today < battle.starts_on:
        return Moment.COMING
    return Moment.RUNNING if today <= battle.ends_on else Moment.COUNTING
