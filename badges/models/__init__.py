"""What play stores: badges and sets, quests, boss battles, and credentials that leave the house."""

from .awards import SETTLING_DAYS, Award, BadgeJudgement, BadgeProgress, BadgeSettlement
from .badge_sets import BadgeSet, SetCompletion
from .badges import Badge, BadgeVersion, Tier
from .battle_ledger import BattleDamage, BattleMember, BattleState
from .battle_objectives import BattleObjective
from .battles import Battle
from .credentials import Credential, SigningKey
from .quest_claims import QuestClaim
from .quest_pool import CONTENT, Length, QuestSettings, QuestTemplate
from .quests import WHOLE, Quest, QuestProgress, QuestResult

__all__ = [
    "CONTENT",
    "SETTLING_DAYS",
    "WHOLE",
    "Award",
    "Badge",
    "BadgeJudgement",
    "BadgeProgress",
    "BadgeSet",
    "BadgeSettlement",
    "BadgeVersion",
    "Battle",
    "BattleDamage",
    "BattleMember",
    "BattleObjective",
    "BattleState",
    "Credential",
    "Length",
    "Quest",
    "QuestClaim",
    "QuestProgress",
    "QuestResult",
    "QuestSettings",
    "QuestTemplate",
    "SetCompletion",
    "SigningKey",
    "Tier",
]
