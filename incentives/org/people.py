"""Everything that changes who is here: the one place that other apps import from.

Joining and leaving, positions, roles and supervisors, people files, and the keys under which exports know
people. Reads are the querysets of the models; who may see whom is in `querysets`.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from incentives.org.keys import create_people, find_or_create_teams, find_people
from incentives.org.memberships import (
    end_memberships,
    join_team,
    join_teams,
    take_team_changes,
)
from incentives.org.models import Person
from incentives.org.positions import set_position
from incentives.org.roles import (
    end_supervisions,
    grant_role,
    require_another_administrator,
    revoke_role,
    set_supervisor,
)
from incentives.org.roster import RosterResult, upsert_people
from incentives.org.roster_rows import RowIssue
from incentives.org.sign_ins import Sender, SignInChange, SignInGuard

__all__ = [
    "RosterResult",
    "RowIssue",
    "Sender",
    "SignInChange",
    "SignInGuard",
    "create_people",
    "deactivate_leavers",
    "find_or_create_teams",
    "find_people",
    "grant_role",
    "join_team",
    "join_teams",
    "leave_company",
    "revoke_role",
    "set_position",
    "set_supervisor",
    "take_team_changes",
    "upsert_people",
]


def leave_company(*, person: Person, on: date) -> date | None:
    """Let a person leave with that day as the last one; access ends at once, history stays.

    Returns the first day whose team is another one now, or None. Raises ValidationError for the
    last administrator, and for a day before the person was hired.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if person.is_staff:
            require_another_administrator(person)
        changed = end_memberships(person_id=person.pk, on=on)
        set_position(person=person, job="", level="", on=on + timedelta(days=1))
        after = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
        end_supervisions(person.supervisions.filter(after), before=on + timedelta(days=1))
        person.left_on, person.is_active = on, False
        # A new hash ends every session for good, also if the person is let in again later.
        person.set_unusable_password()
        person.validate_constraints()
        person.save(update_fields=["left_on", "is_active", "password"])
    person.forget_roles()
    return changed


def deactivate_leavers(*, on: date) -> int:
    """End the access of everyone whose last day is before that day; returns how many."""
    leavers = Person.objects.filter(is_active=True, left_on__lt=on)
    return int(leavers.update(is_active=False))
