"""Every page of points, for every role: allowed, forbidden, unseen, wrong method, no inline code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import DjangoAssertNumQueries

from incentives.org.models import Person
from scoring.models import PointEntry, PointRule, Season
from scoring.points import awards, seasons
from scoring.points import urls as urls_points
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast
from tests.org.test_pages import ROLES
from tests.scoring.points_data import MONDAY, after, earn, night, points, work

EVERYONE = dict.fromkeys(ROLES, 200)
EDITORS = {"manager": 200, "administrator": 200}
CHANGERS = dict.fromkeys(EDITORS, 302)
# A draft that is for everyone is not there for the manager of one site.
OF_A_DRAFT = {"site_manager": 404}
MANAGERS = {"manager": 200, "site_manager": 200}
SETTERS = {**MANAGERS, "administrator": 200}
GIVERS = {**MANAGERS, "supervisor": 200, "other_supervisor": 200}
LEADERS = dict.fromkeys(("agent", "supervisor", "site_manager", "manager", "hr", "executive", "administrator"), 200)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One address: method, what stands in it, form, the answer for each role (403 if not named)."""

    name: str
    method: str = "get"
    of: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    otherwise: int = 403


PAGES = [
    Page("points", answers=dict.fromkeys(ROLES, 302)),
    Page("points_of", of="agent", answers=LEADERS, otherwise=404),
    Page("award_points", answers=GIVERS),
    Page(
        "take_back_award",
        of="award",
        answers={**GIVERS, "administrator": 200, "other_supervisor": 404},
    ),
    Page("decisions", answers={**GIVERS, "administrator": 200}),
    Page(
        "decision",
        of="decision",
        answers={
            **GIVERS,
            "administrator": 200,
            "other_supervisor": 404,
        },
    ),
    Page("award_budgets", answers=SETTERS),
    Page("set_award_budget", "post", "supervisor", {"points": "50"}, dict.fromkeys(SETTERS, 302)),
    Page("point_limits", answers={"administrator": 200}),
    Page("point_rules", answers=EVERYONE),
    Page("point_rule_new", answers={**EDITORS, "site_manager": 200}),
    Page("point_rule", of="rule", answers=EVERYONE),
    Page("point_rule_edit", of="draft", answers=EDITORS | OF_A_DRAFT),
    Page("point_rule_publish", "post", "draft", answers=CHANGERS | OF_A_DRAFT),
    Page("point_rule_version", "post", "rule", answers=CHANGERS),
    Page("point_rule_end", "post", "rule", {"on": "2027-03-02"}, CHANGERS),
    Page("point_rule_delete", "post", "draft", answers=CHANGERS | OF_A_DRAFT),
    Page("seasons", answers=EVERYONE),
    Page("season_new", answers=EDITORS),
    Page("season", of="season", answers=EVERYONE),
    Page("season_edit", of="season", answers=EDITORS),
    Page("season_close", "post", "season", answers=CHANGERS),
]
by_name = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def address(cast: Cast, page: Page) -> str:
    makers: dict[str, Callable[[], Any]] = {
        "rule": lambda: PointRule.objects.get(key="hard_case"),
        "draft": lambda: PointRule.objects.create(
            key="draft", name_en="Draft", per="unit", expression="handled", amount=1,
            starts_on=MONDAY,
        ),
        "season": lambda: Season.objects.create(name="One", starts_on=MONDAY, ends_on=after(6)),
        "award": lambda: given(cast),
        "decision": lambda: given(cast).decision,
    }  # fmt: skip
    if not page.of:
        return reverse(f"scoring:{page.name}")
    found = makers[page.of]() if page.of in makers else getattr(cast, page.of)
    return reverse(f"scoring:{page.name}", args=[found.pk])


def given(cast: Cast) -> PointEntry:
    return awards.award(
        by=cast.supervisor, agent=cast.agent, amount=5, reason="Stayed calm for hours.", on=MONDAY
    )


def test_the_list_of_pages_is_complete() -> None:
    named = {each.name for each in urls_points.urlpatterns if isinstance(each, URLPattern)}
    assert named == {page.name for page in PAGES}


