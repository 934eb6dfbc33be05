"""Which agent days a night follows up, and taking them off the list when it is done.

The rows seen are remembered by id in a temporary table. A row with a lower id may still become
visible later (its import has not committed yet), so "up to the highest id" would lose it.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from scoring.models import NightRun
from scoring.nights.changes import DAYS_SCHEMA, Changes
from scoring.windows import Span

_TAKEN = "night_taken"


def note_days_to_redo(run: NightRun) -> None:
    """Put the days that are to be done again on the list, where a cut-off night leaves them."""
    if not run.everything and run.redo_from is None:
        return
    note_days(Span() if run.everything else Span(run.redo_from, run.redo_to))


def note_days(span: Span) -> int:
    """Have the next night do all agent days of a span again; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_changedday (agent_id, day)"
            " SELECT DISTINCT agent_id, day FROM scoring_agentday WHERE day BETWEEN %s AND %s",
            [span.start or date.min, span.end or date.max],
        )
        return int(cursor.rowcount)


def take(*, as_of: date, everything: bool = False) -> Changes:
    """The distinct agent days on the list; the rows stay until `finish`."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TAKEN}")
        cursor.execute(
            f"CREATE TEMP TABLE {_TAKEN} AS SELECT id, agent_id, day FROM scoring_changedday"
        )
        cursor.execute(f"ANALYZE {_TAKEN}")
        days = _read(cursor, f"SELECT DISTINCT agent_id, day FROM {_TAKEN} ORDER BY 1, 2")
    return Changes(as_of=as_of, days=days, everything=everything)


def finish() -> None:
    """Take the rows off that `take` saw; inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM scoring_changedday c USING {_TAKEN} t WHERE c.id = t.id")
        cursor.execute(f"DROP TABLE {_TAKEN}")


def _read(cursor: Any, query: str) -> pl.DataFrame:
    out = io.BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", out)
    out.seek(0)
    return pl.read_csv(out, schema=DAYS_SCHEMA)
