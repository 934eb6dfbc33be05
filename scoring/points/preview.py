"""Whom a rule would have given points in the last four weeks, before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction

from incentives.org.models import Person
from scoring.figures.previews import last_days
from scoring.figures.windows import Period, Span, first_day
from scoring.models import PointRule
from scoring.points.desired import work_out
from scoring.points.ledger import published_rules
from scoring.points.reach import ToLastDays, Widen, open_reach, reach
from scoring.points.specs import RuleSpec, spec_of

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule gives over `span`: people, points, and what limits and guard took off.

    `people` are (name, points), those with most points first, at most MOST_SHOWN of them; `days`
    are the points of each day of the span, oldest first.
    """

    span: Span
    agents: int = 0
    points: int = 0
    cut: int = 0
    withheld: int = 0
    people: list[tuple[str, int]] = field(default_factory=list)
    days: list[int] = field(default_factory=list)


def preview(rule: PointRule, *, viewer: Person) -> RulePreview | None:
    """The rule (saved or not) over the last four weeks with data, as if it had been in force.

    Counts the people whom the viewer leads. None while there are no data. Saves nothing.
    """
    span = last_days()
    if span is None or span.start is None or span.end is None:
        return None
    spec = replace(spec_of(rule), id=0, starts_on=date.min, ends_on=None)
    with transaction.atomic(), connection.cursor() as cursor:
        open_reach(cursor)
        _reach(cursor, spec, span.start, span.end)
        desired = work_out(cursor, _needed(spec), until=span.end)
        transaction.set_rollback(True)
    days = pl.col("day").is_between(span.start, span.end)
    mine = desired.filter(pl.col("rule_id") == 0, days)
    if not viewer.sees_everyone:
        led = Person.objects.led_by(viewer).order_by().values_list("pk", flat=True)
        mine = mine.filter(pl.col("agent_id").is_in(list(led)))
    lost = pl.col("earned") - pl.col("granted")
    rows = mine.select("agent_id", "day", "granted", "met", lost.alias("lost")).rows()
    return _summed(rows, span)


def _reach(cursor: Any, spec: RuleSpec, start: date, end: date) -> None:
    """All agent days of the span, from the beginning of its first week (weekly limits)."""
    cursor.execute(
        "INSERT INTO point_reach SELECT DISTINCT agent_id, day FROM scoring_agentday"
        " WHERE day BETWEEN %s AND %s",
        [first_day(Period.WEEK, start), end],
    )
    for step in reach(spec):
        if isinstance(step, ToLastDays):
            replace(step, more=0, keep=bool(spec.builds_on)).run(cursor)
        elif isinstance(step, Widen) and step.all_days:
            continue
    cursor.execute("ANALYZE point_reach")


def _needed(spec: RuleSpec) -> list[RuleSpec]:
    """The rule and those that it counts, directly or not."""
    others = [rule for rule in published_rules() if rule.key != spec.key]
    needed, keys = [spec], set(spec.builds_on)
    while found := [rule for rule in others if rule.key in keys and rule not in needed]:
        needed += found
        keys = {key for rule in found for key in rule.builds_on}
    return needed


def _summed(rows: Sequence[tuple[int, date, int, bool, int]], span: Span) -> RulePreview:
    by_agent: dict[int, int] = {}
    by_day: dict[date, int] = {}
    cut = withheld = 0
    for agent, day, granted, met, lost in rows:
        if granted:
            by_agent[agent] = by_agent.get(agent, 0) + granted
            by_day[day] = by_day.get(day, 0) + granted
        cut += lost if met else 0
        withheld += 0 if met else lost
    most = sorted(by_agent, key=lambda agent: (-by_agent[agent], agent))[:MOST_SHOWN]
    names = Person.objects.in_bulk(most)
    start = span.start or date.min
    return RulePreview(
        span=span,
        agents=len(by_agent),
        points=sum(by_agent.values()),
        cut=cut,
        withheld=withheld,
        people=[(names[agent].display_name, by_agent[agent]) for agent in most],
        days=[by_day.get(start + timedelta(days=at), 0) for at in range(span.days or 0)],
    )
