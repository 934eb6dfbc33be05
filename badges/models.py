"""What play stores: badges and sets, quests, boss battles, and credentials that leave the house."""

from badges.awards.models.awards import (
    SETTLING_DAYS,
    Award,
    BadgeJudgement,
    BadgeProgress,
    BadgeSettlement,
)
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.models.sets import BadgeSet, SetCompletion
from badges.awards.models.verdicts import KeptVerdict
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleDamage, BattleMember, BattleState
from badges.battles.models.objectives import BattleObjective
from badges.credentials.models import Credential, SigningKey
from badges.quests.models.claims import QuestClaim
from badges.quests.models.pool import CONTENT, Length, QuestSettings, QuestTemplate
from badges.quests.models.quests import WHOLE, Quest, QuestProgress, QuestResult

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
    "KeptVerdict",
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
