"""Guards and thresholds of point rules, judged for the agents and periods that need it.

Verdicts are frames (agent_id, starts_on, met, evidence), by the text of the criteria. Criteria that
are judged over the same period are answered together: each of their windows is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from incentives.org.dated import covers_sql
from incentives.org.scope import Scope
from scoring.copying import copy_in, copy_out
from scoring.criteria import evaluate_periods, load_criteria
from scoring.figures.windows import Period, Span, last_day, next_first_day
from scoring.points.counting import AGENT_DAYS, COUNTED, earned, whole
from scoring.points.reach import (
    WhereTurned,
    criteria_text,
    judged_by,
    last_of,
    threshold_period,
)
from scoring.points.specs import RuleSpec

# Beyond so many verdicts (all history at once) entries are posted without their evidence, which
# an explanation can work out again.
MOST_EVIDENCE = 100_000
Verdicts = dict[str, pl.DataFrame]
_ASKED = {"agent_id": pl.Int64(), "starts_on": pl.Date()}
_VERDICT = {**_ASKED, "met": pl.Boolean(), "evidence": pl.String()}
_EACH = {Period.DAY: "1d", Period.WEEK: "1w", Period.MONTH: "1mo", Period.QUARTER: "1q"}


def apply_guards(
    rows: pl.DataFrame, rules: Sequence[RuleSpec], known: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Add whether the guard of each row's rule is `met`, with its evidence.

    `known` are verdicts that need not be worked out again.
    """
    guarded = [rule for rule in rules if rule.guard is not None]
    free = rows.filter(~pl.col("rule_id").is_in([rule.id for rule in guarded]))
    found = [free.with_columns(met=pl.lit(value=True))]
    for period, texts in _alike(guarded, "guard").items():
        start = pl.col("day").dt.truncate(_EACH[period]).alias("starts_on")
        parts = {
            text: rows.filter(pl.col("rule_id").is_in([rule.id for rule in group]))
            for text, group in texts.items()
        }
        asked = {text: part.select("agent_id", start).unique() for text, part in parts.items()}
        fresh = _judged({t: texts[t][0].guard or {} for t in texts}, period, _missing(asked, known))
        for text, part in parts.items():
            verdicts = pl.concat([known.get(text, pl.DataFrame(schema=_VERDICT)), fresh[text]])
            judged = part.drop("evidence").with_columns(start)
            judged = judged.join(verdicts, on=list(_ASKED), how="left").drop("starts_on")
            judged = judged.with_columns(pl.col("met").fill_null(value=False))
            found.append(judged.select(*COUNTED, "met"))
    return pl.concat(found)