@by_name
def test_each_role_gets_the_answer_that_it_may_have(cast: Cast, client: Client, page: Page) -> None:
    url = address(cast, page)
    assert reverse("account_login") in getattr(client, page.method)(url)["Location"]
    found = {}
    for role in cast.in_turn(client, ROLES):
        answer = getattr(client, page.method)(url, page.data)
        found[role] = answer.status_code
        if answer.status_code == 200:
            assert_no_inline(answer.content.decode())
    assert found == {role: page.answers.get(role, page.otherwise) for role in ROLES}
    client.force_login(cast.manager)
    assert client.put(url).status_code == 405


def test_drafts_are_for_editors_only(cast: Cast, client: Client) -> None:
    url = address(cast, Page("point_rule", of="draft"))
    client.force_login(cast.agent)
    assert client.get(url).status_code == 404
    assert "Draft" not in client.get(reverse("scoring:point_rules")).content.decode()


def test_a_ledger_tells_every_entry_with_its_reason(cast: Cast, client: Client) -> None:
    work(cast.agent, MONDAY, hard_solved=6)
    night(MONDAY, (cast.agent, MONDAY))
    given(cast)
    client.force_login(cast.agent)
    shown = client.get(reverse("scoring:points_of", args=[cast.agent.pk])).content.decode()
    for words in ("6 × 50 points", "50 more lay beyond the daily limit", "Stayed calm for hours."):
        assert words in shown


def test_a_supervisor_gives_points_in_a_minute(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    url = reverse("scoring:award_points")
    form = client.get(url, {"agent": cast.agent.pk}).context["form"]
    data = {
        "agent": cast.agent.pk, "amount": 50, "token": form["token"].value(),
        "reason": "Explained the new product to the team.",
    }  # fmt: skip
    assert [client.post(url, data).status_code for _twice in range(2)] == [302, 302]
    assert points(cast.agent) == 50
    refused = client.post(url, {**data, "token": "", "amount": 50})
    assert refused.status_code == 422
    other = client.get(url).context["form"]["token"].value()
    refused = client.post(url, {**data, "token": other, "amount": 501})
    assert "at most 500 points" in refused.content.decode()


def test_an_archive_shows_the_top_and_ones_own_place_but_no_bottom(
    cast: Cast, client: Client
) -> None:
    from tests.factories import PersonFactory

    people: list[Person] = [PersonFactory(team=cast.alpha) for _number in range(20)]
    for number, agent in enumerate([*people, cast.agent]):
        earn(agent, 100 - number, MONDAY, key=f"q{number}")
    season = Season.objects.create(name="One", starts_on=MONDAY, ends_on=after(6))
    seasons.close_season(season=season, by=None, today=after(7))
    client.force_login(people[13])
    context = client.get(reverse("scoring:season", args=[season.pk])).context
    assert [result.rank for result in context["top"]] == list(range(1, 11))
    assert [result.rank for result in context["around"]] == [12, 13, 14, 15, 16]


QUERIES = {
    "point_rules": 12,
    "points_of": 20,
    "seasons": 10,
    "award_budgets": 16,
    "decisions": 16,
}


@pytest.mark.parametrize("name", QUERIES)
def test_pages_ask_few_questions_however_much_they_show(
    cast: Cast, client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(20):
        work(cast.agent, after(day), hard_solved=2, praises=1)
    night(after(20), everything=True)
    client.force_login(cast.manager)
    args = [cast.agent.pk] if name == "points_of" else []
    with django_assert_max_num_queries(QUERIES[name]):
        client.get(reverse(f"scoring:{name}", args=args))


def test_points_on_the_command_line(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    work(cast.agent, MONDAY, hard_solved=1, praises=2)
    night(MONDAY, (cast.agent, MONDAY))
    call_command("points", by="agent", period="week", format="csv")
    assert capsys.readouterr().out == (
        "period,key,name,points,entries\n2026-W10,agent,Agent,110,2\n"
    )
    call_command("points", by="rule", period="all", format="csv", agent=["agent"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["all,good_review,Good review,60,1", "all,hard_case,Hard case solved,50,1"]
    with pytest.raises(CommandError):
        call_command("points", by="agent", period="day", start="2026-03-09", end="2026-03-02")
