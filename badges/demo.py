"""What play adds to the demo company; each module registers its own maker."""

from badges.awards import demo as badges
from badges.battles import demo as battles
from badges.quests import demo as quests

__all__ = ["badges", "battles", "quests"]
