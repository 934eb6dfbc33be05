"""Quests, work and nights for tests, without files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db.models import Sum

from badges.models import Quest, QuestSettings
from badges.quests.night import run_quests
from incentives.capabilities import StepResult
from incentives.org.models import Person, Team
from incentives.org.notices import kind_of
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import AgentDay, Channel, PointEntry, TeamDay

MONDAY = date(2026, 3, 2)
HANDLED_5 = {"all": [{"measure": "handled", "window": "day", "op": ">=", "value": 5}]}


def after(days: int) -> date:
    """A day so many days after the Monday."""
    return MONDAY + timedelta(days=days)


@pytest.fixture
def no_rotation(db: None) -> None:
    """Nothing opens by itself."""
    QuestSettings.objects.create(daily=0, weekly=0, grace_days=1)


def quest(*teams: Team, days: int = 1, start: date = MONDAY, **fields: Any) -> Quest:
    """A stored quest of so many days: five tickets handled for 30 points, a day of grace."""
    given: dict[str, Any] = {
        "name_en": "Five tickets",
        "name_zh": "五张工单",
        "criteria": HANDLED_5,
        "points": 30,
        "grace_days": 1,
        **fields,
    }
    if given.get("way") == "claimed":
        given |= {"criteria": None, "evidence": given.get("evidence", "text")}
    made = Quest.objects.create(starts_on=start, ends_on=start + timedelta(days=days - 1), **given)
    made.teams.set(teams)
    return made


def work(agent: Person, day: date, **measures: Any) -> tuple[Person, date]:
    """Set what an agent did on a day; the team's totals follow. Returns what changed."""
    chat = Channel.objects.get(key="chat")
    team: Any = agent.memberships.filter(ends_on=None).values_list("team", flat=True).first()
    AgentDay.objects.filter(agent=agent, day=day).delete()
    AgentDay.objects.create(agent=agent, day=day, channel=chat, team_id=team, **measures)
    days = AgentDay.objects.filter(team=team, day=day)
    sums = {name: days.aggregate(n=Sum(name))["n"] for name in measures}
    TeamDay.objects.update_or_create(team_id=team, day=day, channel=chat, defaults=sums)
    return agent, day


def night(as_of: date, *days: tuple[Person, date], everything: bool = False) -> StepResult:
    """The step, for these changed agent days."""
    return run_quests(changes(as_of, days, everything=everything))


def changes(
    as_of: date, days: Iterable[tuple[Person, date]], *, everything: bool = False
) -> Changes:
    """What a night is told."""
    rows = sorted({(agent.pk, day) for agent, day in days})
    frame = pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row")
    return Changes(as_of=as_of, days=frame, everything=everything)


def points(agent: Person) -> int:
    """What someone has from quests."""
    entries = PointEntry.objects.filter(agent=agent, kind="quest")
    return entries.aggregate(n=Sum("amount"))["n"] or 0


def told(person: Person) -> list[str]:
    """What the bell told someone, the first thing first."""
    return [
        kind_of(notice).text(notice.data) for notice in person.notices.order_by("pk")
    ]  # fmt: skip
