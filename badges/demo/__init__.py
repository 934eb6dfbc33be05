"""What play adds to the demo company; each module registers its own maker."""

from badges.demo import badges, battles, quests

__all__ = ["badges", "battles", "quests"]
