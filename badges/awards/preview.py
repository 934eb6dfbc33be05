"""Who would win a badge, before it is published."""

from __future__ import annotations

from dataclasses import dataclass, field

from badges.models import Badge, BadgeVersion
from incentives.org.models import Person
from scoring.windows import Span

WEEKS = 13


@dataclass(frozen=True, slots=True)
class TierPreview:
    """The people who would win a tier, in name order, and their number."""

    tier: str
    people: list[Person] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many people would win it."""
        return len(self.people)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a badge would have given in `span` to the `asked` people whom the viewer may see.

    `winners` counts people, each once, whatever the tier.
    """

    span: Span
    asked: int = 0
    winners: int = 0
    tiers: list[TierPreview] = field(default_factory=list)


def preview(
    *, badge: Badge, version: BadgeVersion, viewer: Person, weeks: int = WEEKS
) -> Preview | None:
    """The badge (saved or not) over the last weeks with data, as if it had been in force.

    For the people whom the viewer may see. None while there are no data, and for badges that are
    granted. Saves nothing. Raises CriteriaError for criteria that cannot be read.
    """
    raise NotImplementedError
