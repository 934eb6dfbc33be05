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
