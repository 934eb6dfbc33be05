"""The KPIs that ship with the product: `kpis.csv`, and how they get into the database."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from incentives.org.wording import in_readers_language
from scoring.models import Channel, Kpi

CSV = Path(__file__).with_name("kpis.csv")
_LIMITS = ("target", "low", "high")


def shipped_kpis() -> list[dict[str, Any]]:
    """The rows of `kpis.csv`, in its order, as field values of Kpi."""
    rows: list[dict[str, Any]] = [*_rows()]
    for row in rows:
        row.update({name: Decimal(row[name]) if row[name] else None for name in _LIMITS})
        del row["source_zh"]
    return rows


@cache
def notes_in_chinese() -> dict[str, str]:
    """The Chinese of the notes that shipped KPIs have in `source`, by the English."""
    return {row["source"]: row["source_zh"] for row in _rows() if row["source"]}


def shipped_note(text: str) -> str:
    """A KPI's note in the language of the reader; a company's own as it was written."""
    return in_readers_language(text, notes_in_chinese().get(text, ""))


def _rows() -> list[dict[str, str]]:
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_kpis() -> None:
    """Add the shipped KPIs that are missing; what a company has edited stays as it is."""
    known = set(Kpi.objects.values_list("key", flat=True))
    Kpi.objects.bulk_create(
        Kpi(shipped=True, **row) for row in shipped_kpis() if row["key"] not in known
    )


# First-response targets in seconds: online chat 28 s is the e-commerce benchmark of the KPI
# catalogue; the others are common service promises, for each company to edit.
_CHANNELS = [
    ("phone", "Phone", "电话", 20),
    ("chat", "Chat", "在线客服", 28),
    ("email", "Email", "邮件", 4 * 3600),
    ("social", "Social media", "社交媒体", 3600),
    ("web", "Web form", "网页表单", 4 * 3600),
    ("other", "Other", "其他", None),
]


def add_channels() -> None:
    """Add the shipped channels that are missing; see `add_kpis`."""
    for key, english, chinese, target in _CHANNELS:
        names = {"name_en": english, "name_zh": chinese, "first_response_target": target}
        Channel.objects.get_or_create(key=key, defaults=names)
