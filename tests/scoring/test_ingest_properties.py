"""Any split, order and repetition of a file's rows gives the totals of a naive count."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.models import AgentDay, Import, TeamDay
from tests.scoring.imports import import_rows, totals_of
from tests.scoring.true_totals import assert_totals_are_true

START = datetime(2026, 3, 1, 8, 0, 0)
STAMP = "%Y-%m-%d %H:%M:%S.%f"
Row = dict[str, str]
Totals = dict[tuple[str, ...], dict[str, Decimal]]


def _maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), values)


@st.composite
def versions(draw: st.DrawFn) -> list[Row]:
    """Some tickets, each in one or more versions that differ in everything but their id."""
    rows = []
    for number in range(draw(st.integers(1, 6))):
        for version in range(draw(st.integers(1, 3))):
            opened = START + timedelta(minutes=draw(st.integers(0, 4000)))
            rows.append({"id": f"T{number}", "version": str(version), **draw(fields(opened))})
    return rows


def fields(opened: datetime) -> st.SearchStrategy[Row]:
    """What a ticket opened then may look like, impossible values included."""

    def after(low: int, high: int) -> st.SearchStrategy[str]:
        gap = st.integers(low, high)
        return gap.map(lambda ms: (opened + timedelta(milliseconds=ms)).strftime(STAMP))

    return st.fixed_dictionaries(
        {
            "opened": st.just(opened.strftime(STAMP)),
            "replied": _maybe(after(-5_000, 400_000)),
            "closed": _maybe(after(0, 200_000_000)),
            "agent": _maybe(st.sampled_from(["ann", "bob"])),
            "team": _maybe(st.sampled_from(["red", "blue"])),
            "channel": _maybe(st.sampled_from(["chat", "Phone"])),
            "deleted": st.sampled_from(["", "no", "no", "yes"]),
            "rating": _maybe(st.sampled_from(["1", "3", "4", "5", "6", "many"])),
            "reopens": _maybe(st.sampled_from(["0", "2"])),
            "difficulty": _maybe(st.sampled_from(["2", "4", "5"])),
            "handle": _maybe(st.sampled_from(["61.5", "00:02:03", "-4"])),
        }
    )


def naive(rows: list[Row], whose: str) -> Totals:
    """The totals by hand: newest version of each ticket, one after the other."""
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: int(row["version"])):
        newest[row["id"]] = row
    found: defaultdict[tuple[str, ...], defaultdict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for row in newest.values():
        owner = row[whose] or "None"
        if row["deleted"] == "yes" or (whose == "agent" and not row["agent"]):
            continue
        day = (row["closed"] or row["opened"])[:10]
        # An agent's ticket without a team of its own counts for the agent's team of that day.
        for name, value in measures(row).items():
            found[owner, day, row["channel"].lower() or "other"][name] += value
    return {key: {n: v for n, v in row.items() if v} for key, row in found.items()}


def measures(row: Row) -> dict[str, Decimal]:
    """What one ticket adds."""
    moment = {
        name: datetime.strptime(row[name], STAMP)
        for name in ("opened", "replied", "closed")
        if row[name]
    }
    found: dict[str, Any] = {"handled": 1, "resolved": int("closed" in moment)}
    rating = int(row["rating"]) if row["rating"] in "12345" and row["rating"] else None
    if rating:
        found |= {"csat_count": 1, "csat_sum": rating, "csat_satisfied": int(rating >= 4)}
        found["praises"] = int(rating == 5)
    if "replied" in moment and moment["replied"] >= moment["opened"]:
        gap = (moment["replied"] - moment["opened"]) / timedelta(microseconds=1)
        target = {"chat": 28, "phone": 20}.get(row["channel"].lower(), -1)
        found |= {"first_response_count": 1, "first_response_seconds": Decimal(gap) / 1_000_000}
        found["first_response_within"] = int(found["first_response_seconds"] <= target)
    if "closed" in moment:
        gap = (moment["closed"] - moment["opened"]) / timedelta(microseconds=1)
        found |= {"resolution_count": 1, "resolution_seconds": Decimal(gap) / 1_000_000}
    handle = {"61.5": Decimal("61.5"), "00:02:03": Decimal(123)}.get(row["handle"])
    if handle:
        found |= {"handle_count": 1, "handle_seconds": handle}
    found["reopened"] = int(row["reopens"] == "2")
    found["hard_solved"] = int(row["difficulty"] in ("4", "5") and found["resolved"])
    return {name: Decimal(value) for name, value in found.items()}


class _Undo(Exception):
    """Rolls an example back."""


@pytest.mark.django_db
@given(rows=versions(), data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_split_order_and_repetition_gives_the_same_totals(
    rows: list[Row], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    parts += data.draw(st.lists(st.sampled_from(parts), max_size=2))
    with suppress(_Undo), transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        for part in parts:
            run = import_rows(Path(folder), part, columns=list(rows[0]))
            assert run.status in (Import.Status.DONE, Import.Status.UNCHANGED), run.message
        assert totals_of(AgentDay) == naive(rows, "agent")
        assert _by(totals_of(TeamDay)) == _by(naive(rows, "team"))
        assert_totals_are_true()
        raise _Undo


def _by(totals: Totals) -> Totals:
    """Without the team: who is in which team depends on which file came first."""
    found: defaultdict[tuple[str, ...], defaultdict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for (_owner, *rest), row in totals.items():
        for name, value in row.items():
            found[tuple(rest)][name] += value
    return {key: dict(row) for key, row in found.items()}
