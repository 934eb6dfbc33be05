"""The scorecards that ship with the product: `catalogue/scorecards.csv`."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

CSV = Path(__file__).with_name("scorecards.csv")
#: In force since before any fact, so that imported history has scores.
SINCE = date(2000, 1, 1)
_CARD = ("name_en", "name_zh", "role")
_POINTS = ("floor", "target", "stretch", "outer_low", "low", "high", "outer_high")


def shipped_cards() -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    """Each card (the first of its rows) with its items, in the file's order."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for _key, group in groupby(rows, key=lambda row: row["card"]):
        items = list(group)
        yield items[0], items


def seed_scorecards(apps: Any, schema_editor: Any = None) -> None:
    """Add the shipped cards that are missing, published as version 1; others stay as they are.

    `apps` is the app registry of a migration (or `django.apps.apps`).
    """
    card_model = apps.get_model("scoring", "Scorecard")
    known = set(card_model.objects.values_list("key", flat=True))
    for first, rows in shipped_cards():
        if first["card"] not in known:
            _seed(apps, first, rows)


def _seed(apps: Any, first: dict[str, str], rows: list[dict[str, str]]) -> None:
    channels = apps.get_model("scoring", "Channel").objects
    kpis = apps.get_model("scoring", "Kpi").objects
    cards = apps.get_model("scoring", "Scorecard").objects
    card = cards.create(
        key=first["card"],
        channel=channels.get(key=first["channel"]) if first["channel"] else None,
        shipped=True,
        **{name: first[name] for name in _CARD},
    )
    item_model = apps.get_model("scoring", "ScorecardItem")
    item_model.objects.bulk_create(
        item_model(
            scorecard=card,
            position=position,
            kpi=kpis.get(key=row["kpi"]),
            weight=row["weight"],
            least=row["least"],
            **{name: row[name] or None for name in _POINTS},
        )
        for position, row in enumerate(rows)
    )
    cards.filter(pk=card.pk).update(
        status="published", starts_on=SINCE, published_at=datetime(2000, 1, 1, tzinfo=UTC)
    )
