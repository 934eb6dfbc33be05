"""What the facts are worth: points per rule, agent and day, by a fixed number of statements.

The agent days are those in the temporary table `point_reach`; the answer is a frame with one row
(rule_id, agent_id, day) wherever something was counted:

    quantity   what was counted, in millionths     earned     its points before guard and caps
    met        whether the guard is met            after_day  what guard and daily cap leave
    evidence   of the guard, or of the threshold   granted    what the weekly cap leaves: the points
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from scoring.copying import copy_out
from scoring.points.counting import COUNTED, count_units
from scoring.points.evaluation import apply_guards, count_thresholds
from scoring.points.specs import RuleSpec, levels

DESIRED = {**COUNTED, "met": pl.Boolean(), "after_day": pl.Int64(), "granted": pl.Int64()}
_WEEK = ["rule_id", "agent_id", "week"]

# The limit of a week counts what the ledger has for its days before those that are looked at
# again; all days after the first of these are among them.
_USED = """
SELECT e.rule_id, w.agent_id, w.week, e.points
FROM (SELECT agent_id, date_trunc('week', day)::date AS week, min(day) AS first
      FROM point_reach GROUP BY 1, 2) w
-- Lateral: some days of one agent by the index, never a scan of the whole ledger.
CROSS JOIN LATERAL (
  SELECT rule_id, sum(amount) AS points FROM scoring_pointentry
  WHERE agent_id = w.agent_id AND occurred_on >= w.week AND occurred_on < w.first
    AND rule_id = ANY(%s)
  GROUP BY rule_id) e
WHERE w.first > w.week
"""


def work_out(
    cursor: Any,
    rules: Sequence[RuleSpec],
    *,
    until: date,
    known: Mapping[str, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """What the agent days in `point_reach` are worth; columns as DESIRED.

    Weeks and months that end after `until` are not judged by threshold rules yet. Rules that
    are counted by others have to be among `rules`. `known` are verdicts on guards by their text.
    """
    found = pl.DataFrame(schema=DESIRED)
    for layer in levels(rules):
        units = count_units(cursor, layer, rules, found)
        thresholds = count_thresholds(cursor, layer, until=until)
        rows = pl.concat([pl.DataFrame(schema=COUNTED), *units, *thresholds])
        rows = apply_guards(rows, layer, known or {})
        found = pl.concat([found, _granted(cursor, rows, layer)])
    return found


def _granted(cursor: Any, rows: pl.DataFrame, layer: Sequence[RuleSpec]) -> pl.DataFrame:
    """Guard, cap per day, then cap per week in the order of the days."""
    limits = pl.DataFrame(
        [(rule.id, rule.cap_day, rule.cap_week) for rule in layer],
        schema={"rule_id": pl.Int64, "cap_day": pl.Int64, "cap_week": pl.Int64},
        orient="row",
    )
    after = pl.when("met").then(pl.min_horizontal("earned", "cap_day")).otherwise(0)
    rows = rows.join(limits, on="rule_id").with_columns(after_day=after)
    free, limited = (rows.filter(pl.col("cap_week").is_null() == each) for each in (True, False))
    found = [free.with_columns(granted="after_day").select(*DESIRED)]
    if not limited.is_empty():
        found.append(_cut(limited, _used(cursor, layer)).select(*DESIRED))
    return pl.concat(found)


def _cut(rows: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """What the limits of weeks leave, given what days before have used of them."""
    rows = rows.with_columns(week=pl.col("day").dt.truncate("1w"))
    rows = rows.join(used, on=_WEEK, how="left").sort("day")
    so_far = pl.col("after_day").cum_sum().over(_WEEK) + pl.col("points").fill_null(0)
    rows = rows.with_columns(so_far=so_far)
    before = pl.col("so_far") - pl.col("after_day")
    return rows.with_columns(
        granted=pl.min_horizontal("so_far", "cap_week") - pl.min_horizontal(before, "cap_week")
    )


def _used(cursor: Any, layer: Sequence[RuleSpec]) -> pl.DataFrame:
    limited = [rule.id for rule in layer if rule.cap_week is not None]
    schema = {"rule_id": pl.Int64, "agent_id": pl.Int64, "week": pl.Date, "points": pl.Int64}
    return copy_out(cursor, _USED, schema, [limited])
