"""Dated rows: the conditions for querysets and for SQL say the same as plain comparison."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import OuterRef, Subquery

from incentives.org.dated import covers, covers_sql, overlaps, overlaps_sql
from incentives.org.models import Membership, Person, Team
from tests.factories import PersonFactory, TeamFactory

ROOT = Path(__file__).parents[2]
FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
ROWS = [(start, end) for start in DAYS for end in (*DAYS, None) if end is None or start <= end]
STRETCHES = [(first, last) for first in DAYS for last in DAYS if first <= last]


@pytest.fixture
def team(db: None) -> Team:
    """One with a member for each stretch of days there is, some without an end."""
    team: Team = TeamFactory()
    for start, end in ROWS:
        Membership.objects.create(person=PersonFactory(), team=team, starts_on=start, ends_on=end)
    return team


def expected(first: date, last: date) -> list[tuple[date, date | None]]:
    return [row for row in ROWS if row[0] <= last and first <= (row[1] or date.max)]


def selected(condition: str, days: dict[str, date]) -> list[tuple[date, date | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.starts_on, m.ends_on FROM org_membership m"
            f" WHERE NOT (NOT {condition}) ORDER BY m.id",
            days,
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize(("first", "last"), STRETCHES)
def test_a_row_holds_from_its_first_day_to_its_last(team: Team, first: date, last: date) -> None:
    days = {"first": first, "last": last}
    found = list(team.memberships.order_by("pk").values_list("starts_on", "ends_on"))
    assert found == ROWS
    held = team.memberships.filter(overlaps(first, last)).order_by("pk")
    assert list(held.values_list("starts_on", "ends_on")) == expected(first, last)
    assert selected(overlaps_sql("m", "%(first)s", "%(last)s"), days) == expected(first, last)
    if first == last:
        held = team.memberships.filter(covers(first)).order_by("pk")
        assert list(held.values_list("starts_on", "ends_on")) == expected(first, first)
        assert selected(covers_sql("m", "%(first)s"), days) == expected(first, first)


def test_the_row_may_be_behind_a_relation_and_the_day_of_another_row(team: Team) -> None:
    everyone = Person.objects.filter(covers(DAYS[0], "memberships__"))
    assert everyone.count() == len(expected(DAYS[0], DAYS[0]))
    mates = Membership.objects.filter(covers(OuterRef("starts_on")), team=OuterRef("team"))
    first = Subquery(mates.order_by("pk").values("starts_on")[:1])
    assert set(team.memberships.annotate(mate=first).values_list("mate", flat=True)) == {FIRST}


def test_no_other_sql_spells_it_out() -> None:
    apps = ("incentives", "scoring", "badges", "careers", "rewards", "dashboards")
    spelling = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and "ends_on IS NULL" in path.read_text()
    }
    # The query of figures has windows that are open at either end.
    assert spelling == {"incentives/org/dated.py", "scoring/figures/query.py"}
