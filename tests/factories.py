"""Factories of organisation objects; the permanent small cast is in tests/org/cast.py."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory

from incentives.org import models

HIRED = date(2024, 1, 1)


class SiteFactory(factory.django.DjangoModelFactory):
    """A place."""

    class Meta:
        model = models.Site

    key = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"Site {n}")


class TeamFactory(factory.django.DjangoModelFactory):
    """A team without a site."""

    class Meta:
        model = models.Team

    key = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"Team {n}")


class PersonFactory(factory.django.DjangoModelFactory):
    """Someone who can sign in with the password "a long password"; `team=` puts them into one."""

    class Meta:
        model = models.Person
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"agent-{n}")
    login = factory.LazyAttribute(lambda person: person.key)
    display_name = factory.Sequence(lambda n: f"Agent {n}")
    hired_on = HIRED

    @factory.post_generation
    def password(self: Any, create: bool, given: str | None, **_: Any) -> None:
        """Hash the password and save."""
        self.set_password(given or "a long password")
        if create:
            self.save(update_fields=["password"])

    @factory.post_generation
    def team(self: Any, create: bool, given: models.Team | None, **_: Any) -> None:
        """Be in the team since being hired."""
        if create and given:
            MembershipFactory(person=self, team=given)

    @factory.post_generation
    def role(self: Any, create: bool, given: str | None, **scope: Any) -> None:
        """Have a role; `role__site=` or `role__team=` limits it."""
        if create and given:
            models.RoleGrant.objects.create(person=self, role=given, **scope)


class MembershipFactory(factory.django.DjangoModelFactory):
    """A membership since the person was hired."""

    class Meta:
        model = models.Membership

    person = factory.SubFactory(PersonFactory)
    team = factory.SubFactory(TeamFactory)
    starts_on = HIRED


class SupervisionFactory(factory.django.DjangoModelFactory):
    """A supervision since the person was hired."""

    class Meta:
        model = models.Supervision

    person = factory.SubFactory(PersonFactory)
    team = factory.SubFactory(TeamFactory)
    starts_on = HIRED
