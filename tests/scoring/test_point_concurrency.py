"""Several workers at once, each with a connection of its own: points are posted once, budgets kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.goals import operations as goals
from scoring.models import (
    AwardBudget,
    Goal,
    PointDecision,
    PointEntry,
    PointLimits,
    PointTotal,
)
from scoring.points import awards, budgets, decisions
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, night, points, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORKERS = 8


def at_once(call: Callable[[int], Any]) -> None:
    """Run the call in eight threads that start together."""
    together = Barrier(WORKERS)

    def run(number: int) -> None:
        try:
            together.wait()
            call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run, range(WORKERS)))


def test_eight_reconciliations_at_once_post_once(cast: Cast) -> None:
    days = [(agent, after(day)) for agent in (cast.agent, cast.teammate) for day in range(5)]
    for agent, day in days:
        work(agent, day, hard_solved=2, praises=1)
    at_once(lambda _number: night(after(5), *days))
    assert PointEntry.objects.count() == 20
    assert points(cast.agent) == 5 * (100 + 30)
    assert set(PointTotal.objects.values_list("lifetime", flat=True)) == {650}


def test_eight_awards_at_once_never_overdraw_the_budget(cast: Cast) -> None:
    budgets.set_budget(person=cast.supervisor, month=MONDAY, points=100, by=cast.manager)
    # To eight people: the running total of one would make the awards wait for each other.
    people = PersonFactory.create_batch(WORKERS, team=cast.alpha)

    def give(number: int) -> None:
        with suppress(Refused):
            awards.award(
                agent=people[number], amount=30, reason="A calm voice on a hard day.",
                by=cast.fresh("supervisor"), on=MONDAY, token=str(number),
            )  # fmt: skip

    at_once(give)
    assert AwardBudget.objects.get().spent == 90
    assert sum(points(agent) for agent in people) == 90


def test_eight_who_give_to_one_person_at_once_stay_within_the_month(cast: Cast) -> None:
    PointLimits.objects.update_or_create(pk=1, defaults={"person_a_month": 100})
    givers = [PersonFactory(key=f"giver{number}", role="manager") for number in range(WORKERS)]

    def give(number: int) -> None:
        with suppress(Refused):
            awards.award(
                agent=cast.agent, amount=30, reason="A calm voice on a hard day.",
                by=Person.objects.get(pk=givers[number].pk), on=MONDAY,
            )  # fmt: skip

    at_once(give)
    assert points(cast.agent) == 90
    assert sum(AwardBudget.objects.values_list("spent", flat=True)) == 90


def test_eight_second_persons_at_once_carry_a_decision_out_once(cast: Cast) -> None:
    PointLimits.objects.update_or_create(pk=1, defaults={"one_decision": 100, "second_from": 150})
    today = cast.supervisor.company_today
    goal = goals.propose(
        goal=Goal(team=cast.alpha, title="Calm", points=90, starts_on=today, ends_on=today),
        by=cast.supervisor,
    )
    decision = PointDecision.objects.get()
    said: list[str] = []

    def confirm(number: int) -> None:
        by = cast.fresh("manager" if number % 2 else "site_manager")
        try:
            decisions.confirm(decision=decision, by=by, on=today)
        except Refused as error:
            said.append(str(error))

    at_once(confirm)
    goal.refresh_from_db()
    assert (goal.status, len(said)) == ("agreed", WORKERS - 1)


def test_one_form_sent_eight_times_gives_once(cast: Cast) -> None:
    def give(_number: int) -> None:
        awards.award(
            agent=cast.agent, amount=30, reason="A calm voice on a hard day.",
            by=cast.fresh("supervisor"), on=MONDAY, token="the same",
        )  # fmt: skip

    at_once(give)
    assert (AwardBudget.objects.get().spent, points(cast.agent)) == (30, 30)
