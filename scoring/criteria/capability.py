"""Criteria: one language for guards, thresholds, badges and quests."""

from incentives.capabilities import Capability

CAPABILITY = Capability(
    "criteria",
    urls="scoring.criteria.urls",
)
