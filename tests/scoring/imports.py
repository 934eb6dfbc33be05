"""Importing small tables in tests, through the same functions as a real file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from scoring.figures.measures import MEASURES
from scoring.ingest.mapping import parse
from scoring.ingest.runs import perform, start
from scoring.models import AgentDay, Import, TeamDay

TICKETS = """
kind = "tickets"
timezone = "UTC"
optional = true
[fields]
external_id = "id"
version = "version"
deleted = "deleted"
agent = "agent"
team = "team"
channel = "channel"
status = "status"
opened_at = "opened"
first_response_at = "replied"
closed_at = "closed"
contacts = "contacts"
reopens = "reopens"
csat = { column = "rating", scale = "1-5" }
difficulty = "difficulty"
handle_seconds = "handle"
order_value = "value"
"""


def import_rows(
    folder: Path,
    rows: Sequence[Mapping[str, Any]],
    *,
    mapping: str = TICKETS,
    source: str = "helpdesk",
    name: str = "tickets.csv",
    columns: Sequence[str] | None = None,
) -> Import:
    """Write the rows as CSV and import them; returns the ended run."""
    path = folder / name
    header = list(columns or dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return import_file(path, mapping=mapping, source=source)


def import_file(path: Path, *, mapping: str = TICKETS, source: str = "helpdesk") -> Import:
    """Import a file as `manage.py ingest` does."""
    parsed = parse(mapping, name="test")
    return perform(start(path=path, source=source, mapping=parsed, mapping_text=mapping))


def totals_of(model: type[AgentDay | TeamDay]) -> dict[tuple[str, ...], dict[str, Decimal]]:
    """The totals: (agent or team, day, channel) → the measures that are not empty.

    An agent who worked for several teams on one day has a row for each: they are summed.
    """
    whose = "agent__key" if model is AgentDay else "team__key"
    keys = (whose, "day", "channel__key")
    found: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for row in model._default_manager.values(*keys, *MEASURES):
        sums = found.setdefault(tuple(str(row[name]) for name in keys), {})
        for name in MEASURES:
            if row[name]:
                sums[name] = sums.get(name, Decimal(0)) + Decimal(row[name])
    return found
