"""The night in one process: what steps are given, what is recorded, what is taken off the list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from redis.exceptions import ConnectionError as RedisGone

from incentives.capabilities import NightStep, Phase, StepResult
from incentives.org.models import Company, Person
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.figures.night_lock import NIGHT_LOCK, NightBusy, NightLost, is_under_way
from scoring.figures.windows import EVERYTHING, Period, Span
from scoring.models import AgentDay, ChangedDay, Channel, NightRun
from scoring.nights import progress as night_progress
from scoring.nights import runner, schedule
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


class Steps:
    """Steps that note what they were given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Changes]] = []
        self.made: list[str] = []

    def step(
        self, name: str, *, prepares: bool = False, error: Exception | None = None
    ) -> NightStep:
        def run(changes: Changes) -> StepResult:
            self.seen.append((name, changes))
            ChangedDay.objects.create(agent_id=99, day=DAY) if prepares else None
            if error is not None:
                raise error
            return StepResult(f"{name} did", {"days": changes.days.height})

        phase = Phase.PREPARES if prepares else Phase.FOLLOWS
        self.made.append(name)
        return NightStep(name, len(self.made), name, run, phase, after=tuple({*self.made} - {name}))


@pytest.fixture
def steps() -> Steps:
    return Steps()


def changed(agent: int, day: date, times: int = 1) -> None:
    ChangedDay.objects.bulk_create([ChangedDay(agent_id=agent, day=day) for _ in range(times)])


def night(steps: list[NightStep], **more: Any) -> NightRun:
    run = runner.start(as_of=DAY, origin=NightRun.Origin.COMMAND, **more)
    return runner.perform(run, steps=steps, wait_seconds=0)


def given(changes: Changes) -> list[tuple[int, date]]:
    return [(row["agent_id"], row["day"]) for row in changes.days.to_dicts()]


def test_steps_get_each_changed_day_once_and_the_list_is_empty_afterwards(steps: Steps) -> None:
    changed(7, DAY, times=3)
    changed(3, DAY - timedelta(days=40))
    run = night([steps.step("scores"), steps.step("points")])
    expected = [(3, DAY - timedelta(days=40)), (7, DAY)]
    assert [given(changes) for _name, changes in steps.seen] == [expected, expected]
    assert run.status == "done"
    assert run.days == 2
    assert not ChangedDay.objects.exists()


def test_what_preparing_steps_change_is_followed_up_in_the_same_night(steps: Steps) -> None:
    night([steps.step("totals", prepares=True), steps.step("scores")])
    assert steps.seen[0][1].is_empty
    assert given(steps.seen[1][1]) == [(99, DAY)]


def test_a_day_that_changes_during_the_night_stays_for_the_next(steps: Steps) -> None:
    changed(1, DAY)

    def meanwhile(_changes: Changes) -> StepResult:
        changed(1, DAY)
        changed(2, DAY)
        return StepResult("")

    night([NightStep("scores", 1, "scores", meanwhile)])
    assert sorted(ChangedDay.objects.values_list("agent_id", flat=True)) == [1, 2]


def test_the_record_has_a_line_a_time_and_figures_for_each_step(steps: Steps) -> None:
    changed(1, DAY)
    run = night([steps.step("files", prepares=True), steps.step("scores")])
    run.refresh_from_db()
    assert [(s["name"], s["line"], s["counts"]) for s in run.steps] == [
        ("files", "files did", {"days": 0}),
        ("scores", "scores did", {"days": 2}),
    ]
    assert all(s["seconds"] >= 0 for s in run.steps)
    assert run.seconds is not None


def test_a_failed_step_is_undone_told_and_done_again_by_the_next_night(steps: Steps) -> None:
    changed(1, DAY)

    def half(_changes: Changes) -> StepResult:
        Channel.objects.create(key="half", name_en="half", name_zh="half")
        raise ValueError("the rule is odd")

    with pytest.raises(ValueError, match="odd"):
        night([steps.step("scores"), NightStep("points", 2, "points", half, after=("scores",))])
    failed = NightRun.objects.get()
    assert (failed.status, failed.step, failed.message) == (
        "failed",
        "points",
        "ValueError: the rule is odd",
    )
    assert not Channel.objects.filter(key="half").exists()
    night([steps.step("scores")])
    assert given(steps.seen[-1][1]) == [(1, DAY)]
    assert not is_under_way()


def test_days_can_be_done_again_and_a_failure_does_not_forget_them(
    steps: Steps, cast: Cast
) -> None:
    channel = Channel.objects.order_by("pk").first()
    assert channel is not None
    for offset in range(4):
        AgentDay.objects.create(
            agent=cast.agent, day=DAY - timedelta(days=offset), channel=channel, handled=1
        )
    span = Span(DAY - timedelta(days=2), DAY - timedelta(days=1))
    expected = [(cast.agent.pk, DAY - timedelta(days=n)) for n in (2, 1)]
    with pytest.raises(ValueError, match="stop"):
        night([steps.step("scores", error=ValueError("stop"))], redo=span)
    night([steps.step("scores")])
    assert [given(changes) for _name, changes in steps.seen] == [expected, expected]
    night([steps.step("scores")], redo=EVERYTHING)
    assert steps.seen[-1][1].everything
    assert len(given(steps.seen[-1][1])) == 4