def _missing(asked: Mapping[str, pl.DataFrame], known: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The agents and periods for which a verdict is missing."""
    left = [
        days.join(known[text], on=list(_ASKED), how="anti") if text in known else days
        for text, days in asked.items()
    ]
    return pl.concat(left).unique()


def widen_where_turned(cursor: Any, step: WhereTurned, rules: Sequence[RuleSpec]) -> pl.DataFrame:
    """Judge a guard for the periods in `point_reach`; where it turned, add all days of the period.

    How it stands now is remembered for the next night. Returns the verdicts.
    """
    group = [rule for rule in rules if rule.guard and criteria_text(rule.guard) == step.guard]
    start = f"date_trunc('{step.period}', day)::date"
    asked = copy_out(cursor, f"SELECT DISTINCT agent_id, {start} FROM point_reach", _ASKED)
    verdicts = _judged({step.guard: group[0].guard or {}}, step.period, asked)[step.guard]
    cursor.execute("TRUNCATE point_verdict")
    copy_in(cursor, "point_verdict", verdicts.select("agent_id", "starts_on", "met"))
    cursor.execute("ANALYZE point_verdict")
    each = " FROM point_verdict v CROSS JOIN unnest(%s::bigint[]) r(rule_id)"
    ids = [[rule.id for rule in group]]
    cursor.execute(
        f"INSERT INTO point_reach SELECT DISTINCT v.agent_id, f.day{each}"
        " LEFT JOIN scoring_pointverdict s USING (rule_id, agent_id, starts_on)"
        " JOIN scoring_agentday f ON f.agent_id = v.agent_id"
        f" AND f.day BETWEEN v.starts_on AND {last_of(step.period, 'v.starts_on')}"
        " WHERE s.met IS DISTINCT FROM v.met ON CONFLICT DO NOTHING",
        ids,
    )
    cursor.execute(
        "INSERT INTO scoring_pointverdict AS s (rule_id, agent_id, starts_on, met)"
        f" SELECT r.rule_id, v.agent_id, v.starts_on, v.met{each}"
        " ON CONFLICT (rule_id, agent_id, starts_on) DO UPDATE SET met = excluded.met"
        " WHERE s.met <> excluded.met",
        ids,
    )
    return verdicts


def count_thresholds(
    cursor: Any, rules: Sequence[RuleSpec], *, until: date
) -> Iterator[pl.DataFrame]:
    """A unit for each ended period whose threshold is met; frames as counting.COUNTED.

    The periods are those whose last day is in `point_reach`, up to `until`.
    """
    reached = [rule for rule in rules if rule.threshold is not None]
    for period, texts in _alike(reached, "threshold").items():
        scopes = {rule.scope for group in texts.values() for rule in group}
        ended = {scope: _ended(cursor, scope, period, until) for scope in scopes}
        asked = pl.concat(ended.values()).select(*_ASKED).unique()
        verdicts = _judged({t: texts[t][0].threshold or {} for t in texts}, period, asked)
        for text, group in texts.items():
            met = verdicts[text].filter(pl.col("met"))
            for rule in group:
                days = pl.col("day").is_between(rule.starts_on, rule.ends_on or date.max)
                mine = ended[rule.scope].filter(days).join(met, on=list(_ASKED))
                yield mine.select(
                    pl.lit(rule.id, dtype=pl.Int64).alias("rule_id"),
                    *AGENT_DAYS,
                    whole(10**6).alias("quantity"),
                    earned(rule, whole(1), 0).alias("earned"),
                    "evidence",
                ).filter(pl.col("earned") > 0)


def _ended(cursor: Any, scope: Scope, period: Period, until: date) -> pl.DataFrame:
    """agent_id, day (the last of its period) and starts_on of those that a threshold is for.

    Teams are those of the last day.
    """
    who, params = scope.condition(day="k.day", team="m.team_id")
    people = (
        " JOIN org_person p ON p.id = k.agent_id"
        " LEFT JOIN org_membership m ON m.person_id = k.agent_id"
        f" AND {covers_sql('m', 'k.day')}"
    )
    start = f"date_trunc('{period}', k.day)::date"
    query = (
        f"SELECT k.agent_id, k.day, {start} FROM point_reach k"
        f"{'' if scope.is_everyone else people}"
        f" WHERE k.day = {last_of(period, 'k.day')} AND k.day <= %s AND {who}"
        # Who was not at work had no complaints either: that is no merit.
        " AND EXISTS (SELECT FROM scoring_agentday f WHERE f.agent_id = k.agent_id"
        f" AND f.day BETWEEN {start} AND k.day)"
    )
    schema = {**AGENT_DAYS, "starts_on": pl.Date()}
    return copy_out(cursor, query, schema, [until, *params])


def _alike(rules: Sequence[RuleSpec], part: str) -> dict[Period, dict[str, list[RuleSpec]]]:
    """The rules by the period of their guard or threshold, those with the same text together."""
    found: dict[Period, dict[str, list[RuleSpec]]] = {}
    for rule in rules:
        data: Mapping[str, Any] = getattr(rule, part)
        period = judged_by(data) if part == "guard" else threshold_period(data)[0]
        found.setdefault(period, {}).setdefault(criteria_text(data), []).append(rule)
    return found


def _judged(
    criteria: Mapping[str, Mapping[str, Any]], period: Period, asked: pl.DataFrame
) -> Verdicts:
    """By text, the verdicts for what is asked."""
    loaded = {text: load_criteria(data) for text, data in criteria.items()}
    told = asked.height <= MOST_EVIDENCE
    found: dict[str, list[pl.DataFrame]] = {text: [] for text in loaded}
    for span, agents in stretches(asked, period):
        judged = evaluate_periods(
            loaded,
            period=period,
            span=span,
            subjects=agents,
            evidence="all" if told else "nothing",
        )
        for text, frame in judged.items():
            columns = [pl.col("subject_id").alias("agent_id"), "starts_on", "met"]
            evidence = pl.col("evidence") if told else pl.lit(None, dtype=pl.String)
            verdicts = frame.select(*columns, evidence.alias("evidence"))
            found[text].append(asked.join(verdicts, on=list(_ASKED)))
    empty = pl.DataFrame(schema=_VERDICT)
    return {text: pl.concat([empty, *parts]) for text, parts in found.items()}


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
