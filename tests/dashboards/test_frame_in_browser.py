"""Search by keyboard, and what was won, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from incentives.org.models import Notice
from tests.dashboards.opening import PHONE, Open, opened
from tests.org.cast import Cast

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_search_is_used_by_keyboard_alone(opened: Open) -> None:
    page = opened("/me/", who="manager")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("strang", delay=20)
    expect(page.locator(".search-sheet a b")).to_have_text("Stranger")
    page.keyboard.press("Escape")
    expect(page.locator(".search-sheet a")).to_have_count(0)
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("e", delay=20)
    expect(page.locator(".search-sheet a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*/")


def test_on_a_phone_an_icon_opens_the_page_of_the_search(opened: Open) -> None:
    page = opened("/", who="agent", size=PHONE)
    page.get_by_role("link", name="Search for people and teams").click()
    expect(page.get_by_label("Name or key")).to_be_focused()
    page.keyboard.type("team")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Teammate")).to_be_visible()


def test_what_was_won_is_celebrated_once(opened: Open, cast: Cast) -> None:
    Notice.objects.create(
        person=cast.agent,
        kind="level_reached",
        data={"level": 7},
        source_key="7",
        celebrates=True,
    )
    page = opened("/", who="agent")
    expect(page.locator(".win")).to_contain_text("You have reached level 7.")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator(".win")).to_have_count(0)
    expect(page.locator(".bar-icon .count")).to_have_text("1")
