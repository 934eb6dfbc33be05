"""What the bell tells the two sides of a goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.org.models import Membership, Person, Supervision
from incentives.org.notices import NoticeKind, notify
from incentives.org.roles import ids_of
from scoring.models import (
    Goal,
)

Data = Mapping[str, Any]


def goal_proposed(goal: Goal, by: Person) -> None:
    """Ask the other side to agree, or tell a team; a goal that was changed is told again."""
    # The yes of whoever wrote it is given anew with each change.
    stamp = goal.acknowledgements.filter(person=by).values_list("pk", flat=True).first()
    kind = "goal_of_team" if goal.team_id else "goal_proposed"
    _goal(goal, by, kind, f"{goal.pk}:{stamp}")


def goal_agreed(goal: Goal, by: Person) -> None:
    """Tell the other side that the goal is agreed."""
    _goal(goal, by, "goal_agreed", str(goal.pk))


def _goal(goal: Goal, by: Person, kind: str, source_key: str) -> None:
    today = by.company_today
    people: set[int] = {goal.agent_id} if goal.agent_id else set()
    if goal.team_id:
        people = ids_of(Membership.objects.taking_part(today).filter(team=goal.team_id), "person")
    elif goal.agent_id == by.pk:
        teams = Membership.objects.active(on=today).filter(person=by.pk).values("team")
        people = ids_of(Supervision.objects.active(on=today).filter(team__in=teams), "person")
    notify(
        people=people - {by.pk},
        kind=kind,
        source_key=source_key,
        data={"name": by.display_name, "title": goal.title},
        url=reverse("scoring:goal", args=[goal.pk]),
    )


def _goal_proposed(data: Data) -> str:
    return _("%(name)s proposes a goal: “%(title)s”. Do you agree?") % data


def _goal_of_team(data: Data) -> str:
    return _("%(name)s set a goal for your team: “%(title)s”") % data


def _goal_agreed(data: Data) -> str:
    return _("%(name)s said yes to “%(title)s”. The goal is agreed.") % data


KINDS = (
    NoticeKind("goal_proposed", "agreements", "flag", _goal_proposed),
    NoticeKind("goal_of_team", "agreements", "flag", _goal_of_team),
    NoticeKind("goal_agreed", "agreements", "check", _goal_agreed),
)
