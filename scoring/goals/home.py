"""The running goals on an agent's home: their own and those of their team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import Visit
from incentives.org.dated import covers
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


def whose(goal: Goal) -> list[int] | None:
    """Whose home a goal is on; None for a team's."""
    return [goal.agent_id] if goal.agent_id else None


def running_goals(visit: Visit) -> list[OwnGoal] | None:
    """The goals of the agent and the team that run, the one that ends first on top; one query."""
    person, today = visit.person, visit.today
    running = Goal.objects.filter(
        covers(today), status__in=(Goal.Status.PROPOSED, Goal.Status.AGREED)
    ).annotate(people=people_of_team(today))
    teams = person.memberships.active(on=today).order_by().values("team")
    # Two arms, each by its own index: in one condition every open goal of the company is read.
    own = running.filter(agent=person).union(running.filter(team__in=teams), all=True)
    return [_own_goal(goal, today) for goal in own.order_by("ends_on", "id")[:GOALS]] or None


def _own_goal(goal: Any, today: date) -> OwnGoal:
    if goal.status == Goal.Status.PROPOSED:
        note = _("waits for a yes")
    else:
        days = goal.days_left(today)
        note = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    if goal.team_id:
        goal.progress = way_of_team(goal.progress, goal.people)
    percent = goal.percent if goal.is_measured and goal.progress is not None else None
    return OwnGoal(goal.title, percent, note, reverse("scoring:goal", args=[goal.pk]))
