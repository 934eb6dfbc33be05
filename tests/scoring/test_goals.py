"""Goals: who agrees, how they are measured, how they close by themselves, what a team gains."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.goals import operations as goals
from scoring.goals.operations import acknowledge, assess, propose, side_of, withdraw
from scoring.goals.review import progress_of
from scoring.models import Goal, Kpi, PointEntry
from tests.org.cast import Cast
from tests.scoring.board_data import wrong_standings
from tests.scoring.truth import MONDAY, SUNDAY, bring_in, night, ticket


def draft(**fields: object) -> Goal:
    values: dict[str, object] = {
        "title": "Ratings of 95 %",
        "kpi": Kpi.objects.get(key="csat"),
        "target": Decimal(95),
        "starts_on": MONDAY,
        "ends_on": SUNDAY,
    }
    return Goal(**(values | fields))


def agreed(cast: Cast, **fields: object) -> Goal:
    fields = {"agent": cast.agent} | fields
    goal = propose(goal=draft(**fields), by=cast.supervisor)
    return acknowledge(goal=goal, by=cast.agent) if goal.agent_id else goal


def points(agent: Person) -> int:
    entries = PointEntry.objects.filter(agent=agent, kind="goal")
    return entries.aggregate(n=Sum("amount"))["n"] or 0


def again(goal: Goal) -> Goal:
    return Goal.objects.get(pk=goal.pk)


@pytest.mark.parametrize("first", ["agent", "supervisor"])
def test_a_goal_is_agreed_when_both_have_said_yes(cast: Cast, first: str) -> None:
    other = {"agent": "supervisor", "supervisor": "agent"}[first]
    goal = propose(goal=draft(agent=cast.agent), by=getattr(cast, first))
    assert goal.status == "proposed"
    acknowledge(goal=goal, by=getattr(cast, first))
    assert goal.status == "proposed"
    acknowledge(goal=goal, by=getattr(cast, other))
    assert goal.status == "agreed"
    assert goal.agreed_at is not None


@pytest.mark.parametrize("who", ["teammate", "other_supervisor", "hr", "stranger", "executive"])
def test_a_goal_is_between_the_two(cast: Cast, who: str) -> None:
    goal = propose(goal=draft(agent=cast.agent), by=cast.supervisor)
    for attempt in (acknowledge, withdraw):
        with pytest.raises(Refused, match="between the agent and the supervisor"):
            attempt(goal=goal, by=cast.fresh(who))
    assert again(goal).status == "proposed"


def test_an_edit_asks_the_other_side_again(cast: Cast) -> None:
    goal = propose(goal=draft(agent=cast.agent), by=cast.agent)
    goal.target = Decimal(97)
    goals.change(goal=goal, by=cast.supervisor)
    assert [each.person for each in goal.acknowledgements.all()] == [cast.supervisor]
    acknowledge(goal=goal, by=cast.agent)
    assert goal.status == "agreed"
    goal.target = Decimal(50)
    with pytest.raises(Refused, match="stays as it is"):
        goals.change(goal=goal, by=cast.supervisor)
    assert again(goal).target == 97


def test_withdrawing(cast: Cast) -> None:
    goal = agreed(cast)
    with pytest.raises(Refused, match="talk to them"):
        withdraw(goal=goal, by=cast.agent)
    with pytest.raises(Refused, match="Write why"):
        withdraw(goal=goal, by=cast.supervisor)
    withdraw(goal=goal, by=cast.supervisor, note="New work from Monday on.")
    assert goal.status == "withdrawn"
    with pytest.raises(Refused, match="is over"):
        acknowledge(goal=goal, by=cast.agent)
    own = propose(goal=draft(agent=cast.agent), by=cast.agent)
    assert withdraw(goal=own, by=cast.agent).status == "withdrawn"


def test_only_a_leader_sets_a_teams_goal(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only a supervisor or manager"):
        propose(goal=draft(team=cast.alpha), by=cast.agent)
    goal = propose(goal=draft(team=cast.alpha, points=50), by=cast.supervisor)
    assert goal.status == "agreed"
    acknowledge(goal=goal, by=cast.teammate)
    assert goal.acknowledgements.count() == 2
    assert side_of(goal, cast.stranger) is None


def test_what_a_goal_must_be(cast: Cast) -> None:
    for fields in (
        {"agent": cast.agent, "team": cast.alpha},
        {"agent": cast.agent, "target": None},
        {"agent": cast.agent, "ends_on": MONDAY - timedelta(days=1)},
        {"agent": cast.agent, "points": 10},
    ):
        with pytest.raises(ValidationError):
            propose(goal=draft(**fields), by=cast.supervisor)
    assert not Goal.objects.exists()


def test_the_night_measures_and_closes_without_anything_new(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    goal = agreed(cast, target=Decimal(90))
    night(as_of=MONDAY)
    goal = again(goal)
    assert [goal.status, goal.numerator, goal.denominator] == ["agreed", 11, 12]
    assert goal.measured_on == MONDAY
    night(as_of=SUNDAY)
    goal = again(goal)
    assert (goal.status, goal.outcome, goal.closed_on) == ("closed", "reached", SUNDAY)
    assert goal.progress == 1


def test_a_late_fact_changes_the_outcome_of_a_closed_goal(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    goal = agreed(cast, target=Decimal(90))
    night()
    bring_in(tmp_path, [ticket(0, version=2, rating=1)], name="late.csv")
    night(as_of=SUNDAY + timedelta(days=3))
    goal = again(goal)
    assert [goal.outcome, goal.numerator, goal.closed_on] == ["missed", 10, SUNDAY]


def test_a_goal_that_was_never_agreed_lapses(cast: Cast) -> None:
    goal = propose(goal=draft(agent=cast.agent), by=cast.agent)
    night()
    assert (again(goal).status, again(goal).outcome) == ("closed", "lapsed")


def test_too_little_data_is_neither_reached_nor_missed(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    few = agreed(cast, target=Decimal(50), least=13)
    none = agreed(cast, kpi=Kpi.objects.get(key="nps"), target=Decimal(10), op=">")
    night()
    assert (again(few).outcome, again(none).outcome) == ("unmeasured", "unmeasured")


def test_a_teams_result_gives_everyone_points_and_takes_them_back(
    cast: Cast, tmp_path: Path
) -> None:
    bring_in(tmp_path, name="first.csv")
    goal = agreed(cast, agent=None, team=cast.alpha, target=Decimal(95), points=40)
    night()
    assert again(goal).outcome == "reached"
    assert (points(cast.agent), points(cast.teammate), points(cast.stranger)) == (40, 40, 0)
    bring_in(tmp_path, [ticket(0, version=2, rating=1)], name="late.csv")
    night(as_of=SUNDAY + timedelta(days=1))
    assert again(goal).outcome == "missed"
    assert (points(cast.agent), points(cast.teammate)) == (0, 0)
    back = PointEntry.objects.filter(agent=cast.agent, kind="goal").order_by("pk")
    assert [entry.amount for entry in back] == [40, -40]
    assert back[1].reverses == back[0]
    entries = PointEntry.objects.count()
    night(as_of=SUNDAY + timedelta(days=2), everything=True)
    assert PointEntry.objects.count() == entries


def test_words_are_assessed_by_the_supervisor(cast: Cast) -> None:
    goal = agreed(cast, kpi=None, target=None, title="Mentor a newcomer")
    night()
    goal = again(goal)
    assert goal.waits_for_assessment
    with pytest.raises(Refused, match="The supervisor says"):
        assess(goal=goal, by=cast.agent, reached=True, note="Done.")
    with pytest.raises(Refused, match="Write in a sentence"):
        assess(goal=goal, by=cast.supervisor, reached=True, note="")
    assess(goal=goal, by=cast.supervisor, reached=True, note="Six hours with Lin.")
    assert [goal.outcome, goal.progress] == ["reached", 1]
    with pytest.raises(Refused, match="cannot be assessed"):
        assess(goal=agreed(cast), by=cast.supervisor, reached=True, note="No.")


def of(**fields: object) -> Goal:
    values: dict[str, object] = {"op": ">=", "target": Decimal(90), "denominator": Decimal(10)}
    return Goal(**(values | fields))


@pytest.mark.parametrize(
    ("goal", "progress"),
    [
        (of(value=None), None),
        (of(value=Decimal(90)), 1),
        (of(value=Decimal("89.99999")), Decimal("0.9999")),
        (of(value=Decimal(85), baseline=Decimal(80)), Decimal("0.5")),
        (of(value=Decimal(75), baseline=Decimal(80)), 0),
        (of(value=Decimal(45)), Decimal("0.5")),
        (of(value=Decimal(90), op=">"), Decimal("0.9999")),
        (of(value=Decimal(60), target=Decimal(30), op="<=", baseline=Decimal(90)), Decimal("0.5")),
        (of(value=Decimal(45), target=Decimal(30), op="<="), Decimal("0.5")),
        (of(value=Decimal(30), target=Decimal(30), op="<="), 1),
        (of(value=Decimal(30), target=Decimal(30), op="<"), Decimal("0.9999")),
        (of(value=Decimal(30), target=Decimal(120), denominator=None), Decimal("0.25")),
        (of(value=Decimal(5), target=Decimal(0), op="<=", denominator=None), 0),
    ],
)
def test_progress(goal: Goal, progress: Decimal | None) -> None:
    assert progress_of(goal) == progress


def test_the_figure_from_before_is_kept_with_the_agreement(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    goal = agreed(cast, starts_on=MONDAY + timedelta(days=7), ends_on=SUNDAY + timedelta(days=7))
    assert goal.baseline == pytest.approx(Decimal(1100) / 12, abs=Decimal("0.000001"))


def test_late_facts_from_before_a_goal_reach_it(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    week = timedelta(days=7)
    goal = agreed(cast, starts_on=MONDAY + week, ends_on=SUNDAY + week, target=Decimal(99))
    night(as_of=SUNDAY + week)
    assert again(goal).status == "closed"
    bring_in(tmp_path, [ticket(0, version=2, rating=1)], name="late.csv")
    night(as_of=SUNDAY + 2 * week)
    assert again(goal).baseline == pytest.approx(Decimal(1000) / 12, abs=Decimal("0.000001"))


def test_a_goals_points_are_on_the_boards_of_the_same_night(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    agreed(cast, agent=None, team=cast.alpha, target=Decimal(50), points=40)
    night()
    assert points(cast.agent) == 40
    assert wrong_standings() == 0


def test_days_left() -> None:
    goal = of(starts_on=MONDAY, ends_on=SUNDAY)
    assert goal.days_left(date(2026, 10, 1)) == 7
    assert goal.days_left(SUNDAY) == 1
    assert goal.days_left(SUNDAY + timedelta(days=1)) == 0
