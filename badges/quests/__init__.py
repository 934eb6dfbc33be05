"""Quests: made by hand or by the rotation, judged by the night or claimed with evidence."""
