"""Eight processes evaluate the same night at once: each award is given, paid and told once."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from badges.models import Award, BadgeSet, SetCompletion
from incentives.org.models import Notice
from scoring.models import PointEntry
from tests.badges.award_data import badge
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, work
from tests.scoring.processes import await_true, blocking, process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORKERS = 8
EVALUATE = """
import django; django.setup()
from datetime import date
from badges.awards.reconcile import award_badges
from scoring.figures.changes import Changes
award_badges(Changes(as_of=date.fromisoformat("%s")))
"""


def test_eight_processes_at_once_give_each_award_once(cast: Cast, tmp_path: Path) -> None:
    daily = {"window": "day", "op": ">="}
    both = [
        badge({**daily, "metric": "handled", "value": 5}, key="one"),
        badge({**daily, "measure": "praises", "value": 1}, key="two"),
    ]
    pair = BadgeSet.objects.create(key="pair", name_en="Pair", points=7, starts_on=date(2020, 1, 1))
    pair.badges.set(both)
    for person in (cast.agent, cast.teammate, cast.stranger):
        for day in range(5):
            work(person, after(day), handled=5, praises=1)
    with ExitStack() as running:
        with blocking("LOCK badges_award IN ACCESS EXCLUSIVE MODE"):
            workers = [
                running.enter_context(process(tmp_path, "-c", EVALUATE % after(5)))
                for _each in range(WORKERS)
            ]
            await_true(lambda: _waiting() >= WORKERS, "eight workers wait")
        ended = [worker.wait(60) for worker in workers]
    assert ended == [0] * WORKERS, (tmp_path / "output.txt").read_text()[-500:]
    given = Award.objects.order_by("person", "badge").values_list("badge__key", "awarded_on")
    assert list(given) == [("one", MONDAY), ("two", MONDAY)] * 3
    assert SetCompletion.objects.count() == 3
    paid = PointEntry.objects.filter(kind="badge").values_list("amount", flat=True)
    assert sorted(paid) == [7] * 3 + [50] * 6
    assert Notice.objects.filter(kind="badge_won").count() == 6


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])
