"""A page and a fragment at one address are told apart by browsers."""

from __future__ import annotations

from django.test import Client

from tests.org.cast import Cast


def test_a_page_and_its_fragment_are_different_answers(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    page = client.get("/people/")
    fragment = client.get("/people/", headers={"HX-Request": "true"})
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in fragment["Vary"]
    assert "no-store" in fragment["Cache-Control"]
    assert "no-store" not in page.get("Cache-Control", "")
