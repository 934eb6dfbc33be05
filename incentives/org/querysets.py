"""Chainable reads over people and teams, with the one rule of who may see whom.

Every read of another person's data starts from `visible_to(user)`; whoever is not in it does not
exist for that user (404). All methods are lazy and can be combined.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from incentives.org.dated import covers
from incentives.org.participation import at_work, taking_part

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from incentives.org.models import (  # noqa: F401
        Membership,
        Person,
        RoleGrant,
        Supervision,
        Team,
    )


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who was in which team."""

    def active(self, *, on: date) -> MembershipQuerySet:
        """Memberships that hold on that day."""
        return self.filter(covers(on))

    def taking_part(self, first: Any, last: Any = None) -> MembershipQuerySet:
        """Memberships by which people take part on that day, or on some day from `first` to `last`."""
        return self.filter(taking_part(first, first if last is None else last))


class SupervisionQuerySet(models.QuerySet["Supervision"]):
    """Who supervised which team."""

    def active(self, *, on: date) -> SupervisionQuerySet:
        """Supervisions that hold on that day."""
        return self.filter(covers(on))


class TeamQuerySet(models.QuerySet["Team"]):
    """Reads over teams."""

    def active(self, *, on: date) -> TeamQuerySet:
        """Teams that were not yet archived on that day."""
        return self.filter(Q(archived_on__isnull=True) | Q(archived_on__gt=on))

    def led_by(self, user: Person, *, on: date | None = None) -> TeamQuerySet:
        """Teams whose figures the user sees in full: all, or those they decide for."""
        return self.all() if user.sees_everyone else self.decided_by(user, on=on)

    def managed_by(self, user: Person) -> TeamQuerySet:
        """Teams that the user manages: all, or those of the team or site they are manager of."""
        if user.runs_the_company:
            return self.all()
        grants = user.role_grants.filter(role="manager")
        return self.filter(Q(pk__in=grants.values("team")) | Q(site__in=grants.values("site")))

    def decided_by(self, user: Person, *, on: date | None = None) -> TeamQuerySet:
        """Teams that the user decides for: all, or those supervised on that day or granted.

        HR and executives see everyone and decide for nobody.
        """
        if user.runs_the_company:
            return self.all()
        on = on or user.company_today
        supervised = user.supervisions.filter(covers(on)).values("team")
        grants = user.role_grants.all()
        return self.filter(
            Q(pk__in=supervised)
            | Q(pk__in=grants.filter(team__isnull=False).values("team"))
            | Q(site__in=grants.filter(site__isnull=False).values("site"))
        )

    def visible_to(self, user: Person | AnonymousUser, *, on: date | None = None) -> TeamQuerySet:
        """Teams the user may look at: the ones they lead and the one they are in."""
        person = _signed_in(user)
        if person is None:
            return self.none()
        if person.sees_everyone:
            return self.all()
        on = on or person.company_today
        own = person.memberships.filter(covers(on)).values("team")
        return self.filter(Q(pk__in=_teams().led_by(person, on=on).values("pk")) | Q(pk__in=own))


class PersonQuerySet(models.QuerySet["Person"]):
    """Reads over people."""

    def active(self, *, on: date) -> PersonQuerySet:
        """People at work on that day; someone deactivated without a last day counts as gone."""
        return self.filter(at_work(on, on))

    def taking_part(self, *, on: date, teams: Any = None) -> PersonQuerySet:
        """People who take part on that day in what is for these teams (None: for everyone)."""
        members = _memberships().taking_part(on)
        members = members if teams is None else members.filter(team__in=teams)
        return self.filter(pk__in=members.values("person"))

    def in_team(self, team: Team | int, *, on: date) -> PersonQuerySet:
        """People who are in the team on that day."""
        members = _memberships().filter(covers(on), team=team)
        return self.filter(pk__in=members.values("person"))

    def led_by(self, user: Person, *, on: date | None = None) -> PersonQuerySet:
        """People whose figures the user sees in full: all, or those whom they decide for."""
        return self.all() if user.sees_everyone else self.decided_by(user, on=on)

    def decided_by(self, user: Person, *, on: date | None = None) -> PersonQuerySet:
        """People who are or were in a team that the user decides for on that day."""
        if user.runs_the_company:
            return self.all()
        teams = _teams().decided_by(user, on=on)
        members = _memberships().filter(team__in=teams.values("pk"))
        return self.filter(pk__in=members.values("person"))

    def visible_to(self, user: Person | AnonymousUser, *, on: date | None = None) -> PersonQuerySet:
        """People the user may look at: themselves, teammates of that day, and those they lead."""
        person = _signed_in(user)
        if person is None:
            return self.none()
        if person.sees_everyone:
            return self.all()
        on = on or person.company_today
        own = person.memberships.filter(covers(on)).values("team")
        led = _teams().led_by(person, on=on)
        seen = _memberships().filter(
            Q(team__in=led.values("pk")) | (covers(on) & Q(team__in=own)),
        )
        return self.filter(Q(pk=person.pk) | Q(pk__in=seen.values("person")))

    def with_role(self, role: str, *, on: date) -> PersonQuerySet:
        """People with a role on that day: granted, or made by a team (agent, supervisor)."""
        has = Q(role_grants__role=role)
        if role == "supervisor":
            has |= covers(on, "supervisions__")
        if role == "agent":
            has |= covers(on, "memberships__")
        return self.filter(has).distinct()

    def search(self, text: str) -> PersonQuerySet:
        """People whose name, key, login or other key contains the text."""
        text = text.strip()
        if not text:
            return self.all()
        aliases: models.QuerySet[Any] = apps.get_model("org", "Alias")._default_manager.filter(
            key__icontains=text
        )
        return self.filter(
            Q(display_name__icontains=text)
            | Q(key__icontains=text)
            | Q(login__icontains=text)
            | Q(pk__in=aliases.values("person"))
        )


def _signed_in(user: Person | AnonymousUser) -> Person | None:
    # Someone deactivated in the middle of a request has lost access already.
    return user if user.is_authenticated and user.is_active else None


def _teams() -> TeamQuerySet:
    return TeamQuerySet(apps.get_model("org", "Team"))


def _memberships() -> MembershipQuerySet:
    return MembershipQuerySet(apps.get_model("org", "Membership"))
