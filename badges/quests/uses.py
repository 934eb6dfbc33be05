"""Which quests name a KPI or a measure; `scoring.explorer.retiring` asks before one may go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from badges.quests.models.pool import QuestContent, QuestTemplate
from badges.quests.models.quests import Quest
from scoring.figures.uses import Uses
from scoring.points.reach import leaves
from scoring.points.specs import names_in


def kpi_in_quests(key: str) -> list[str]:
    """Quests that run, or whose grace runs, and templates of the pool that ask for the KPI."""
    return _named(each for each, leaf in _leaves() if leaf.get("metric") == key)


def measure_in_quests(key: str) -> list[str]:
    """The same for an expression with the measure."""
    return _named(each for each, leaf in _leaves() if key in names_in(str(leaf.get("measure", ""))))


def _leaves() -> Iterator[tuple[QuestContent, Mapping[str, Any]]]:
    # What is over stands as it was paid; nobody works it out again.
    running = Quest.objects.filter(status=Quest.Status.OPEN).order_by("pk")
    pool = QuestTemplate.objects.filter(archived_on=None).order_by("pk")
    for each in chain(running, pool):
        for leaf in leaves(each.criteria):
            yield each, leaf


def _named(quests: Iterable[QuestContent]) -> list[str]:
    names = dict.fromkeys(each.name for each in quests)
    return [_("the quest “%(name)s”") % {"name": name} for name in names]


USES = Uses(of_kpi=kpi_in_quests, of_measure=measure_in_quests)
