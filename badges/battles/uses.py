"""Which battles name a KPI or a measure; `scoring.explorer.retiring` asks before one may go."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from scoring.figures.uses import Uses
from scoring.points.specs import names_in


def kpi_in_battles(key: str) -> list[str]:
    """Battles with a level of the KPI; cancelled ones need nothing any more."""
    return _battles(each for each in _objectives() if each.metric == key)


def measure_in_battles(key: str) -> list[str]:
    """Battles whose tickets add up an expression with the measure."""
    return _battles(
        each for each in _objectives() if each.is_amount and key in names_in(each.measure)
    )


def _objectives() -> QuerySet[BattleObjective]:
    held = BattleObjective.objects.exclude(battle__status=Battle.Status.CANCELLED)
    return held.select_related("battle").order_by("battle", "order")


def _battles(objectives: Iterable[BattleObjective]) -> list[str]:
    names = dict.fromkeys(each.battle.name for each in objectives)
    return [_("the battle “%(name)s”") % {"name": name} for name in names]


USES = Uses(of_kpi=kpi_in_battles, of_measure=measure_in_battles)
