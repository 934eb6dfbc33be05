"""Which job and level an agent has on the last day of a period."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from incentives.org.models import Position
from incentives.org.positions import comparable
from scoring.figures.windows import Period, last_day

_SCHEMA = {
    "agent_id": pl.Int64,
    "from": pl.Date,
    "until": pl.Date,
    "job": pl.String,
    "level": pl.String,
}


def last_of(period: Period | None, starts_on: date) -> date:
    """The last day of a period; without one, the day itself."""
    return last_day(period, starts_on) if period else starts_on


def with_positions(rows: pl.DataFrame, period: Period | None, *, asked: bool) -> pl.DataFrame:
    """Add `job` and `level` (as they are compared, null for none) to rows of agent_id and starts_on.

    One query; none unless `asked`, where no card asks for either.
    """
    if not asked or rows.is_empty():
        nothing = pl.lit(None, pl.String)
        return rows.with_columns(job=nothing, level=nothing)
    starts = rows["starts_on"].unique().to_list()
    ends = {start: last_of(period, start) for start in starts}
    last = pl.col("starts_on").replace_strict(ends, return_dtype=pl.Date)
    posts = _posts(max(ends.values()))
    placed = rows.with_row_index("place").with_columns(last=last).sort("last")
    placed = placed.join_asof(
        posts, left_on="last", right_on="from", by="agent_id", check_sortedness=False
    )
    held = pl.col("until").is_null() | (pl.col("until") >= pl.col("last"))
    words = [
        pl.when(held & (pl.col(name) != "")).then(name).alias(name) for name in ("job", "level")
    ]
    return placed.with_columns(words).sort("place").select(*rows.columns, "job", "level")


def _posts(until: date) -> pl.DataFrame:
    """Every position that began by then, by its first day."""
    stored = Position.objects.filter(starts_on__lte=until).order_by("starts_on")
    rows: list[Any] = [
        (person, first, last, comparable(job), comparable(level))
        for person, first, last, job, level in stored.values_list(
            "person_id", "starts_on", "ends_on", "job", "level"
        )
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
