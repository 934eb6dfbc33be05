"""Quests on an agent's home page."""

from __future__ import annotations

from dataclasses import dataclass

from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import QuestResult
from badges.quests.standings import QuestStanding, quests_of
from incentives.capabilities import Visit

SHOWN = 3


@dataclass(frozen=True, slots=True)
class QuestGlance:
    """Up to three quests of today, those that can still be won first, and how many more."""

    quests: list[QuestStanding]
    more: int
    done: int


def whose_claim(claim: QuestClaim) -> list[int] | None:
    """Whose home shows a claim; None for a team's."""
    return None if claim.quest.for_team else [claim.person_id]


def whose_result(result: QuestResult) -> list[int] | None:
    """Whose home shows a result; None for a team's."""
    return [result.person_id] if result.person_id else None


def quest_glance(visit: Visit) -> QuestGlance | None:
    """The quests of a day at a glance; one query."""
    found = quests_of(visit.person, on=visit.today)
    if not found:
        return None
    done = sum(each.is_done for each in found)
    return QuestGlance(found[:SHOWN], max(0, len(found) - SHOWN), done)
