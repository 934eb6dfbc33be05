"""Pages of badges, quests, battles and credentials."""
