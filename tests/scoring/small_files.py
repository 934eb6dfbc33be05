"""Mappings and rows of small files for tests of ingestion."""

from __future__ import annotations

from typing import Any

from scoring.models import Import

DONE, UNCHANGED, REFUSED = Import.Status.DONE, Import.Status.UNCHANGED, Import.Status.REFUSED
RATINGS = """
kind = "tickets"
[fields]
external_id = "ticket"
csat = { column = "stars", scale = "1-5" }
"""
ACTIVITIES = """
kind = "activities"
optional = true
[fields]
external_id = "id"
kind = "kind"
agent = "agent"
team = "team"
day = "day"
deleted = "deleted"
quantity = "n"
score = "score"
"""
QUEUES = """
kind = "queues"
optional = true
[fields]
external_id = "id"
agent = "agent"
team = "team"
channel = "channel"
day = "day"
offered = "offered"
answered = "answered"
handled = "handled"
concurrent_sum = "concurrent"
"""
PEOPLE = """
kind = "agents"
optional = true
[fields]
key = "key"
team = "team"
starts_on = "from"
"""


def ticket(id_: str = "T1", **more: Any) -> dict[str, Any]:
    """A row as the test mapping reads it."""
    row = {"id": id_, "opened": "2026-03-02 09:00:00", "agent": "ann", "channel": "chat"}
    return {**row, **{name.rstrip("_"): value for name, value in more.items()}}


def only(model: Any, **where: Any) -> Any:
    """The one object."""
    return model.objects.get(**where)


def reasons(run: Import) -> list[tuple[str, str]]:
    """Field and code of each issue."""
    return list(run.issues.values_list("field", "code"))
