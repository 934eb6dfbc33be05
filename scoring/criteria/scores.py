"""Stored scores as criteria read them: one query for all scorecards of a stretch of periods."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl
from django.db import connection

from scoring.copying import copy_out
from scoring.figures.frames import MILLION
from scoring.figures.metrics import ANY_CARD, Metric
from scoring.figures.windows import Period, Span
from scoring.models import Score, Scorecard

_SCHEMA = {
    "agent_id": pl.Int64(),
    "starts_on": pl.Date(),
    "team_id": pl.Int64(),
    "card": pl.String(),
    "score": pl.Decimal(38, 6),
}


def read_scores(
    *,
    metrics: Sequence[Metric],
    span: Span,
    period: Period,
    agents: Collection[int] | None = None,
) -> pl.DataFrame:
    """One row for each agent and period that begins in the span and has a score.

    Columns as `scoring.figures.frames.read_sums` gives them by agent and period: agent_id, starts_on,
    team_id (the score's), and for each metric `KEY.n` and `KEY.d`: the score and 1 in millionths;
    both null where another scorecard applied.
    """
    sql = (
        "SELECT s.agent_id, s.starts_on, s.team_id, c.key, s.score"
        f" FROM {Score._meta.db_table} s JOIN {Scorecard._meta.db_table} c ON c.id = s.scorecard_id"
        " WHERE s.period = %s"
    )
    params: list[object] = [period.value]
    for condition, value in (("s.starts_on >= %s", span.start), ("s.starts_on <= %s", span.end)):
        if value is not None:
            sql, params = f"{sql} AND {condition}", [*params, value]
    if agents is not None:
        sql, params = f"{sql} AND s.agent_id = ANY(%s::bigint[])", [*params, list(agents)]
    with connection.cursor() as cursor:
        rows = copy_out(cursor, sql, _SCHEMA, params)
    whole = pl.col("score").to_physical()
    # A whole column: polars would divide by a constant with its reciprocal, which rounds twice.
    one = whole * 0 + MILLION
    for metric in metrics:
        of = pl.lit(value=True) if metric.card == ANY_CARD else pl.col("card") == metric.card
        rows = rows.with_columns(
            pl.when(of).then(whole).alias(f"{metric.key}.n"),
            pl.when(of).then(one).alias(f"{metric.key}.d"),
        )
    return rows.drop("card", "score").sort("agent_id", "starts_on")
