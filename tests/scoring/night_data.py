"""A small company's exports for nights in tests: the same bytes each time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

AGENTS, WEEKS = 12, 10
FIRST = datetime(2026, 1, 5, 9, 0)
CHANNELS = ("phone", "chat", "email")


def write_people(path: Path) -> None:
    """Twelve agents in three teams; one of them left before the night."""
    _write(path, _people())


def write_tickets(path: Path, *, correct: bool = False) -> None:
    """Ten weeks of tickets, or the later version of some: other ratings, reopened, deleted."""
    _write(path, (row for row in _tickets(correct=correct)))


def write_activities(path: Path, *, weeks: tuple[int, int] = (0, WEEKS)) -> None:
    """Learning units and QA reviews."""
    _write(path, _activities(weeks))


def _people() -> Iterator[dict[str, Any]]:
    for n in range(AGENTS):
        yield {
            "key": f"agent-{n}",
            "name": f"Agent {n}",
            "team": f"team-{n % 3}",
            "hired_on": "2025-06-01" if n else "2026-02-15",
            "left_on": "2026-03-10" if n == AGENTS - 1 else "",
        }


def _tickets(*, correct: bool) -> Iterator[dict[str, Any]]:
    chance = Random(7)
    for number in range(WEEKS * 5 * AGENTS * 3):
        day = number // (AGENTS * 3)
        opened = FIRST + timedelta(weeks=day // 5, days=day % 5, minutes=chance.randrange(400))
        row = {
            "external_id": number,
            "version": 1,
            "deleted": "false",
            "agent": f"agent-{number % AGENTS}",
            "channel": chance.choice(CHANNELS),
            "status": "solved",
            "opened_at": opened.isoformat() + "Z",
            "first_response_at": (opened + timedelta(seconds=chance.randrange(90))).isoformat()
            + "Z",
            "closed_at": (opened + timedelta(minutes=chance.randrange(5, 200))).isoformat() + "Z",
            "contacts": 1 + chance.randrange(3) // 2,
            "reopens": chance.randrange(12) // 11,
            "csat": chance.choice(("", "3", "4", "5", "5", "5")),
            "handle_seconds": chance.randrange(100, 900),
            "difficulty": 1 + chance.randrange(5),
        }
        if not correct:
            yield row
        elif number % 41 == 0:
            yield row | {"version": 2, "csat": "1", "reopens": 1, "difficulty": 5}
        elif number % 97 == 0:
            yield row | {"version": 2, "deleted": "true"}


def _activities(weeks: tuple[int, int]) -> Iterator[dict[str, Any]]:
    chance = Random(11)
    for week in range(*weeks):
        for n in range(AGENTS):
            at = FIRST + timedelta(weeks=week, days=chance.randrange(5))
            kind = chance.choice(("learning", "qa_review", "suggestion"))
            yield {
                "external_id": f"{week}-{n}",
                "version": 1,
                "agent": f"agent-{n}",
                "kind": kind,
                "occurred_at": at.isoformat() + "Z",
                "score": chance.randrange(60, 100) if kind == "qa_review" else "",
                "accepted": "true" if kind == "suggestion" else "",
            }


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
