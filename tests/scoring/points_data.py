"""Agent days, rules and nights for tests of points, without files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from incentives.capabilities import StepResult
from incentives.org.models import Person
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import AgentDay, Channel, PointEntry, PointRule, Season, TeamDay
from scoring.points.ledger import reconcile
from scoring.points.occasions import Occasion, post_all

MONDAY = date(2026, 3, 2)
GUARD = {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 90}]}


def after(days: int) -> date:
    """A day so many days after the first Monday."""
    return MONDAY + timedelta(days=days)


def work(agent: Person, day: date, channel: str = "chat", **measures: Any) -> AgentDay:
    """Set what an agent did on a day in a channel."""
    of = {"agent": agent, "day": day, "channel": Channel.objects.get(key=channel)}
    team = agent.memberships.filter(ends_on=None).values_list("team", flat=True).first()
    AgentDay.objects.filter(**of).delete()
    return AgentDay.objects.create(team_id=team, **of, **measures)


def night(as_of: date, *days: tuple[Person, date], everything: bool = False) -> StepResult:
    """The step, for these changed agent days."""
    rows = sorted({(agent.pk, day) for agent, day in days})
    frame = pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row")
    return reconcile(Changes(as_of=as_of, days=frame, everything=everything))


def points(agent: Person, **of: Any) -> int:
    """The points an agent has, perhaps only some of them."""
    entries = PointEntry.objects.filter(agent=agent, **of).values_list("amount", flat=True)
    return sum(entries)


def earn(agent: Person, amount: int, on: date, *, key: str, kind: str = "quest") -> PointEntry:
    """Points that no rule and no person gave: posted once under a key."""
    post_all([Occasion(agent.pk, amount, on, key)], kind=kind)
    return PointEntry.objects.get(source_key=key)


def rule(key: str = "calls", **fields: Any) -> PointRule:
    """A published rule: 5 points for each ticket handled, unless told otherwise."""
    given: dict[str, Any] = {
        "name_en": key,
        "per": "unit",
        "expression": "handled",
        "amount": 5,
        "starts_on": date(2020, 1, 1),
        "status": "published",
        **fields,
    }
    return PointRule.objects.create(key=key, **given)


@pytest.fixture
def no_shipped_rules(db: None) -> None:
    """Only the test's own rules: the shipped ones have ended before they began."""
    PointRule.objects.update(ends_on=date(1999, 12, 31))


def closed_through_monday() -> None:
    """A closed season that ended on the first Monday."""
    Season.objects.create(
        name="Winter", starts_on=after(-6), ends_on=MONDAY, closed_at=timezone.now()
    )


def team_days(day: date) -> None:
    """A team day, which is what tells the last day with data."""
    TeamDay.objects.create(day=day, channel=Channel.objects.get(key="chat"), handled=1)
