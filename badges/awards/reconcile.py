"""The night's step: what should be awarded − what is awarded."""

from __future__ import annotations

from scoring.nights import Changes, StepResult


def award_badges(changes: Changes) -> StepResult:
    """Give what is due and not given yet, take back what late facts have undone, complete sets."""
    raise NotImplementedError
