"""Leaderboards: what is ranked (`figures`), how (`ranking`), when (`refresh`), who sees what (`lists`)."""
