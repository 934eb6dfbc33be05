"""Quests on an agent's home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from badges.quests.standings import QuestStanding, quests_of
from incentives.org.models import Person

SHOWN = 3


@dataclass(frozen=True, slots=True)
class QuestGlance:
    """Up to three quests of today, those that can still be won first, and how many more."""

    quests: list[QuestStanding]
    more: int
    done: int


def quest_glance(person: Person, today: date) -> QuestGlance:
    """The quests of a day at a glance; one query."""
    found = quests_of(person, on=today)
    done = sum(each.is_done for each in found)
    return QuestGlance(found[:SHOWN], max(0, len(found) - SHOWN), done)
