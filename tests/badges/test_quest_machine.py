"""Whatever the order of facts and nights: results and points are those of a naive evaluation."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.models import Quest, QuestResult
from incentives.org.models import Membership, Person, Team
from scoring.models import PointEntry
from tests.badges.quest_data import MONDAY, after, night, no_rotation, points, quest, work  # noqa: F401
from tests.factories import PersonFactory
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rotation")]
Facts = dict[tuple[int, date], tuple[int, int]]
DAYS = 7
#: The day on which the newcomer comes to team alpha; work of days before counts all the same.
JOINS = MONDAY + timedelta(days=2)
# (for, teams, first day, length, judged, handled at least, complaints in a hundred at most)
SHAPES: list[tuple[str, bool, int, int, str, int, int | None]] = [
    ("person", False, 1, 1, "reached", 4, None),
    ("person", True, 0, 4, "reached", 9, None),
    ("person", False, 0, 4, "reached", 3, 20),
    ("person", True, 1, 3, "end", 2, 30),
    ("team", True, 0, 4, "reached", 14, None),
    ("team", False, 2, 2, "end", 3, 40),
]

_work = st.tuples(st.integers(0, 3), st.integers(0, DAYS - 1), st.integers(0, 7), st.integers(0, 3))
_script = st.lists(st.lists(_work, max_size=5), min_size=3, max_size=DAYS)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=_script, again=st.booleans())
def test_results_and_points_are_those_of_a_naive_evaluation(
    cast: Cast, script: list[list[tuple[int, int, int, int]]], again: bool
) -> None:
    with transaction.atomic():
        people = [cast.agent, cast.teammate, cast.stranger, _newcomer(cast)]
        members = dict(
            zip([p.pk for p in people], [cast.alpha] * 2 + [cast.beta, cast.alpha], strict=True)
        )
        quests = [_made(cast, shape) for shape in SHAPES]
        facts: Facts = {}
        expected: dict[int, dict[int, date]] = {made.pk: {} for made in quests}
        failed: set[tuple[int, int]] = set()
        for number, batch in enumerate(script):
            as_of = after(number)
            worked = [_worked(people, facts, each, number) for each in batch]
            night(as_of, *worked)
            for shape, made in zip(SHAPES, quests, strict=True):
                closed_before = made.closes_on < as_of
                if made.starts_on <= as_of and not closed_before:
                    expected[made.pk] = _naive(members, shape, made, facts, as_of)
                if made.closes_on == as_of:
                    failed |= {(made.pk, who) for who in _begun(members, shape, made, facts)}
            _compare(members, quests, expected, failed)
            if again:
                entries = PointEntry.objects.count()
                night(as_of, *worked, everything=number % 2 == 0)
                assert PointEntry.objects.count() == entries
                _compare(members, quests, expected, failed)
        transaction.set_rollback(True)


def _newcomer(cast: Cast) -> Person:
    person = PersonFactory(key="newcomer")
    Membership.objects.create(person=person, team=cast.alpha, starts_on=JOINS)
    return person


def _made(cast: Cast, shape: tuple[Any, ...]) -> Quest:
    audience, limited, first, length, settles, least, most = shape
    leaves: list[dict[str, Any]] = [
        {"measure": "handled", "window": "day", "op": ">=", "value": least}
    ]
    if most is not None:
        leaves.append(
            {"measure": "complaints", "window": "day", "op": "<=", "value": most // 10}
            if most == 30
            else {"metric": "complaint_rate", "window": "day", "op": "<=", "value": most}
        )
    return quest(
        *([cast.alpha] if limited else []),
        start=after(first),
        days=length,
        audience=audience,
        settles=settles,
        criteria={"all": leaves},
        name_en=str(shape),
    )


def _worked(
    people: list[Person], facts: Facts, each: tuple[int, int, int, int], number: int
) -> tuple[Person, date]:
    who, day, handled, complaints = each
    agent, on = people[who], after(min(day, number))
    facts[agent.pk, on] = (handled, min(handled, complaints))
    return work(agent, on, handled=handled, complaints=min(handled, complaints))


def _naive(
    people: dict[int, Team], shape: tuple[Any, ...], made: Quest, facts: Facts, as_of: date
) -> dict[int, date]:
    """Who has done it, and on which day, written as one would by hand."""
    audience, limited, _first, _length, settles, least, most = shape
    groups: dict[int, list[int]] = defaultdict(list)
    for person, team in people.items():
        if not limited or team.key == "alpha":
            groups[team.pk if audience == "team" else person].append(person)
    came = _came(people)
    done: dict[int, date] = {}
    last = min(made.ends_on, as_of)
    for subject, members in groups.items():
        day = made.starts_on if settles == "reached" else made.ends_on
        while day <= last:
            inside = [
                values
                for (person, on), values in facts.items()
                if person in members and made.starts_on <= on <= day
            ]
            handled, complaints = sum(h for h, _c in inside), sum(c for _h, c in inside)
            here = audience == "team" or came[subject] <= day
            if here and handled >= least and _few(complaints, handled, most):
                done[subject] = day
                break
            day += timedelta(days=1)
    return done


def _came(people: dict[int, Team]) -> dict[int, date]:
    """Since when each is there: the last one is the newcomer."""
    return {person: JOINS if person == max(people) else date.min for person in people}


def _begun(people: dict[int, Team], shape: tuple[Any, ...], made: Quest, facts: Facts) -> set[int]:
    """Who has some of the tickets that a quest of tickets alone asks each for, and not all."""
    audience, limited, _first, _length, _settles, least, most = shape
    if audience == "team" or most is not None:
        return set()
    found = set()
    for person, team in people.items():
        handled = sum(
            values[0]
            for (who, on), values in facts.items()
            if who == person and made.starts_on <= on <= made.ends_on
        )
        asked = (not limited or team.key == "alpha") and _came(people)[person] <= made.ends_on
        if asked and 0 < handled < least:
            found.add(person)
    return found


def _few(complaints: int, handled: int, most: int | None) -> bool:
    if most is None:
        return True
    if most == 30:
        return complaints <= 3
    return handled > 0 and Fraction(complaints * 100, handled) <= most


def _compare(
    people: dict[int, Team],
    quests: list[Quest],
    expected: dict[int, dict[int, date]],
    failed: set[tuple[int, int]],
) -> None:
    stored: dict[int, dict[int, date]] = {made.pk: {} for made in quests}
    for result in QuestResult.objects.filter(state="done"):
        assert result.done_on is not None
        stored[result.quest_id][result.person_id or result.team_id or 0] = result.done_on
    assert stored == expected
    alone = [made.pk for made, shape in zip(quests, SHAPES, strict=True) if shape[6] is None]
    begun = QuestResult.objects.filter(quest__in=alone, state="failed", team=None)
    assert set(begun.values_list("quest", "person")) == failed
    came = _came(people)
    for person, team in people.items():
        won = 0
        for made in quests:
            done_on = expected[made.pk].get(team.pk if made.for_team else person)
            # A team's quest pays whoever was there by the day on which it was done.
            won += done_on is not None and came[person] <= done_on
        assert points(Person.objects.get(pk=person)) == 30 * won
