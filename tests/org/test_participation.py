"""Who takes part when: the conditions for querysets and for SQL say the same as plain comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.db.models import Q

from incentives.org.dated import overlaps_sql
from incentives.org.models import Membership, Person, Team
from incentives.org.participation import (
    FIRST_DAY,
    LAST_DAY,
    PARTICIPATION,
    at_work,
    at_work_sql,
)
from tests.factories import TeamFactory

FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
STRETCHES = [(first, last) for first in DAYS for last in DAYS if first <= last]


@dataclass(frozen=True)
class Case:
    """Someone's days, as they are stored."""

    hired: date | None
    left: date | None
    active: bool
    starts: date
    ends: date | None

    def works_on(self, day: date) -> bool:
        here = self.active if self.left is None else day <= self.left
        return here and (self.hired is None or self.hired <= day)

    def takes_part_on(self, day: date) -> bool:
        return self.works_on(day) and self.starts <= day and (self.ends is None or day <= self.ends)


CASES = [
    Case(hired, left, active, starts, ends)
    for hired, left, active, starts, ends in product(
        (None, DAYS[1], DAYS[3]), (None, DAYS[1], DAYS[2]), (True, False), DAYS[:3], (None, *DAYS)
    )
    if (ends is None or starts <= ends) and (hired is None or left is None or hired <= left)
]


def each_day(first: date, last: date) -> list[date]:
    return [day for day in DAYS if first <= day <= last]


@pytest.fixture
def team(db: None) -> Team:
    """One with a member for each case."""
    team: Team = TeamFactory()
    people = Person.objects.bulk_create(
        Person(
            key=f"p{n}",
            display_name=f"p{n}",
            hired_on=case.hired,
            left_on=case.left,
            is_active=case.active,
        )
        for n, case in enumerate(CASES)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=team, starts_on=case.starts, ends_on=case.ends)
        for person, case in zip(people, CASES, strict=True)
    )
    return team


def numbers(sql: str, **days: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, days)
        return [int(key.removeprefix("p")) for (key,) in cursor.fetchall()]


def test_someone_takes_part_at_work_and_in_the_team(team: Team) -> None:
    for first, last in STRETCHES:
        days = each_day(first, last)
        expected = [n for n, case in enumerate(CASES) if any(map(case.takes_part_on, days))]
        found = team.memberships.taking_part(first, last).order_by("pk")
        assert [CASES.index(_case(each)) for each in found.select_related("person")] == expected
        sql = (
            f"SELECT p.key FROM {PARTICIPATION} m JOIN org_person p ON p.id = m.person_id"
            f" WHERE {overlaps_sql('m', '%(first)s', '%(last)s')} ORDER BY p.id"
        )
        assert numbers(sql, first=first, last=last) == expected


def test_the_days_of_taking_part_are_those_of_the_membership_at_work(team: Team) -> None:
    found = team.memberships.taking_part(DAYS[0], DAYS[-1]).order_by("pk")
    for each, (first, last) in zip(
        found.select_related("person"), found.values_list(FIRST_DAY, LAST_DAY), strict=True
    ):
        case = _case(each)
        days = [day for day in DAYS if first <= day and (last is None or day <= last)]
        assert days == list(filter(case.takes_part_on, DAYS))
    sql = f"SELECT starts_on, ends_on FROM {PARTICIPATION} m ORDER BY person_id"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        all_days = team.memberships.filter(_ever()).order_by("pk")
        assert cursor.fetchall() == list(all_days.values_list(FIRST_DAY, LAST_DAY))


@pytest.mark.parametrize("day", DAYS)
def test_someone_is_at_work_from_the_first_day_to_the_last(team: Team, day: date) -> None:
    expected = [n for n, case in enumerate(CASES) if case.works_on(day)]
    people = Person.objects.filter(at_work(day, day)).order_by("pk")
    assert [int(each.key[1:]) for each in people] == expected
    sql = f"SELECT p.key FROM org_person p WHERE {at_work_sql('p', '%(day)s')} ORDER BY p.id"
    assert numbers(sql, day=day) == expected
    members = [n for n, case in enumerate(CASES) if case.takes_part_on(day)]
    for teams in (None, [team]):
        here = Person.objects.taking_part(on=day, teams=teams).order_by("pk")
        assert [int(each.key[1:]) for each in here] == members
    assert not Person.objects.taking_part(on=day, teams=[]).exists()


def _ever() -> Q:
    """Of those who take part on some day, whichever."""
    found = Membership.objects.taking_part(date.min, date.max)
    return Q(pk__in=found.values("pk"))


def _case(each: Membership) -> Case:
    person = each.person
    return Case(person.hired_on, person.left_on, person.is_active, each.starts_on, each.ends_on)
