"""A supervisor's home: own teams only, who needs attention and why, what waits, what is left to give."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from dashboards.homes.attention import WaitingWork, unrewarded_sign, work_signs
from dashboards.homes.supervisor import SupervisorHome, supervisor_home
from incentives.org.models import Company, Person
from scoring.figures.windows import Period, first_day
from scoring.goals.operations import propose
from scoring.models import AgentDay, Appeal, AwardBudget, Channel, Goal
from tests.dashboards.test_agent_home import _lost, score
from tests.org.cast import Cast
from tests.scoring.board_data import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


def _home(cast: Cast, today: date, name: str = "supervisor") -> SupervisorHome:
    return supervisor_home(cast.fresh(name), today=today)


def _fall(person: Person, today: date) -> None:
    monday = first_day(Period.WEEK, today)
    for back, points in enumerate(("80", "90", "90", "90")):
        score(person, "week", monday - timedelta(weeks=back), points)


def _appeal(person: Person, today: date) -> Appeal:
    return Appeal.objects.create(
        agent=person,
        about="score",
        period="month",
        day=first_day(Period.MONTH, today),
        text="Not mine.",
        due_on=today + timedelta(days=3),
    )


def test_a_supervisor_never_sees_another_team(cast: Cast, today: date, client: Client) -> None:
    for person in (cast.agent, cast.stranger):
        _fall(person, today)
        _appeal(person, today)
    for name, own, other in (
        ("supervisor", "Agent", "Stranger"),
        ("other_supervisor", "Stranger", "Agent"),
    ):
        client.force_login(cast.fresh(name))
        answer = client.get("/")
        assert [row.person.display_name for row in answer.context["page"].attention] == [own]
        main = answer.content.decode().partition("<main")[2]
        assert f"<b>{own}</b>" in main
        assert other not in main


def test_each_sign_has_its_figure_its_reason_and_a_next_step(cast: Cast, today: date) -> None:
    _fall(cast.agent, today)
    items = [_lost("csat", "6.1", "84")]
    score(cast.agent, "month", first_day(Period.MONTH, today), "84", items)
    appeal = _appeal(cast.agent, today)
    signs = _home(cast, today).attention[0].signs
    assert [sign.kind for sign in signs] == ["fall", "appeal"]
    assert "10.0 below" in signs[0].text
    assert "−6.1" in signs[0].text
    assert f"/why/{cast.agent.pk}/" in signs[0].url
    assert signs[1].url == f"/appeals/{appeal.pk}/"
    assert all(sign.step.endswith(".") for sign in signs)


def test_a_figure_at_the_scorecards_floor_is_named(cast: Cast, today: date) -> None:
    item = _lost("fcr", "20", "41") | {"item_score": "0"}
    score(cast.agent, "month", first_day(Period.MONTH, today), "81", [item])
    (sign,) = _home(cast, today).attention[0].signs
    assert sign.kind == "floor"
    assert "41.0 %" in sign.text


def _work(today: date, *back: int, occupancy: int | None = None) -> WaitingWork:
    days = frozenset(today - timedelta(days=each) for each in back)
    return WaitingWork(max(days), days, 40, None if occupancy is None else Decimal(occupancy))


@pytest.mark.parametrize(
    ("back", "occupancy", "kinds"),
    [
        (range(7), None, ["streak"]),
        (range(6), None, []),
        ((0, 1, 2, 4, 5, 6, 7, 8), None, []),
        (range(1, 8), None, ["streak"]),
        ((0,), 85, []),
        ((0,), 86, ["busy"]),
        ((4,), None, []),
        ((5,), None, ["silent"]),
    ],
)
def test_overload_and_absence_have_limits(
    db: None, back: range, occupancy: int | None, kinds: list[str]
) -> None:
    today = date(2026, 11, 20)
    signs = work_signs(_work(today, *back, occupancy=occupancy), today=today, url="")
    assert [sign.kind for sign in signs] == kinds


def test_three_days_of_work_without_points_are_a_sign(cast: Cast, today: date) -> None:
    assert unrewarded_sign(_work(today, 0, 1), today=today, agent=1) is None
    assert unrewarded_sign(_work(today, 0, 1, 2), today=today, agent=1) is not None
    phone = Channel.objects.get(key="phone")
    for back in range(3):
        for person in (cast.agent, cast.teammate):
            AgentDay.objects.create(
                agent=person,
                team=cast.alpha,
                day=today - timedelta(days=back),
                channel=phone,
                handled=5,
            )
    assert _home(cast, today).attention == []  # nobody has points: the rules are not in use yet
    give(cast.teammate, 5, today)
    (row,) = _home(cast, today).attention
    assert (row.person, row.signs[0].kind) == (cast.agent, "unrewarded")


def test_what_waits_is_listed_until_it_is_answered(cast: Cast, today: date) -> None:
    days = {"starts_on": today, "ends_on": today + timedelta(days=9)}
    own = propose(goal=Goal(agent=cast.agent, title="Mine", **days), by=cast.fresh("agent"))
    propose(goal=Goal(agent=cast.teammate, title="Yours", **days), by=cast.fresh("supervisor"))
    _appeal(cast.agent, today)
    inbox = _home(cast, today).inbox
    assert (inbox.many, inbox.many_appeals) == (2, 1)
    assert [each.title for each in inbox.goals] == ["Agent: Mine"]
    assert inbox.goals[0].url == f"/goals/{own.pk}/"
    assert _home(cast, today, "other_supervisor").inbox.many == 0


def test_the_budget_is_shown_without_being_made(cast: Cast, today: date, client: Client) -> None:
    client.force_login(cast.fresh("supervisor"))
    assert "600 of 600 left" in client.get("/").content.decode()
    assert not AwardBudget.objects.exists()
    AwardBudget.objects.create(
        person=cast.supervisor, month=today.replace(day=1), points=80, spent=80
    )
    page = client.get("/").content.decode()
    assert "0 of 80 left" in page
    assert "Ask a manager for more" in page


def test_without_a_team_the_page_says_what_will_come(cast: Cast, client: Client) -> None:
    lonely = cast.stranger
    lonely.memberships.all().delete()
    lonely.role_grants.create(role="supervisor")
    client.force_login(cast.fresh("stranger"))
    assert "You lead no team yet" in client.get("/").content.decode()
