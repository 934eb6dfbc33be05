"""What of this app names a KPI or a measure."""

from badges import badge_uses, battle_uses, quest_uses

__all__ = ["badge_uses", "battle_uses", "quest_uses"]
