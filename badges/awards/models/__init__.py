"""What is stored of badges, their sets, and who won them."""

from .awards import SETTLING_DAYS, Award, BadgeJudgement, BadgeProgress, BadgeSettlement
from .badges import Badge, BadgeVersion, Tier
from .sets import BadgeSet, SetCompletion

__all__ = [
    "SETTLING_DAYS",
    "Award",
    "Badge",
    "BadgeJudgement",
    "BadgeProgress",
    "BadgeSet",
    "BadgeSettlement",
    "BadgeVersion",
    "SetCompletion",
    "Tier",
]
