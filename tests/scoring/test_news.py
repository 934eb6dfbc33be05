"""What happens in scoring reaches the bell of those whom it concerns, once, and of nobody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone, translation

from incentives.capabilities import NightStep
from incentives.org.models import Notice, Person, RoleGrant
from incentives.org.notices import kind_of
from incentives.org.refusals import Refused
from scoring.appeals import news as appeals_news
from scoring.appeals import operations as appeals
from scoring.figures.changes import Changes
from scoring.goals import operations as goals
from scoring.models import Appeal, Goal, Kpi, NightRun, PointEntry, Season
from scoring.nights import news, runner
from scoring.points import awards, seasons
from scoring.points.reversals import take_back
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY
from tests.scoring.scorecards import make_card

pytestmark = pytest.mark.django_db


def heard(person: Person) -> list[str]:
    """What a person was told, in English, the newest first."""
    with translation.override("en"):
        return [
            kind_of(n).text(n.data) for n in Notice.objects.filter(person=person).order_by("-pk")
        ]


def who_heard(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__key", flat=True))


def appeal(cast: Cast, **fields: object) -> Appeal:
    today = cast.agent.company_today
    values: dict[str, object] = {
        "agent": cast.agent,
        "about": "score",
        "period": "day",
        "day": today,
        "text": "I was ill.",
        "due_on": today + timedelta(days=3),
    }
    return Appeal.objects.create(**(values | fields))


@pytest.mark.parametrize("state", ["in time", "handed on", "late", "no manager"])
def test_exactly_those_who_may_decide_next_are_asked(cast: Cast, state: str) -> None:
    fields: dict[str, object] = {}
    if state == "late":
        fields["due_on"] = cast.agent.company_today - timedelta(days=1)
    elif state != "in time":
        fields["escalated_at"] = timezone.now()
    if state == "no manager":
        RoleGrant.objects.filter(role="manager").delete()
    raised = appeal(cast, **fields)
    asked = set(
        Person.objects.filter(pk__in=appeals_news.deciders(raised)).values_list("key", flat=True)
    )
    wanted = {
        "in time": {"supervisor"},
        "handed on": {"manager", "site_manager"},
        "late": {"manager", "site_manager"},
        "no manager": {"administrator"},
    }[state]
    assert asked == wanted
    for key in asked:
        assert appeals.may_decide(raised, cast.fresh(key)), key


def test_an_appeal_is_told_to_the_one_who_decides_and_its_answer_to_the_agent(cast: Cast) -> None:
    raised = appeal(cast)
    appeals_news.appeal_raised(raised)
    assert who_heard("appeal_to_decide") == {"supervisor"}
    appeals.hand_on(appeal=raised, by=cast.fresh("supervisor"))
    assert who_heard("appeal_handed_on") == {"manager", "site_manager"}
    appeals.decide(appeal=raised, by=cast.fresh("manager"), granted=False, reason="See the roster.")
    assert heard(cast.agent) == ["Your appeal about a score is answered. Read the reason."]


def test_what_nobody_decided_in_time_is_told_to_managers_once(cast: Cast) -> None:
    appeal(cast, due_on=date(2026, 1, 5))
    assert [appeals.escalate_overdue(today=date(2026, 1, 6)) for _ in range(2)] == [1, 0]
    assert who_heard("appeal_handed_on") == {"manager", "site_manager"}


def test_both_sides_hear_about_a_goal_and_nobody_hears_of_their_own_doing(cast: Cast) -> None:
    goal = Goal(
        agent=cast.agent,
        title="Ratings of 95 %",
        kpi=Kpi.objects.get(key="csat"),
        target=Decimal(95),
        starts_on=MONDAY,
        ends_on=MONDAY + timedelta(days=30),
    )
    goals.propose(goal=goal, by=cast.fresh("supervisor"))
    assert heard(cast.agent) == ["Supervisor proposes a goal: “Ratings of 95 %”. Do you agree?"]
    goals.change(goal=goal, by=cast.fresh("supervisor"))
    assert len(heard(cast.agent)) == 2
    goals.acknowledge(goal=goal, by=cast.fresh("agent"))
    assert heard(cast.supervisor) == ["Agent said yes to “Ratings of 95 %”. The goal is agreed."]
    assert len(heard(cast.agent)) == 2


def test_points_by_hand_are_told_with_their_reason_and_so_is_taking_them_back(cast: Cast) -> None:
    reason = "Helped a new colleague."
    entry = awards.award(
        by=cast.supervisor, agent=cast.agent, amount=30, reason=reason, on=MONDAY, token="t"
    )
    awards.award(
        by=cast.supervisor, agent=cast.agent, amount=30, reason=reason, on=MONDAY, token="t"
    )
    assert heard(cast.agent) == ["Supervisor gave you 30 points: “Helped a new colleague.”"]
    take_back(entry=entry, by=cast.supervisor, reason="It was someone else.")
    assert heard(cast.agent)[0] == "Supervisor took 30 points back: “It was someone else.”"


def test_nobody_hears_of_an_award_that_was_refused(cast: Cast) -> None:
    with pytest.raises(Refused), transaction.atomic():
        awards.award(
            by=cast.supervisor, agent=cast.agent, amount=501, reason="A lot of help.", on=MONDAY
        )
    assert heard(cast.agent) == []


def done_night(started_at: datetime) -> None:
    NightRun.objects.create(
        as_of=MONDAY, origin="command", status=NightRun.Status.DONE, started_at=started_at
    )


def earn(person: Person, amount: int, at: datetime) -> None:
    PointEntry.objects.create(
        agent=person,
        amount=amount,
        kind="quest",
        occurred_on=MONDAY,
        booked_on=MONDAY,
        source_key=f"{person.pk} {at}",
        recorded_at=at,
    )


def test_levels_are_told_when_new_points_carry_someone_over_them(cast: Cast) -> None:
    at = timezone.now()
    earn(cast.agent, 150, at)
    earn(cast.teammate, 650, at)
    news.tell_the_news(Changes(MONDAY))
    assert who_heard("level_reached") == set()  # the first night takes in the whole history
    later = at + timedelta(minutes=5)
    earn(cast.agent, 60, later)
    earn(cast.teammate, 5, later)
    for _ in range(2):
        news.tell_the_news(Changes(MONDAY))
    assert who_heard("level_reached") == {"agent"}
    assert heard(cast.agent) == ["You have reached level 2."]


def test_a_season_that_ended_is_told_with_ones_own_points(cast: Cast) -> None:
    season = Season.objects.create(
        name="Spring", starts_on=MONDAY, ends_on=MONDAY + timedelta(days=6)
    )
    earn(cast.agent, 1250, timezone.now() - timedelta(days=2))
    done_night(timezone.now() - timedelta(days=1))
    seasons.close_season(season=season, by=None, today=MONDAY + timedelta(days=9))
    news.tell_the_news(Changes(MONDAY))
    spring = "The season Spring is over: you collected 1,250 points."
    assert [text for text in heard(cast.agent) if "season" in text] == [spring]


def test_a_new_version_is_told_to_the_team_that_it_is_for(cast: Cast) -> None:
    card = make_card(team=cast.alpha, publish=False, starts_on=None)
    from scoring.scorecards.versions import publish

    publish(card=card, on=cast.agent.company_today + timedelta(days=3), by=cast.manager)
    assert who_heard("scorecard_changes") == {"agent", "teammate"}


def test_a_night_that_fails_is_told_to_those_who_run_it(cast: Cast) -> None:
    def fail(_changes: Changes) -> None:
        raise ValueError("no room left")

    run = runner.start(as_of=MONDAY, origin="command")
    with pytest.raises(ValueError, match="no room"):
        runner.perform(run, steps=[NightStep("broken", 1, "Broken", fail)])  # type: ignore[arg-type]
    assert who_heard("night_failed") == {"manager", "administrator"}
