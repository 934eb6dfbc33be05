"""Points as criteria read them: what rules gave, by the day of the facts; one query for all rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl
from django.db import connection

from scoring.copying import copy_out
from scoring.figures.frames import MILLION
from scoring.figures.metrics import ANY_RULE, Metric
from scoring.figures.windows import ONE_DAY, Period, Span
from scoring.models import PointEntry, PointRule


def read_points(
    *,
    metrics: Sequence[Metric],
    span: Span,
    period: Period | None = None,
    agents: Collection[int] | None = None,
    daily_from: date | None = None,
) -> pl.DataFrame:
    """One row for each agent (and period) with entries of rules that were earned in the span.

    Columns as `scoring.figures.frames.read_sums` gives them by agent, without a team: agent_id, starts_on
    (with a period), and for each metric `KEY.n`, whole millionths, and `KEY.d`, null. An agent has a
    sum of 0 where other rules gave something. Points given by hand, for goals or for play are not
    among them: what rests on points must not feed itself. Of days, those before `daily_from` come
    together as the day before it.
    """
    cut, params = "e.occurred_on", list[object]()
    if period not in (None, Period.DAY):
        cut = f"date_trunc('{period}', e.occurred_on)::date"
    elif period is Period.DAY and daily_from is not None:
        cut, params = "greatest(e.occurred_on, %s)", [daily_from - ONE_DAY]
    keys = ["e.agent_id", *([cut] if period is not None else [])]
    sums = list[str]()
    for metric in metrics:
        if metric.rule == ANY_RULE:
            sums.append("sum(e.amount)")
        else:
            sums.append("coalesce(sum(e.amount) FILTER (WHERE r.key = %s), 0)")
            params.append(metric.rule)
    sql = f"SELECT {', '.join([*keys, *sums])} FROM {PointEntry._meta.db_table} e"
    if any(metric.rule != ANY_RULE for metric in metrics):
        sql += f" JOIN {PointRule._meta.db_table} r ON r.id = e.rule_id"
    # An index of an agent's entries has all that is asked for.
    sql += " WHERE e.rule_id IS NOT NULL"
    for condition, value in (
        ("e.occurred_on >= %s", span.start),
        ("e.occurred_on <= %s", span.end),
    ):
        if value is not None:
            sql, params = f"{sql} AND {condition}", [*params, value]
    if agents is not None:
        sql, params = f"{sql} AND e.agent_id = ANY(%s::bigint[])", [*params, list(agents)]
    sql += f" GROUP BY {', '.join(str(at + 1) for at in range(len(keys)))}"
    return _fetch(sql, params, metrics, cut=period is not None)


def _fetch(
    sql: str, params: Sequence[object], metrics: Sequence[Metric], *, cut: bool
) -> pl.DataFrame:
    names = ["agent_id", *(["starts_on"] if cut else [])]
    schema: dict[str, pl.DataType] = {"agent_id": pl.Int64()}
    if cut:
        schema["starts_on"] = pl.Date()
    schema |= {f"{metric.key}.n": pl.Int64() for metric in metrics}
    with connection.cursor() as cursor:
        frame = copy_out(cursor, sql, schema, params)
    return frame.select(
        *names,
        *(
            part
            for metric in metrics
            for part in (
                (pl.col(f"{metric.key}.n").cast(pl.Int128) * MILLION).alias(f"{metric.key}.n"),
                pl.lit(None, dtype=pl.Int128).alias(f"{metric.key}.d"),
            )
        ),
    ).sort(names)
