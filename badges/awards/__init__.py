"""Badges: judged by the night, granted by people, revoked with a reason, collected in sets.

See docs/badges.md.
"""
