"""Pages of people and teams: what they do, and what they refuse in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.models import Person
from tests.markup import tight
from tests.org.cast import Cast

PERSON_FORM = {
    "display_name": "Ana", "key": "agent", "login": "ana", "locale": "en",
    "employment_share": "0.8",
}  # fmt: skip


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


def post(admin: Client, name: str, about: Any, **data: Any) -> Any:
    """Send a form that is about a person or a team."""
    return admin.post(reverse(f"org:{name}", args=[about.pk]), data)


def test_an_administrator_mends_a_person(admin: Client, cast: Cast) -> None:
    post(admin, "edit_person", cast.agent, **PERSON_FORM)
    agent = cast.fresh("agent")
    assert (agent.display_name, agent.login, str(agent.employment_share)) == ("Ana", "ana", "0.800")


def test_an_administrator_gives_a_password_and_old_sessions_end(admin: Client, cast: Cast) -> None:
    theirs = Client()
    theirs.force_login(cast.agent)
    post(admin, "set_password", cast.agent, password="Str0ng and long")
    assert cast.fresh("agent").check_password("Str0ng and long")
    assert theirs.get(reverse("org:me")).status_code == 302


def test_a_weak_password_is_refused_in_words(admin: Client, cast: Cast) -> None:
    answer = admin.post(reverse("org:set_password", args=[cast.agent.pk]), {"password": "12345"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()


def test_moving_someone_shows_in_the_history(admin: Client, cast: Cast) -> None:
    post(admin, "join_team", cast.agent, team=cast.beta.pk, on="2026-03-02")
    page = admin.get(reverse("org:person", args=[cast.agent.pk])).content.decode()
    assert "Alpha" in page
    assert "Beta" in page
    assert cast.agent.memberships.count() == 2


def test_leaving_and_coming_back(admin: Client, cast: Cast) -> None:
    post(admin, "leave", cast.agent, on="2026-03-02")
    assert not cast.fresh("agent").is_active
    post(admin, "let_in", cast.agent)
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
    post(admin, "add_alias", cast.agent, key="ana-2", source="crm")
    old = cast.agent.aliases.create(key="old-key")
    admin.post(reverse("org:remove_alias", args=[cast.agent.pk, old.pk]))
    assert list(cast.agent.aliases.values_list("key", "source")) == [("ana-2", "crm")]
    post(admin, "add_role", cast.agent, role="hr")
    assert cast.fresh("agent").has_role("hr")
    admin.post(reverse("org:remove_role", args=[cast.hr.pk, cast.hr.role_grants.get().pk]))
    assert not cast.fresh("hr").has_role("hr")


def test_a_key_that_someone_else_has_is_refused_in_words(admin: Client, cast: Cast) -> None:
    cast.teammate.aliases.create(source="crm", key="ana-2")
    answer = post(admin, "add_alias", cast.agent, key="ana-2", source="crm")
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
    post(admin, "set_supervisor", cast.alpha, key="agent", on="2026-03-02")
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
