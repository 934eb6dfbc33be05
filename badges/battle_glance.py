"""The battle of an agent's teams on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from badges.models import Battle, BattleDamage, BattleObjective, BattleState
from badges.models.battles import BattleQuerySet
from incentives.org.models import Person
from incentives.org.querysets import covers

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
    """One battle as an agent sees it first.

    `health` and `own` (their own part of the boss) are shares from 0 to 1; `days_left` counts today,
    0 once the last day is over. `is_down` while the boss has no health left: won, but until
    `battle.counts_until` corrections still count.
    """

    battle: Battle
    moment: Moment
    health: Decimal
    own: Decimal
    days_left: int
    phase_en: str
    phase_zh: str

    @property
    def is_down(self) -> bool:
        """Whether the boss has no health left."""
        return not self.health


def battle_glance(person: Person, today: date) -> BattleGlance | None:
    """The battle that concerns someone today, the running one first; one query."""
    found = [(_moment(each, today), each) for each in _concerning(person, today)]
    if not found:
        return None
    order = list(Moment)
    moment, battle = min(found, key=lambda pair: (order.index(pair[0]), pair[1].starts_on))
    state: BattleState | None = getattr(battle, "state", None)
    phase = battle.phases[state.phase] if state and 0 <= state.phase < len(battle.phases) else {}
    return BattleGlance(
        battle=battle,
        moment=moment,
        health=state.health if state else Decimal(1),
        own=(battle.own / (battle.amounts or 1)).quantize(_SHARE, ROUND_DOWN),  # type: ignore[attr-defined]
        days_left=max((battle.ends_on - max(today, battle.starts_on)).days + 1, 0),
        phase_en=phase.get("name_en", ""),
        phase_zh=phase.get("name_zh", ""),
    )


def _concerning(person: Person, today: date) -> BattleQuerySet:
    through = Battle.teams.through.objects.filter(battle=OuterRef("pk"))
    own_teams = person.memberships.filter(covers(today)).order_by().values("team")
    fights = Exists(through.filter(team__in=own_teams)) | ~Exists(through)
    mine = Q(pk__in=person.battles.order_by().values("battle"))
    now = Q(
        status=Battle.Status.PUBLISHED, starts_on__lte=today + timedelta(days=SHOWN_BEFORE)
    ) | Q(status=Battle.Status.SETTLED, settled_on__gte=today - timedelta(days=SHOWN_AFTER))
    blows = BattleDamage.objects.filter(battle=OuterRef("pk"), person=person.pk).order_by()
    parts = blows.values("battle").annotate(part=Sum(F("amount") / F("objective__target")))
    objectives = BattleObjective.objects.filter(battle=OuterRef("pk"), kind="amount").order_by()
    amounts = objectives.values("battle").annotate(many=Count("pk"))
    concerning: BattleQuerySet = (
        Battle.objects.filter(now)
        .filter(fights | mine)
        .select_related("state")
        .defer("difficulty", "state__teams", "state__days", "state__course")
        .annotate(
            own=Coalesce(Subquery(parts.values("part")), Decimal(0)),
            amounts=Subquery(amounts.values("many")),
        )
    )
    return concerning


def _moment(battle: Battle, today: date) -> Moment:
    if battle.status == Battle.Status.SETTLED:
        return Moment.OVER
    if today < battle.starts_on:
        return Moment.COMING
    return Moment.RUNNING if today <= battle.ends_on else Moment.COUNTING
