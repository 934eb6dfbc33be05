"""Who sees whom."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from incentives.org.models import Membership, Person, RoleGrant, Team
from incentives.org.people import grant_role, join_team, leave_company
from tests.org.cast import Cast

ALPHA = {"agent", "teammate"}
EVERYONE = {
    "agent", "teammate", "former", "stranger", "supervisor", "other_supervisor", "site_manager",
    "manager", "hr", "executive", "administrator",
}  # fmt: skip
SEES = {
    "agent": ALPHA,
    "former": {"former", "stranger"},
    "supervisor": {"supervisor", "former"} | ALPHA,
    "other_supervisor": {"other_supervisor", "former", "stranger"},
    "site_manager": {"site_manager", "former"} | ALPHA,
    "manager": EVERYONE,
    "hr": EVERYONE,
    "executive": EVERYONE,
    "administrator": EVERYONE,
}
SEES_TEAMS = {
    "agent": {"alpha"},
    "former": {"beta"},
    "supervisor": {"alpha"},
    "other_supervisor": {"beta"},
    "site_manager": {"alpha"},
    "manager": {"alpha", "beta"},
    "hr": {"alpha", "beta"},
    "executive": {"alpha", "beta"},
    "administrator": {"alpha", "beta"},
}


@pytest.mark.parametrize("name", SEES)
def test_each_role_sees_exactly_its_people(cast: Cast, name: str) -> None:
    people = Person.objects.visible_to(cast.fresh(name))
    assert set(people.values_list("key", flat=True)) == SEES[name]


@pytest.mark.parametrize("name", SEES_TEAMS)
def test_each_role_sees_exactly_its_teams(cast: Cast, name: str) -> None:
    teams = Team.objects.visible_to(cast.fresh(name))
    assert set(teams.values_list("key", flat=True)) == SEES_TEAMS[name]


def test_visitors_and_deactivated_people_see_nothing(cast: Cast) -> None:
    leave_company(person=cast.manager, on=date(2026, 1, 31))
    for user in (AnonymousUser(), cast.fresh("manager")):
        assert not Person.objects.visible_to(user).exists()
        assert not Team.objects.visible_to(user).exists()


def test_agents_lead_nobody_and_supervisors_lead_whoever_is_or_was_in_the_team(cast: Cast) -> None:
    assert not Person.objects.led_by(cast.fresh("agent")).exists()
    led = Person.objects.led_by(cast.fresh("supervisor"))
    assert set(led.values_list("key", flat=True)) == {"agent", "teammate", "former"}


def test_a_supervision_that_ended_shows_nothing_any_more(cast: Cast) -> None:
    cast.supervisor.supervisions.update(ends_on=date(2025, 1, 1))
    seen = Person.objects.visible_to(cast.fresh("supervisor"))
    assert list(seen.values_list("key", flat=True)) == ["supervisor"]


def test_a_manager_of_one_team_sees_that_team_only(cast: Cast) -> None:
    RoleGrant.objects.filter(person=cast.site_manager).delete()
    grant_role(person=cast.site_manager, role="manager", team=cast.beta)
    seen = Person.objects.visible_to(cast.fresh("site_manager"))
    keys = set(seen.values_list("key", flat=True))
    assert keys == {"site_manager", "former", "stranger"}


def test_a_teammate_of_yesterday_is_out_of_sight_today(cast: Cast) -> None:
    join_team(person=cast.teammate, team=cast.beta, on=date(2026, 6, 1))
    agent = cast.fresh("agent")
    on = {"on": date(2026, 5, 31)}
    assert Person.objects.visible_to(agent, **on).filter(key="teammate").exists()
    assert not Person.objects.visible_to(agent, on=date(2026, 6, 1)).filter(key="teammate").exists()


def test_roles_come_from_grants_and_from_teams(cast: Cast) -> None:
    expected = {
        "agent": {"agent"}, "supervisor": {"supervisor"}, "manager": {"manager"}, "hr": {"hr"},
        "executive": {"executive"}, "administrator": {"administrator"},
    }  # fmt: skip
    assert {name: cast.fresh(name).roles for name in expected} == expected


def test_only_administrators_are_staff(cast: Cast) -> None:
    staff = {name for name in EVERYONE if cast.fresh(name).is_staff}
    assert staff == {"administrator"}
    assert cast.fresh("administrator").has_perm("org.change_person")
    assert not cast.fresh("hr").has_perm("org.change_person")


def test_active_goes_by_the_day(cast: Cast) -> None:
    leave_company(person=cast.agent, on=date(2026, 1, 31))
    keys = Person.objects.filter(key="agent")
    assert keys.active(on=date(2026, 1, 31)).exists()
    assert not keys.active(on=date(2026, 2, 1)).exists()
    assert not keys.active(on=date(2023, 12, 31)).exists()


def test_reads_can_be_chained(cast: Cast) -> None:
    on = date(2026, 3, 2)
    people = Person.objects.visible_to(cast.manager).active(on=on).in_team(cast.alpha, on=on)
    assert set(people.values_list("key", flat=True)) == ALPHA
    assert Membership.objects.active(on=on).filter(team=cast.alpha).count() == len(ALPHA)


def test_seeing_costs_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    supervisor = cast.fresh("supervisor")
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        list(Person.objects.visible_to(supervisor))


def test_a_deactivated_person_has_no_role_any_more(cast: Cast) -> None:
    Person.objects.filter(key="manager").update(is_active=False)
    manager = cast.fresh("manager")
    assert not manager.has_role("manager")
    assert not manager.sees_everyone
