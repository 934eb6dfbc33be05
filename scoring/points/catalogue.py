"""The point rules that ship with the product: `shipped.toml`, and how they get into the database."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from incentives.org.models import Company
from scoring.models import PointRule

TOML = Path(__file__).with_name("shipped.toml")
# They hold for all history that a company imports at its start.
SINCE_THE_BEGINNING = date(2000, 1, 1)


def arrival(*, in_use: bool) -> dict[str, Any]:
    """Status and dates of a version that ships: in force since ever.

    Where such things are in use already, what a release brings anew is a draft: it changes nothing
    before someone publishes it.
    """
    if in_use:
        return {"status": "draft", "starts_on": Company.current().today()}
    return {
        "status": "published",
        "starts_on": SINCE_THE_BEGINNING,
        "published_at": timezone.now(),
    }


def add_point_rules() -> None:
    """Add the shipped rules that are missing; what a company has made of them stays."""
    known = set(PointRule.objects.values_list("key", flat=True))
    state = arrival(in_use=bool(known))
    for rule in tomllib.loads(TOML.read_text(encoding="utf-8"))["rule"]:
        if rule["key"] not in known:
            PointRule.objects.create(shipped=True, **state, **rule)
