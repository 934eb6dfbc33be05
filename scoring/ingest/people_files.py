"""People and teams from a file."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import polars as pl

from incentives.org.people import upsert_people
from scoring.models import Import

from .sign_ins import sender_of
from .table import LINE
from .work import Issue


def apply_people(run: Import, frames: list[pl.DataFrame]) -> list[Issue]:
    """Apply the rows as a difference to the organisation; returns what was not taken.

    Counts of new and changed people go to the run's record.
    """
    rows = [_row(row) for frame in frames for row in frame.to_dicts()]
    result = upsert_people(rows, source=run.source.name, sender=sender_of(run))
    run.sign_ins = [asdict(change) for change in result.sign_ins]
    run.rows_new, run.rows_changed = result.created, result.updated
    run.rows_same = max(0, len(rows) - result.created - result.updated)
    return [
        Issue(
            line=rows[issue.row][LINE],
            code="people",
            column=issue.field,
            field=issue.field,
            value=issue.value,
            detail=issue.reason,
            external_id=str(rows[issue.row].get("key") or ""),
            row={name: _text(value) for name, value in rows[issue.row].items() if name != LINE},
        )
        for issue in result.issues
    ]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    share = row.get("employment_share")
    return row if share is None else {**row, "employment_share": Decimal(share)}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
