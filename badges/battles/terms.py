"""The terms of a battle: what can be asked for, and why something cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from badges.battles.overlaps import overlapping
from incentives.org.models import Team
from scoring.criteria import CriteriaError, parse_criteria
from scoring.figures.metrics import Metric, find_metrics

LONGEST_DAYS = 92
LONGEST_SETTLEMENT = 31
MOST_OBJECTIVES = 6
MOST_POINTS = 100_000


def problems(
    battle: Battle,
    *,
    objectives: Sequence[BattleObjective],
    teams: Collection[Team],
    today: date | None = None,
) -> list[str]:
    """Everything that is wrong with the terms; empty when they can be fought over.

    With `today` also whether the days can still be announced. Objectives may be unsaved.
    """
    found = [*of_days(battle, today=today), *_of_reward(battle), *_of_phases(battle)]
    found += _of_objectives(battle, objectives)
    if today is not None and not found:
        found += overlapping(battle, teams=teams)
    return found


def of_days(battle: Battle, *, today: date | None = None) -> Iterator[str]:
    """What is wrong with the days; with `today` also whether they can still be announced."""
    if battle.ends_on < battle.starts_on:
        yield _("The last day is before the first day: correct one of them.")
    elif (battle.ends_on - battle.starts_on).days >= LONGEST_DAYS:
        yield _("A battle lasts at most %(most)d days: choose an earlier last day.") % {
            "most": LONGEST_DAYS
        }
    if today is not None and battle.starts_on <= today:
        # Those at work since the morning would else have fought without knowing of it.
        yield _("A battle is announced before its first day: begin tomorrow or later.")
    if battle.settlement_days > LONGEST_SETTLEMENT:
        yield _("Corrections count for at most %(most)d days after the end.") % {
            "most": LONGEST_SETTLEMENT
        }


def _of_reward(battle: Battle) -> Iterator[str]:
    if not 0 < battle.points <= MOST_POINTS:
        yield _("Promise from 1 to %(most)d points.") % {"most": MOST_POINTS}
    if battle.consolation > 100 or battle.consolation_floor > battle.points:
        yield _("A consolation is at most 100 per cent, and no more than the reward.")


def _of_phases(battle: Battle) -> Iterator[str]:
    begins = [phase.get("at") for phase in battle.phases]
    whole = [at for at in begins if isinstance(at, int) and 0 < at <= 100]
    if whole != begins or sorted(set(whole), reverse=True) != whole:
        yield _("Phases begin at falling percentages of the health, from 100 to 1.")
    if not all(phase.get("name_en") for phase in battle.phases):
        yield _("Give each phase a name.")


def _of_objectives(battle: Battle, objectives: Sequence[BattleObjective]) -> list[str]:
    amounts = [each for each in objectives if each.is_amount]
    if not amounts:
        return [_("Add an amount to reach: it is what tickets bring down.")]
    if len(objectives) > MOST_OBJECTIVES:
        return [_("A battle has at most %(most)d objectives.") % {"most": MOST_OBJECTIVES}]
    if any(each.target is None or each.target <= 0 for each in amounts):
        return [_("An amount to reach is above zero: a boss without health is no boss.")]
    if len({each.measure for each in amounts}) < len(amounts):
        return [_("Two objectives count the same: keep one of them.")]
    if any(not each.is_amount and not each.least > 0 for each in objectives):
        return [
            _("Give each level a least volume, so that a few tickets cannot decide the battle.")
        ]
    return _of_figures(battle, objectives)


def _of_figures(battle: Battle, objectives: Sequence[BattleObjective]) -> list[str]:
    if battle.ends_on < battle.starts_on:
        return []
    leaves = [each.criterion(battle.span) for each in objectives]
    try:
        parse_criteria({battle.combine: leaves}, by="team")
    except CriteriaError as error:
        return error.messages
    found = find_metrics(each.key for each in objectives)
    texts = []
    for each in objectives:
        metric = found[each.key]
        if not each.is_amount and metric.bottom is None:
            texts.append(
                _("“%(name)s” is a plain sum: make it an amount to reach.") % {"name": metric.key}
            )
        elif not each.is_amount and _always_holds(each, metric):
            texts.append(
                _("“%(name)s” always meets this: choose a level that can be missed.")
                % {"name": metric.key}
            )
    return texts


def _always_holds(level: BattleObjective, metric: Metric) -> bool:
    if metric.most is None:
        return False
    return level.target <= 0 if level.op == ">=" else level.target >= metric.most
