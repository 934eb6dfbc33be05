"""Writing scores: copied in at once where none are stored yet, else only what differs is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from scoring.copying import copy_in
from scoring.figures.bulk import indexes_at_the_end
from scoring.figures.windows import Period
from scoring.models import Score

_SCORE = Score._meta.db_table
_KEYS = ("agent_id", "starts_on")
VALUES = (
    "team_id",
    "scorecard_id",
    "score",
    "days",
    "asked",
    "sums",
    "team_values",
    "points",
    "lost",
    "rests_on_team",
)


@dataclass(frozen=True, slots=True)
class WrittenScores:
    """How many scores were looked at, inserted or changed, and removed."""

    seen: int = 0
    written: int = 0
    removed: int = 0

    def __add__(self, other: WrittenScores) -> WrittenScores:
        return WrittenScores(
            self.seen + other.seen, self.written + other.written, self.removed + other.removed
        )


def write_scores(
    cursor: Any, *, period: Period, subjects: pl.DataFrame, fresh: pl.DataFrame
) -> WrittenScores:
    """Make the stored scores of `subjects` (agent_id, starts_on) those of `fresh`."""
    fresh = fresh.with_columns(period=pl.lit(period.value)).sort("starts_on", "team_id")
    columns = ("period", *_KEYS, *VALUES)
    if not _any_stored(cursor, period, subjects):
        with indexes_at_the_end(cursor, _SCORE, rows=fresh.height):
            copy_in(cursor, _SCORE, fresh.select(columns))
        return WrittenScores(fresh.height, fresh.height)
    cursor.execute("DROP TABLE IF EXISTS fresh_score, judged_score")
    cursor.execute(
        "CREATE TEMP TABLE fresh_score ON COMMIT DROP AS"
        f" SELECT {', '.join(columns)} FROM {_SCORE} LIMIT 0"
    )
    cursor.execute(
        "CREATE TEMP TABLE judged_score (agent_id bigint, starts_on date) ON COMMIT DROP"
    )
    copy_in(cursor, "fresh_score", fresh.select(columns))
    copy_in(cursor, "judged_score", subjects.select(_KEYS))
    cursor.execute(f"ANALYZE fresh_score ({', '.join(_KEYS)}), judged_score")
    return _replace(cursor, period, fresh.height)


def _replace(cursor: Any, period: Period, seen: int) -> WrittenScores:
    same = "s.agent_id = f.agent_id AND s.period = f.period AND s.starts_on = f.starts_on"
    cursor.execute(
        f"DELETE FROM {_SCORE} s USING judged_score j WHERE s.agent_id = j.agent_id"
        " AND s.period = %s AND s.starts_on = j.starts_on AND NOT EXISTS (SELECT FROM fresh_score f"
        "  WHERE f.agent_id = j.agent_id AND f.starts_on = j.starts_on)",
        [period.value],
    )
    removed = cursor.rowcount
    # What is the same is left alone: locking its row would write it.
    cursor.execute(
        f"UPDATE {_SCORE} s SET ({', '.join(VALUES)}) = ({_row('f')}) FROM fresh_score f"
        f" WHERE {same} AND ({_row('s')}) IS DISTINCT FROM ({_row('f')})"
    )
    changed = cursor.rowcount
    names = ", ".join(("period", *_KEYS, *VALUES))
    cursor.execute(
        f"INSERT INTO {_SCORE} ({names}) SELECT {names} FROM fresh_score f"
        f" WHERE NOT EXISTS (SELECT FROM {_SCORE} s WHERE {same})"
    )
    return WrittenScores(seen, changed + cursor.rowcount, removed)


def _any_stored(cursor: Any, period: Period, subjects: pl.DataFrame) -> bool:
    """Whether scores are stored in the stretch of these periods, of whomever."""
    starts: Any = subjects["starts_on"]
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {_SCORE} WHERE period = %s AND starts_on BETWEEN %s AND %s)",
        [period.value, starts.min(), starts.max()],
    )
    return bool(cursor.fetchone()[0])


def _row(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in VALUES)
