"""Battles, agent days and nights for tests of boss battles, without files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from badges.battles import fighting, home, publishing
from badges.models import Battle, BattleDamage, BattleObjective
from incentives.capabilities import StepResult, Visit
from incentives.org.models import Person, Team
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import AgentDay, Channel, TeamDay
from tests.factories import PersonFactory

MONDAY = date(2026, 3, 2)


def after(days: int) -> date:
    """A day so many days after the first Monday."""
    return MONDAY + timedelta(days=days)


def work(
    person: Person, day: date, *, team: Team | None = None, channel: str = "chat", **measures: Any
) -> tuple[Person, date]:
    """Set what someone did on a day in a channel, credited to a team (their own unless given)."""
    of = {"agent": person, "day": day, "channel": Channel.objects.get(key=channel)}
    held = person.memberships.active(on=day).values_list("team", flat=True).first()
    AgentDay.objects.filter(**of).delete()
    if measures:
        AgentDay.objects.create(team_id=team.pk if team else held, **of, **measures)
    return person, day


def two_more(team: Team, day: date, **measures: Any) -> list[tuple[Person, date]]:
    """Set what two new people of a team did on a day: figures of fewer than three are withheld."""
    return [work(PersonFactory(team=team), day, **measures) for _each in range(2)]


def team_work(team: Team, day: date, **measures: Any) -> None:
    """Set what a team did on a day, which is what levels are judged by."""
    channel = Channel.objects.get(key="chat")
    TeamDay.objects.update_or_create(team=team, day=day, channel=channel, defaults=measures)


def amount(target: float | str | None, measure: str = "handled") -> BattleObjective:
    """An unsaved amount to reach."""
    goal: Any = None if target is None else Decimal(str(target))
    return BattleObjective(kind="amount", measure=measure, target=goal)


def level(
    target: float | str, metric: str = "csat", least: float = 5, op: str = ">="
) -> BattleObjective:
    """An unsaved level to hold."""
    goal, volume = Decimal(str(target)), Decimal(str(least))
    return BattleObjective(kind="level", metric=metric, op=op, target=goal, least=volume)


def draft(
    by: Person, *objectives: BattleObjective, teams: Iterable[Team] = (), **fields: Any
) -> Battle:
    """A saved draft: from the first Monday to Friday, two days for corrections, 100 points."""
    given: dict[str, Any] = {
        "name_en": "Backlog Dragon",
        "name_zh": "积压巨龙",
        "starts_on": MONDAY,
        "ends_on": after(4),
        "settlement_days": 2,
        **fields,
    }
    return publishing.save_draft(
        battle=Battle(**given),
        objectives=objectives or (amount(100),),
        teams=list(teams),
        by=by,
    )


def announce(by: Person, *objectives: BattleObjective, **fields: Any) -> Battle:
    """A battle published the day before it begins."""
    teams = fields.pop("teams", ())
    found = draft(by, *objectives, teams=teams, **fields)
    return publishing.publish(battle=found, by=by, today=found.starts_on - timedelta(days=1))


def night(as_of: date, *days: tuple[Person, date], everything: bool = False) -> StepResult:
    """The step, for these changed agent days."""
    rows = sorted({(person.pk, day) for person, day in days})
    frame = pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row")
    return fighting.fight(Changes(as_of=as_of, days=frame, everything=everything))


def damage(battle: Battle, **of: Any) -> Decimal:
    """The sum of a battle's damage, perhaps only some of it."""
    rows = BattleDamage.objects.filter(battle=battle, **of).values_list("amount", flat=True)
    return sum(rows, Decimal(0))


def again(battle: Battle) -> Battle:
    """The battle as it is stored now."""
    return Battle.objects.select_related("state").get(pk=battle.pk)


def battle_glance(person: Person, today: date) -> home.BattleGlance | None:
    """The battle of someone's home, as the home reads it."""
    return home.battle_glance(Visit(person, today))
