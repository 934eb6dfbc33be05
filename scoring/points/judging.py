"""Guards and thresholds of point rules, judged for the agents and periods that need it.

Verdicts go into the temporary table `point_verdict` (rule_id, agent_id, starts_on, met, evidence).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from scoring.criteria import evaluate_periods, load_criteria
from scoring.criteria.schema import Criteria
from scoring.points.reach import (
    WhereTurned,
    guard_text,
    judged_by,
    last_of,
    threshold_period,
)
from scoring.points.specs import RuleSpec
from scoring.windows import Period, Span, last_day, next_first_day

# Beyond so many verdicts (all history at once) entries are posted without their evidence, which
# an explanation can work out again.
MOST_EVIDENCE = 100_000
_ASKED = {"agent_id": pl.Int64, "starts_on": pl.Date}


def judge_guards(cursor: Any, rules: Sequence[RuleSpec]) -> None:
    """Judge the guards of rules, for the agents and periods in `point_quantity`."""
    for (period, _text), group in _alike(rules, "guard").items():
        start = f"date_trunc('{period}', q.day)::date"
        _judge(
            cursor,
            group,
            period,
            f"SELECT DISTINCT q.agent_id, {start} FROM point_quantity q"
            " LEFT JOIN point_verdict v ON v.rule_id = %s AND v.agent_id = q.agent_id"
            f" AND v.starts_on = {start} WHERE q.rule_id = ANY(%s) AND v.rule_id IS NULL",
            [group[0].id, [rule.id for rule in group]],
        )
    cursor.execute("ANALYZE point_verdict (rule_id, agent_id, starts_on)")


def widen_where_turned(cursor: Any, step: WhereTurned, rules: Sequence[RuleSpec]) -> None:
    """Judge a guard for the periods in `point_reach`; where it turned, add all days of the period.

    How it stands now is remembered for the next night.
    """
    group = [rule for rule in rules if rule.guard and guard_text(rule.guard) == step.guard]
    ids = [rule.id for rule in group]
    start = f"date_trunc('{step.period}', day)::date"
    days = f"SELECT DISTINCT agent_id, {start} FROM point_reach"
    _judge(cursor, group, step.period, days, [])
    last = last_of(step.period, "v.starts_on")
    cursor.execute(
        "INSERT INTO point_reach SELECT DISTINCT v.agent_id, f.day FROM point_verdict v"
        " LEFT JOIN scoring_pointverdict s USING (rule_id, agent_id, starts_on)"
        " JOIN scoring_agentday f ON f.agent_id = v.agent_id"
        f" AND f.day BETWEEN v.starts_on AND {last}"
        " WHERE v.rule_id = ANY(%s) AND s.met IS DISTINCT FROM v.met ON CONFLICT DO NOTHING",
        [ids],
    )
    cursor.execute(
        "INSERT INTO scoring_pointverdict AS s (rule_id, agent_id, starts_on, met)"
        " SELECT rule_id, agent_id, starts_on, met FROM point_verdict WHERE rule_id = ANY(%s)"
        " ON CONFLICT (rule_id, agent_id, starts_on) DO UPDATE SET met = excluded.met"
        " WHERE s.met <> excluded.met",
        [ids],
    )


def _judge(
    cursor: Any, group: Sequence[RuleSpec], period: Period, sql: str, params: Sequence[Any]
) -> None:
    """Put the verdicts on the guard of a group into `point_verdict`."""
    asked = _asked(cursor, sql, params)
    for verdicts in _judged(group[0].guard or {}, period, asked):
        for rule in group:
            columns = (pl.lit(rule.id).alias("rule_id"), "agent_id", "starts_on", "met", "evidence")
            _copy(cursor, "point_verdict", verdicts.select(*columns))


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
        found.setdefault((period, guard_text(data)), []).append(rule)
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
    told = asked.height <= MOST_EVIDENCE
    for span, agents in stretches(asked, period):
        judged = evaluate_periods(
            {"it": criteria}, period=period, span=span, subjects=agents, evidence=told
        )["it"]
        found = judged.select(
            pl.col("subject_id").alias("agent_id"),
            "starts_on",
            "met",
            "evidence" if told else pl.lit(None, dtype=pl.String).alias("evidence"),
        )
        yield asked.join(found, on=["agent_id", "starts_on"])


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
