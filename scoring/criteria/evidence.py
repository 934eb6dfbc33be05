"""The evidence kept with every award: what was measured, over which days, against what."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from scoring.criteria.schema import Criterion
from scoring.figures.frames import natural
from scoring.figures.windows import last_day


def with_evidence(frame: pl.DataFrame, *, leaf: Criterion) -> pl.DataFrame:
    """Add `evidence`: for each row (n, d, value, start, end, met) one JSON object as text.

    n and d are in natural units. A top percentage also has rank, of and places, and its percentage
    as the threshold.
    """
    parts: list[pl.Expr] = [
        pl.lit(leaf.key).alias("metric"),
        pl.col("start"),
        pl.col("end"),
        pl.col("value"),
        natural(pl.col("n")).alias("n"),
        natural(pl.col("d")).alias("d"),
    ]
    if leaf.percentile is None:
        parts += [pl.lit(leaf.op).alias("op"), _number(leaf.value).alias("threshold")]
    else:
        parts += [pl.lit("top").alias("op"), _number(leaf.percentile.top).alias("threshold")]
        parts += [pl.lit(leaf.percentile.among).alias("among")]
        parts += [pl.col(name) for name in ("rank", "of", "places")]
    parts += [_number(leaf.least).alias("least"), pl.col("met")]
    return frame.with_columns(evidence=pl.struct(parts).struct.json_encode())


def evidence_of_streak(
    frame: pl.DataFrame, periods: pl.DataFrame, *, leaf: Criterion
) -> pl.DataFrame:
    """Add the evidence of the periods that each row (subject_id, first, last) rests on, in order.

    Fewer than N where there are no more; empty text where nobody measured anything.
    """
    starts = sorted(set(periods["starts_on"]))
    ends = pl.DataFrame(
        {"start": starts, "end": [last_day(leaf.period, day) for day in starts]},
        schema={"start": pl.Date, "end": pl.Date},
    )
    told = with_evidence(
        periods.with_columns(start=pl.col("starts_on")).join(ends, on="start", how="left"),
        leaf=leaf,
    ).select("subject_id", "start", "place", text=pl.col("evidence"))
    rows = frame.with_row_index("at")
    places = rows.select(
        "at", "subject_id", "since", place=pl.int_ranges("first", pl.col("last") + 1)
    ).explode("place")
    texts = (
        places.join(told, on=["subject_id", "place"])
        .filter(pl.col("start") >= pl.col("since"))
        .sort("at", "place")
        .group_by("at", maintain_order=True)
        .agg(evidence=pl.col("text").str.join(","))
    )
    return rows.join(texts, on="at", how="left", maintain_order="left").drop("at")


def _number(value: Decimal | None) -> pl.Expr:
    return pl.lit(None if value is None else float(value), dtype=pl.Float64)
