"""Writing scores: copied into a temporary table, then only what differs is touched."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import polars as pl

from scoring.models import Score
from scoring.windows import Period

_SCORE = Score._meta.db_table
_COLUMNS = ("agent_id", "team_id", "starts_on", "scorecard_id", "score", "lost", "rests_on_team")
_VALUES = ("team_id", "scorecard_id", "score", "lost", "rests_on_team")


@dataclass(frozen=True, slots=True)
class Written:
    """How many scores were looked at, inserted or changed, and removed."""

    seen: int = 0
    written: int = 0
    removed: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.seen + other.seen, self.written + other.written, self.removed + other.removed
        )


def write_scores(
    cursor: Any, *, period: Period, subjects: pl.DataFrame, fresh: pl.DataFrame
) -> Written:
    """Make the stored scores of `subjects` (agent_id, starts_on) those of `fresh`."""
    cursor.execute("DROP TABLE IF EXISTS fresh_score, judged_score")
    cursor.execute(
        "CREATE TEMP TABLE fresh_score (agent_id bigint, team_id bigint, starts_on date,"
        " scorecard_id bigint, score numeric(7, 4), lost jsonb, rests_on_team boolean)"
        " ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMP TABLE judged_score (agent_id bigint, starts_on date) ON COMMIT DROP"
    )
    _copy_in(cursor, "fresh_score", fresh.select(_COLUMNS))
    _copy_in(cursor, "judged_score", subjects.select("agent_id", "starts_on"))
    cursor.execute("ANALYZE fresh_score, judged_score")
    cursor.execute(
        f"DELETE FROM {_SCORE} s USING judged_score j WHERE s.agent_id = j.agent_id"
        " AND s.period = %s AND s.starts_on = j.starts_on AND NOT EXISTS (SELECT FROM fresh_score f"
        "  WHERE f.agent_id = j.agent_id AND f.starts_on = j.starts_on)",
        [period.value],
    )
    removed = cursor.rowcount
    cursor.execute(
        f"INSERT INTO {_SCORE} (period, {', '.join(_COLUMNS)})"
        f" SELECT %s, {', '.join(f'f.{name}' for name in _COLUMNS)} FROM fresh_score f"
        # What is the same is left out here: a conflict would lock its row, which writes it.
        f" LEFT JOIN {_SCORE} o ON o.agent_id = f.agent_id AND o.period = %s"
        f"  AND o.starts_on = f.starts_on WHERE o.id IS NULL OR ({_row('f')}) IS DISTINCT FROM"
        f" ({_row('o')})"
        " ON CONFLICT (agent_id, period, starts_on) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in _VALUES),
        [period.value, period.value],
    )
    return Written(fresh.height, cursor.rowcount, removed)


def _row(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _VALUES)


def _copy_in(cursor: Any, table: str, frame: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False)
    buffer.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", buffer)


def copy_frame(cursor: Any, query: str, schema: dict[str, Any]) -> pl.DataFrame:
    """The rows of a query without parameters as a frame."""
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", buffer)
    buffer.seek(0)
    if not buffer.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(buffer, has_header=False, schema=schema)
