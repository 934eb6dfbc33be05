"""The night, step by step: what becomes of the day's facts, in order.

Every step is idempotent: it works out what should be true and adds what is missing, so a night that was
cut off is run again from the start. Steps are named here and written in their apps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Step:
    """One step: `run` takes the company-local day and gives one line about what it did."""

    name: str
    run: Callable[[date], str]


def steps() -> list[Step]:
    """The steps in the order in which they run."""
    return []
