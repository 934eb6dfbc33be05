"""What of play can be worked out again and compared."""

from badges import badge_audit, battle_audit, quest_audit

__all__ = ["badge_audit", "battle_audit", "quest_audit"]
