"""Home: true figures of the person's own scope, and a next step where there are none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards.homes.choosing import HOMES
from dashboards.homes.tiles import Tile, last_day_with_figures, scope_of, tiles, week_labels
from dashboards.views import greeting
from incentives.org.models import Company, Person, Team
from scoring.figures.display import shown
from scoring.models import AgentDay, Channel, TeamDay
from tests.org.cast import Cast

MOST_QUERIES = 36


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


@pytest.fixture
def phone(db: None) -> Channel:
    return Channel.objects.get_or_create(key="phone", defaults={"name_en": "Phone"})[0]


def _agent_day(person: Person, team: Team, day: date, channel: Channel, good: int) -> None:
    AgentDay.objects.create(
        agent=person,
        team=team,
        day=day,
        channel=channel,
        handled=100,
        csat_count=100,
        csat_satisfied=good,
    )


def _team_day(team: Team, day: date, channel: Channel, good: int) -> None:
    TeamDay.objects.create(
        team=team, day=day, channel=channel, handled=100, csat_count=100, csat_satisfied=good
    )


@pytest.fixture
def figures_in(cast: Cast, today: date, phone: Channel) -> Cast:
    """Satisfaction yesterday and a month before: agent 95 (90), alpha 80 (82), beta 60."""
    now, before = today - timedelta(days=1), today - timedelta(days=40)
    _agent_day(cast.agent, cast.alpha, now, phone, 95)
    _agent_day(cast.agent, cast.alpha, before, phone, 90)
    _agent_day(cast.agent, cast.alpha, today - timedelta(days=56), phone, 90)
    for team, day, good in ((cast.alpha, now, 80), (cast.alpha, before, 82), (cast.beta, now, 60)):
        _team_day(team, day, phone, good)
    return cast


def _csat(person: Person, today: date) -> Tile:
    scope = scope_of(person)
    as_of = last_day_with_figures(scope, today=today)
    assert as_of == today - timedelta(days=1)
    return {tile.kpi.key: tile for tile in tiles(scope, as_of=as_of)}["csat"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent", "95.0 %"),
        ("supervisor", "80.0 %"),
        ("other_supervisor", "60.0 %"),
        ("site_manager", "80.0 %"),
        ("manager", "70.0 %"),
        ("executive", "70.0 %"),
        ("administrator", "70.0 %"),
    ],
)
def test_home_shows_the_figures_of_ones_own_scope(
    figures_in: Cast, client: Client, today: date, name: str, value: str
) -> None:
    person = figures_in.fresh(name)
    assert _csat(person, today).text == value
    if name == "agent":  # an agent's own figures are on the KPI page, their home is another one
        return
    client.force_login(person)
    assert f'<span class="value figure">{value}</span>' in client.get("/").content.decode()


def test_a_tile_has_target_peers_and_change(figures_in: Cast, today: date) -> None:
    tile = _csat(figures_in.fresh("agent"), today)
    assert tile.verdict is not None
    assert tile.verdict.tone == "good"
    assert tile.change is not None
    assert tile.change.tone == "better"
    assert "5.0" in tile.change.text
    assert ("Your team", "80.0 %") in [(str(label), text) for label, text in tile.references]
    assert tile.target == Decimal(90)


@pytest.mark.parametrize(("since", "told"), [(56, True), (55, False)])
def test_a_change_is_shown_only_when_figures_reach_back_far_enough(
    cast: Cast, client: Client, today: date, phone: Channel, since: int, told: bool
) -> None:
    for back in (1, since):  # the 28 days before yesterday's 28 begin 56 days ago
        _agent_day(cast.agent, cast.alpha, today - timedelta(days=back), phone, 95)
        _team_day(cast.alpha, today - timedelta(days=back), phone, 95)
    assert (_csat(cast.fresh("agent"), today).change is not None) is told
    client.force_login(cast.manager)
    html = client.get("/").content.decode()
    assert ("compared with the 28 days before" in html) is told


def test_more_work_than_before_is_neither_better_nor_weaker(
    figures_in: Cast, today: date, phone: Channel
) -> None:
    for back in (2, 3):
        day = today - timedelta(days=back)
        _agent_day(figures_in.agent, figures_in.alpha, day, phone, 95)
    drawn = tiles(scope_of(figures_in.fresh("agent")), as_of=today - timedelta(days=1))
    change = next(tile.change for tile in drawn if tile.kpi.key == "handled")
    assert change is not None
    assert (change.tone, change.text) == ("same", "▲ +100")


@pytest.mark.parametrize(
    "name", ["agent", "supervisor", "other_supervisor", "site_manager", "manager"]
)
def test_a_tile_leads_to_the_same_figure(
    figures_in: Cast, client: Client, today: date, phone: Channel, name: str
) -> None:
    first = today - timedelta(days=28)  # of the tiles' days; the last 28 days begin after it
    _agent_day(figures_in.agent, figures_in.alpha, first, phone, 35)
    for team in (figures_in.alpha, figures_in.beta):
        _team_day(team, first, phone, 20)
    person = figures_in.fresh(name)
    tile = _csat(person, today)
    client.force_login(person)
    answer = client.get(tile.url)
    assert answer.status_code == 200
    assert answer.context["kpi"].key == "csat"
    assert shown(answer.context["trend"].value, "%") == tile.text


def test_people_with_several_roles_choose_between_their_homes(cast: Cast, client: Client) -> None:
    cast.hr.role_grants.create(role="executive")
    client.force_login(cast.fresh("hr"))
    first = client.get("/")
    assert first.templates[0].name == "dashboards/executive_home.html"
    assert '<a href="?as=hr">People</a>' in first.content.decode()
    assert client.get("/?as=hr").templates[0].name == "dashboards/hr_home.html"
    assert client.get("/?as=manager").templates[0].name == "dashboards/executive_home.html"


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("agent", "agent"),
        ("supervisor", "supervisor"),
        ("site_manager", "manager"),
        ("manager", "manager"),
        ("administrator", "manager"),
        ("hr", "hr"),
        ("executive", "executive"),
    ],
)
def test_each_role_has_its_home_and_no_other(
    figures_in: Cast, client: Client, name: str, home: str
) -> None:
    client.force_login(figures_in.fresh(name))
    for asked in ("", *HOMES):
        answer = client.get("/", {"as": asked})
        pages = [each.name for each in answer.templates if str(each.name).endswith("_home.html")]
        assert pages == [f"dashboards/{home}_home.html"]


def test_an_agent_without_figures_is_told_what_will_come(figures_in: Cast, client: Client) -> None:
    client.force_login(figures_in.teammate)
    html = client.get("/").content.decode()
    assert "Your figures appear here" in html
    assert 'class="tile"' not in html


def test_an_empty_installation_takes_the_administrator_to_the_import(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.administrator)
    response = client.get("/")
    target = reverse("scoring:imports")
    assert "No figures yet" in response.content.decode()
    assert f'<a class="btn btn-primary" href="{target}">' in response.content.decode()


def test_home_asks_the_database_no_more_for_more_teams(
    figures_in: Cast, client: Client, today: date, phone: Channel
) -> None:
    client.force_login(figures_in.site_manager)
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(20):
        team = Team.objects.create(key=f"t{number}", name=f"T{number}", site=figures_in.north)
        _team_day(team, today - timedelta(days=2), phone, 70)
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) <= len(few) <= MOST_QUERIES


def test_a_count_of_half_a_week_is_left_out_of_the_line(cast: Cast, phone: Channel) -> None:
    wednesday = date(2026, 11, 18)
    for back in (0, 7, 14):
        _agent_day(cast.agent, cast.alpha, wednesday - timedelta(days=back), phone, 90)
    drawn = {t.kpi.key: t for t in tiles(scope_of(cast.fresh("agent")), as_of=wednesday)}
    assert drawn["handled"].recent[-3:] == [100, 100, None]
    assert drawn["csat"].recent[-3:] == [90, 90, 90]


def test_weeks_are_iso_weeks_across_the_year() -> None:
    assert week_labels(date(2021, 1, 6))[-2:] == ["2020-W53", "2021-W01"]


@pytest.mark.parametrize(
    ("hour", "words"),
    [(4, "Good evening"), (5, "Good morning"), (12, "Good afternoon"), (18, "Good evening")],
)
def test_the_greeting_follows_the_clock(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 11, 21, hour), "Li Wei") == f"{words}, Li Wei"


def test_only_administrators_see_the_components(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    assert client.get("/styleguide/").status_code == 403
    client.force_login(cast.administrator)
    assert client.get("/styleguide/").status_code == 200
    assert client.post("/styleguide/").status_code == 405
    assert client.post("/").status_code == 405
