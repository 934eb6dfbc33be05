"""Forms of badges, quests and battles."""
