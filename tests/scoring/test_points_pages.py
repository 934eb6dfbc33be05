"""Pages of points: what they tell to whom, what they do, and what they refuse."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from incentives.org.models import Person
from scoring.models import PointEntry, PointRule, Season
from scoring.points import awards, seasons
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, earn, night, points, work


def given(cast: Cast) -> PointEntry:
    return awards.award(
        by=cast.supervisor, agent=cast.agent, amount=5, reason="Stayed calm for hours.", on=MONDAY
    )


def test_drafts_are_for_editors_only(cast: Cast, client: Client) -> None:
    draft = PointRule.objects.create(
        key="draft", name_en="Draft", per="unit", expression="handled", amount=1, starts_on=MONDAY
    )
    url = reverse("scoring:point_rule", args=[draft.pk])
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