def test_a_night_that_ended_is_not_carried_out_again(steps: Steps) -> None:
    run = night([steps.step("scores")])
    runner.perform(run, steps=[steps.step("scores")])
    assert len(steps.seen) == 1


def test_one_token_makes_one_night(cast: Cast) -> None:
    runs = [runner.start(as_of=DAY, origin="page", by=cast.manager, token="once") for _ in range(2)]
    assert runs[0].pk == runs[1].pk


def test_a_silent_cache_does_not_stop_a_night(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_kwargs: object) -> None:
        raise RedisGone("gone")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.set", gone)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", gone)

    def reports(_changes: Changes) -> StepResult:
        night_progress.report(1, 2)
        return StepResult("")

    run = night([NightStep("scores", 1, "scores", reports)])
    assert run.status == "done"
    assert night_progress.percent(run.pk) is None


def test_steps_can_tell_how_far_they_are(steps: Steps) -> None:
    heard: list[tuple[int, int]] = []
    percents: list[int | None] = []

    def reports(_changes: Changes) -> StepResult:
        night_progress.report(1, 4)
        percents.append(night_progress.percent(run.pk))
        return StepResult("")

    run = runner.start(as_of=DAY, origin="command")
    watcher = runner.Watcher(is_at=lambda done, total: heard.append((done, total)))
    runner.perform(run, steps=[NightStep("scores", 1, "scores", reports)], watcher=watcher)
    assert heard == [(1, 4)]
    assert percents == [25]


def test_a_night_left_by_a_dead_process_is_marked_cut_off(steps: Steps) -> None:
    dead = NightRun.objects.create(as_of=DAY, origin="schedule", status="running")
    night([steps.step("scores")])
    dead.refresh_from_db()
    assert dead.status == "cut_off"


