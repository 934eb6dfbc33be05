"""Every link of the shell leads somewhere that the person may go."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from dashboards.navigation import Link, Navigation, address, allows, navigation
from incentives.capabilities import Audience, Entry, declared
from incentives.org.models import Role
from tests.factories import MembershipFactory
from tests.org.cast import Cast

EVERYBODY = [
    "agent", "former", "supervisor", "site_manager", "manager", "hr", "executive", "administrator",
]  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_link_of_the_shell_opens(cast: Cast, client: Client, name: str) -> None:
    person = cast.fresh(name)
    client.force_login(person)
    shown = navigation(person, path="/")
    assert "/" in [link.url for link in shown.links]
    for link in [*shown.links, *shown.personal]:
        assert client.get(link.url, follow=True).status_code == 200, link


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_shell_draws_exactly_the_links_of_the_role(
    cast: Cast, client: Client, name: str
) -> None:
    person = cast.fresh(name)
    client.force_login(person)
    html = client.get("/").content.decode()
    bar = re.search(r'<nav class="tabbar".*?</nav>', html, re.S)
    assert bar is not None
    drawn = re.findall(r'<a [^>]*href="([^"]+)"', bar.group())
    assert sorted(drawn) == sorted(link.url for link in navigation(person, path="/").links)
    own = name in ("agent", "former")
    mine = {Audience.EVERYONE, Audience.OWN if own else Audience.STEERING}
    entries = [entry for entry in declared(Entry) if entry.audience in mine]
    allowed = {address(entry.name) for entry in entries if allows(entry, person, {})}
    assert {*drawn} == allowed - {""}
    assert len(drawn) == len({*drawn})


def test_nobody_is_offered_a_page_that_their_role_may_not_open(cast: Cast) -> None:
    offered = {
        name: {link.url for link in navigation(cast.fresh(name), path="/").links}
        for name in EVERYBODY
    }
    readers = {name for name in EVERYBODY if reverse("scoring:scorecards") in offered[name]}
    assert readers == {*EVERYBODY} - {"agent", "former"}
    givers = {name for name in EVERYBODY if reverse("scoring:award_points") in offered[name]}
    assert givers == {"supervisor", "site_manager", "manager"}
    assert {n for n in EVERYBODY if reverse("scoring:award_budgets") in offered[n]} == {
        "site_manager", "manager", "administrator",
    }  # fmt: skip


def test_steering_roles_find_their_pages_in_groups_and_agents_in_one_short_list(
    cast: Cast,
) -> None:
    def labels(name: str) -> list[str]:
        return [str(s.label or "") for s in navigation(cast.fresh(name), path="/").sections]

    assert labels("manager") == ["", "People", "Results", "Rules", "Data"]
    assert labels("supervisor") == ["", "People", "Results", "Rules"]
    assert labels("agent") == [""]
    agent = navigation(cast.fresh("agent"), path="/")
    assert [str(link.label) for link in agent.tabs] == ["Home", "Points", "Boards", "Badges"]


def test_someone_who_leads_and_takes_calls_finds_their_own_points(cast: Cast) -> None:
    MembershipFactory(person=cast.supervisor, team=cast.alpha)
    links = navigation(cast.fresh("supervisor"), path="/").links
    assert reverse("scoring:points") in [link.url for link in links]


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("agent", []),
        ("supervisor", ["teams"]),
        ("executive", []),
        ("hr", ["people"]),
        ("site_manager", ["people"]),
        ("manager", ["people", "imports", "nights"]),
        ("administrator", ["people", "imports", "nights"]),
    ],
)
def test_each_role_has_its_pages(cast: Cast, name: str, pages: list[str]) -> None:
    names = ["org:teams", "scoring:imports", "scoring:nights", "org:people"]
    limited = {reverse(page): page.split(":")[1] for page in names}
    offered = [link.url for link in navigation(cast.fresh(name), path="/").links]
    assert [limited[url] for url in offered if url in limited] == pages
    assert {reverse("dashboards:home"), reverse("scoring:kpis")} <= {*offered}


def test_only_people_who_steer_have_the_navigation_at_the_side(cast: Cast) -> None:
    assert not navigation(cast.fresh("agent"), path="/").side
    for name in ("supervisor", "site_manager", "manager", "hr", "executive", "administrator"):
        assert navigation(cast.fresh(name), path="/").side, name


def test_administration_is_offered_to_administrators_alone(cast: Cast) -> None:
    offered = {
        name: {link.url for link in navigation(cast.fresh(name), path="/").personal}
        for name in EVERYBODY
    }
    assert [name for name in EVERYBODY if "/admin/" in offered[name]] == [Role.ADMINISTRATOR]


def test_an_entry_without_a_page_is_not_shown() -> None:
    assert address("badges:not-there-yet") == ""


def test_the_page_one_is_on_and_those_below_it_are_marked(cast: Cast) -> None:
    def current(path: str) -> list[str]:
        return [link.url for link in navigation(person, path=path).links if link.current]

    person = cast.fresh("administrator")
    assert current("/") == ["/"]
    assert current("/people/17/") == ["/people/"]
    assert current("/teams/17/") == ["/people/"]
    assert current("/points/rules/3/") == [reverse("scoring:point_rules")]
    person = cast.fresh("supervisor")
    assert current("/teams/17/") == current("/people/17/") == ["/teams/"]
    person = cast.fresh("agent")
    assert current("/points/people/17/") == [reverse("scoring:points")]
    assert current("/points/rules/") == [reverse("scoring:point_rules")]


@pytest.mark.parametrize(("count", "tabs"), [(1, 1), (5, 5), (6, 4), (9, 4)])
def test_links_that_do_not_fit_on_a_phone_are_behind_more(count: int, tabs: int) -> None:
    links = [Link(f"/{n}/", "x", "home", current=False) for n in range(count)]
    shown = Navigation(links, [], side=False)
    assert len(shown.tabs) == tabs
    assert shown.tabs + [link for part in shown.overflow for link in part.links] == links


def test_the_pages_of_every_day_stay_in_sight_on_a_phone() -> None:
    links = [Link(f"/{n}/", "x", "home", current=False, tab=n % 2 == 1) for n in range(10)]
    assert Navigation(links, [], side=True).tabs == links[1:9:2]


def test_a_forbidden_page_keeps_the_navigation(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    answer = client.get(reverse("org:people"))
    assert answer.status_code == 403
    assert b'class="tabbar"' in answer.content


def test_visitors_are_sent_to_sign_in_and_see_no_navigation(db: None, client: Client) -> None:
    response = client.get("/", follow=True)
    assert response.redirect_chain[0][0].startswith("/accounts/login/")
    assert b'class="tabbar"' not in response.content
