"""Which days of agents and teams a night follows up, and taking them off when it is done.

The rows seen are remembered by id in a temporary table. A row with a lower id may still become
visible later (its import has not committed yet), so "up to the highest id" would lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from scoring.copying import copy_out
from scoring.figures.changes import DAYS_SCHEMA, TEAM_DAYS_SCHEMA, Changes
from scoring.figures.windows import Span
from scoring.models import NightRun

# Of each list: its table, what it names, and the table of the rows that this night has taken.
_DAYS = ("scoring_changedday", "agent_id", "night_taken")
_TEAM_DAYS = ("scoring_changedteamday", "team_id", "night_taken_team")


def note_days_to_redo(run: NightRun) -> None:
    """Put the days that are to be done again on the lists, where a cut-off night leaves them."""
    if not run.everything and run.redo_from is None:
        return
    span = Span() if run.everything else Span(run.redo_from, run.redo_to)
    note_days(span)
    _note(_TEAM_DAYS, "scoring_teamday", span)


def note_days(span: Span) -> int:
    """Have the next night do all agent days of a span again; returns how many.

    The totals by hour rest on facts alone, and are not counted again for this.
    """
    return _note(_DAYS, "scoring_agentday", span)


def _note(listed: tuple[str, str, str], totals: str, span: Span) -> int:
    table, whose, _taken = listed
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({whose}, day)"
            f" SELECT DISTINCT {whose}, day FROM {totals} WHERE day BETWEEN %s AND %s",
            [span.start or date.min, span.end or date.max],
        )
        return int(cursor.rowcount)


def take(*, as_of: date, everything: bool = False) -> Changes:
    """The distinct days of agents and of teams on the lists; the rows stay until `finish`."""
    with connection.cursor() as cursor:
        days = _take(cursor, *_DAYS, schema=DAYS_SCHEMA)
        team_days = _take(cursor, *_TEAM_DAYS, schema=TEAM_DAYS_SCHEMA)
    return Changes(as_of=as_of, days=days, everything=everything, team_days=team_days)


def finish() -> None:
    """Take the rows off that `take` saw; inside the caller's transaction."""
    with connection.cursor() as cursor:
        for table, _whose, taken in (_DAYS, _TEAM_DAYS):
            cursor.execute(f"DELETE FROM {table} c USING {taken} t WHERE c.id = t.id")
            cursor.execute(f"DROP TABLE {taken}")


def _take(
    cursor: Any, table: str, whose: str, taken: str, *, schema: Mapping[str, Any]
) -> pl.DataFrame:
    cursor.execute(f"DROP TABLE IF EXISTS {taken}")
    cursor.execute(f"CREATE TEMP TABLE {taken} AS SELECT id, {whose}, day FROM {table}")
    cursor.execute(f"ANALYZE {taken}")
    query = f"SELECT DISTINCT {whose}, day FROM {taken} ORDER BY 1, 2"
    return copy_out(cursor, query, schema)
