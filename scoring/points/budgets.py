"""Budgets: what someone may decide to pay in a month; someone else sets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from incentives.org.dated import covers_sql
from incentives.org.models import Person, Role, Supervision, Team
from incentives.org.participation import PARTICIPATION
from incentives.org.querysets import PersonQuerySet
from incentives.org.refusals import Refused
from scoring.models import AwardBudget, PointLimits

SMALLEST_USUAL = 500
HOLDERS = (Role.SUPERVISOR, Role.MANAGER)
SETTERS = (Role.MANAGER, Role.ADMINISTRATOR)

# So many points for each person in the teams that someone leads, without themselves, on that day.
_BY_HEAD = f"""
    SELECT l.leader, count(DISTINCT m.person_id)
        * coalesce((SELECT budget_a_head FROM scoring_pointlimits), %(each)s)
    FROM (
        SELECT s.person_id AS leader, s.team_id FROM org_supervision s
        WHERE s.person_id = ANY(%(people)s) AND {covers_sql("s", "%(on)s")}
        UNION
        SELECT g.person_id, t.id FROM org_rolegrant g JOIN org_team t
            ON g.team_id = t.id OR g.site_id = t.site_id
                OR (g.team_id IS NULL AND g.site_id IS NULL)
        WHERE g.person_id = ANY(%(people)s) AND g.role IN ('supervisor', 'manager')
    ) l
    JOIN {PARTICIPATION} m ON m.team_id = l.team_id AND m.person_id <> l.leader
        AND {covers_sql("m", "%(on)s")}
    GROUP BY l.leader
"""


def budget_of(*, person: Person, on: date) -> AwardBudget:
    """The person's budget for the month of `on`; made from the month before when there is none."""
    month = on.replace(day=1)
    known = AwardBudget.objects.filter(person=person, month=month).first()
    if known is not None:
        return known
    usual = usual_budgets(people=[person], month=month)[person.pk]
    budgets = AwardBudget.objects
    return budgets.get_or_create(person=person, month=month, defaults={"points": usual})[0]


def usual_budgets(*, people: Sequence[Person], month: date) -> dict[int, int]:
    """By person, the points of a month for which nobody set a budget.

    Those that someone set last; else so many for each person that they lead.
    """
    before = AwardBudget.objects.filter(person__in=people, month__lt=month).exclude(set_by=None)
    known = dict(before.order_by("month").values_list("person", "points"))
    params: dict[str, Any] = {
        "people": [person.pk for person in people],
        "on": month,
        "each": PointLimits().budget_a_head,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_HEAD, params)
        usual = dict(cursor.fetchall())
    return {
        person.pk: known.get(person.pk, max(SMALLEST_USUAL, usual.get(person.pk, 0)))
        for person in people
    }


def budget_holders(*, setter: Person) -> PersonQuerySet:
    """Those whose budgets someone sets: the supervisors they lead, and for those who run the company
    the managers too; never themselves.
    """
    today = setter.company_today
    active: PersonQuerySet = Person.objects.active(on=today)
    found = active.with_role(Role.SUPERVISOR, on=today)
    if setter.runs_the_company:
        found = found | active.with_role(Role.MANAGER, on=today)
    else:
        led = Team.objects.decided_by(setter).order_by().values("pk")
        leading = Supervision.objects.active(on=today).filter(team__in=led)
        found = found.filter(pk__in=leading.order_by().values("person"))
    return found.exclude(pk=setter.pk).distinct()


@transaction.atomic
def set_budget(*, person: Person, month: date, points: int, by: Person) -> AwardBudget:
    """Set what someone may decide to pay from this month on; what waited for it is paid.

    Raises Refused for one's own, and below what is given.
    """
    from scoring.points.decisions import pay_what_waited

    if by.pk == person.pk or not budget_holders(setter=by).filter(pk=person.pk).exists():
        raise Refused(_("Someone else sets this budget: nobody sets their own."))
    budget = budget_of(person=person, on=month)
    free = AwardBudget.objects.filter(pk=budget.pk, spent__lte=points)
    changed = free.update(points=points, set_by=by)
    budget.refresh_from_db()
    if not changed:
        raise Refused(
            _("%(spent)d points are given already this month: the budget cannot be smaller.")
            % {"spent": budget.spent}
        )
    pay_what_waited(budget)
    return budget


def charge(budget: AwardBudget, points: int) -> bool:
    """Set points of a budget aside; False where it has not so many left.

    The update locks the row: of two at once the second one sees what the first one has taken.
    """
    free = AwardBudget.objects.filter(pk=budget.pk, points__gte=F("spent") + points)
    return bool(free.update(spent=F("spent") + points))


def give_back(budget: AwardBudget | None, points: int) -> None:
    """Points that were set aside are free again."""
    if budget is not None and points:
        mine = AwardBudget.objects.filter(pk=budget.pk)
        mine.update(spent=Greatest(F("spent") - points, 0))
