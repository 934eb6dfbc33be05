"""Leaderboard pages: who sees which lines, names on boards, the editor and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from incentives.org.models import Membership, Person
from scoring.boards.lists import lines_for, top
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.models import BoardAlias, Kpi, Leaderboard, Season
from scoring.points.seasons import close_season
from tests.factories import PersonFactory
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.board_data import MONDAY, board, give

pytestmark = pytest.mark.django_db

EVERYONE = (
    "agent", "teammate", "stranger", "supervisor", "other_supervisor", "site_manager", "manager",
    "hr", "executive", "administrator",
)  # fmt: skip
EDITORS = {"manager", "administrator"}
MAKERS = EDITORS | {"site_manager"}
READING = ("boards", "board")
EDITING = ("board_new", "board_edit")


@pytest.fixture
def ranked(cast: Cast) -> Leaderboard:
    """Thirty people of alpha, the best with 300 points, and the agent in the twelfth place."""
    Leaderboard.objects.all().delete()
    weekly = board(period="week", key="weekly", shown=3)
    people = [PersonFactory(display_name=f"P{n:02}", team=cast.alpha) for n in range(29)]
    people.insert(11, cast.agent)
    for number, person in enumerate(people):
        give(person, 300 - 10 * number, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    return Leaderboard.objects.get(pk=weekly.pk)


def _address(page: str) -> str:
    return reverse(f"scoring:{page}", args=["weekly"] if page in ("board", "board_edit") else [])


@pytest.mark.parametrize("page", [*READING, *EDITING])
def test_each_page_opens_for_those_who_may_see_it(
    client: Client, cast: Cast, ranked: Leaderboard, page: str
) -> None:
    editors = MAKERS if page == "board_new" else EDITORS
    for name in cast.in_turn(client, EVERYONE):
        expected = 403 if page in EDITING and name not in editors else 200
        assert (name, client.get(_address(page)).status_code) == (name, expected)


def test_visitors_are_sent_to_sign_in(client: Client, ranked: Leaderboard) -> None:
    for page in (*READING, *EDITING):
        answer = client.get(_address(page))
        assert (page, answer.status_code) == (page, 302)
        assert answer["Location"].startswith(reverse("account_login"))


def test_pages_take_only_their_methods(client: Client, cast: Cast, ranked: Leaderboard) -> None:
    client.force_login(cast.fresh("manager"))
    for page in READING:
        assert client.post(_address(page)).status_code == 405
    assert client.get(reverse("scoring:board_name")).status_code == 405
    assert client.get(reverse("scoring:board_archive", args=["weekly"])).status_code == 405


def test_a_board_of_another_team_or_site_does_not_exist(
    client: Client, cast: Cast, ranked: Leaderboard
) -> None:
    for limit in ({"team": cast.beta, "site": None}, {"team": None, "site": cast.south}):
        Leaderboard.objects.filter(key="weekly").update(**limit)
        for name, status in (("agent", 404), ("stranger", 200), ("manager", 200)):
            client.force_login(cast.fresh(name))
            assert client.get(_address("board")).status_code == status


def test_an_agent_sees_the_top_and_the_own_neighbourhood(cast: Cast, ranked: Leaderboard) -> None:
    lines = lines_for(ranked, cast.fresh("agent"), starts_on=MONDAY)
    assert [line.rank for line in lines.top] == [1, 2, 3]
    assert [(line.rank, line.me) for line in lines.near] == [
        (10, False),
        (11, False),
        (12, True),
        (13, False),
        (14, False),
    ]
    assert lines.gap
    assert lines.next_text == "10 points to the next place."


@pytest.mark.parametrize(
    ("name", "seen"), [("P22", [22, 23, 24]), ("P26", [28]), ("P28", [30]), ("P00", [])]
)
def test_nobody_sees_the_last_fifth(
    cast: Cast, ranked: Leaderboard, name: str, seen: list[int]
) -> None:
    person = Person.objects.get(display_name=name)
    lines = lines_for(ranked, person, starts_on=MONDAY)
    assert [line.rank for line in lines.near] == seen


def test_a_short_list_does_not_show_its_end_either(cast: Cast, ranked: Leaderboard) -> None:
    Leaderboard.objects.update(shown=30)
    ranked.refresh_from_db()
    for name in ("agent", "manager"):
        lines = lines_for(ranked, cast.fresh(name), starts_on=MONDAY)
        assert [line.rank for line in lines.lines] == list(range(1, 25))


def test_a_team_is_not_called_you(client: Client, cast: Cast) -> None:
    Leaderboard.objects.all().delete()
    board(subject="team", period="week", key="weekly")
    for person in (cast.agent, cast.teammate, PersonFactory(team=cast.alpha)):
        give(person, 5, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    client.force_login(cast.fresh("agent"))
    page = client.get(_address("board")).content.decode()
    assert "<b>Alpha</b>" in page
    assert "<b>You</b>" not in page


def test_a_board_for_each_team_shows_ones_own(client: Client, cast: Cast) -> None:
    Leaderboard.objects.all().delete()
    board(period="week", key="weekly", within="team")
    others = [(PersonFactory(team=cast.alpha), amount) for amount in (4, 3, 2)]
    for person, amount in ((cast.agent, 5), (cast.teammate, 7), (cast.stranger, 99), *others):
        give(person, amount, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    client.force_login(cast.fresh("agent"))
    shown = client.get(_address("board")).context["lines"]
    assert [(line.rank, line.name) for line in shown.top] == [(1, "Teammate"), (2, "Agent")]


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5, 9, 10, 14, 15, 16, 29])
def test_whom_a_list_does_not_name_it_does_not_name_by_elimination(
    client: Client, cast: Cast, people: int
) -> None:
    """Live and archived: unnamed are at least three and the last fifth, or two beside the reader."""
    Leaderboard.objects.all().delete()
    board(period="season", key="weekly", shown=50)
    season = Season.objects.create(name="S", starts_on=MONDAY, ends_on=MONDAY)
    listed = [PersonFactory(display_name=f"P{n:02}", team=cast.alpha) for n in range(people)]
    for place, person in enumerate(listed):
        give(person, 900 - place, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    close_season(season=season, by=None, today=MONDAY + timedelta(days=1))
    best = set(listed[: max(people - max(people // 5, 3), 0)])
    for reader in {listed[0], listed[people // 2], listed[-1], cast.teammate}:
        client.force_login(reader)
        live = client.get(_address("board"))
        named = {line.agent_id for line in live.context["lines"].lines}
        assert named == {each.pk for each in best} | ({reader.pk} & {each.pk for each in listed})
        assert "The list ends here" in live.content.decode()
        old = client.get(reverse("scoring:season", args=[season.pk]))
        kept = {each.agent_id for each in (*old.context["top"], *old.context["around"])}
        assert kept <= named
        assert {reader.pk} & named <= kept
        assert "The list ends here" in old.content.decode()
        cards = client.get(reverse("scoring:boards")).context["cards"]
        assert {line.agent_id for card in cards for line in card.leaders} <= named


def test_a_leader_cannot_tell_the_last_one_from_those_they_lead(
    client: Client, cast: Cast, ranked: Leaderboard
) -> None:
    last = Person.objects.get(display_name="P28")
    Membership.objects.filter(person=last).update(team=cast.beta)
    Leaderboard.objects.update(shown=50)
    client.force_login(cast.fresh("supervisor"))
    lines = client.get(_address("board") + "?team=all").context["lines"]
    assert [line.rank for line in lines.lines] == list(range(1, 25))  # a last fifth of six
    for person in Person.objects.filter(display_name__in=["P20", "P22"]):
        Membership.objects.filter(person=person).update(team=cast.beta)
    lines = client.get(_address("board") + "?team=all").context["lines"]
    assert [line.rank for line in lines.lines] == list(range(1, 24))


def test_leaders_see_all_of_a_team_they_lead(
    client: Client, cast: Cast, ranked: Leaderboard
) -> None:
    client.force_login(cast.fresh("supervisor"))
    assert len(client.get(_address("board")).context["team_lines"]) == 30
    client.force_login(cast.fresh("other_supervisor"))
    answer = client.get(_address("board") + f"?team={cast.alpha.pk}")
    assert answer.context["team"] is None
    client.force_login(cast.fresh("manager"))
    answer = client.get(_address("board"))
    assert answer.context["team_lines"] is None
    assert [line.rank for line in answer.context["lines"].lines] == [1, 2, 3]


def test_the_period_stands_in_the_address(client: Client, cast: Cast, ranked: Leaderboard) -> None:
    for person, points in ((cast.agent, 5), *((PersonFactory(), n) for n in (4, 3, 2))):
        give(person, points, MONDAY - timedelta(days=1))
    refresh_boards(Changes(as_of=MONDAY))
    client.force_login(cast.fresh("agent"))
    answer = client.get(_address("board") + f"?on={MONDAY - timedelta(days=3)}")
    assert [line.text for line in answer.context["lines"].top] == ["5"]
    assert answer.context["later"] == MONDAY
    for nonsense in ("?on=yesterday", "?on=1900-01-01", "?team=x"):
        assert client.get(_address("board") + nonsense).status_code == 200


def test_a_name_on_boards_hides_the_real_one_from_everyone_else(
    client: Client, cast: Cast, ranked: Leaderboard
) -> None:
    client.force_login(cast.fresh("agent"))
    answer = client.post(reverse("scoring:board_name"), {"name": "Quiet  Heron"})
    assert answer.status_code == 302
    assert BoardAlias.objects.get().name == "Quiet Heron"
    for name in ("teammate", "supervisor", "manager"):
        client.force_login(cast.fresh(name))
        page = client.get(_address("board") + f"?team={cast.alpha.pk}").content.decode()
        assert ">Agent<" not in tight(page)
    client.force_login(cast.fresh("agent"))
    own = client.get(_address("board")).context["lines"].own
    assert (own.rank, own.me, own.name) == (12, True, "Agent")
    neighbour = Person.objects.get(display_name="P11")
    near = lines_for(ranked, neighbour, starts_on=MONDAY).near
    assert ("Quiet Heron", None) in [(line.name, line.agent_id) for line in near]
    client.post(reverse("scoring:board_name"), {"name": ""})
    assert not BoardAlias.objects.exists()


def test_nobody_appears_as_someone_else(client: Client, cast: Cast, ranked: Leaderboard) -> None:
    BoardAlias.objects.create(person=cast.stranger, name="Quiet Heron")
    client.force_login(cast.fresh("agent"))
    for name in ("Teammate", "quiet heron", "x", "a" * 31):
        assert client.post(reverse("scoring:board_name"), {"name": name}).status_code == 422
    assert BoardAlias.objects.count() == 1


NEW = {
    "name_en": "Stars of the chat",
    "name_zh": "",
    "subject": "agent",
    "by": "points",
    "period": "week",
    "listing": "best",
    "within": "company",
    "league": "all",
    "least": "0",
    "shown": "10",
}


def _post(client: Client, **changes: Any) -> Any:
    return client.post(reverse("scoring:board_new"), NEW | changes)


def test_a_new_board_is_filled_at_once(client: Client, cast: Cast, ranked: Leaderboard) -> None:
    client.force_login(cast.fresh("manager"))
    assert _post(client).status_code == 302
    made = Leaderboard.objects.get(key="stars-of-the-chat")
    assert [row.rank for row in top(made, 2, starts_on=MONDAY)] == [1, 2]
    assert made.entered_on is None
    refresh_boards(Changes(as_of=MONDAY))
    assert Leaderboard.objects.get(pk=made.pk).entered_on == MONDAY


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"listing": "lowest"}, "listing", "shames"),
        ({"listing": "shares"}, "listing", "losers"),
        ({"name_en": "Worst of the week"}, "name_en", "end of a list"),
        ({"name_zh": "末位名单"}, "name_zh", "end of a list"),
        ({"shown": "51"}, "shown", "50"),
        ({"by": "kpi"}, "kpi", "Choose the KPI"),
        ({"by": "kpi", "kpi": "occupancy"}, "kpi", "band"),
        ({"by": "kpi", "kpi": "service_level"}, "kpi", "teams only"),
        ({"by": "score", "period": "season"}, "period", "days, weeks and months"),
        ({"league": "improved", "period": "all"}, "period", "beginning"),
        ({"normalised": "on"}, "normalised", "Only teams"),
        ({"subject": "team", "within": "team"}, "within", "all together"),
        ({"subject": "team", "league": "newcomers"}, "league", "for people"),
        ({"subject": "team", "by": "score", "normalised": "on"}, "normalised", "do not grow"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    client: Client,
    cast: Cast,
    ranked: Leaderboard,
    changes: dict[str, str],
    field: str,
    reason: str,
) -> None:
    if "kpi" in changes:
        found = Kpi.objects.get(key=changes["kpi"])
        if changes["kpi"] == "service_level":
            Kpi.objects.filter(pk=found.pk).update(level="team")
        changes = changes | {"kpi": str(found.pk)}
    client.force_login(cast.fresh("manager"))
    answer = _post(client, **changes)
    assert answer.status_code == 422
    assert reason in str(answer.context["form"].errors[field])
    assert not Leaderboard.objects.filter(key="stars-of-the-chat").exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"by": "kpi", "kpi": "handled"}, "rushing"),
        ({"by": "kpi", "kpi": "csat"}, "single contact"),
        ({"by": "kpi", "kpi": "complaint_rate", "least": "20"}, "guilty"),
        ({"shown": "25"}, "more than half"),
        ({"period": "all"}, "never catch up"),
        ({"subject": "team"}, "largest team"),
    ],
)
def test_a_preview_warns_and_keeps_nothing(
    client: Client, cast: Cast, ranked: Leaderboard, changes: dict[str, str], reason: str
) -> None:
    if "kpi" in changes:
        changes = changes | {"kpi": str(Kpi.objects.get(key=changes["kpi"]).pk)}
    client.force_login(cast.fresh("manager"))
    answer = _post(client, preview="1", **changes)
    assert answer.status_code == 200
    assert reason in " ".join(answer.context["warnings"])
    assert Leaderboard.objects.count() == 1
    assert ranked.standings.count() == 30


def test_a_preview_shows_the_first_lines(client: Client, cast: Cast, ranked: Leaderboard) -> None:
    client.force_login(cast.fresh("manager"))
    answer = _post(client, preview="1")
    assert [line.name for line in answer.context["preview"]] == [f"P{n:02}" for n in range(5)]


def test_a_board_is_archived_and_brought_back(
    client: Client, cast: Cast, ranked: Leaderboard
) -> None:
    address = reverse("scoring:board_archive", args=["weekly"])
    client.force_login(cast.fresh("supervisor"))
    assert client.post(address, {"action": "archive"}).status_code == 403
    client.force_login(cast.fresh("manager"))
    client.post(address, {"action": "archive"})
    assert client.get(_address("board")).status_code == 404
    client.post(address, {"action": "restore"})
    assert client.get(_address("board")).status_code == 200


@pytest.mark.parametrize(("page", "most"), [("boards", 14), ("board", 14)])
def test_the_pages_ask_no_more_for_more_boards(
    client: Client,
    cast: Cast,
    ranked: Leaderboard,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    page: str,
    most: int,
) -> None:
    for number in range(8):
        board(period="week", key=f"more-{number}", within="team" if number % 2 else "company")
    refresh_boards(Changes(as_of=MONDAY))
    client.force_login(cast.fresh("agent"))
    with django_assert_max_num_queries(most):
        client.get(_address(page))
