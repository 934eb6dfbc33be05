"""The boss battle on the wall: its health, the days left, what teams have done, and the victory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from badges.battles.boss import (
    Boss,
    boss_of,
    known_state,
    left_text,
    objective_lines,
    phase_name,
    standing,
)
from badges.battles.disclosure import told_state
from badges.battles.models import Battle, BattleState
from badges.battles.page import parted
from badges.battles.reading import teams_damage
from badges.battles.words import rewards
from incentives.org.disclosure import LEAST_IN_PUBLIC
from incentives.org.models import Team
from incentives.org.notation import percent
from scoring.figures.kpis import PUBLIC

#: For how many days a battle is announced, and a result celebrated.
BEFORE, AFTER = timedelta(days=3), timedelta(days=4)
MOST_TEAMS = 6
_NEVER = ("money",)
_ORDER = ("running", "down", "counting", "won", "lost", "coming")


@dataclass(frozen=True, slots=True)
class TeamBar:
    """A team's part of the boss, in words and in per cent of the greatest part."""

    name: str
    text: str
    width: float


@dataclass(frozen=True, slots=True)
class BattleScene:
    """The picture of one battle."""

    boss: Boss
    left: str
    phase: str
    objectives: list[tuple[str, str]]
    teams: list[TeamBar]
    reward: str


def battle_scene(team: Team | None, *, on: date) -> BattleScene | None:
    """The battle that matters most on a day: of this team, or of the company; None without one."""
    found = [(standing(each, known_state(each), today=on), each) for each in _shown(team, on)]
    if not found:
        return None
    stands, battle = min(found, key=lambda pair: _ORDER.index(pair[0]))
    state = told_state(battle, known_state(battle), reader=None)
    lines = objective_lines(battle, list(battle.objectives.all()), state.objectives)
    begun = on >= battle.starts_on
    return BattleScene(
        boss=boss_of(battle, state, today=on),
        left=left_text(state.health),
        phase=phase_name(battle, state),
        objectives=[
            (line.name, line.fact if begun else line.asked)
            for line, each in zip(lines, battle.objectives.all(), strict=True)
            if line.unit not in _NEVER and (line.is_amount or each.metric in PUBLIC)
        ],
        teams=_teams(battle, state),
        reward=next(iter(rewards(battle, stands)), ""),
    )


def _shown(team: Team | None, on: date) -> QuerySet[Battle]:
    """Battles of now, the company's before those of more and of fewer teams."""
    through = Battle.teams.through.objects.filter(battle=OuterRef("pk"))
    told = Q(status=Battle.Status.PUBLISHED, starts_on__lte=on + BEFORE)
    settled = Q(status=Battle.Status.SETTLED, settled_on__gt=on - AFTER)
    found = Battle.objects.filter(told | settled)
    if team is not None:
        found = found.for_teams([team])
    sized = found.annotate(whole=~Exists(through), many=Count("teams"))
    ordered = sized.order_by("-whole", "-many", "ends_on", "pk")
    return ordered.select_related("state").prefetch_related("objectives", "teams")


def _teams(battle: Battle, state: BattleState) -> list[TeamBar]:
    """The greatest parts; where few took part, a figure or what it leaves over tells of one person."""
    found = teams_damage(battle, state=state)
    large = [each for each in found if each.people >= LEAST_IN_PUBLIC]
    alone, _rest = parted(found, large)
    parts = [each for each in alone if each.share > 0]
    greatest = max((each.share for each in parts), default=None)
    return [
        TeamBar(
            each.team.name if each.team else _("Without a team"),
            percent(each.share * 100),
            float(each.share / greatest) * 100 if greatest else 0,
        )
        for each in parts[:MOST_TEAMS]
    ]
