"""Which agent days a night looks at besides the changed ones: ended periods, changed rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from scoring.figures.windows import ONE_DAY, Period, first_day, last_day, next_first_day
from scoring.points.specs import RuleSpec

# A period never begins earlier than this before its last day.
LONGEST_PERIOD = timedelta(days=92)


def stage_everything(cursor: Any, table: str) -> None:
    """Add every agent day that has totals or entries of rules."""
    cursor.execute(
        f"INSERT INTO {table} SELECT DISTINCT agent_id, day FROM scoring_agentday"
        " UNION SELECT DISTINCT agent_id, occurred_on FROM scoring_pointentry"
        " WHERE rule_id IS NOT NULL ON CONFLICT DO NOTHING"
    )
    cursor.execute(f"ANALYZE {table}")


def ended_between(period: Period, after: date, until: date) -> Iterator[date]:
    """The last days of the periods that ended after one day and up to another."""
    day = last_day(period, after + ONE_DAY)
    while day <= until:
        yield day
        day = last_day(period, next_first_day(period, day))


def reach_ended(cursor: Any, period: Period, after: date, until: date) -> bool:
    """Add the last days of ended periods to `point_reach`, for those at work in them.

    False when nothing has ended.
    """
    ended = list(ended_between(period, after, until))
    for day in ended:
        cursor.execute(
            "INSERT INTO point_reach SELECT DISTINCT agent_id, %s::date"
            " FROM scoring_agentday WHERE day BETWEEN %s AND %s ON CONFLICT DO NOTHING",
            [day, first_day(period, day), day],
        )
    return bool(ended)


def reach_rule(cursor: Any, rule: RuleSpec, first: date, last: date | None) -> None:
    """Add to `point_reach` the agent days of a rule that began or ceased to hold on these days."""
    first -= LONGEST_PERIOD if rule.threshold is not None else timedelta()
    cursor.execute(
        "INSERT INTO point_reach"
        " SELECT DISTINCT agent_id, day FROM scoring_agentday WHERE day BETWEEN %s AND %s"
        " UNION SELECT DISTINCT agent_id, occurred_on FROM scoring_pointentry"
        " WHERE rule_id = %s AND occurred_on BETWEEN %s AND %s ON CONFLICT DO NOTHING",
        [first, last or date.max, rule.id, first, last or date.max],
    )
