"""Battles around today, for tests of what people see of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from badges.models import Battle
from incentives.org.models import Person
from tests.badges.battle_data import again, amount, announce, night, two_more, work
from tests.factories import MembershipFactory, PersonFactory
from tests.markup import tight
from tests.org.cast import Cast


def days(cast: Cast, first: int = 0, last: int = 4) -> dict[str, date]:
    today = cast.agent.company_today
    return {
        "starts_on": today + timedelta(days=first),
        "ends_on": today + timedelta(days=last),
    }


def told(cast: Cast, *objectives: Any, **fields: Any) -> Battle:
    """A battle of team alpha that runs today."""
    given = {"teams": [cast.alpha], **days(cast), **fields}
    return announce(cast.manager, *(objectives or (amount(100),)), **given)


def page_of(client: Client, who: Person, battle: Battle) -> str:
    client.force_login(who)
    return tight(client.get(reverse("badges:battle", args=[battle.pk])).content.decode())


def joined(team: Any, many: int, today: date) -> list[Person]:
    """New people of a team."""
    people = [PersonFactory() for _each in range(many)]
    for person in people:
        MembershipFactory(person=person, team=team, starts_on=today - timedelta(days=9))
    return people


def over(cast: Cast, *objectives: Any, **fields: Any) -> Battle:
    """A battle of alpha that was settled yesterday: the agent handled 70, two others 5 each."""
    battle = told(cast, *objectives, **days(cast, -9, -5), settlement_days=2, **fields)
    first = cast.agent.company_today - timedelta(days=9)
    night(first, work(cast.agent, first, handled=70), *two_more(cast.alpha, first, handled=5))
    for day in range(1, 9):
        night(first + timedelta(days=day))
    return again(battle)
