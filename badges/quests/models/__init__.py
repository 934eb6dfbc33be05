"""What is stored of quests, their pool and claims."""

from .claims import QuestClaim
from .pool import CONTENT, Length, QuestSettings, QuestTemplate
from .quests import WHOLE, Quest, QuestProgress, QuestResult

__all__ = [
    "CONTENT",
    "WHOLE",
    "Length",
    "Quest",
    "QuestClaim",
    "QuestProgress",
    "QuestResult",
    "QuestSettings",
    "QuestTemplate",
]
