"""What of play can be worked out again and compared."""

from badges import battle_audit, quest_audit

__all__ = ["battle_audit", "quest_audit"]
