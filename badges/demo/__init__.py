"""What play adds to the demo company; each module registers its own maker."""

from badges.demo import battles, quests

__all__ = ["battles", "quests"]
