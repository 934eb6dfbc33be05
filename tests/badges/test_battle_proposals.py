"""What a battle should ask for, as the weeks before tell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from badges.battles.proposing import comparable, propose
from incentives.org.models import CalendarDay
from scoring.figures.windows import Span
from tests.badges.battle_data import MONDAY, after, amount, announce, level, team_work, work
from tests.factories import PersonFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
WEEK = Span(MONDAY, after(4))


def weeks(cast: Cast, *handled: int, days: int = 5) -> None:
    """In the weeks before, the latest first, both of team alpha handled so many a working day."""
    for back, many in enumerate(handled, start=1):
        for day in range(days):
            for person in (cast.agent, cast.teammate):
                work(person, MONDAY + timedelta(weeks=-back, days=day), handled=many)


def test_the_target_follows_people_and_working_days(cast: Cast) -> None:
    weeks(cast, *[10] * 12)
    found = propose(teams=[cast.alpha], objectives=[amount(None)], span=WEEK, today=MONDAY)
    assert (found.people, found.person_days, found.of) == (2, 10, 12)
    assert found.objectives[0].target == 100
    PersonFactory(team=cast.alpha, hired_on=MONDAY)
    more = propose(teams=[cast.alpha], objectives=[amount(None)], span=WEEK, today=MONDAY)
    assert (more.people, more.person_days) == (3, 15)
    assert more.objectives[0].target == 150


def test_weekends_count_as_they_were_worked(cast: Cast) -> None:
    weeks(cast, *[10] * 12)
    week = Span(MONDAY, after(6))
    idle = propose(teams=[cast.alpha], objectives=[amount(None)], span=week, today=MONDAY)
    assert idle.person_days == 10
    for back in range(1, 13):
        work(cast.agent, MONDAY + timedelta(weeks=-back, days=5), handled=10)
    busy = propose(teams=[cast.alpha], objectives=[amount(None)], span=week, today=MONDAY)
    assert busy.person_days == 11


def test_public_holidays_are_no_working_days(cast: Cast) -> None:
    weeks(cast, *[10] * 12)
    CalendarDay.objects.create(day=after(1), name_en="A day off", kind="holiday")
    found = propose(teams=[cast.alpha], objectives=[amount(None)], span=WEEK, today=MONDAY)
    assert found.person_days == 8
    assert found.objectives[0].target == 80


def test_a_weak_week_of_few_people_is_no_weak_week(cast: Cast) -> None:
    weeks(cast, *[10] * 11)
    for day in range(5):
        work(cast.agent, MONDAY + timedelta(weeks=-12, days=day), handled=10)
    found = propose(teams=[cast.alpha], objectives=[amount(100)], span=WEEK, today=MONDAY)
    assert found.person_days == pytest.approx(10 * 23 / 24)
    assert len(set(found.objectives[0].past)) == 1


def test_how_often_it_would_have_been_won(cast: Cast) -> None:
    weeks(cast, 10, 12, 8, 10, 11, 9, 10, 7, 12, 10, 6, 9)
    asked = [amount(100)]
    found = propose(teams=[cast.alpha], objectives=asked, span=WEEK, today=MONDAY)
    assert (found.won, found.of) == (7, 12)
    assert found.objectives[0].past[:3] == (100, 120, 80)
    proposed = propose(teams=[cast.alpha], objectives=[amount(None)], span=WEEK, today=MONDAY)
    assert proposed.won / proposed.of >= 0.6


def test_levels_are_judged_in_the_same_weeks_and_joined_as_asked(cast: Cast) -> None:
    weeks(cast, *[10, 8] * 6)
    for back in range(1, 13):
        good = 10 if back % 3 else 8
        day = MONDAY - timedelta(weeks=back)
        team_work(cast.alpha, day, csat_satisfied=good, csat_count=10)
    asked = [amount(100), level(90, least=10)]
    found = propose(teams=[cast.alpha], objectives=asked, span=WEEK, today=MONDAY)
    assert [each.reached for each in found.objectives] == [6, 8]
    assert found.objectives[1].past[:3] == (100, 100, 80)
    assert found.won == 4
    either = propose(teams=[cast.alpha], objectives=asked, span=WEEK, today=MONDAY, combine="any")
    assert either.won == 10


def test_without_a_past_nothing_is_expected(cast: Cast) -> None:
    found = propose(teams=[cast.alpha], objectives=[amount(None)], span=WEEK, today=MONDAY)
    assert (found.won, found.of, found.objectives[0].target) == (0, 0, None)


def test_comparable_stretches_end_before_today_and_begin_on_the_same_weekday() -> None:
    found = comparable(Span(after(4), after(13)), today=after(1))
    assert found[0] == Span(after(-10), after(-1))
    assert found[1] == Span(after(-24), after(-15))
    assert len(found) == 12
    assert {each.start.weekday() for each in found if each.start} == {4}


def test_what_was_expected_is_kept_beside_the_battle(cast: Cast) -> None:
    weeks(cast, *[10] * 12)
    battle = announce(cast.manager, amount(90), teams=[cast.alpha])
    battle.refresh_from_db()
    assert battle.difficulty["won"] == battle.difficulty["of"] == 12
    assert battle.difficulty["objectives"][0]["proposed"] == "100"


def test_the_number_of_questions_does_not_grow(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    weeks(cast, 10, 12)
    asked = [amount(100), amount(10, "resolved"), amount(5, "saves"), level(90)]
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        propose(teams=[cast.alpha], objectives=asked, span=WEEK, today=MONDAY)
