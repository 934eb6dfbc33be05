"""How a battle stands: its health and everyone's part of it, added up from the damage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any

from django.db import connection

from badges.battles.levels import ObjectiveLevel
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective

_SHARE = Decimal("0.0001")
_HEALTH = Decimal("0.000001")
_ONE, _NOTHING = Decimal(1), Decimal(0)

_SUMS = """
    SELECT objective_id, coalesce(team_id, 0), day, sum(amount), grouping(team_id), grouping(day)
    FROM badges_battledamage WHERE objective_id = ANY(%s)
    GROUP BY GROUPING SETS ((objective_id), (objective_id, team_id), (objective_id, day))
    ORDER BY 1, 2, 3
"""
_PEOPLE = """
    SELECT team, day, count(DISTINCT person_id), grouping(team), grouping(day) FROM (
        SELECT DISTINCT person_id, coalesce(team_id, 0) AS team, day
        FROM badges_battledamage WHERE objective_id = ANY(%s)) d
    GROUP BY GROUPING SETS ((), (team), (day))
"""


def refresh(
    battle: Battle,
    *,
    objectives: Sequence[BattleObjective],
    levels: Mapping[int, ObjectiveLevel],
    as_of: date,
    damaged: bool,
) -> BattleState:
    """Work the state out anew; the damage is added up only where there is new damage."""
    state = BattleState.objects.select_for_update().get(battle=battle)
    if damaged or state.as_of is None or state.recount:
        _add_up(state, objectives)
    for each in objectives:
        if not each.is_amount:
            state.objectives[str(each.pk)] = _level(levels[each.pk])
    state.as_of = max(as_of, state.as_of or as_of)
    state.health = health_of(battle, objectives, state.objectives)
    state.phase = battle.phase_at(float(state.health))
    state.held_since = (state.held_since or as_of) if not state.health else None
    if as_of >= battle.starts_on:
        state.course[as_of.isoformat()] = f"{state.health:f}"
    state.recount = False
    state.save()
    return state


def health_of(
    battle: Battle, objectives: Sequence[BattleObjective], figures: Mapping[str, Any]
) -> Decimal:
    """From 1 down to exactly 0 when the battle is won.

    What all objectives still miss on average, or the least that one of them misses where any one
    is enough. Rounded up, so that nothing but a victory is 0.
    """
    missing = [_ONE - Decimal(figures[str(each.pk)]["share"]) for each in objectives]
    health = min(missing) if battle.combine == Battle.Combine.ANY else sum(missing) / len(missing)
    return Decimal(health).quantize(_HEALTH, ROUND_UP)


def share_of(done: Decimal, target: Decimal) -> Decimal:
    """How much of an amount is reached, from 0 to 1; 1 exactly when it is."""
    if done >= target:
        return _ONE
    return max((done / target).quantize(_SHARE, ROUND_DOWN), _NOTHING)


def _level(level: ObjectiveLevel) -> dict[str, Any]:
    share = (
        _ONE if level.met else min(Decimal(level.share).quantize(_SHARE, ROUND_DOWN), 1 - _SHARE)
    )
    return {
        "share": f"{share:f}",
        "met": level.met,
        "value": level.value,
        "volume": f"{level.volume.normalize():f}",
    }


def _add_up(state: BattleState, objectives: Sequence[BattleObjective]) -> None:
    amounts = {each.pk: each for each in objectives if each.is_amount}
    done: dict[int, Decimal] = dict.fromkeys(amounts, _NOTHING)
    teams: dict[str, dict[str, Any]] = {}
    days: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [list(amounts)])
        for pk, team, day, amount, no_team, no_day in cursor.fetchall():
            if not no_team:
                of_team = teams.setdefault(str(team), {"people": 0, "done": {}})
                of_team["done"][str(pk)] = text(amount)
            elif not no_day:
                days.setdefault(day.isoformat(), {})[str(pk)] = text(amount)
            else:
                done[pk] = amount
        cursor.execute(_PEOPLE, [list(amounts)])
        for team, day, people, no_team, no_day in cursor.fetchall():
            if not no_team:
                teams[str(team)]["people"] = people
            elif not no_day:
                days[day.isoformat()]["people"] = people
            else:
                state.people = people
    for of_team in teams.values():
        of_team["share"] = f"{part_of(of_team['done'], list(amounts.values())):f}"
    state.teams, state.days = teams, days
    for pk, objective in amounts.items():
        share = share_of(done[pk], objective.target)
        state.objectives[str(pk)] = {
            "done": text(done[pk]),
            "share": f"{share:f}",
            "met": share == 1,
        }


def part_of(done: Mapping[str, str | Decimal], objectives: Sequence[BattleObjective]) -> Decimal:
    """What amounts by objective id are of the boss's health: the mean of their parts of the targets.

    Only amounts to reach count; the parts of all teams add up to more than 1 where more was done.
    """
    amounts = [each for each in objectives if each.is_amount]
    parts = [Decimal(done.get(str(each.pk), 0)) / each.target for each in amounts]
    return (sum(parts, _NOTHING) / len(parts)).quantize(_SHARE, ROUND_DOWN) if parts else _NOTHING


def text(amount: Decimal) -> str:
    """An exact amount as JSON keeps it, without needless zeros."""
    return f"{amount.normalize():f}" if amount else "0"
