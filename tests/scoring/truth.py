"""Tickets with known scores and points, and whole nights over them, for tests of what they become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scoring.figures.windows import Span
from scoring.models import NightRun
from scoring.nights import runner
from tests.scoring.imports import import_rows

MONDAY = date(2026, 11, 2)
SUNDAY = MONDAY + timedelta(days=6)


def ticket(number: int, agent: str = "agent", **fields: Any) -> dict[str, Any]:
    """A row of an export: solved on Monday at first contact within 20 seconds, unless said."""
    row = {
        "id": f"T{number}",
        "version": 1,
        "agent": agent,
        "channel": "phone",
        "status": "solved",
        "opened": "2026-11-02T02:00:00Z",
        "replied": "2026-11-02T02:00:20Z",
        "closed": "2026-11-02T03:00:00Z",
        "contacts": 1,
        "reopens": 0,
        "rating": 5,
        "difficulty": 1,
        "handle": 300,
        "value": "",
    }
    return row | fields


def tickets_of_a_day() -> list[dict[str, Any]]:
    """Agent: 12 tickets, two of them hard, one rated 1 and reopened; teammate: 12 good ones."""
    own = [ticket(n, difficulty=5 if n < 2 else 1) for n in range(11)]
    own.append(ticket(11, rating=1, reopens=1, contacts=3))
    return [*own, *(ticket(n, agent="teammate") for n in range(20, 32))]


def bring_in(folder: Path, rows: Sequence[dict[str, Any]] | None = None, **how: Any) -> None:
    """Import the rows as a file of the helpdesk; none of them may be rejected."""
    run = import_rows(folder, rows if rows is not None else tickets_of_a_day(), **how)
    assert run.rows_rejected == run.fields_rejected == 0, run.message


def night(as_of: date = SUNDAY, *, everything: bool = False) -> NightRun:
    """A whole night with the installed steps."""
    redo = Span() if everything else None
    return runner.perform(runner.start(as_of=as_of, origin="command", redo=redo), wait_seconds=5)
