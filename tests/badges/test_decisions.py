"""One door for points that people decide about: what was tried against it, and what it lets through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from badges.models import Quest, QuestClaim
from badges.quests.claims import Evidence, approve, claim
from badges.quests.making import make
from incentives.org.memberships import join_team
from incentives.org.models import Person, Team
from incentives.org.refusals import Refused
from incentives.org.scope import Scope
from scoring.audit.running import audit, checks
from scoring.goals import operations as goals
from scoring.goals.review import post_points
from scoring.models import (
    AwardBudget,
    Goal,
    PointDecision,
    PointEntry,
    PointLimits,
    PointRule,
)
from scoring.points import awards, budgets, decisions, rules
from scoring.points import reversals as taking_back
from tests import databases
from tests.badges import quest_data
from tests.factories import MembershipFactory, PersonFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
REASON = "Stayed calm for a whole hard day."


def limits(**fields: int) -> None:
    PointLimits.objects.update_or_create(pk=1, defaults=fields)


def points(person: Person) -> int:
    return sum(PointEntry.objects.filter(agent=person).values_list("amount", flat=True))


def team_goal(by: Person, team: Team, points: int) -> Goal:
    today = by.company_today
    goal = Goal(team=team, title="Calm calls", points=points, starts_on=today, ends_on=today)
    return goals.propose(goal=goal, by=by)


def text_quest(by: Person, *teams: Team, points: int = 50, name: str = "Three wishes") -> Quest:
    today = by.company_today
    quest = Quest(
        name_en=name, way="claimed", evidence="text", points=points, starts_on=today, ends_on=today
    )
    return make(quest=quest, teams=teams, by=by, today=today)


def hand_in(quest: Quest, by: Person) -> QuestClaim:
    return claim(quest=quest, by=by, evidence=Evidence("A wish."), on=by.company_today)


def differences() -> list[str]:
    found = audit(checks(["decisions", "goal points", "quest points", "badge points"]))
    return [each.what for finding in found for each in finding.differences]


def test_a_goal_over_two_billion_points_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="at most 500 points"):
        team_goal(cast.supervisor, cast.alpha, 2_000_000_000)
    assert not Goal.objects.exists()


def test_a_goal_again_and_again_ends_with_the_budget(cast: Cast) -> None:
    for _again in range(3):
        team_goal(cast.supervisor, cast.alpha, 100)
    with pytest.raises(Refused, match="For 2 people this takes 200 points, and your budget has 0"):
        team_goal(cast.supervisor, cast.alpha, 100)


def test_whoever_decides_is_not_paid_by_it_and_reads_why(cast: Cast) -> None:
    MembershipFactory(person=cast.supervisor, team=cast.alpha)
    quest = text_quest(cast.supervisor, cast.alpha)
    by_other = hand_in(quest, cast.supervisor)
    approve(claim=by_other, by=cast.manager)
    entry = PointEntry.objects.get(agent=cast.supervisor)
    assert (entry.amount, entry.withheld, entry.cause["because"]) == (0, 50, "own")
    assert differences() == []


def test_whoever_joins_the_team_after_deciding_is_not_paid_either(cast: Cast) -> None:
    quest = text_quest(cast.supervisor, cast.alpha)
    join_team(person=cast.supervisor, team=cast.alpha, on=cast.supervisor.company_today)
    approve(claim=hand_in(quest, cast.supervisor), by=cast.manager)
    assert points(cast.supervisor) == 0


def test_another_supervisor_in_the_team_does_not_say_that_its_goal_is_reached(cast: Cast) -> None:
    goal = team_goal(cast.manager, cast.alpha, 100)
    MembershipFactory(person=cast.supervisor, team=cast.alpha)
    with pytest.raises(Refused, match="someone outside the team"):
        goals.assess(goal=goal, by=cast.fresh("supervisor"), reached=True, note="It was lovely.")


def test_one_person_gets_no_more_in_a_month_than_the_limit_whoever_decides(cast: Cast) -> None:
    limits(one_decision=100, person_a_month=130, second_from=5000)
    awards.award(
        agent=cast.agent, amount=100, reason=REASON, by=cast.supervisor, on=cast.agent.company_today
    )
    with pytest.raises(Refused, match="30 more points"):
        awards.award(
            agent=cast.agent, amount=50, reason=REASON, by=cast.manager, on=cast.agent.company_today
        )
    quest = text_quest(cast.manager, cast.alpha)
    approve(claim=hand_in(quest, cast.agent), by=cast.supervisor)
    entry = PointEntry.objects.get(kind="quest")
    assert (entry.amount, entry.withheld, entry.cause["because"]) == (30, 20, "limit")
    assert points(cast.agent) == 130
    assert differences() == []


def test_nobody_sets_their_own_budget_and_supervisors_set_none(cast: Cast) -> None:
    month = cast.manager.company_today
    for by, of in (("manager", "manager"), ("supervisor", "supervisor"), ("site_manager", "manager"),
                   ("site_manager", "other_supervisor"), ("agent", "supervisor")):  # fmt: skip
        with pytest.raises(Refused, match="Someone else sets"):
            budgets.set_budget(
                person=getattr(cast, of), month=month, points=10**6, by=getattr(cast, by)
            )
    budgets.set_budget(person=cast.manager, month=month, points=700, by=cast.administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardBudget.objects.update(set_by=cast.manager.pk)


def test_a_large_decision_happens_once_a_second_person_says_yes(cast: Cast) -> None:
    limits(one_decision=100, second_from=150)
    quest = text_quest(cast.supervisor, cast.alpha, points=90)
    assert quest.status == Quest.Status.WAITING
    assert not Quest.objects.running(on=quest.starts_on).exists()
    assert quest not in Quest.objects.visible_to(cast.agent)
    decision = PointDecision.objects.get()
    today = quest.starts_on
    for name in ("supervisor", "agent", "other_supervisor", "hr"):
        with pytest.raises(Refused):
            decisions.confirm(decision=decision, by=getattr(cast, name), on=today)
    decisions.confirm(decision=decision, by=cast.site_manager, on=today)
    quest.refresh_from_db()
    assert quest.status == Quest.Status.OPEN
    with pytest.raises(Refused, match="already"):
        decisions.confirm(decision=decision, by=cast.manager, on=today)


def test_a_decision_that_is_not_confirmed_frees_its_budget_and_pays_nothing(cast: Cast) -> None:
    limits(one_decision=100, second_from=150)
    goal = team_goal(cast.supervisor, cast.alpha, 90)
    assert goal.status == Goal.Status.PROPOSED
    with pytest.raises(Refused):
        goals.assess(goal=goal, by=cast.supervisor, reached=True, note="It was lovely.")
    decision = PointDecision.objects.get()
    decisions.refuse(
        decision=decision, by=cast.manager, reason="Too much for one day.", on=goal.starts_on
    )
    goal.refresh_from_db()
    assert (goal.status, AwardBudget.objects.get().spent) == (Goal.Status.WITHDRAWN, 0)


def test_whoever_joined_later_waits_for_the_budget_and_is_paid_when_it_grows(cast: Cast) -> None:
    budgets.set_budget(
        person=cast.supervisor, month=cast.manager.company_today, points=120, by=cast.manager
    )
    quest = text_quest(cast.supervisor, cast.alpha)
    late = [PersonFactory(team=cast.alpha) for _number in range(2)]
    for person in (cast.agent, cast.teammate, *late):
        approve(claim=hand_in(quest, person), by=cast.supervisor)
    assert [points(person) for person in (cast.agent, cast.teammate, *late)] == [50, 50, 0, 0]
    assert differences() == []
    budgets.set_budget(
        person=cast.supervisor, month=cast.manager.company_today, points=200, by=cast.manager
    )
    assert [points(person) for person in late] == [50, 50]
    assert PointDecision.objects.get().short == 0
    assert differences() == []


def test_everything_that_a_decision_paid_can_be_taken_back_and_stays_so(cast: Cast) -> None:
    goal = team_goal(cast.supervisor, cast.alpha, 100)
    goals.assess(goal=goal, by=cast.supervisor, reached=True, note="It was lovely.")
    work(cast, goal)
    post_points([Goal.objects.get()])
    assert (points(cast.agent), points(cast.teammate)) == (100, 100)
    entry = PointEntry.objects.get(agent=cast.agent)
    for name in ("agent", "other_supervisor"):
        with pytest.raises(Refused, match="Someone else gave"):
            taking_back.take_back(entry=entry, by=getattr(cast, name), reason=REASON)
    taking_back.take_back(entry=entry, by=cast.manager, reason="The calls were another team's.")
    decision = PointDecision.objects.get()
    assert taking_back.take_all_back(decision=decision, by=cast.manager, reason=REASON) == 1
    for _night in range(2):
        post_points([Goal.objects.get()])
    assert (points(cast.agent), points(cast.teammate)) == (0, 0)
    assert AwardBudget.objects.get().spent == 0
    assert differences() == []


def work(cast: Cast, goal: Goal) -> None:
    for person in (cast.agent, cast.teammate):
        quest_data.work(person, goal.starts_on, handled=1)


def test_nobody_publishes_a_rule_for_teams_that_they_are_in(cast: Cast) -> None:
    MembershipFactory(person=cast.site_manager, team=cast.alpha)
    draft = PointRule(
        key="mine", name_en="Mine", per="unit", expression="handled", amount=100_000,
        starts_on=cast.agent.company_today, applies_to=Scope(teams=(cast.alpha.pk,)).stored(),
    )  # fmt: skip
    rules.save_draft(rule=draft, by=cast.site_manager)
    with pytest.raises(Refused, match="someone publish it whom it does not pay"):
        rules.publish(rule=draft, by=cast.fresh("site_manager"))
    assert rules.publish(rule=draft, by=cast.manager).is_published


@pytest.mark.parametrize("kind", ["manual", "goal", "quest", "battle", "badge", "kudos"])
def test_the_audit_finds_a_forged_entry_of_every_kind(cast: Cast, kind: str) -> None:
    assert differences() == []
    today = cast.agent.company_today
    forged = {
        "agent": cast.agent, "amount": 9999, "kind": kind, "occurred_on": today, "booked_on": today,
        "source_key": f"{kind}:1:{cast.agent.pk}:1", "actor": cast.supervisor, "reason": REASON,
    }  # fmt: skip
    with _without_the_trigger():
        PointEntry.objects.create(**forged)
    (what,) = differences()
    assert f"agent {kind} #" in what


def test_the_database_takes_no_points_that_nobody_decided(cast: Cast) -> None:
    today = cast.agent.company_today
    waiting = PointDecision.objects.create(
        kind="goal", subject=1, decided_on=today, each=9, people=1, reserved=9, status="waiting"
    )
    small = PointDecision.objects.create(
        kind="goal", subject=2, decided_on=today, each=9, people=1, reserved=9
    )
    for decision in (None, waiting, small):
        with pytest.raises(IntegrityError), transaction.atomic():
            PointEntry.objects.create(
                agent=cast.agent, amount=10, kind="goal", occurred_on=today, booked_on=today,
                source_key="goal:1:1", decision=decision,
            )  # fmt: skip


@contextmanager
def _without_the_trigger() -> Iterator[None]:
    """Only the owner of the tables can take it away."""
    table = "ALTER TABLE scoring_pointentry"
    databases.as_owner(f"SET CONSTRAINTS ALL IMMEDIATE; {table} DISABLE TRIGGER USER")
    yield
    databases.as_owner(f"SET CONSTRAINTS ALL IMMEDIATE; {table} ENABLE TRIGGER USER")
