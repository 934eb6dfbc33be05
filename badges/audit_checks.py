"""What of play can be worked out again and compared."""

from badges.awards import audit as badge_audit
from badges.battles import audit as battle_audit
from badges.quests import audit as quest_audit

__all__ = ["badge_audit", "battle_audit", "quest_audit"]
