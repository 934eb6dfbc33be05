"""Light, dark and language are kept, and one stays on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.markup import tight
from tests.org.cast import Cast

PAGE = "/styleguide/?period=week"


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_a_theme_is_kept_and_the_page_too(cast: Cast, client: Client, theme: str) -> None:
    client.force_login(cast.administrator)
    response = client.post("/theme/", {"theme": theme, "next": PAGE})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    html = tight(client.get(PAGE).content.decode())
    first_paint = "dark" if theme == "dark" else "light"
    assert f'data-theme="{theme}" data-bs-theme="{first_paint}"' in html


def test_visitors_choose_a_theme_as_well(db: None, client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert b'data-bs-theme="dark"' in client.get("/accounts/login/").content


def test_an_unknown_theme_changes_nothing(db: None, client: Client) -> None:
    response = client.post("/theme/", {"theme": '"><script>', "next": "/"})
    assert "theme" not in response.cookies


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", ""])
def test_the_theme_switch_leads_nowhere_else(db: None, client: Client, elsewhere: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_a_theme_is_not_changed_by_looking(db: None, client: Client) -> None:
    assert client.get("/theme/?theme=dark").status_code == 405


def test_a_language_is_kept_and_the_page_too(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    response = client.post("/language/", {"language": "zh-hans", "next": PAGE})
    assert response["Location"] == PAGE
    assert '<html lang="zh-Hans"' in tight(client.get(PAGE).content.decode())
    client.post("/language/", {"language": "en", "next": PAGE})
    assert '<html lang="en"' in tight(client.get(PAGE).content.decode())
