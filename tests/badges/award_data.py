"""Badges, agent days and nights for tests of awards, without files."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from badges.awards.progress import measure_progress
from badges.awards.reconcile import award_badges
from badges.models import Award, Badge, BadgeVersion
from incentives.capabilities import StepResult
from incentives.org.models import Person
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import PointEntry

DAILY = {"metric": "handled", "window": "day", "op": ">=", "value": 5}


def badge(*leaves: dict[str, Any], key: str = "quick", points: int = 50, **fields: Any) -> Badge:
    """A published badge: a tier for each criterion, from bronze on; granted without any."""
    of_version: dict[str, Any] = {"starts_on": date(2020, 1, 1), "ends_on": None, "applies_to": {}}
    of_version |= {"expires_after_days": None, "expires_with_next": False}
    for name in of_version:
        of_version[name] = fields.pop(name, of_version[name])
    way = "criteria" if leaves else "granted"
    made = Badge.objects.create(key=key, name_en=key, group="customer", way=way, **fields)
    criteria: list[dict[str, Any] | None] = [{"all": [leaf]} for leaf in leaves]
    tiers = [
        {"tier": tier, "criteria": each, "points": points}
        for tier, each in zip(("bronze", "silver", "gold"), criteria or [None], strict=False)
    ]
    BadgeVersion.objects.create(badge=made, status="published", tiers=tiers, **of_version)
    return made


def night(as_of: date, *days: tuple[Person, date], everything: bool = False) -> StepResult:
    """The steps of badges, for these changed agent days; what awarding did."""
    rows = sorted({(agent.pk, day) for agent, day in days})
    frame = pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row")
    changes = Changes(as_of=as_of, days=frame, everything=everything)
    result = award_badges(changes)
    measure_progress(changes)
    return result


def held(person: Person) -> list[tuple[str, str, date]]:
    """(badge, tier, day) of the awards that stand, oldest first."""
    awards = Award.objects.standing().filter(person=person).select_related("badge")
    return [
        (award.badge.key, award.tier, award.awarded_on)
        for award in awards.order_by("awarded_on", "badge__key", "pk")
    ]


def points(person: Person) -> int:
    """What badges have paid to someone."""
    entries = PointEntry.objects.filter(agent=person, kind="badge")
    return sum(entries.values_list("amount", flat=True))
