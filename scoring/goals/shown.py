"""Goals as a reader may know them: a team's figure is for those who lead it, its members see steps."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from incentives.org.disclosure import in_steps, may_tell
from incentives.org.models import Membership, Person, Team
from scoring.models import Goal


def people_of_team(on: date) -> Any:
    """For `annotate(people=…)` on goals: how many people are in the goal's team that day; else 0."""
    here = Membership.objects.taking_part(on).filter(team=OuterRef("team")).order_by()
    counted = here.values("team").annotate(people=Count("pk")).values("people")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def way_of_team(progress: Decimal | None, people: int) -> Decimal | None:
    """How far a team is, as its members are told: in steps, and not at all where they are too few."""
    return in_steps(progress) if progress is not None and may_tell(people) else None


def as_told(goals: Sequence[Goal], reader: Person) -> list[Goal]:
    """Copies for pages, `in_steps` where figures are withheld; at most three queries.

    They are not to be saved: what is withheld is not in them.
    """
    of_teams = {goal.team_id for goal in goals if goal.team_id and goal.is_measured}
    if not of_teams or reader.sees_everyone:
        return list(goals)
    led = set(Team.objects.led_by(reader).filter(pk__in=of_teams).values_list("pk", flat=True))
    here = Membership.objects.taking_part(reader.company_today).filter(team__in=of_teams - led)
    people = dict(here.order_by().values_list("team").annotate(people=Count("pk")))
    return [
        _in_steps(goal, people.get(goal.team_id, 0))
        if goal.team_id in of_teams - led and goal.is_measured
        else goal
        for goal in goals
    ]


def _in_steps(goal: Goal, people: int) -> Goal:
    told = copy(goal)
    told.progress = way_of_team(goal.progress, people)
    told.value = told.numerator = told.denominator = told.baseline = None
    told.in_steps = True  # type: ignore[attr-defined]
    return told
