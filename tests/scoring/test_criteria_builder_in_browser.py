"""The sentence builder in a real browser: with scripts, without, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import NAVIGATION_PATIENCE, PATIENCE
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.scoring.builder_page"),
]
PHONE = {"width": 390, "height": 844}


def open_builder(page: Page, live_server: LiveServer, cast: Cast) -> None:
    visitor = Client()
    visitor.force_login(cast.manager)
    session: Any = {
        "name": "sessionid",
        "value": visitor.cookies["sessionid"].value,
        "url": live_server.url,
    }
    page.context.add_cookies([session])
    page.goto(f"{live_server.url}/builder/")


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A browser whose owner switched scripts off."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(NAVIGATION_PATIENCE)
    yield context.new_page()
    context.close()


def fill(page: Page, row: int, what: str, value: str) -> None:
    page.get_by_label("What is compared").nth(row).select_option(what)
    page.get_by_label("Value").nth(row).fill(value)


def test_sentence_and_people_follow_the_rows_as_they_change(
    page: Page, live_server: LiveServer, transactional_db: None, played: Cast
) -> None:
    open_builder(page, live_server, played)
    fill(page, 0, "csat", "80")
    page.get_by_label("Value").blur()
    told = page.locator("#criteria-told")
    expect(told).to_contain_text("“Customer satisfaction (share satisfied)” is at least 80 %")
    expect(told).to_contain_text("本月“客户满意度”不低于 80%。")
    expect(told).to_contain_text("Would be met by 1 of 4 people now")
    page.get_by_role("button", name="Add a criterion").click()
    expect(page.get_by_label("What is compared")).to_have_count(2)
    fill(page, 1, "nps", "")
    page.get_by_label("Value").nth(1).fill("ten")
    page.get_by_role("button", name="Preview", exact=True).last.click()
    expect(page.locator(".criterion .errors")).to_have_text(
        "“value” is a number, such as 90 or 2.5."
    )
    page.get_by_role("button", name="Remove criterion 2").click()
    expect(page.get_by_label("What is compared")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("output")).to_contain_text("'value': 80")


def test_only_the_parts_that_apply_are_shown(
    page: Page, live_server: LiveServer, transactional_db: None, cast: Cast
) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    open_builder(page, live_server, cast)
    when, days = page.get_by_label("When"), page.get_by_label("Days", exact=True)
    expect(days).to_be_hidden()
    expect(page.get_by_label("Times in a row")).to_be_visible()
    expect(page.get_by_label("Among whom")).to_be_hidden()
    when.select_option("rolling")
    expect(days).to_be_visible()
    expect(page.get_by_label("Times in a row")).to_be_hidden()
    page.get_by_label("Comparison").select_option("top")
    expect(page.get_by_label("Among whom")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_it_works_without_scripts(
    plain_page: Page, live_server: LiveServer, transactional_db: None, cast: Cast
) -> None:
    page = plain_page
    open_builder(page, live_server, cast)
    fill(page, 0, "csat", "80")
    page.get_by_role("button", name="Add a criterion").click()
    expect(page.get_by_label("What is compared")).to_have_count(2)
    expect(page.get_by_label("Value").nth(0)).to_have_value("80")
    fill(page, 1, "handled", "5")
    page.get_by_role("button", name="Remove criterion 1").click()
    expect(page.get_by_label("What is compared")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("output")).to_contain_text("'metric': 'handled'")
