"""The running goals on an agent's home: their own and those of their team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.dated import covers
from incentives.org.models import Person
from scoring.goals.shown import people_of_team, way_of_team
from scoring.models import Goal

GOALS = 2


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A running goal of the agent or the team, with how much of it is done in per cent."""

    title: str
    percent: int | None
    note: str
    url: str


def running_goals(person: Person, *, today: date) -> QuerySet[Goal, Any]:
    """The goals of the agent and of the team that run today, the one that ends first on top."""
    running = Goal.objects.filter(
        covers(today), status__in=(Goal.Status.PROPOSED, Goal.Status.AGREED)
    ).annotate(people=people_of_team(today))
    shown = running.values(
        "id", "title", "status", "ends_on", "progress", "kpi_id", "team_id", "people"
    )
    teams = person.memberships.active(on=today).order_by().values("team")
    # Two arms, each by its own index: in one condition every open goal of the company is read.
    own = shown.filter(agent=person).union(shown.filter(team__in=teams), all=True)
    return own.order_by("ends_on", "id")[:GOALS]


def own_goal(row: Mapping[str, Any], *, today: date) -> OwnGoal:
    """One goal of `running_goals` as it is shown."""
    goal = Goal(**{name: row[name] for name in row if name != "people"}, starts_on=today)
    goal.ends_on = date.fromisoformat(row["ends_on"])
    if goal.status == Goal.Status.PROPOSED:
        note = _("waits for a yes")
    else:
        days = goal.days_left(today)
        note = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    if goal.team_id and goal.progress is not None:
        goal.progress = way_of_team(Decimal(goal.progress), row["people"])
    percent = goal.percent if goal.is_measured and goal.progress is not None else None
    return OwnGoal(goal.title, percent, note, reverse("scoring:goal", args=[goal.pk]))
