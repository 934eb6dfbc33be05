"""The badges and sets that ship with the product: `badges.toml`, and how they get into the database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from badges.awards.models import Badge, BadgeSet, BadgeVersion
from scoring.points.catalogue import arrival

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


def add_badges() -> None:
    """Add the shipped badges and sets that are missing; what a company has made of them stays."""
    badges, sets = shipped()
    known = set(Badge.objects.values_list("key", flat=True))
    state = arrival(in_use=bool(known))
    for order, badge in enumerate(badges, start=1):
        if badge["key"] in known:
            continue
        identity = {
            name: value
            for name, value in badge.items()
            if name not in _TIERS and name not in _OF_VERSION
        }
        made = Badge.objects.create(shipped=True, order=10 * order, **identity)
        BadgeVersion.objects.create(
            badge=made,
            tiers=tiers_of(badge),
            **state,
            **{name: badge[name] for name in _OF_VERSION if name in badge},
        )
    _add_sets(sets, since=state["starts_on"])


def _add_sets(sets: list[dict[str, Any]], *, since: date) -> None:
    known = set(BadgeSet.objects.values_list("key", flat=True))
    for order, each in enumerate(sets, start=1):
        if each["key"] in known:
            continue
        fields = {name: value for name, value in each.items() if name != "badges"}
        made = BadgeSet.objects.create(shipped=True, order=10 * order, starts_on=since, **fields)
        made.badges.set(Badge.objects.filter(key__in=each["badges"]))
