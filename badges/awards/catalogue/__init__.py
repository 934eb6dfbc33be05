"""The badges and sets that ship with the product: `badges.toml`, and how they get into the database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from scoring.points.catalogue import SINCE_THE_BEGINNING

TOML = Path(__file__).with_name("badges.toml")
_TIERS = ("bronze", "silver", "gold")
_OF_VERSION = ("applies_to", "expires_after_days", "expires_with_next")


def shipped() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Badges and sets as the file has them, in its order."""
    data = tomllib.loads(TOML.read_text(encoding="utf-8"))
    return data["badge"], data["set"]


def tiers_of(badge: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tiers of a shipped badge as a version keeps them."""
    return [
        {
            "tier": tier,
            "criteria": {"all": badge[tier]["all"]} if "all" in badge[tier] else None,
            "points": badge[tier]["points"],
        }
        for tier in _TIERS
        if tier in badge
    ]


def seed_badges(apps: Any, schema_editor: Any = None) -> None:
    """Publish the shipped badges and sets that are missing; what a company has made of them stays.

    `apps` is the app registry of a migration (or `django.apps.apps`).
    """
    badges, sets = shipped()
    model, version = (apps.get_model("badges", name) for name in ("Badge", "BadgeVersion"))
    known = set(model.objects.values_list("key", flat=True))
    for order, badge in enumerate(badges, start=1):
        if badge["key"] in known:
            continue
        identity = {
            name: value
            for name, value in badge.items()
            if name not in _TIERS and name not in _OF_VERSION
        }
        made = model.objects.create(shipped=True, order=10 * order, **identity)
        version.objects.create(
            badge=made,
            status="published",
            starts_on=SINCE_THE_BEGINNING,
            published_at=timezone.now(),
            tiers=tiers_of(badge),
            **{name: badge[name] for name in _OF_VERSION if name in badge},
        )
    _seed_sets(apps, sets)


def _seed_sets(apps: Any, sets: list[dict[str, Any]]) -> None:
    badges = apps.get_model("badges", "Badge").objects
    model = apps.get_model("badges", "BadgeSet")
    known = set(model.objects.values_list("key", flat=True))
    for order, each in enumerate(sets, start=1):
        if each["key"] in known:
            continue
        fields = {name: value for name, value in each.items() if name != "badges"}
        made = model.objects.create(
            shipped=True, order=10 * order, starts_on=SINCE_THE_BEGINNING, **fields
        )
        made.badges.set(badges.filter(key__in=each["badges"]))
