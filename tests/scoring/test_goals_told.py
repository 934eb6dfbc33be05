"""A team's goal and quest as members see them: in steps, and for those who lead the figure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from badges.models import QuestResult
from incentives.org.models import Person
from scoring.models import Goal, Kpi
from tests.badges.quest_data import quest
from tests.factories import PersonFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def _goal(cast: Cast) -> Goal:
    today = cast.agent.company_today
    return Goal.objects.create(
        team=cast.alpha, title="Together", kpi=Kpi.objects.get(key="handled"), target=Decimal(800),
        value=Decimal(457), numerator=Decimal(457), progress=Decimal("0.5712"), measured_on=today,
        starts_on=today, ends_on=today, status=Goal.Status.AGREED, proposed_by=cast.supervisor,
    )  # fmt: skip


def _pages(client: Client, who: Person, goal: Goal) -> list[str]:
    cache.clear()  # What a test writes is never committed, so nothing drops what pages keep.
    client.force_login(who)
    addresses = [reverse("scoring:goal", args=[goal.pk]), reverse("scoring:goals"), "/"]
    return [client.get(address).content.decode() for address in addresses]


def test_members_see_a_teams_goal_in_steps_and_its_leader_the_figure(
    cast: Cast, client: Client
) -> None:
    goal = _goal(cast)
    for more, told in ((0, None), (1, "50")):
        PersonFactory.create_batch(more, team=cast.alpha)
        own, listed, home = _pages(client, cast.fresh("agent"), goal)
        for page in (own, listed, home):
            assert "Together" in page
            assert "457" not in page
            assert "57 " not in page
        assert ("50 percent of the way" in own) == (told is not None)
        assert ("50 percent of the way" in listed) == (told is not None)
        assert ("50 %" in home) == (told is not None)
    assert "457" in _pages(client, cast.fresh("supervisor"), goal)[0]
    assert "457" in _pages(client, cast.fresh("manager"), goal)[0]
    goal.refresh_from_db()
    assert goal.value == 457


def test_members_see_a_teams_quest_in_steps(cast: Cast, client: Client) -> None:
    today = cast.agent.company_today
    made = quest(cast.alpha, days=3, start=today - timedelta(days=1), audience="team")
    QuestResult.objects.create(quest=made, team=cast.alpha, share=6400)
    client.force_login(cast.agent)
    address = reverse("badges:quest", args=[made.pk])
    assert "0 %" in client.get(address).content.decode()
    PersonFactory(team=cast.alpha)
    shown = client.get(address).content.decode()
    assert "60 %" in shown
    assert "3 of 5" not in shown
