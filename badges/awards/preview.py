"""Who would win a badge, before it is published."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta

from badges.awards.evaluation import Judge, Question
from badges.awards.models.badges import Badge, BadgeVersion
from badges.awards.tiers import seasons, specs, staff
from incentives.org.models import Person
from scoring.figures.previews import last_days
from scoring.figures.windows import ONE_DAY, Span

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
class BadgePreview:
    """What a badge would have given in `span` to the `asked` people whom the viewer may see.

    `winners` counts people, each once, whatever the tier.
    """

    span: Span
    asked: int = 0
    winners: int = 0
    tiers: list[TierPreview] = field(default_factory=list)


def preview(
    *, badge: Badge, version: BadgeVersion, viewer: Person, weeks: int = WEEKS
) -> BadgePreview | None:
    """The badge (saved or not) over the last weeks with data, as if it had been in force.

    For the people whom the viewer may see. None while there are no data, and for badges that are
    granted. Saves nothing. Raises CriteriaError for criteria that cannot be read.
    """
    known = last_days()
    if badge.is_granted or known is None or known.end is None:
        return None
    tried = copy(version)
    tried.badge, tried.ends_on = badge, None
    asked: list[Question] = []
    span = known
    # A quarter or a season may not have ended within these weeks: then look further back.
    for factor in (1, 2, 4):
        tried.starts_on = known.end - timedelta(weeks=weeks * factor) + ONE_DAY
        span = Span(tried.starts_on, known.end)
        tiers = specs(tried, seasons(), tried.starts_on)
        asked = [Question(spec, spec.moments.between(None, known.end)) for spec in tiers]
        if any(each.days for each in asked):
            break
    verdicts = Judge(staff(), seasons()).answer(asked)
    visible = {
        person.pk: person
        for person in Person.objects.taking_part(on=known.end)
        .visible_to(viewer)
        .order_by("display_name", "pk")
    }
    winners = {each.spec.tier: set(verdicts[each.spec.key].new["subject_id"]) for each in asked}
    return BadgePreview(
        span=span,
        asked=len(visible),
        winners=len(visible.keys() & {pk for found in winners.values() for pk in found}),
        tiers=[
            TierPreview(tier, [person for pk, person in visible.items() if pk in found])
            for tier, found in winners.items()
        ],
    )
