"""Factories of organisation objects; the permanent small cast is in tests/org/cast.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol, TypeVar, cast

import factory
from django.contrib.auth.hashers import make_password

from incentives.org import models

HIRED = date(2024, 1, 1)
M_co = TypeVar("M_co", covariant=True)


class Maker(Protocol[M_co]):
    """What a factory class is to its callers; factory-boy has no types of its own."""

    def __call__(self, **traits: Any) -> M_co:
        """Make and save one."""
        ...

    def create_batch(self, size: int, **traits: Any) -> Sequence[M_co]:
        """Make and save several."""
        ...

    def build(self, **traits: Any) -> M_co:
        """Make one without saving."""
        ...


class _Site(factory.django.DjangoModelFactory):
    """A place."""

    class Meta:
        model = models.Site

    key = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"Site {n}")


class _Team(factory.django.DjangoModelFactory):
    """A team without a site."""

    class Meta:
        model = models.Team

    key = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"Team {n}")


class _Person(factory.django.DjangoModelFactory):
    """Someone who can sign in with the password "a long password"; `team=` puts them into one."""

    class Meta:
        model = models.Person
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"agent-{n}")
    login = factory.LazyAttribute(lambda person: person.key)
    display_name = factory.Sequence(lambda n: f"Agent {n}")
    hired_on = HIRED
    password = "a long password"

    @classmethod
    def _adjust_kwargs(cls, **traits: Any) -> dict[str, Any]:
        return {**traits, "password": make_password(traits["password"])}

    @factory.post_generation
    def team(self: Any, create: bool, given: models.Team | None, **_: Any) -> None:
        """Be in the team since being hired."""
        if create and given:
            _Membership(person=self, team=given)

    @factory.post_generation
    def role(self: Any, create: bool, given: str | None, **scope: Any) -> None:
        """Have a role; `role__site=` or `role__team=` limits it."""
        if create and given:
            models.RoleGrant.objects.create(person=self, role=given, **scope)


class _Membership(factory.django.DjangoModelFactory):
    """A membership since the person was hired."""

    class Meta:
        model = models.Membership

    person = factory.SubFactory(_Person)
    team = factory.SubFactory(_Team)
    starts_on = HIRED


class _Supervision(factory.django.DjangoModelFactory):
    """A supervision since the person was hired."""

    class Meta:
        model = models.Supervision

    person = factory.SubFactory(_Person)
    team = factory.SubFactory(_Team)
    starts_on = HIRED


SiteFactory = cast("Maker[models.Site]", _Site)
TeamFactory = cast("Maker[models.Team]", _Team)
PersonFactory = cast("Maker[models.Person]", _Person)
MembershipFactory = cast("Maker[models.Membership]", _Membership)
SupervisionFactory = cast("Maker[models.Supervision]", _Supervision)
