"""The running goals on an agent's home: their own and those of their team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.models import Person
from scoring.models import Goal

GOALS = 2


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A running goal of the agent or the team, with how much of it is done in per cent."""

    title: str
    percent: int | None
    note: str
    url: str


def own_goals(person: Person, *, today: date) -> list[OwnGoal]:
    """The goals of the agent and of the team that run today, the one that ends first on top."""
    running = Goal.objects.filter(
        status__in=(Goal.Status.PROPOSED, Goal.Status.AGREED),
        starts_on__lte=today,
        ends_on__gte=today,
    ).only("title", "status", "ends_on", "starts_on", "progress", "kpi_id")
    teams = person.memberships.active(on=today).order_by().values("team")
    # Two arms, each by its own index: in one condition every open goal of the company is read.
    own = running.filter(agent=person).union(running.filter(team__in=teams), all=True)
    return [_goal(goal, today) for goal in own.order_by("ends_on", "id")[:GOALS]]


def _goal(goal: Goal, today: date) -> OwnGoal:
    if goal.status == Goal.Status.PROPOSED:
        note = _("waits for a yes")
    else:
        days = goal.days_left(today)
        note = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    percent = goal.percent if goal.is_measured and goal.progress is not None else None
    return OwnGoal(goal.title, percent, note, reverse("scoring:goal", args=[goal.pk]))
