"""Every page of people and teams, for every role: allowed, forbidden, unseen, wrong method."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from incentives.org import urls
from incentives.org.models import Person
from tests.markup import tight
from tests.org.cast import Cast

ROLES = (
    "agent", "former", "supervisor", "other_supervisor", "site_manager", "manager", "hr",
    "executive", "administrator",
)  # fmt: skip
ONLY_ADMINISTRATOR = {"administrator": 302}
STAFF = {"hr": 200, "manager": 200, "site_manager": 200, "administrator": 200}


@dataclass(frozen=True)
class Page:
    """One address: method, form, and the answer for each role (403 for those not named)."""

    name: str
    method: str = "get"
    of: str = ""  # the field of the cast whose id stands in the address
    data: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=lambda: ONLY_ADMINISTRATOR)


PERSON_FORM = {
    "display_name": "Ana", "key": "agent", "login": "ana", "locale": "en",
    "employment_share": "0.8",
}  # fmt: skip
EVERY_ROLE = dict.fromkeys(ROLES, 200)
PAGES = [
    Page("me", answers=EVERY_ROLE),
    Page("address", answers=dict.fromkeys(ROLES, 410)),
    Page("language", "post", data={"language": "en"}, answers=dict.fromkeys(ROLES, 302)),
    Page("notices", answers=EVERY_ROLE),
    Page("bell", answers=EVERY_ROLE),
    Page("notice_open", "post", "notice", answers={"agent": 302} | dict.fromkeys(ROLES[1:], 404)),
    Page("notices_read", "post", answers=dict.fromkeys(ROLES, 302)),
    Page("notices_celebrated", "post", answers=dict.fromkeys(ROLES, 302)),
    Page("notices_choose", "post", answers=dict.fromkeys(ROLES, 302)),
    Page("people", answers={**STAFF, "supervisor": 200, "other_supervisor": 200}),
    Page("new_person", answers={"administrator": 200}),
    Page("person", of="agent", answers={**STAFF, "supervisor": 200, "other_supervisor": 404}),
    Page(
        "person",
        of="stranger",
        answers={**STAFF, "supervisor": 404, "other_supervisor": 200, "site_manager": 404},
    ),
    Page("edit_person", "post", "agent", PERSON_FORM),
    Page("set_password", "post", "agent", {"password": "Str0ng and long"}),
    Page("join_team", "post", "agent", {"team": "beta", "on": "2026-03-02"}),
    Page("set_position", "post", "agent", {"job": "chat", "on": "2026-03-02"}),
    Page("leave", "post", "agent", {"on": "2026-03-02"}),
    Page("let_in", "post", "agent"),
    Page("add_alias", "post", "agent", {"key": "ana-2", "source": "crm"}),
    Page("remove_alias", "post", "alias"),
    Page("add_role", "post", "agent", {"role": "hr"}),
    Page("remove_role", "post", "grant"),
    Page("teams", answers={**STAFF, "supervisor": 200, "other_supervisor": 200}),
    Page("new_team", answers={"administrator": 200}),
    Page(
        "team",
        of="alpha",
        answers={**EVERY_ROLE, "former": 404, "other_supervisor": 404},
    ),
    Page("edit_team", "post", "alpha", {"name": "Alpha 2", "key": "alpha"}),
    Page("set_supervisor", "post", "alpha", {"key": "agent", "on": "2026-03-02"}),
    Page("company", answers={"administrator": 200}),
]


def address(cast: Cast, page: Page) -> str:
    if page.of == "alias":
        return reverse("org:remove_alias", args=[cast.agent.pk, _alias(cast)])
    if page.of == "grant":
        grant = cast.hr.role_grants.get()
        return reverse("org:remove_role", args=[cast.hr.pk, grant.pk])
    if page.of == "notice":
        return reverse("org:notice_open", args=[_notice(cast)])
    return reverse(f"org:{page.name}", args=[getattr(cast, page.of).pk] if page.of else [])


def _alias(cast: Cast) -> int:
    return cast.agent.aliases.get_or_create(key="old-key")[0].pk


def _notice(cast: Cast) -> int:
    return cast.agent.notices.get_or_create(source_key="told:1", kind="told")[0].pk


def data(cast: Cast, page: Page) -> dict[str, Any]:
    return {**page.data, "team": cast.beta.pk} if "team" in page.data else page.data


def test_the_list_of_pages_is_complete() -> None:
    names = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    assert names == {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.name}-{page.of}")
def test_each_role_gets_the_answer_that_it_may_have(cast: Cast, client: Client, page: Page) -> None:
    url, sent = address(cast, page), data(cast, page)
    found = {
        role: getattr(client, page.method)(url, sent).status_code
        for role in cast.in_turn(client, ROLES)
    }
    assert found == {role: page.answers.get(role, 403) for role in ROLES}


def test_visitors_are_sent_to_sign_in(cast: Cast, client: Client) -> None:
    for page in PAGES:
        answer = getattr(client, page.method)(address(cast, page), data(cast, page))
        wanted = "/" if page.name == "language" else reverse("account_login")
        assert (page, answer.status_code) == (page, 302)
        assert answer["Location"].startswith(wanted), page


def test_a_wrong_method_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for page in PAGES:
        wrong = "get" if page.method == "post" else "delete"
        assert getattr(client, wrong)(address(cast, page)).status_code == 405, page


def test_nothing_that_is_not_there_is_found(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for page in PAGES:
        if page.of:
            target = address(cast, page).split("/")
            target[2] = "999999"
            answer = getattr(client, page.method)("/".join(target), data(cast, page))
            assert answer.status_code == 404, page


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


def post(admin: Client, cast: Cast, name: str) -> Any:
    page = next(page for page in PAGES if page.name == name and page.method == "post")
    return admin.post(address(cast, page), data(cast, page))


def test_an_administrator_mends_a_person(admin: Client, cast: Cast) -> None:
    post(admin, cast, "edit_person")
    agent = cast.fresh("agent")
    assert (agent.display_name, agent.login, str(agent.employment_share)) == ("Ana", "ana", "0.800")


def test_an_administrator_gives_a_password_and_old_sessions_end(admin: Client, cast: Cast) -> None:
    theirs = Client()
    theirs.force_login(cast.agent)
    post(admin, cast, "set_password")
    assert cast.fresh("agent").check_password("Str0ng and long")
    assert theirs.get(reverse("org:me")).status_code == 302


def test_a_weak_password_is_refused_in_words(admin: Client, cast: Cast) -> None:
    answer = admin.post(reverse("org:set_password", args=[cast.agent.pk]), {"password": "12345"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()


def test_moving_someone_shows_in_the_history(admin: Client, cast: Cast) -> None:
    post(admin, cast, "join_team")
    page = admin.get(reverse("org:person", args=[cast.agent.pk])).content.decode()
    assert "Alpha" in page
    assert "Beta" in page
    assert cast.agent.memberships.count() == 2


def test_leaving_and_coming_back(admin: Client, cast: Cast) -> None:
    post(admin, cast, "leave")
    assert not cast.fresh("agent").is_active
    post(admin, cast, "let_in")
    agent = cast.fresh("agent")
    assert (agent.is_active, agent.left_on) == (True, None)


def test_the_last_administrator_is_told_why_they_stay(admin: Client, cast: Cast) -> None:
    grant = cast.administrator.role_grants.get()
    url = reverse("org:remove_role", args=[cast.administrator.pk, grant.pk])
    answer = admin.post(url, follow=True)
    assert "last administrator" in answer.content.decode()
    assert cast.fresh("administrator").is_staff
    leave = reverse("org:leave", args=[cast.administrator.pk])
    answer = admin.post(leave, {"on": "2026-03-02"})
    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()


def test_keys_and_roles_are_added_and_removed(admin: Client, cast: Cast) -> None:
    post(admin, cast, "add_alias")
    post(admin, cast, "remove_alias")
    assert list(cast.agent.aliases.values_list("key", "source")) == [("ana-2", "crm")]
    post(admin, cast, "add_role")
    assert cast.fresh("agent").has_role("hr")
    post(admin, cast, "remove_role")
    assert not cast.fresh("hr").has_role("hr")


def test_a_key_that_someone_else_has_is_refused_in_words(admin: Client, cast: Cast) -> None:
    cast.teammate.aliases.create(source="crm", key="ana-2")
    answer = post(admin, cast, "add_alias")
    assert answer.status_code == 422
    assert cast.agent.aliases.count() == 0


def test_a_role_with_an_impossible_scope_is_refused_in_words(admin: Client, cast: Cast) -> None:
    url = reverse("org:add_role", args=[cast.agent.pk])
    answer = admin.post(url, {"role": "hr", "site": cast.north.pk})
    assert answer.status_code == 422
    assert "can have a scope" in answer.content.decode()


def test_people_and_teams_are_added_by_hand(admin: Client) -> None:
    form = {**PERSON_FORM, "key": "new", "login": ""}
    assert admin.post(reverse("org:new_person"), form).status_code == 302
    assert Person.objects.get(key="new").login is None
    answer = admin.post(reverse("org:new_team"), {"name": "Gamma", "key": "gamma"})
    assert answer.status_code == 302
    assert admin.post(reverse("org:new_team"), {"name": "G", "key": "gamma"}).status_code == 422


def test_a_supervisor_is_set_from_the_team_page(admin: Client, cast: Cast) -> None:
    post(admin, cast, "set_supervisor")
    assert cast.fresh("agent").has_role("supervisor")
    url = reverse("org:set_supervisor", args=[cast.alpha.pk])
    assert admin.post(url, {"key": "nobody", "on": "2026-03-02"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=team", {"teammate"}),
        ("q=old-k", {"agent"}),
        ("role=supervisor", {"supervisor", "other_supervisor"}),
        ("state=left", {"stranger"}),
        ("q=zzz", set()),
    ],
)
def test_the_list_is_searched_and_filtered(
    admin: Client, cast: Cast, query: str, found: set[str]
) -> None:
    cast.agent.aliases.create(key="old-key")
    Person.objects.filter(key="stranger").update(left_on=date(2025, 1, 1), is_active=False)
    page = admin.get(reverse("org:people") + "?" + query).context["page"]
    assert {person.key for person in page} == found


def test_the_list_filters_by_team(admin: Client, cast: Cast) -> None:
    page = admin.get(reverse("org:people"), {"team": cast.alpha.pk}).context["page"]
    assert {person.key for person in page} == {"agent", "teammate"}


def test_htmx_gets_the_rows_alone(admin: Client) -> None:
    url = reverse("org:people")
    rows = admin.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rows
    assert "teammate" in rows
    assert "<html" in admin.get(url).content.decode()


def test_the_lists_cost_the_same_with_more_people(
    admin: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for name in ("org:people", "org:teams"):
        with django_assert_max_num_queries(14):
            admin.get(reverse(name))


def test_a_person_page_leads_on_to_figures_and_lists(cast: Cast, client: Client) -> None:
    cast.agent.hired_on = date(2026, 9, 5)
    cast.agent.employment_share = Decimal("0.625")
    cast.agent.save()
    figures = reverse("scoring:kpi_agent", args=[cast.agent.pk])
    for name in ("supervisor", "manager", "administrator"):
        client.force_login(cast.fresh(name))
        text = client.get(reverse("org:person", args=[cast.agent.pk])).content.decode()
        for url in (figures, reverse("org:people"), reverse("org:teams")):
            assert f'href="{url}"' in text
        assert "Here since 5 Sep 2026 · 62.5 % of full time" in tight(text)
    text = client.get(reverse("org:person", args=[cast.hr.pk])).content.decode()
    assert "/kpis/agents/" not in text  # never in a team: no figures
    assert "full time" in text


def test_supervisors_list_only_their_own_people(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    listed = client.get(reverse("org:people")).context["page"]
    assert {person.key for person in listed} == {"agent", "teammate", "supervisor", "former"}
