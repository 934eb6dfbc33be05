"""Badges for tests: made in a line, published, won."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from badges.models import Award, Badge, BadgeProgress, BadgeVersion
from incentives.org.models import Person

REASON = "Stayed with a caller for two hours."
CRITERIA = {"all": [{"metric": "csat", "window": "month", "op": ">=", "value": 92, "least": 20}]}


def badge_for_pages(
    key: str, *tiers: str, today: date, status: str = "published", **fields: Any
) -> Badge:
    """A badge with one version that holds since ten weeks; granted ones have no criteria."""
    named = {"name_en": key.title(), "name_zh": "徽章", "glyph": "bolt", "group": "customer"}
    badge: Badge = Badge.objects.create(key=key, **(named | fields))
    criteria = None if badge.is_granted else CRITERIA
    BadgeVersion.objects.create(
        badge=badge,
        status=status,
        starts_on=today - timedelta(days=70),
        tiers=[{"tier": tier, "criteria": criteria, "points": 50} for tier in tiers or ("bronze",)],
    )
    return badge


def won(badge: Badge, person: Person, *, tier: str = "bronze", **fields: Any) -> Award:
    """An award of a month's figure, given on its day."""
    on = fields.pop("awarded_on", person.company_today - timedelta(days=3))
    evidence = {
        "metric": "csat", "start": f"{on:%Y-%m}-01", "end": on.isoformat(), "value": 94.12,
        "n": 32, "d": 34, "op": ">=", "threshold": 92, "least": 20, "met": True,
    }  # fmt: skip
    plain = {"awarded_on": on, "given_on": on, "points": 50, "evidence": [evidence]}
    version = badge.versions.get()
    award: Award = Award.objects.create(
        badge=badge, version=version, person=person, tier=tier, **(plain | fields)
    )
    return award


def near(person: Person, badge: Badge, tier: str, share: float) -> None:
    """How far someone is towards a tier."""
    progress, _new = BadgeProgress.objects.get_or_create(
        person=person, defaults={"as_of": person.company_today}
    )
    progress.shares[str(badge.pk)] = [tier, share]
    progress.save()
