"""The KPIs that ship with the product: `kpis.csv`, and how they get into the database."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

CSV = Path(__file__).with_name("kpis.csv")
_LIMITS = ("target", "low", "high")


def shipped_kpis() -> list[dict[str, Any]]:
    """The rows of `kpis.csv`, in its order, as field values of Kpi."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    for row in rows:
        row.update({name: Decimal(row[name]) if row[name] else None for name in _LIMITS})
    return rows


def seed_kpis(apps: Any, schema_editor: Any = None) -> None:
    """Add the shipped KPIs that are missing; what a company has edited stays as it is.

    `apps` is the app registry of a migration (or `django.apps.apps`).
    """
    kpi = apps.get_model("scoring", "Kpi")
    known = set(kpi.objects.values_list("key", flat=True))
    kpi.objects.bulk_create(
        kpi(shipped=True, **row) for row in shipped_kpis() if row["key"] not in known
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


def seed_channels(apps: Any, schema_editor: Any = None) -> None:
    """Add the shipped channels that are missing; see `seed_kpis`."""
    channel = apps.get_model("scoring", "Channel")
    for key, english, chinese, target in _CHANNELS:
        names = {"name_en": english, "name_zh": chinese, "first_response_target": target}
        channel.objects.get_or_create(key=key, defaults=names)
