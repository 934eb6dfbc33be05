"""People files: what they change, what they refuse, and that the second time changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.models import (
    SINCE_ALWAYS,
    Membership,
    Person,
    Position,
    RoleGrant,
    Site,
    Supervision,
    Team,
)
from incentives.org.people import leave_company, take_team_changes, upsert_people
from incentives.org.roster import RosterResult
from tests.org.cast import Cast

ON = date(2026, 3, 2)
WRITTEN: list[Any] = [Person, Site, Team, Membership, Supervision, Position, RoleGrant]


def upsert(*rows: dict[str, Any], on: date = ON) -> RosterResult:
    return upsert_people(rows, on=on)


def unchanged(*rows: dict[str, Any], on: date = ON) -> RosterResult:
    """What the rows answer, which change nothing in the database."""
    before = [list(kind.objects.order_by("pk").values()) for kind in WRITTEN]
    result = upsert(*rows, on=on)
    assert [list(kind.objects.order_by("pk").values()) for kind in WRITTEN] == before
    assert (result.created, result.updated) == (0, 0)
    return result


def history(key: str) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(person__key=key).order_by("starts_on")
    return list(rows.values_list("team__key", "starts_on", "ends_on"))


def reasons(result: RosterResult) -> list[tuple[int, str]]:
    return [(issue.row, issue.field) for issue in result.issues]


FILE: list[dict[str, Any]] = [
    {"key": "b1", "name": "Lin Boss", "login": "lin", "role": "supervisor", "locale": "zh-CN"},
    {"key": "a1", "name": "Ana", "team": "T1", "team_name": "Team One", "site": "Xi'an",
     "supervisor": "b1", "hired_on": date(2025, 1, 6), "employment_share": Decimal("0.5")},
    {"key": "a2", "name": "Bo", "team": "T1", "supervisor": "Lin Boss"},
    {"key": "a3", "name": "Cy", "team": "T1", "starts_on": date(2025, 1, 1), "supervisor": "b1"},
    {"key": "a3", "name": "Cy", "team": "T2", "starts_on": date(2025, 7, 1)},
    {"key": "a4", "team": "T2", "left_on": date(2025, 12, 31), "hired_on": date(2025, 1, 1)},
]  # fmt: skip


def test_a_file_makes_people_teams_sites_supervisors_and_roles(db: None) -> None:
    result = upsert(*FILE)
    assert result.issues == []
    assert result.created == 5
    counts = [kind.objects.count() for kind in (Team, Site, RoleGrant)]
    assert counts == [2, 1, 1]
    ana = Person.objects.get(key="a1")
    assert (ana.display_name, ana.employment_share) == ("Ana", Decimal("0.5"))
    assert history("a1") == [("T1", date(2025, 1, 6), None)]
    assert history("a2") == [("T1", SINCE_ALWAYS, None)]
    assert history("a3") == [
        ("T1", date(2025, 1, 1), date(2025, 6, 30)),
        ("T2", date(2025, 7, 1), None),
    ]
    assert history("a4") == [("T2", date(2025, 1, 1), date(2025, 12, 31))]
    assert not Person.objects.get(key="a4").is_active
    team = Team.objects.get(key="T1")
    assert (team.name, team.site and team.site.name) == ("Team One", "Xi'an")
    boss = Person.objects.get(key="b1")
    assert (boss.locale, boss.has_role("supervisor")) == ("zh-hans", True)
    assert Supervision.objects.get(team=team).person == boss


def test_the_same_file_again_changes_nothing(db: None) -> None:
    upsert(*FILE)
    take_team_changes()
    for on in (ON, date(2026, 5, 1)):
        again = unchanged(*FILE, on=on)
        assert (again.issues, again.changed) == ([], [])
    assert take_team_changes() == {}


def test_another_team_is_a_new_dated_membership(cast: Cast) -> None:
    result = upsert({"key": "agent", "team": "beta"})
    assert history("agent") == [
        ("alpha", date(2024, 1, 1), date(2026, 3, 1)),
        ("beta", ON, None),
    ]
    assert result.changed == [(cast.agent.pk, ON)]


def test_a_corrected_start_changes_the_days_between(cast: Cast) -> None:
    result = upsert({"key": "former", "team": "beta", "starts_on": date(2024, 7, 1)})
    assert result.changed == [(cast.former.pk, date(2024, 7, 1))]
    assert history("former") == [
        ("alpha", date(2024, 1, 1), date(2024, 6, 30)),
        ("beta", date(2024, 7, 1), None),
    ]


def test_empty_fields_change_nothing(cast: Cast) -> None:
    empty = dict.fromkeys(["name", "login", "team", "role", "site", "supervisor", "left_on"], "")
    result = unchanged({"key": "agent", **empty})
    assert result.issues == []


def test_a_new_supervisor_replaces_the_one_before(cast: Cast) -> None:
    upsert({"key": "agent", "team": "alpha", "supervisor": "manager"})
    rows = cast.alpha.supervisions.order_by("starts_on")
    assert list(rows.values_list("person__key", "starts_on", "ends_on")) == [
        ("supervisor", date(2024, 1, 1), date(2026, 3, 1)),
        ("manager", ON, None),
    ]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"key": "n", "email": "no address"}, "email"),
        ({"key": "n", "locale": "klingon"}, "locale"),
        ({"key": "n", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"key": "n", "employment_share": Decimal("1.5")}, "employment_share"),
        ({"key": "n", "role": "king"}, "role"),
        ({"key": "n", "role": "administrator"}, "role"),
        ({"key": "n", "team": "alpha", "supervisor": "nobody"}, "supervisor"),
        ({"key": "n", "login": "Agent"}, "login"),
        ({"key": "n", "hired_on": date(2026, 2, 1), "left_on": date(2026, 1, 1)}, "left_on"),
        ({"key": "administrator", "email": "thief@example.com"}, "email"),
        ({"key": "administrator", "login": "thief"}, "login"),
        ({"key": "agent", "team": "beta", "ends_on": date(2025, 1, 1)}, "ends_on"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(
    cast: Cast, row: dict[str, Any], field: str
) -> None:
    result = upsert({"key": "good", "name": "Good"}, row)
    assert reasons(result) == [(1, field)]
    assert Person.objects.filter(key="good").exists()
    assert Person.objects.filter(key="n").exists() == (row["key"] == "n")


def test_a_team_that_ends_before_it_starts_is_refused(cast: Cast) -> None:
    result = upsert(
        {"key": "n", "team": "beta", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}
    )
    assert reasons(result) == [(0, "ends_on"), (0, "starts_on")]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ({"name": "Ana"}, {"name": "Anna"}, "name"),
        ({"hired_on": date(2026, 1, 1)}, {"hired_on": date(2026, 1, 2)}, "hired_on"),
        ({"team": "alpha"}, {"team": "beta"}, "team"),
        (
            {"team": "alpha", "starts_on": ON},
            {"team": "beta", "starts_on": ON},
            "team",
        ),
    ],
)
def test_a_row_that_contradicts_an_earlier_one_is_refused_whole(
    cast: Cast, first: dict[str, Any], second: dict[str, Any], field: str
) -> None:
    result = upsert({"key": "n", **first}, {"key": "n", "email": "n@example.com", **second})
    assert reasons(result) == [(1, field)]
    assert Person.objects.get(key="n").email == ""


def test_two_keys_of_one_person_are_one_person(cast: Cast) -> None:
    cast.agent.aliases.create(key="agent-old")
    result = upsert({"key": "agent", "name": "Ana"}, {"key": "agent-old", "name": "Anna"})
    assert reasons(result) == [(1, "name")]
    assert not Person.objects.filter(key="agent-old").exists()


def test_whoever_left_is_not_put_back_by_a_file(cast: Cast) -> None:
    leave_company(person=cast.agent, on=date(2026, 1, 31))
    same = unchanged({"key": "agent", "team": "alpha", "starts_on": date(2024, 1, 1)})
    assert same.issues == []
    later = upsert({"key": "agent", "team": "alpha", "starts_on": date(2026, 2, 15)})
    assert reasons(later) == [(0, "starts_on")]
    assert not cast.fresh("agent").is_active


rows = st.lists(
    st.fixed_dictionaries(
        {"key": st.sampled_from(["p1", "p2", "p3"])},
        optional={
            "team": st.sampled_from(["X", "Y", "Z"]),
            "starts_on": st.dates(date(2026, 1, 1), date(2026, 1, 20)),
            "ends_on": st.dates(date(2026, 1, 1), date(2026, 1, 20)),
            "supervisor": st.sampled_from(["p1", "p2", "p3", "p4"]),
            "left_on": st.dates(date(2026, 1, 1), date(2026, 4, 1)),
            "hired_on": st.dates(date(2025, 12, 1), date(2026, 1, 10)),
            "name": st.sampled_from(["A", "B"]),
        },
    ),
    max_size=7,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows)
def test_any_file_is_taken_and_is_stable_from_the_second_time_on(
    db: None, file: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        upsert(*file)
        upsert(*file)
        assert unchanged(*file).changed == []
        transaction.set_rollback(True)


def test_a_file_of_thousands_costs_as_many_queries_as_one_of_ten(
    db: None, django_assert_max_num_queries: Any
) -> None:
    for size, most in ((10, 40), (3_000, 50)):
        file = [
            {"key": f"{size}-{n}", "name": f"Name {n}", "team": f"{size} team {n % 100}",
             "role": "agent", "supervisor": f"{size}-{n % 100}", "starts_on": date(2025, 1, 1)}
            for n in range(size)
        ]  # fmt: skip
        with django_assert_max_num_queries(most):
            assert upsert(*file).created == size
        with django_assert_max_num_queries(most + len(WRITTEN) * 2):
            unchanged(*file)


def test_a_row_that_says_what_is_known_already_splits_nothing(cast: Cast) -> None:
    unchanged({"key": "agent", "team": "alpha", "starts_on": date(2025, 1, 1)})
    assert len(history("agent")) == 1
