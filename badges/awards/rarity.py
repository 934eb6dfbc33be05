"""How rare a badge is: its holders among the people at work. Nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, OuterRef, Subquery

from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge
from incentives.org.models import Person


@dataclass(frozen=True, slots=True)
class Rarity:
    """Of `people` at work, `holders` hold the badge in any tier; `by_tier` {"gold": 3, …}.

    Someone with several tiers counts in each of them, and once among the holders.
    """

    holders: int = 0
    people: int = 0
    by_tier: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Holders as a share of the people at work, 0 to 1."""
        return self.holders / self.people if self.people else 0.0


def rarity(badge: Badge, *, on: date) -> Rarity:
    """How rare one badge is on a day."""
    return rarities(on=on, badges=[badge]).get(badge.pk, Rarity())


def rarities(*, on: date, badges: Sequence[Badge] | None = None) -> dict[int, Rarity]:
    """By badge id, for these badges or for all that anyone holds; two queries."""
    at_work = Person.objects.taking_part(on=on)
    people = at_work.count()
    held = Award.objects.held(on=on).filter(person__in=at_work.order_by().values("pk"))
    if badges is not None:
        held = held.filter(badge__in=badges)
    whole = held.filter(badge=OuterRef("badge")).order_by().values("badge")
    holders = Subquery(whole.annotate(n=Count("person", distinct=True)).values("n"))
    rows = held.order_by().values("badge", "tier")
    counted = rows.annotate(n=Count("person", distinct=True), holders=holders)
    found: dict[int, Rarity] = {badge.pk: Rarity(people=people) for badge in badges or ()}
    for row in counted:
        before = found.get(row["badge"], Rarity()).by_tier
        found[row["badge"]] = Rarity(row["holders"], people, {**before, row["tier"]: row["n"]})
    return found
