"""The search finds people and teams, and only those whom one may see anyhow."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from dashboards.search import Found, search
from scoring.models import BoardAlias
from tests.factories import PersonFactory
from tests.org.cast import Cast


def found(cast: Cast, who: str, text: str, limit: int = 20) -> Found:
    return search(reader=cast.fresh(who), text=text, limit=limit)


def names(cast: Cast, who: str, text: str) -> list[str]:
    return [hit.name for hit in found(cast, who, text).people]


def test_one_finds_whom_one_may_see_and_nobody_else(cast: Cast) -> None:
    assert names(cast, "agent", "team") == ["Teammate"]
    assert names(cast, "agent", "stranger") == []
    assert names(cast, "supervisor", "stranger") == []
    assert names(cast, "other_supervisor", "STRAN") == ["Stranger"]
    assert names(cast, "manager", "stranger") == ["Stranger"]
    assert [hit.name for hit in found(cast, "agent", "a").teams] == ["Alpha"]
    assert [hit.name for hit in found(cast, "hr", "a").teams] == ["Alpha", "Beta"]


def test_names_that_begin_with_the_text_come_first(cast: Cast) -> None:
    PersonFactory(key="x", display_name="Ana Mate")
    assert names(cast, "hr", "mate")[0] == "Ana Mate"
    PersonFactory(key="y", display_name="Mate Zoe")
    assert names(cast, "hr", "mate") == ["Mate Zoe", "Ana Mate", "Teammate"]


def test_a_name_chosen_for_leaderboards_finds_nobody(cast: Cast) -> None:
    BoardAlias.objects.create(person=cast.teammate, name="Quiet Otter")
    assert names(cast, "agent", "otter") == []
    assert names(cast, "manager", "otter") == []
    assert names(cast, "agent", "teammate") == ["Teammate"]


@pytest.mark.parametrize(
    "who", ["agent", "supervisor", "site_manager", "manager", "hr", "executive", "administrator"]
)
def test_every_hit_opens_for_whoever_found_it(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    result = found(cast, who, "a")
    assert result.many
    for hit in [*result.people, *result.teams]:
        assert client.get(hit.url).status_code == 200, hit


def test_those_who_left_say_so_and_a_long_list_says_there_is_more(cast: Cast) -> None:
    cast.teammate.left_on = date(2025, 1, 1)
    cast.teammate.save()
    assert "no longer here" in found(cast, "hr", "teammate").people[0].note
    result = found(cast, "hr", "e", limit=3)
    assert (len(result.people), result.more) == (3, True)


def test_the_page_works_without_scripts_and_the_fragment_is_only_the_list(
    cast: Cast, client: Client, django_assert_max_num_queries: object
) -> None:
    client.force_login(cast.manager)
    url = reverse("dashboards:search")
    page = client.get(url, {"q": "strang"}).content.decode()
    assert "Stranger" in page
    assert 'value="strang"' in page
    fragment = client.get(url, {"q": "strang"}, headers={"HX-Request": "true"}).content.decode()
    assert "Stranger" in fragment
    assert "<html" not in fragment
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        client.get(url, {"q": "e"}, headers={"HX-Request": "true"})


def test_nothing_asked_finds_nothing_and_nothing_found_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    assert found(cast, "agent", "  ").many == 0
    assert "Nobody found" in client.get(reverse("dashboards:search"), {"q": "%_"}).content.decode()


def test_visitors_sign_in_first_and_nothing_is_sent_to_it(cast: Cast, client: Client) -> None:
    url = reverse("dashboards:search")
    assert client.get(url)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.agent)
    assert client.post(url).status_code == 405
