"""Points of awards: posted once to the ledger, taken back by a second entry."""

from __future__ import annotations

from collections.abc import Collection

from badges.awards.models.awards import Award
from incentives.org.wording import named
from scoring.models import PointEntry
from scoring.points.decisions import decisions_of, release
from scoring.points.occasions import Occasion, post_all

_KIND = "badge"


def pay(awards: Collection[Award]) -> int:
    """Post the points of awards that are not paid yet; how many entries are new."""
    decisions = decisions_of("badge", [award.pk for award in awards])
    return post_all(
        (
            Occasion(
                agent=award.person_id,
                amount=award.points,
                on=award.awarded_on,
                key=f"badge:{award.pk}",
                cause={"award": award.pk, "said": named(award.badge)},
                decision=decisions.get(award.pk),
            )
            for award in awards
        ),
        kind=_KIND,
    )


def take_back(awards: Collection[Award], *, why: str) -> int:
    """Post the opposite of what awards have paid; how many entries are new."""
    decisions = decisions_of("badge", [award.pk for award in awards])
    keys = [f"badge:{award.pk}" for award in awards]
    entries = PointEntry.objects.filter(source_key__in=keys).order_by()
    paid = {entry.source_key: (entry.amount, entry.withheld) for entry in entries}
    nothing = (0, 0)
    done = post_all(
        (
            Occasion(
                agent=award.person_id,
                amount=-paid.get(f"badge:{award.pk}", nothing)[0],
                withheld=-paid.get(f"badge:{award.pk}", nothing)[1],
                on=award.awarded_on,
                key=f"badge:{award.pk}:taken",
                cause={"award": award.pk, "why": why},
                reason=award.revoked_reason,
                decision=decisions.get(award.pk),
            )
            for award in awards
        ),
        kind=_KIND,
    )
    release("badge", list(decisions))
    return done
