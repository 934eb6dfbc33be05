"""Each reader's own language and time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from incentives.org.middleware import PersonLocaleMiddleware
from tests.org.cast import Cast

CHINESE = 'lang="zh-Hans"'


def test_visitors_get_what_their_browser_asks_for_until_they_choose(
    client: Client, db: None
) -> None:
    url = reverse("account_login")
    assert CHINESE in client.get(url, headers={"Accept-Language": "zh-CN"}).content.decode()
    assert 'lang="en"' in client.get(url).content.decode()
    answer = client.post(
        reverse("org:language"), {"language": "zh-hans", "next": url + "?next=/me/"}
    )
    assert answer["Location"] == url + "?next=/me/"
    assert CHINESE in client.get(url).content.decode()


def test_the_choice_of_a_person_is_kept_and_beats_cookie_and_browser(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.agent)
    client.post(reverse("org:language"), {"language": "zh-hans"})
    assert cast.fresh("agent").locale == "zh-hans"
    client.cookies["django_language"] = "en"
    page = client.get(reverse("org:me"), headers={"Accept-Language": "en"})
    assert CHINESE in page.content.decode()
    assert page["Content-Language"] == "zh-hans"
    # The next visitor in this thread is not served the language of the one before.
    assert 'lang="en"' in Client().get(reverse("account_login")).content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_the_language_switch_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    answer = client.post(reverse("org:language"), {"language": "en", "next": target})
    assert answer["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    answer = client.post(reverse("org:language"), {"language": "xx"})
    assert "django_language" not in answer.cookies
    assert cast.fresh("agent").locale == "en"


@pytest.mark.parametrize(("own", "hour"), [("", 16), ("Europe/Berlin", 9), ("America/New_York", 4)])
def test_times_are_shown_in_the_persons_zone_else_the_companys(
    cast: Cast, own: str, hour: int
) -> None:
    cast.agent.time_zone = own
    seen: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(timezone.localtime(datetime(2026, 7, 1, 8, tzinfo=UTC)).hour - summer)
        return HttpResponse()

    summer = {"Europe/Berlin": 1, "America/New_York": 0}.get(own, 0)
    request = RequestFactory().get("/")
    request.user = cast.agent
    PersonLocaleMiddleware(view)(request)
    translation.deactivate()
    assert seen == [hour]
    assert timezone.get_current_timezone_name() == "UTC"


def test_people_change_their_own_profile_and_nothing_else(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    form = {
        "display_name": "Ana Li", "locale": "en", "time_zone": "Asia/Tokyo",
        "key": "other", "login": "other", "is_active": "", "employment_share": "0.1",
    }  # fmt: skip
    assert client.post(reverse("org:me"), form).status_code == 302
    agent = cast.fresh("agent")
    assert (agent.display_name, agent.time_zone) == ("Ana Li", "Asia/Tokyo")
    assert (agent.key, agent.login) == ("agent", "agent")
    assert agent.employment_share == 1


def test_a_wrong_profile_comes_back_with_its_errors(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    answer = client.post(
        reverse("org:me"), {"display_name": "", "locale": "en", "time_zone": "x/y"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"display_name", "time_zone"}
    assert cast.fresh("agent").display_name == "Agent"
