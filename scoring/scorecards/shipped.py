"""The scorecards that ship with the product: `catalogue/scorecards.csv`."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from scoring.models import Channel, Kpi, Scorecard, ScorecardItem

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


def add_scorecards() -> None:
    """Publish the shipped cards as version 1; what a company has made of them stays.

    Where cards are in use already, what a release brings anew is a draft.
    """
    known = set(Scorecard.objects.values_list("key", flat=True))
    for first, rows in shipped_cards():
        if first["card"] not in known:
            card = _add(first, rows)
            if not known:
                Scorecard.objects.filter(pk=card.pk).update(
                    status=Scorecard.Status.PUBLISHED,
                    starts_on=SINCE,
                    published_at=datetime(2000, 1, 1, tzinfo=UTC),
                )


def _add(first: dict[str, str], rows: list[dict[str, str]]) -> Scorecard:
    card = Scorecard.objects.create(
        key=first["card"],
        channel=Channel.objects.get(key=first["channel"]) if first["channel"] else None,
        shipped=True,
        **{name: first[name] for name in _CARD},
    )
    ScorecardItem.objects.bulk_create(
        ScorecardItem(
            scorecard=card,
            position=position,
            kpi=Kpi.objects.get(key=row["kpi"]),
            weight=row["weight"],
            least=row["least"],
            **{name: row[name] or None for name in _POINTS},
        )
        for position, row in enumerate(rows)
    )
    return card
