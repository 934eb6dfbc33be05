"""Guards and thresholds of point rules, judged for the agents and periods that need it.

Verdicts go into the temporary table `point_verdict` (rule_id, agent_id, starts_on, met, evidence).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from scoring.criteria import evaluate_periods, load_criteria
from scoring.criteria.schema import Criteria
from scoring.points.reach import judged_by, last_of, threshold_period
from scoring.points.specs import RuleSpec
from scoring.windows import Period, Span, last_day, next_first_day

# Beyond so many verdicts (all history at once) entries are posted without their evidence, which
# an explanation can work out again.
MOST_EVIDENCE = 100_000
_ASKED = {"agent_id": pl.Int64, "starts_on": pl.Date}


def open_verdicts(cursor: Any) -> None:
    """Create the empty table for this transaction."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS point_verdict (rule_id bigint, agent_id bigint,"
        " starts_on date, met boolean, evidence jsonb,"
        " PRIMARY KEY (rule_id, agent_id, starts_on)) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE point_verdict")


def judge_guards(cursor: Any, rules: Sequence[RuleSpec]) -> None:
    """Judge the guards of rules, for the agents and periods in `point_quantity`."""
    for (period, _text), group in _alike(rules, "guard").items():
        asked = _asked(
            cursor,
            f"SELECT DISTINCT agent_id, date_trunc('{period}', day)::date FROM point_quantity"
            " WHERE rule_id = ANY(%s)",
            [[rule.id for rule in group]],
        )
        guard = group[0].guard
        for verdicts in _judged(guard or {}, period, asked):
            _keep(cursor, group, verdicts)
    cursor.execute("ANALYZE point_verdict")


def judge_thresholds(cursor: Any, rules: Sequence[RuleSpec], *, until: date) -> None:
    """Put a unit into `point_quantity` for each ended period whose threshold is met.

    The periods are those whose last day is in `point_reach`, up to `until`.
    """
    for (period, _text), group in _alike(rules, "threshold").items():
        for rule in group:
            asked = _asked(cursor, *_ended(rule, period, until))
            for verdicts in _judged(rule.threshold or {}, period, asked):
                _add_units(cursor, rule, period, verdicts)


def _alike(rules: Sequence[RuleSpec], part: str) -> dict[tuple[Period, str], list[RuleSpec]]:
    """The rules that have the part, those with the same one together."""
    found: dict[tuple[Period, str], list[RuleSpec]] = {}
    for rule in rules:
        data: Mapping[str, Any] | None = getattr(rule, part)
        if data is None:
            continue
        period = judged_by(data) if part == "guard" else threshold_period(data)[0]
        found.setdefault((period, json.dumps(data, sort_keys=True)), []).append(rule)
    return found


def _ended(rule: RuleSpec, period: Period, until: date) -> tuple[str, list[Any]]:
    """The agents and periods that a threshold rule is for: who is in its teams on the last day."""
    who, params = rule.scope.condition(day="k.day", team="m.team_id")
    return (
        f"SELECT k.agent_id, date_trunc('{period}', k.day)::date FROM point_reach k"
        " JOIN org_person p ON p.id = k.agent_id"
        " LEFT JOIN org_membership m ON m.person_id = k.agent_id AND m.starts_on <= k.day"
        " AND (m.ends_on IS NULL OR m.ends_on >= k.day)"
        f" WHERE k.day = {last_of(period, 'k.day')} AND k.day BETWEEN %s AND %s AND {who}"
        # Who was not at work had no complaints either: that is no merit.
        " AND EXISTS (SELECT FROM scoring_agentday f WHERE f.agent_id = k.agent_id"
        f" AND f.day BETWEEN date_trunc('{period}', k.day)::date AND k.day)",
        [rule.starts_on, min(until, rule.ends_on or until), *params],
    )


def _asked(cursor: Any, sql: str, params: Sequence[Any]) -> pl.DataFrame:
    cursor.execute(sql, params)
    return pl.DataFrame(cursor.fetchall(), schema=_ASKED, orient="row")


def _judged(data: Mapping[str, Any], period: Period, asked: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Verdicts (agent_id, starts_on, met, evidence) for what is asked."""
    criteria: Criteria = load_criteria(data)
    for span, agents in stretches(asked, period):
        found = evaluate_periods(
            {"it": criteria},
            period=period,
            span=span,
            subjects=agents,
            evidence=asked.height <= MOST_EVIDENCE,
        )["it"]
        yield asked.join(
            found.select(
                pl.col("subject_id").cast(pl.Int64).alias("agent_id"),
                "starts_on",
                "met",
                "evidence",
            ),
            on=["agent_id", "starts_on"],
        )


def stretches(asked: pl.DataFrame, period: Period) -> Iterator[tuple[Span, list[int]]]:
    """Runs of neighbouring periods with the agents asked for in them.

    A late correction from last year and one from today are two short reads, not a year.
    """
    starts = asked["starts_on"].unique().sort().to_list()
    first = 0
    for at, start in enumerate(starts):
        is_last = at + 1 == len(starts)
        if not is_last and starts[at + 1] <= next_first_day(period, start):
            continue
        span = Span(starts[first], last_day(period, start))
        inside = asked.filter(pl.col("starts_on").is_between(starts[first], start))
        yield span, inside["agent_id"].unique().sort().to_list()
        first = at + 1


def _keep(cursor: Any, rules: Sequence[RuleSpec], verdicts: pl.DataFrame) -> None:
    for rule in rules:
        rows = verdicts.select(
            pl.lit(rule.id).alias("rule_id"), "agent_id", "starts_on", "met", "evidence"
        )
        _copy(cursor, "point_verdict", rows)


def _add_units(cursor: Any, rule: RuleSpec, period: Period, verdicts: pl.DataFrame) -> None:
    met = verdicts.filter(pl.col("met"))
    starts = met["starts_on"].unique()
    last = pl.Series([last_day(period, day) for day in starts.to_list()], dtype=pl.Date)
    days = pl.DataFrame({"starts_on": starts, "day": last})
    rows = met.join(days, on="starts_on").select(
        pl.lit(rule.id).alias("rule_id"),
        "agent_id",
        "day",
        pl.lit(1).alias("quantity"),
        "evidence",
    )
    _copy(cursor, "point_quantity", rows)


def _copy(cursor: Any, table: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    text = io.BytesIO(rows.write_csv().encode())
    columns = ", ".join(rows.columns)
    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, HEADER)", text)
