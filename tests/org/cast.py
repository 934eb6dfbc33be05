"""The permanent small cast: one person for each way of looking at the company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from incentives.org.models import Company, Person, Site, Team
from tests.factories import (
    MembershipFactory,
    PersonFactory,
    SiteFactory,
    SupervisionFactory,
    TeamFactory,
)


@dataclass(frozen=True)
class Cast:
    """Team alpha (site north): agent, teammate, led by supervisor; `former` was there in 2024.

    Team beta (site south): stranger and former, led by other_supervisor. The others are in no team.
    site_manager manages north, manager the whole company.
    """

    north: Site
    south: Site
    alpha: Team
    beta: Team
    agent: Person
    teammate: Person
    former: Person
    stranger: Person
    supervisor: Person
    other_supervisor: Person
    site_manager: Person
    manager: Person
    hr: Person
    executive: Person
    administrator: Person

    def fresh(self, name: str) -> Person:
        """One of the cast, read anew: nothing remembered from before."""
        person: Person = Person.objects.get(pk=getattr(self, name).pk)
        return person

    def in_turn(self, client: Client, names: Iterable[str]) -> Iterator[str]:
        """Sign in one after the other; what each does is undone before the next comes."""
        for name in names:
            cache.clear()
            client.cookies.clear()
            with transaction.atomic():
                client.force_login(self.fresh(name))
                yield name
                transaction.set_rollback(True)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, each with login = key = the field's name."""
    Company.objects.update_or_create(
        pk=1, defaults={"name": "Lakeside Support", "time_zone": "Asia/Shanghai"}
    )
    north, south = SiteFactory(key="north", name="North"), SiteFactory(key="south", name="South")
    alpha = TeamFactory(key="alpha", name="Alpha", site=north)
    beta = TeamFactory(key="beta", name="Beta", site=south)
    former = _person("former")
    MembershipFactory(
        person=former, team=alpha, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31)
    )
    MembershipFactory(person=former, team=beta, starts_on=date(2025, 1, 1))
    supervisor, other = _person("supervisor"), _person("other_supervisor")
    SupervisionFactory(person=supervisor, team=alpha)
    SupervisionFactory(person=other, team=beta)
    return Cast(
        north=north,
        south=south,
        alpha=alpha,
        beta=beta,
        agent=_person("agent", team=alpha),
        teammate=_person("teammate", team=alpha),
        former=former,
        stranger=_person("stranger", team=beta),
        supervisor=supervisor,
        other_supervisor=other,
        site_manager=_person("site_manager", role="manager", role__site=north),
        manager=_person("manager", role="manager"),
        hr=_person("hr", role="hr"),
        executive=_person("executive", role="executive"),
        administrator=_person("administrator", role="administrator"),
    )


def _person(key: str, **traits: object) -> Person:
    return PersonFactory(key=key, display_name=key.replace("_", " ").title(), **traits)