def test_changes_know_their_agents_and_periods() -> None:
    rows = {
        "agent_id": [1, 1, 2, 2],
        "day": [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 30)],
    }
    changes = Changes(DAY, pl.DataFrame(rows, schema=DAYS_SCHEMA))
    assert changes.agents == [1, 2]
    assert changes.span == Span(date(2026, 10, 31), date(2026, 11, 30))
    assert changes.periods(Period.MONTH).rows() == [
        (1, date(2026, 10, 1)),
        (1, date(2026, 11, 1)),
        (2, date(2026, 11, 1)),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        changes.stage(cursor)
        cursor.execute("SELECT count(*) FROM changed_agent_day")
        assert cursor.fetchone() == (4,)


SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("moment", "closes", "since"),
    [
        # 02:00 in Shanghai is 18:00 UTC of the day before.
        (datetime(2026, 11, 20, 18, 0, tzinfo=UTC), date(2026, 11, 20), datetime(2026, 11, 20, 18, tzinfo=UTC)),
        (datetime(2026, 11, 20, 17, 59, tzinfo=UTC), date(2026, 11, 20), datetime(2026, 11, 19, 18, tzinfo=UTC)),
        (datetime(2026, 11, 21, 4, 0, tzinfo=UTC), date(2026, 11, 21), datetime(2026, 11, 20, 18, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_the_night_follows_the_companys_clock(
    moment: datetime, closes: date, since: datetime
) -> None:
    assert schedule.closing_day(moment, zone=SHANGHAI) == closes
    assert schedule.due_since(moment, zone=SHANGHAI, hour=2) == since


def test_the_hour_that_the_clocks_leave_out_still_has_its_night() -> None:
    # Berlin, 29 March 2026: 02:00 becomes 03:00.
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert schedule.due_since(moment, zone="Europe/Berlin", hour=2) <= moment
    assert schedule.closing_day(moment, zone="Europe/Berlin") == date(2026, 3, 28)


def test_a_night_is_due_once_and_again_when_it_failed_but_not_for_ever(steps: Steps) -> None:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": SHANGHAI})
    now = datetime.now(UTC)
    for _attempt in range(schedule.ATTEMPTS):
        run = schedule.start_if_due(now)
        assert run is not None
        with pytest.raises(ValueError, match="stop"):
            runner.perform(run, steps=[steps.step("scores", error=ValueError("stop"))])
    assert schedule.start_if_due(now) is None
    tomorrow = now + timedelta(days=1)
    run = schedule.start_if_due(tomorrow)
    assert run is not None


def test_a_night_by_hand_after_the_hour_makes_the_scheduled_one_needless(steps: Steps) -> None:
    now = datetime.now(UTC)
    assert schedule.due_since(now, zone="UTC", hour=2) <= now
    night([steps.step("scores")])
    assert schedule.start_if_due(now) is None


@pytest.mark.django_db(transaction=True)
def test_steps_that_rest_on_nothing_run_at_the_same_time_and_the_others_wait() -> None:
    meet = threading.Barrier(2, timeout=30)
    order: list[str] = []

    def meets(_changes: Changes) -> StepResult:
        meet.wait()
        return StepResult("")

    def notes(name: str) -> Callable[[Changes], StepResult]:
        def run(_changes: Changes) -> StepResult:
            order.append(name)
            return StepResult("")

        return run

    run = night(
        [
            NightStep("scores", 1, "", meets),
            NightStep("points", 2, "", meets),
            NightStep("boards", 3, "", notes("boards"), after=("scores", "points")),
            NightStep("rankings", 4, "", notes("rankings"), after=("boards",)),
        ]
    )
    assert run.status == "done"
    assert order == ["boards", "rankings"]
    assert {each["name"] for each in run.steps} == {"scores", "points", "boards", "rankings"}


@pytest.mark.django_db(transaction=True)
def test_a_step_that_fails_beside_another_ends_the_night_and_leaves_the_list() -> None:
    changed(1, DAY)
    both = threading.Barrier(2, timeout=30)

    def works(_changes: Changes) -> StepResult:
        both.wait()
        Channel.objects.create(key="whole", name_en="whole", name_zh="whole")
        return StepResult("")

    def fails(_changes: Changes) -> StepResult:
        Channel.objects.create(key="half", name_en="half", name_zh="half")
        both.wait()
        raise ValueError("the rule is odd")

    def never(_changes: Changes) -> StepResult:
        raise AssertionError("it rests on the one that failed")

    steps = [NightStep("scores", 1, "", works), NightStep("points", 2, "", fails)]
    with pytest.raises(ValueError, match="odd"):
        night([*steps, NightStep("boards", 3, "", never, after=("scores", "points"))])
    failed = NightRun.objects.get()
    assert (failed.status, failed.step) == ("failed", "points")
    assert set(Channel.objects.filter(key__in=["whole", "half"]).values_list("key", flat=True)) == {
        "whole"
    }
    assert ChangedDay.objects.count() == 1
    assert not is_under_way()


@pytest.mark.django_db(transaction=True)
def test_while_another_session_holds_the_lock_a_night_says_so(steps: Steps) -> None:
    from django.db import connections

    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [NIGHT_LOCK])
        run = runner.start(as_of=DAY, origin="command")
        with pytest.raises(NightBusy, match="under way"):
            runner.perform(run, steps=[steps.step("scores")], wait_seconds=0.3)
        run.refresh_from_db()
        assert run.status == "not_begun"
        assert not steps.seen
    finally:
        other.close()
    runner.perform(
        runner.start(as_of=DAY, origin="command"), steps=[steps.step("scores")], wait_seconds=10
    )
    assert len(steps.seen) == 1


def test_leavers_lose_access_in_the_night(cast: Cast) -> None:
    from incentives.org.people_night import end_access_of_leavers

    today = Company.current().today()
    Person.objects.filter(pk=cast.agent.pk).update(left_on=today - timedelta(days=1))
    Person.objects.filter(pk=cast.teammate.pk).update(left_on=today)
    assert end_access_of_leavers(Changes(DAY)).counts == {"leavers": 1}
    assert not cast.fresh("agent").is_active
    assert cast.fresh("teammate").is_active


@pytest.mark.django_db(transaction=True)
def test_the_next_step_is_planned_with_what_the_last_one_wrote() -> None:
    def writes(_changes: Changes) -> StepResult:
        ChangedDay.objects.bulk_create(
            [ChangedDay(agent_id=n, day=DAY) for n in range(20_000)], batch_size=5000
        )
        return StepResult("")

    known: list[float] = []

    def looks(_changes: Changes) -> StepResult:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'scoring_changedday'")
            known.append(cursor.fetchone()[0])
        return StepResult("")

    night(
        [
            NightStep("files", 1, "files", writes, phase=Phase.PREPARES),
            NightStep("scores", 2, "scores", looks),
        ]
    )
    assert known == [20_000]


@pytest.mark.django_db(transaction=True)
def test_a_night_does_not_go_on_in_a_session_that_does_not_hold_the_lock(steps: Steps) -> None:
    """Django opens a new session after a broken one, without a word."""
    changed(1, DAY)

    def breaks(_changes: Changes) -> StepResult:
        connection.close()
        return StepResult("")

    run = runner.start(as_of=DAY, origin="command")
    broken = NightStep("files", 1, "files", breaks, phase=Phase.PREPARES, commits=True)
    with pytest.raises(NightLost, match="run it again"):
        runner.perform(run, steps=[broken, steps.step("goals")], wait_seconds=10)
    assert not steps.seen
    assert NightRun.objects.get().status == "failed"
    assert ChangedDay.objects.filter(agent_id=1).exists()
