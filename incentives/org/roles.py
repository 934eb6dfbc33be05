"""Who may do what: role grants and the supervision of teams."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.models import Person, Role, RoleGrant, Site, Supervision, Team
from incentives.org.querysets import SupervisionQuerySet


def grant_role(
    *, person: Person, role: str, team: Team | None = None, site: Site | None = None
) -> RoleGrant:
    """Give a role, for the whole company unless a team or site limits it; twice is once.

    Raises ValidationError when the role cannot have that scope.
    """
    grant = RoleGrant(person=person, role=role, team=team, site=site)
    known = RoleGrant.objects.filter(person=person, role=role, team=team, site=site).first()
    if known is None:
        grant.full_clean()
        grant.save()
    person.forget_roles()
    return known or grant


def revoke_role(
    *, person: Person, role: str, team: Team | None = None, site: Site | None = None
) -> None:
    """Take a role of exactly that scope away; the last administrator keeps theirs.

    Raises ValidationError for the last administrator who can sign in.
    """
    with transaction.atomic():
        if role == Role.ADMINISTRATOR:
            require_another_administrator(person)
        RoleGrant.objects.filter(person=person, role=role, team=team, site=site).delete()
    person.forget_roles()


def set_supervisor(
    *, team: Team, person: Person | None, on: date, alongside: bool = False
) -> Supervision | None:
    """Let a person supervise a team from that day on; the supervisors before end the day before.

    `alongside` keeps them as well. With `person=None` the team has no supervisor from that day.
    """
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        current = Supervision.objects.filter(team=team).active(on=on)
        if not alongside:
            end_supervisions(current.exclude(person=person), before=on)
        if person is None:
            return None
        known = current.filter(person=person).first()
        later = Supervision.objects.filter(team=team, person=person, starts_on__gt=on).first()
        supervision = known or Supervision.objects.create(
            team=team,
            person=person,
            starts_on=on,
            ends_on=later.starts_on - timedelta(days=1) if later else None,
        )
    person.forget_roles()
    return supervision


def end_supervisions(supervisions: SupervisionQuerySet, *, before: date) -> int:
    """End the supervisions the day before; those that start that day never were. Returns a count."""
    started_today = supervisions.filter(starts_on__gte=before)
    count = started_today.delete()[0]
    return count + supervisions.filter(starts_on__lt=before).update(
        ends_on=before - timedelta(days=1)
    )


def require_another_administrator(person: Person) -> None:
    """Raise ValidationError when nobody else could administrate."""
    # The lock lets two administrators who revoke each other at once wait for one another.
    grants = RoleGrant.objects.select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR)
    active = {grant.person_id for grant in grants.filter(person__is_active=True)}
    if active == {person.pk}:
        raise ValidationError(
            _("%(name)s is the last administrator. Make someone else administrator first."),
            params={"name": person.display_name},
        )


def grants_of(role: str) -> Any:
    """Grants of a role to people who can sign in."""
    return RoleGrant.objects.filter(role=role, person__is_active=True).order_by()


def ids_of(rows: Any, name: str) -> set[int]:
    """The ids in a column of a query, each once, without nothing."""
    return set(rows.order_by().values_list(name, flat=True)) - {None}


def running_the_company() -> set[int]:
    """Ids of administrators and of managers of the whole company."""
    whole = grants_of(Role.MANAGER).filter(team=None, site=None)
    return ids_of(whole, "person") | ids_of(grants_of(Role.ADMINISTRATOR), "person")
