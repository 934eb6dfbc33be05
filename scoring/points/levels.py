"""Lifetime levels: each one takes a little more than the one before, and none is ever the last."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from incentives.org.models import Person
from scoring.models import PointTotal

# Level n begins at STEP · n · (n − 1) / 2 points: 0, 200, 600, 1200, 2000, … With the shipped rules
# a newcomer reaches level 2 on one of the first days, level 10 after some months.
STEP = 200


@dataclass(frozen=True, slots=True)
class Level:
    """An agent's level: its number from 1, where it begins, where the next one begins."""

    number: int
    points: int
    begins_at: int
    next_at: int

    @property
    def missing(self) -> int:
        """Points to the next level."""
        return self.next_at - self.points

    @property
    def share(self) -> int:
        """How much of this level is done, in whole per cent."""
        return 100 * (max(self.points, 0) - self.begins_at) // (self.next_at - self.begins_at)


def begins_at(number: int) -> int:
    """The lifetime points at which a level begins."""
    return STEP * number * (number - 1) // 2


def level_of(points: int) -> Level:
    """The level for lifetime points; level 1 below zero."""
    # The largest n with STEP · n · (n − 1) / 2 <= points, in whole numbers.
    number = (1 + isqrt(1 + 8 * max(points, 0) // STEP)) // 2
    return Level(number, points, begins_at(number), begins_at(number + 1))


def lifetime(agent: Person) -> int:
    """All points the agent has."""
    found = PointTotal.objects.filter(agent=agent).values_list("lifetime", flat=True).first()
    return found or 0
