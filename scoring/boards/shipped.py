"""The leaderboards that ship with the product: `shipped.toml`, and how they get into the database."""

from __future__ import annotations

import tomllib
from pathlib import Path

from scoring.models import Kpi, Leaderboard

TOML = Path(__file__).with_name("shipped.toml")


def add_boards() -> None:
    """Add the shipped boards that are missing; what a company has edited stays as it is."""
    known = set(Leaderboard.objects.values_list("key", flat=True))
    for row in tomllib.loads(TOML.read_text(encoding="utf-8"))["board"]:
        if row["key"] not in known:
            kpi = Kpi.objects.get(key=row["kpi"]) if "kpi" in row else None
            Leaderboard.objects.create(**(row | {"kpi": kpi, "shipped": True}))
