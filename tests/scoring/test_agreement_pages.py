"""The pages of explanations, goals and appeals: every role, both languages, forms and their errors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.goals.operations import propose
from scoring.models import Appeal, Goal, Kpi, Score, Source, Ticket
from tests.dashboards.test_csp import assert_no_inline
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.appeal_data import contest, grant, void
from tests.scoring.test_goals import agreed, draft
from tests.scoring.truth import MONDAY, bring_in, night, ticket

ROLES = (
    "agent", "teammate", "stranger", "supervisor", "other_supervisor", "site_manager", "manager",
    "hr", "executive", "administrator",
)  # fmt: skip
LEADING = {"supervisor": 200, "site_manager": 200, "manager": 200}
WATCHING = {"hr": 200, "executive": 200, "administrator": 200}


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    bring_in(tmp_path)
    night()
    return cast


def sign_in(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))


def get(client: Client, name: str, *arguments: object, **query: Any) -> Any:
    return client.get(reverse(f"scoring:{name}", args=arguments), query)


def test_who_opens_what(week: Cast, client: Client) -> None:
    appeal = contest(week)
    goal = propose(goal=draft(agent=week.agent, title="Mine"), by=week.agent)
    team = propose(goal=draft(team=week.alpha, title="Ours"), by=week.supervisor)
    for who in week.in_turn(client, ROLES):
        private = ({"agent": 200} | LEADING | WATCHING).get(who, 404)
        shared = 200 if private == 200 or who == "teammate" else 404
        asked = [
            ("explain", (week.agent.pk, MONDAY), private),
            ("goal", (goal.pk,), private),
            ("goal", (team.pk,), shared),
            ("appeal", (appeal.pk,), private),
            ("goals", (), 200),
            ("appeals", (), 200),
            ("goal_new", (), 200),
        ]
        for name, arguments, status in asked:
            response = get(client, name, *arguments)
            assert response.status_code == status, (name, who)
            if status == 200:
                assert_no_inline(response.content.decode())


def test_who_decides(week: Cast, client: Client) -> None:
    appeal = contest(week)
    data = {"decision": "granted", "parts": ["csat"], "reason": "It is true."}
    for who in week.in_turn(client, ROLES):
        response = client.post(reverse("scoring:appeal", args=[appeal.pk]), data)
        decided = who in LEADING
        seen = decided or who == "agent" or who in WATCHING
        assert response.status_code == (302 if decided else 422 if seen else 404), who
        appeal.refresh_from_db()
        assert appeal.is_open is not decided, who
        if decided:
            assert appeal.settled_at is not None
            assert Ticket.objects.get(external_id="T11").csat is None


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("goal_acknowledge", "supervisor", 302),
        ("goal_acknowledge", "hr", 422),
        ("goal_acknowledge", "teammate", 404),
        ("goal_withdraw", "agent", 302),
        ("goal_withdraw", "executive", 422),
        ("goal_withdraw", "stranger", 404),
        ("goal_assess", "agent", 422),
        ("goal_assess", "other_supervisor", 404),
    ],
)
def test_what_others_do_with_a_goal(
    week: Cast, client: Client, name: str, who: str, status: int
) -> None:
    goal = propose(goal=draft(agent=week.agent), by=week.agent)
    sign_in(client, week, who)
    address = reverse(f"scoring:{name}", args=[goal.pk])
    assert client.get(address).status_code == 405
    assert client.post(address, {"reached": "yes", "note": "Done."}).status_code == status


@pytest.mark.parametrize("name", ["appeal_withdraw", "appeal_hand_on"])
def test_only_those_concerned_move_an_appeal(week: Cast, client: Client, name: str) -> None:
    appeal = contest(week)
    address = reverse(f"scoring:{name}", args=[appeal.pk])
    for who in ("teammate", "other_supervisor"):
        sign_in(client, week, who)
        assert client.post(address).status_code == 404
    sign_in(client, week, "hr")
    client.post(address)
    appeal.refresh_from_db()
    assert (appeal.is_open, appeal.escalated_at) == (True, None)
    sign_in(client, week, {"appeal_withdraw": "agent", "appeal_hand_on": "supervisor"}[name])
    assert client.get(address).status_code == 405
    client.post(address)
    appeal.refresh_from_db()
    assert not appeal.is_open or appeal.escalated_at is not None


def test_the_explanation_of_a_day(week: Cast, client: Client) -> None:
    sign_in(client, week, "agent")
    assert get(client, "explain_own").url == reverse(
        "scoring:explain", args=[week.agent.pk, MONDAY]
    )
    page = get(client, "explain", week.agent.pk, MONDAY).content.decode()
    for text in ("Hard case solved", "2 × 50 = 100", "T11", "small sample", "Contest"):
        assert text in page, text
    for period in ("week", "month"):
        assert get(client, "explain", week.agent.pk, MONDAY, period=period).status_code == 200
    assert get(client, "explain", week.agent.pk, MONDAY, period="year").status_code == 404
    empty = get(client, "explain", week.agent.pk, MONDAY - timedelta(days=700)).content.decode()
    assert "Nothing was counted on these days" in empty


def test_someone_else_finds_no_link_to_contest(week: Cast, client: Client) -> None:
    sign_in(client, week, "supervisor")
    page = get(client, "explain", week.agent.pk, MONDAY).content.decode()
    assert "T11" in page
    assert "appeals/new" not in page


def test_someone_without_work_is_told_so(week: Cast, client: Client) -> None:
    sign_in(client, week, "hr")
    assert "appear here" in get(client, "explain_own").content.decode()


def test_chinese(week: Cast, client: Client) -> None:
    type(week.agent).objects.update(locale="zh-hans")
    sign_in(client, week, "agent")
    page = get(client, "explain", week.agent.pk, MONDAY).content.decode()
    assert "每个“疑难解决数”得 50 分" in page


def test_raising_an_appeal_from_the_page(week: Cast, client: Client) -> None:
    sign_in(client, week, "agent")
    query = f"?kind=tickets&source={Source.objects.get().pk}&id=T11&part=csat"
    address = reverse("scoring:appeal_new") + query
    assert 'value="csat"' in client.get(address).content.decode()
    assert client.post(address, {"what": "csat", "text": ""}).status_code == 422
    response = client.post(address, {"what": "csat", "text": "The courier was meant."})
    appeal = Appeal.objects.get()
    assert response.url == reverse("scoring:appeal", args=[appeal.pk])  # type: ignore[attr-defined]
    assert (appeal.about, appeal.part) == ("rating", "csat")
    again = client.post(address, {"what": "csat", "text": "Again."})
    assert (again.status_code, Appeal.objects.count()) == (422, 1)
    assert "contested this already" in again.content.decode()
    mine = client.post(address, {"what": "not_mine", "claimed_for": week.teammate.pk, "text": "x"})
    assert mine.status_code == 302
    assert Appeal.objects.get(about="attribution").claimed_for == week.teammate


def test_raising_about_a_score_and_claiming_a_ticket(week: Cast, client: Client) -> None:
    sign_in(client, week, "agent")
    score = Score.objects.get(agent=week.agent, period="week")
    address = reverse("scoring:appeal_new")
    assert (
        client.post(f"{address}?score={score.pk}", {"kpi": "csat", "text": "x"}).status_code == 302
    )
    assert Appeal.objects.get(about="score").kpi == Kpi.objects.get(key="csat")
    data = {"source": Source.objects.get().pk, "external_id": "T20", "text": "I took it."}
    assert client.post(f"{address}?claim=1", data).status_code == 302
    assert Appeal.objects.get(external_id="T20").claimed_for == week.agent
    missing = client.post(f"{address}?claim=1", data | {"external_id": "nope"})
    assert "There is no ticket “nope”" in missing.content.decode()


@pytest.mark.parametrize("query", ["", "?id=T20&source=1", "?score=1x", "?kind=queues&id=T11"])
def test_what_is_not_ones_own_is_not_there(week: Cast, client: Client, query: str) -> None:
    sign_in(client, week, "agent")
    assert client.get(reverse("scoring:appeal_new") + query).status_code == 404
    other = Score.objects.get(agent=week.teammate, period="day")
    assert client.get(reverse("scoring:appeal_new") + f"?score={other.pk}").status_code == 404


def test_the_inbox_and_its_count(week: Cast, client: Client) -> None:
    contest(week)
    sign_in(client, week, "supervisor")
    page = get(client, "appeals").content.decode()
    assert "To decide (1)" in page
    assert '<span class="count">1' in tight(page)
    sign_in(client, week, "other_supervisor")
    page = get(client, "appeals").content.decode()
    assert "Nothing waits for you" in page
    assert 'class="count"' not in page
    sign_in(client, week, "agent")
    assert "Satisfaction rating of ticket T11" in get(client, "appeals").content.decode()


def test_granting_a_score_appeal_by_its_tickets(week: Cast, client: Client, tmp_path: Path) -> None:
    from scoring.appeals.operations import raise_about_score

    bring_in(tmp_path, [ticket(n, version=2, contacts=3) for n in range(6)], name="slow.csv")
    night()
    score = Score.objects.get(agent=week.agent, period="month")
    appeal = raise_about_score(
        agent=week.agent, score=score, text="Line down.", on=week.agent.company_today,
        kpi=Kpi.objects.get(key="fcr"),
    )  # fmt: skip
    sign_in(client, week, "supervisor")
    address = reverse("scoring:appeal", args=[appeal.pk])
    assert "T11" in client.get(address).content.decode()
    source = Source.objects.get().pk
    nothing = client.post(address, {"decision": "granted", "reason": "Yes."})
    assert "Choose at least one ticket" in nothing.content.decode()
    forged = {"decision": "granted", "reason": "Yes.", "facts": [f"tickets|{source}|T20"]}
    assert client.post(address, forged).status_code == 422
    client.post(address, forged | {"facts": [f"tickets|{source}|T11"]})
    assert Ticket.objects.get(external_id="T11").first_contact is None


def test_the_answer_tells_what_it_did(week: Cast, client: Client) -> None:
    from scoring.appeals.settling import settle_now

    appeal = contest(week)
    settle_now(grant(appeal, week.supervisor, void()))
    sign_in(client, week, "agent")
    page = get(client, "appeal", appeal.pk).content.decode()
    assert "It is true." in page
    assert "Score of the month" in page


GOAL = {
    "title": "Ratings of 95 %", "target": "95", "op": ">=", "starts_on": "2026-11-01",
    "ends_on": "2099-01-01",
}  # fmt: skip


def test_proposing_a_goal_from_the_page(week: Cast, client: Client) -> None:
    today = week.agent.company_today
    days = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    sign_in(client, week, "agent")
    address = reverse("scoring:goal_new")
    kpi = Kpi.objects.get(key="csat").pk
    response = client.post(address, GOAL | days | {"kpi": kpi})
    goal = Goal.objects.get()
    assert response.status_code == 302
    assert (goal.agent, goal.status, goal.proposed_by) == (week.agent, "proposed", week.agent)
    sign_in(client, week, "supervisor")
    assert "waits for your yes" in get(client, "goals", of="people").content.decode()
    client.post(reverse("scoring:goal_acknowledge", args=[goal.pk]))
    goal.refresh_from_db()
    assert goal.status == "agreed"
    assert get(client, "goal_edit", goal.pk).status_code == 404


def test_what_a_goals_form_refuses(week: Cast, client: Client) -> None:
    today = week.agent.company_today
    days = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    kpi, of_team = Kpi.objects.get(key="csat").pk, Kpi.objects.get(key="abandon_rate").pk
    sign_in(client, week, "supervisor")
    address = reverse("scoring:goal_new")
    good = GOAL | days | {"kpi": kpi, "agent": week.agent.pk}
    for change, message in (
        ({"agent": ""}, "Choose a person or a team"),
        ({"team": week.alpha.pk}, "Choose a person or a team"),
        ({"agent": week.stranger.pk}, "Select a valid choice"),
        ({"target": ""}, "Which value is the goal?"),
        ({"kpi": ""}, "Choose the KPI that the target is for"),
        ({"kpi": of_team}, "This KPI is measured for teams"),
        ({"ends_on": "2020-01-01"}, "before the first day"),
        ({"ends_on": "2099-01-01"}, "Choose a year at most"),
        ({"points": "5"}, "Points belong to a team"),
        ({"title": ""}, "This field is required"),
    ):
        response = client.post(address, good | change)
        assert response.status_code == 422, change
        assert message in response.content.decode(), change
    assert not Goal.objects.exists()
    assert client.post(address, good).status_code == 302


def test_a_teams_goal_from_the_page(week: Cast, client: Client) -> None:
    today = week.agent.company_today
    days = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    sign_in(client, week, "supervisor")
    data = GOAL | days | {"team": week.alpha.pk, "points": 40, "kpi": Kpi.objects.get(key="nps").pk}
    assert client.post(reverse("scoring:goal_new"), data).status_code == 302
    sign_in(client, week, "teammate")
    page = get(client, "goals").content.decode()
    assert "Ratings of 95 %" in page


@pytest.mark.parametrize(
    ("name", "arguments", "who", "most"),
    [
        ("explain", "agent_day", "agent", 110),
        ("goals", "", "supervisor", 25),
        ("appeals", "", "supervisor", 25),
        ("appeal", "appeal", "supervisor", 45),
    ],
)
def test_the_number_of_queries_is_bounded(
    week: Cast, client: Client, name: str, arguments: str, who: str, most: int
) -> None:
    appeal = contest(week)
    agreed(week)
    given = {"agent_day": (week.agent.pk, MONDAY), "appeal": (appeal.pk,), "": ()}[arguments]
    sign_in(client, week, who)
    get(client, name, *given)
    with CaptureQueriesContext(connection) as queries:
        assert get(client, name, *given).status_code == 200
    assert len(queries) <= most
