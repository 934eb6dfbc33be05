"""Points of awards: posted once to the ledger, taken back by a second entry."""

from __future__ import annotations

from collections.abc import Iterable

from badges.models import Award
from incentives.org.wording import named
from scoring.models import PointEntry
from scoring.points.occasions import Occasion, post_all

_KIND = PointEntry.Kind.BADGE


def pay(awards: Iterable[Award]) -> int:
    """Post the points of awards that are not paid yet; how many entries are new."""
    return post_all(
        (
            Occasion(
                agent=award.person_id,
                amount=award.points,
                on=award.awarded_on,
                key=f"badge:{award.pk}",
                cause={"award": award.pk, "said": named(award.badge)},
            )
            for award in awards
        ),
        kind=_KIND,
    )


def take_back(awards: Iterable[Award], *, why: str) -> int:
    """Post the opposite of what awards have paid; how many entries are new."""
    return post_all(
        (
            Occasion(
                agent=award.person_id,
                amount=-award.points,
                on=award.awarded_on,
                key=f"badge:{award.pk}:taken",
                cause={"award": award.pk, "why": why},
                reason=award.revoked_reason,
            )
            for award in awards
        ),
        kind=_KIND,
    )
