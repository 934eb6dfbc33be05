"""Streaks: a criterion that holds in so many periods in a row.

Periods in which someone has no totals at all (days off, leave) are skipped: they neither count
nor break a streak. So that a streak is still recent, its N periods have to lie within the last
3·N ones, the period of the day on which it is judged included.
"""

from __future__ import annotations

import polars as pl

from scoring.criteria.reads import earliest
from scoring.criteria.schema import Criterion
from scoring.figures.windows import first_day, last_day


def runs(judged: pl.DataFrame) -> pl.DataFrame:
    """Add to judged periods (subject_id, starts_on, met) their place and the run that they end.

    `place` counts the subject's periods from 0; `run` is the number of periods met in a row up to
    this one, `run_before` up to the one before.
    """
    judged = judged.sort("subject_id", "starts_on").with_columns(
        place=pl.int_range(pl.len()).over("subject_id")
    )
    broken = pl.when(~pl.col("met")).then(pl.col("place")).forward_fill().over("subject_id")
    judged = judged.with_columns(run=pl.col("place") - broken.fill_null(-1))
    return judged.with_columns(run_before=pl.col("run").shift(1, fill_value=0).over("subject_id"))


def at_days(grid: pl.DataFrame, periods: pl.DataFrame, *, leaf: Criterion) -> pl.DataFrame:
    """Judge the streak for each row (subject_id, as_of) of the grid, in the grid's order.

    Returns the grid with met, progress, and `first`, `last`: the places of the periods it rests on.
    """
    days = sorted(set(grid["as_of"]))
    limits = pl.DataFrame(
        {
            "as_of": days,
            "since": [earliest(leaf, day) for day in days],
            "current": [first_day(leaf.period, day) for day in days],
            "until": [last_day(leaf.period, day) for day in days],
        },
        schema=dict.fromkeys(("as_of", "since", "current", "until"), pl.Date),
    )
    rows = grid.with_row_index("at").join(limits, on="as_of", how="left").sort("as_of")
    rows = rows.join_asof(
        periods.sort("starts_on"),
        left_on="as_of",
        right_on="starts_on",
        by="subject_id",
        check_sortedness=False,
    )
    begun = periods.filter(pl.col("met")).select("subject_id", "place", began="starts_on")
    rows = rows.with_columns(first=pl.col("place") - (leaf.streak - 1)).join(
        begun, left_on=["subject_id", "first"], right_on=["subject_id", "place"], how="left"
    )
    recent = pl.col("began") >= pl.col("since")
    rows = rows.with_columns(
        met=((pl.col("run") >= leaf.streak) & recent).fill_null(value=False),
    ).with_columns(progress=_progress(leaf))
    return rows.sort("at").select(
        "subject_id", "as_of", "since", "met", "progress", "first", last="place"
    )


def _progress(leaf: Criterion) -> pl.Expr:
    """The periods in a row so far; one that still runs does not break them yet."""
    runs_on = (pl.col("starts_on") == pl.col("current")) & (pl.col("as_of") < pl.col("until"))
    run = pl.when(runs_on).then(pl.max_horizontal("run", "run_before")).otherwise("run")
    stale = (pl.col("starts_on") < pl.col("since")) | run.is_null()
    done = (run / leaf.streak).clip(0.0, (leaf.streak - 1) / leaf.streak)
    return pl.when(pl.col("met")).then(1.0).when(stale).then(0.0).otherwise(done)
