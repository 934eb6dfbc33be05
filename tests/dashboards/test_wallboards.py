"""Screens on the wall: who makes them, what a link is worth, and what never stands there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards.models import Wallboard
from dashboards.wallboard import scenes
from dashboards.wallboard.links import open_link, replace_link, token_of
from dashboards.wallboard.results import week_scene
from incentives.capabilities import WallScene, declared
from incentives.org.disclosure import LEAST_IN_PUBLIC
from incentives.org.models import Company, Person, Team
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.models import BoardAlias, Channel, Kpi, Leaderboard, TeamDay
from scoring.points.awards import award
from scoring.points.reversals import take_back
from tests.dashboards.test_csp import assert_no_inline
from tests.factories import PersonFactory
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.board_data import board, give

pytestmark = pytest.mark.django_db
MAKERS = {"supervisor", "other_supervisor", "site_manager", "manager", "administrator"}
REASON = "Calm with Mrs Petrova, who was very upset."


@pytest.fixture
def today(cast: Cast) -> date:
    return Company.current().today()


def screen(cast: Cast, *keys: str, **traits: Any) -> Wallboard:
    made_by = cast.manager
    return Wallboard.objects.create(
        **{"title": "Hall", "made_by": made_by, "scenes": list(keys)} | traits
    )


def ranked(people: list[Person], today: date, **traits: Any) -> Leaderboard:
    """A board of all time on which the first of the people leads."""
    made = board(period="all", shown=10, **traits)
    for place, person in enumerate(people):
        give(person, 1000 - 10 * place, today)
    refresh_boards(Changes(as_of=today))
    return made


def crowd(team: Team) -> list[Person]:
    """Three more people of a team: whom a list does not name, it does not name by elimination."""
    return [PersonFactory(display_name=f"Z{n}", team=team) for n in range(3)]


def text_of(each: Wallboard) -> str:
    """What a television reads, without a sign-in."""
    cache.clear()
    answer = Client().get(reverse("dashboards:wall_scenes", args=[token_of(each)]))
    assert answer.status_code == 200
    return answer.content.decode()


def names_on(each: Wallboard) -> list[str]:
    return re.findall(r'<span class="who">([^<]*)</span>', text_of(each))


@pytest.mark.parametrize("page", ["wallboards", "wallboard_new"])
@pytest.mark.parametrize(
    "name", ["agent", "supervisor", "site_manager", "manager", "hr", "executive", "administrator"]
)
def test_those_who_lead_make_screens(client: Client, cast: Cast, page: str, name: str) -> None:
    client.force_login(cast.fresh(name))
    expected = 200 if name in MAKERS else 403
    assert client.get(reverse(f"dashboards:{page}")).status_code == expected


def test_a_supervisor_makes_screens_of_the_own_team_only(client: Client, cast: Cast) -> None:
    client.force_login(cast.supervisor)
    new = reverse("dashboards:wallboard_new")
    assert client.get(f"{new}?about={cast.beta.pk}").status_code == 404
    assert client.get(f"{new}?about=company").status_code == 403
    form = {"title": "Hall", "scenes": ["wins"], "seconds": 20, "locale": "en", "theme": "dark"}
    assert client.post(new, form).status_code == 302
    made = Wallboard.objects.get()
    assert (made.team, made.made_by, made.scenes) == (cast.alpha, cast.supervisor, ["wins"])


@pytest.mark.parametrize("action", ["edit", "link", "switch"])
@pytest.mark.parametrize(
    ("name", "of", "expected"),
    [
        ("agent", "alpha", 403),
        ("hr", "alpha", 403),
        ("other_supervisor", "alpha", 404),
        ("supervisor", None, 404),
        ("site_manager", None, 404),
        ("site_manager", "alpha", 200),
        ("administrator", None, 200),
    ],
)
def test_a_screen_is_changed_by_those_who_lead_whom_it_shows(
    client: Client, cast: Cast, action: str, name: str, of: str | None, expected: int
) -> None:
    each = screen(cast, "wins", team=getattr(cast, of) if of else None)
    client.force_login(cast.fresh(name))
    address = reverse(f"dashboards:wallboard_{action}", args=[each.pk])
    if action == "edit":
        assert client.get(address).status_code == expected
    else:
        assert client.get(address).status_code in (403, 405)
        assert client.post(address).status_code == (302 if expected == 200 else expected)


def test_the_link_opens_without_sign_in_and_leaves_no_trace(client: Client, cast: Cast) -> None:
    for name in ("wall", "wall_scenes"):
        answer = client.get(reverse(f"dashboards:{name}", args=[token_of(screen(cast, "wins"))]))
        assert answer.status_code == 200
        assert not answer.cookies
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Cache-Control"] == "private, no-cache"
        assert_no_inline(answer.content.decode())
    assert client.post(answer.request["PATH_INFO"]).status_code == 405


def test_ended_links_all_get_the_same_answer(client: Client, cast: Cast, today: date) -> None:
    replaced, off, over = screen(cast), screen(cast, is_on=False), screen(cast)
    over.ends_on = today - timedelta(days=1)
    over.save()
    old = token_of(replaced)
    replace_link(replaced)
    archived = Team.objects.create(key="gone", name="Gone", archived_on=today)
    tokens = [old, token_of(off), token_of(over), token_of(screen(cast, team=archived)),
              token_of(replaced)[:-1], f"{replaced.pk}-1.x", "nonsense"]  # fmt: skip
    for token in tokens:
        for name in ("wall", "wall_scenes"):
            answer = client.get(reverse(f"dashboards:{name}", args=[token]))
            assert (token, answer.status_code) == (token, 404)
            assert b"ask your manager" in answer.content
            assert answer["X-Wallboard"] == "gone"
    assert open_link(token_of(replaced), on=today) == replaced


def test_a_tampered_link_costs_no_query(cast: Cast, today: date) -> None:
    token = token_of(screen(cast)).replace("-1.", "-2.")
    with CaptureQueriesContext(connection) as asked:
        assert open_link(token, on=today) is None
    assert len(asked) == 0


def test_an_unchanged_picture_is_not_sent_again(client: Client, cast: Cast, today: date) -> None:
    each = screen(cast, f"board:{ranked([cast.agent, *crowd(cast.alpha)], today).pk}")
    address = reverse("dashboards:wall_scenes", args=[token_of(each)])
    tag = client.get(address)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert len(asked) <= 2  # the company's day and the screen
    Person.objects.filter(pk=cast.agent.pk).update(display_name="Another Name")
    cache.clear()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(("listed", "shown"), [(1, 0), (2, 0), (5, 2), (12, 6), (30, 8)])
def test_only_the_upper_half_of_a_list_is_on_the_wall(
    cast: Cast, today: date, listed: int, shown: int
) -> None:
    people = [PersonFactory(display_name=f"P{n:02}", team=cast.alpha) for n in range(listed)]
    each = screen(cast, f"board:{ranked(people, today).pk}")
    assert names_on(each) == [f"P{n:02}" for n in range(shown)]


def test_names_on_boards_hold_and_leavers_vanish_at_once(cast: Cast, today: date) -> None:
    people = [PersonFactory(display_name=f"P{n}", team=cast.alpha) for n in range(6)]
    each = screen(cast, f"board:{ranked(people, today).pk}")
    BoardAlias.objects.create(person=people[0], name="Kestrel")
    Person.objects.filter(pk=people[1].pk).update(is_active=False)
    assert names_on(each) == ["Kestrel", "P2"]


def test_a_teams_screen_names_nobody_of_another_team(cast: Cast, today: date) -> None:
    everyone = ranked([cast.agent, cast.teammate, cast.stranger, cast.former], today)
    listed = [cast.agent, cast.stranger, *crowd(cast.alpha), *crowd(cast.beta)]
    own = ranked(listed, today, key="own", within="team")
    both = (f"board:{everyone.pk}", f"board:{own.pk}")
    assert names_on(screen(cast, *both, team=cast.alpha)) == ["Agent", "Teammate"]
    assert names_on(screen(cast, *both, team=cast.beta)) == ["Stranger", "Former"]
    assert "Agent" in names_on(screen(cast, *both))


def test_an_award_stands_there_without_its_reason_and_its_giver(cast: Cast, today: date) -> None:
    given = award(agent=cast.agent, amount=40, reason=REASON, by=cast.supervisor, on=today)
    each = screen(cast, "wins")
    text = text_of(each)
    assert "Agent" in text
    assert "+40 points" in text
    assert "Petrova" not in text
    assert "Supervisor" not in text
    take_back(entry=given, by=cast.supervisor, reason="Given by mistake.")
    assert "+40 points" not in text_of(each)


def test_whoever_has_another_name_on_boards_wins_in_private(cast: Cast, today: date) -> None:
    award(agent=cast.agent, amount=450, reason=REASON, by=cast.supervisor, on=today)
    each = screen(cast, "wins")
    assert "Level 2" in text_of(each)
    BoardAlias.objects.create(person=cast.agent, name="Kestrel")
    text = text_of(each)
    assert "Agent" not in text
    assert "Kestrel" not in text
    assert "Good things take a night" in text


def test_a_small_team_has_no_figures_on_the_wall(cast: Cast, today: date) -> None:
    phone = Channel.objects.get_or_create(key="phone", defaults={"name_en": "Phone"})[0]
    TeamDay.objects.create(
        team=cast.alpha, day=today, channel=phone, handled=100, csat_count=100, csat_satisfied=95
    )
    assert week_scene(cast.alpha, on=today) is None
    for _each in range(LEAST_IN_PUBLIC - 2):
        PersonFactory(team=cast.alpha)
    drawn = week_scene(cast.alpha, on=today)
    assert drawn is not None
    assert drawn.results[0].text == "95.0 %"
    assert week_scene(cast.alpha, on=today + timedelta(days=8)) is None


def test_another_kind_of_picture_is_one_entry_and_passed_over_while_it_is_empty(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    battle: list[object] = []
    wins = next(kind for kind in declared(WallScene) if kind.name == "wins")
    other = replace(wins, name="battle", draw=lambda _key, _team, _on: next(iter(battle), None))
    monkeypatch.setattr(scenes, "declared", lambda _kind: [wins, other])
    each = screen(cast, "battle", "unknown")
    assert "wins" in dict(scenes.choices(None))
    assert 'data-scene="battle"' not in text_of(each)
    battle.append({"levels": [], "awards": []})
    assert 'data-scene="battle"' in text_of(each)


def test_a_picture_costs_no_more_with_more_people(cast: Cast, today: date) -> None:
    def cost(people: int) -> int:
        made = [PersonFactory(team=cast.alpha) for _each in range(people)]
        key = f"board:{ranked(made, today).pk}"
        for person in made:
            award(agent=person, amount=5, reason=REASON, by=cast.supervisor, on=today)
        each = screen(cast, key, "wins", "results")
        with CaptureQueriesContext(connection) as asked:
            text_of(each)
        return len(asked)

    assert cost(6) == cost(20) <= 14


def test_the_picture_speaks_the_screens_language(client: Client, cast: Cast) -> None:
    each = screen(cast, "wins", locale="zh-hans", theme="light")
    client.force_login(cast.agent)
    answer = client.get(reverse("dashboards:wall", args=[token_of(each)]))
    assert 'lang="zh-Hans" data-bs-theme="light"' in tight(answer.content.decode())
    assert answer["Content-Language"] == "zh-hans"


def test_the_page_of_screens_says_when_a_television_asked(client: Client, cast: Cast) -> None:
    each = screen(cast, "wins")
    client.force_login(cast.manager)
    address = reverse("dashboards:wallboards")
    assert "No television has asked yet." in client.get(address).content.decode()
    Client().get(reverse("dashboards:wall_scenes", args=[token_of(each)]))
    page = client.get(address).content.decode()
    assert "A television last asked today" in page
    assert f"http://testserver{reverse('dashboards:wall', args=[token_of(each)])}" in page


def test_money_on_the_wall_is_in_the_companys_currency(cast: Cast, today: date) -> None:
    Company.objects.update(currency="EUR")
    made = ranked([cast.agent, *crowd(cast.alpha)], today)
    kpi = Kpi.objects.filter(unit="money").first()
    Leaderboard.objects.filter(pk=made.pk).update(by=Leaderboard.By.KPI, kpi=kpi)
    assert "€1,000.00" in text_of(screen(cast, f"board:{made.pk}", locale="en"))
