"""What of this app names a KPI or a measure."""

from badges.awards import uses as badge_uses
from badges.battles import uses as battle_uses
from badges.quests import uses as quest_uses

__all__ = ["badge_uses", "battle_uses", "quest_uses"]
