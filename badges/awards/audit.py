"""What the audit looks at in badges: awards against the facts, and the ledger against awards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Max

from badges.awards.models.awards import Award, BadgeJudgement
from badges.awards.models.sets import BadgeSet, SetCompletion
from badges.awards.models.verdicts import KeptVerdict
from badges.awards.reconcile import award_badges
from badges.awards.sets import FRESH, collect
from incentives.capabilities import Difference
from scoring.figures.changes import Changes
from scoring.points.decisions import standing_behind

_PAID = """
    SELECT p.key, b.key, a.tier, coalesce(e.paid, 0), CASE WHEN a.revoked_at IS NULL THEN a.points ELSE 0 END
    FROM badges_award a
    JOIN org_person p ON p.id = a.person_id JOIN badges_badge b ON b.id = a.badge_id
    LEFT JOIN (
        SELECT split_part(source_key, ':', 2)::bigint AS award,
            sum(amount + coalesce((cause->>'withheld')::int, 0)) AS paid
        FROM scoring_pointentry WHERE kind = 'badge' AND source_key LIKE 'badge:%' GROUP BY 1
    ) e ON e.award = a.id
    WHERE coalesce(e.paid, 0) <> CASE WHEN a.revoked_at IS NULL THEN a.points ELSE 0 END
    ORDER BY a.id
"""
_SETS_PAID = """
    SELECT p.key, s.key, coalesce(e.amount, 0), c.points FROM badges_setcompletion c
    JOIN org_person p ON p.id = c.person_id JOIN badges_badgeset s ON s.id = c.set_id
    LEFT JOIN scoring_pointentry e ON e.source_key = 'badge-set:' || c.id
    WHERE coalesce(e.amount, 0) <> c.points
    ORDER BY c.id
"""

# A badge by its criteria and a completed set need nobody's decision.
_ENTRY_OF_AWARD = "(e.source_key = 'badge:' || a.id OR e.source_key = 'badge:' || a.id || ':taken')"
#: What stands behind its entries `e` of the ledger: see LedgerKind.
BEHIND = f"""(
    EXISTS (SELECT FROM badges_award a WHERE {_ENTRY_OF_AWARD} AND a.person_id = e.agent_id
        AND (a.granted_by_id IS NULL OR a.points = 0))
    OR {standing_behind("badge", "e.source_key IN ('badge:' || d.subject, 'badge:' || d.subject || ':taken')")}
    OR EXISTS (SELECT FROM badges_setcompletion c
        WHERE e.source_key = 'badge-set:' || c.id AND c.person_id = e.agent_id))"""


def badges(_cursor: Any) -> Iterator[Difference]:
    """What the night would give, take back or keep if it judged everything anew."""
    as_of = BadgeJudgement.objects.aggregate(day=Max("judged_on"))["day"]
    if as_of is None:
        return
    last = Award.objects.aggregate(last=Max("pk"))["last"] or 0
    revoked = set(Award.objects.exclude(revoked_at=None).values_list("pk", flat=True))
    kept = _kept()
    award_badges(Changes(as_of, everything=True))
    named = Award.objects.select_related("badge", "person").order_by("pk")
    for award in named.filter(pk__gt=last):
        yield Difference(_name(award), "–", award.awarded_on.isoformat())
    for award in named.filter(pk__lte=last, revoked_cause="facts").exclude(pk__in=revoked):
        yield Difference(_name(award), award.awarded_on.isoformat(), "–")
    right = _kept()
    for moment, people in kept.items():
        if people != right[moment]:
            yield Difference(" ".join(map(str, moment)), str(people), str(right[moment]))


def _kept() -> dict[tuple[str, int, str, date], list[int]]:
    rows = KeptVerdict.objects.order_by("version__badge", "version", "tier", "day").values_list(
        "version__badge__key", "version__version", "tier", "day", "people"
    )
    return {(badge, version, tier, day): ids for badge, version, tier, day, ids in rows}


def badge_points(cursor: Any) -> Iterator[Difference]:
    """What awards have paid in the ledger against what they are worth: nothing once revoked."""
    cursor.execute(_PAID)
    for person, badge, tier, stored, right in cursor.fetchall():
        yield Difference(f"{person} {badge} {tier}", str(stored), str(right))


def badge_sets(cursor: Any) -> Iterator[Difference]:
    """Sets that someone has collected and that nobody wrote down, and what completions have paid.

    Sets that are new or changed wait for the next night.
    """
    cursor.execute(_SETS_PAID)
    for person, key, stored, right in cursor.fetchall():
        yield Difference(f"{person} {key}", str(stored), str(right))
    as_of = BadgeJudgement.objects.aggregate(day=Max("judged_on"))["day"]
    judged = BadgeSet.objects.exclude(FRESH).order_by("pk").values_list("pk", flat=True)
    found = collect(as_of, None, list(judged)) if as_of else []
    missed = SetCompletion.objects.filter(pk__in=found).select_related("set", "person")
    for each in missed.order_by("pk"):
        yield Difference(f"{each.person.key} {each.set.key}", "–", each.completed_on.isoformat())


def _name(award: Award) -> str:
    return f"{award.person.key} {award.badge.key} {award.tier} {award.occasion}".strip()
