"""A battle's figures as a reader may know them: those of too few people stay behind a veil.

Where fewer than three took part, or fewer than three beside a leader's own people, what the boss has
lost says what one of them did. Then the boss keeps the health of its phase, and no figure is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal

from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from incentives.org.disclosure import LEAST_GROUP, may_tell
from incentives.org.models import Person, Team

LEADERS = ("supervisor", "manager")


def led_teams(reader: Person | None) -> set[int]:
    """Ids of teams in which someone sees what each does; a query for those who lead only some.

    None stands for a room with visitors.
    """
    if reader is None or reader.sees_everyone or not reader.has_role(*LEADERS):
        return set()
    return set(Team.objects.led_by(reader).order_by().values_list("pk", flat=True))


def told_state(
    battle: Battle, state: BattleState, *, reader: Person | None, led: Collection[int] = ()
) -> BattleState:
    """The state as it may be shown: itself, or a copy without the figures of too few people.

    `led` are the reader's `led_teams`.
    """
    if (reader is not None and reader.sees_everyone) or _tells_of_nobody(state, led):
        return state
    veiled = copy(state)
    veiled.health = _of_phase(battle, state)
    veiled.teams, veiled.days, veiled.course = {}, {}, {}
    veiled.objectives = {
        pk: {"veiled": True, "met": figures.get("met", False)}
        for pk, figures in state.objectives.items()
    }
    return veiled


def _tells_of_nobody(state: BattleState, led: Collection[int]) -> bool:
    if not state.people:  # before anyone did anything, levels are figures of single people at most
        return all(each.get("value") is None for each in state.objectives.values())
    if not led:
        return may_tell(state.people)
    # Someone may have fought for two teams: those of the largest are different people for sure.
    others = [team["people"] for pk, team in state.teams.items() if int(pk) not in led]
    return not others or may_tell(max(others))


def is_veiled(state: BattleState) -> bool:
    """Whether the figures of a state are withheld."""
    return any(figures.get("veiled") for figures in state.objectives.values())


def _of_phase(battle: Battle, state: BattleState) -> Decimal:
    """The health from which the phase began, which everyone is told; nothing once the boss is down."""
    if not state.health or not battle.phases:
        return state.health and Decimal(1)
    return Decimal(battle.phases[max(state.phase, 0)]["at"]) / 100


def stretches(days: Sequence[date], people: Mapping[date, int]) -> list[list[date]]:
    """Days as a chart may show them: those of too few people join their neighbours'."""

    def tells(group: Sequence[date]) -> bool:
        worked = [people.get(day, 0) for day in group]
        return any(worked) and max(worked) < LEAST_GROUP

    groups: list[list[date]] = []
    for day in days:
        if groups and (tells(groups[-1]) or tells([day])):
            groups[-1].append(day)
        else:
            groups.append([day])
    while len(groups) > 1 and tells(groups[-1]):
        last = groups.pop()
        groups[-1] += last
    return groups
