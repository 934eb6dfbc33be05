"""An editor whose session ended: rows that were added by hand are there again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from incentives.org.models import Person
from tests.dashboards.opening import Open, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Str0ng and long"


def sign_in(page: Page) -> None:
    person = Person.objects.get(login="manager")
    person.set_password(SECRET)
    person.save()
    page.locator("[name=login]").fill("manager")
    page.locator("[name=password]").fill(SECRET)
    page.keyboard.press("Enter")


def test_rows_of_an_editor_are_drawn_again_with_what_was_typed(opened: Open) -> None:
    page = opened("/kpis/measures/new/", who="manager")
    page.locator("[name=name_en]").fill("Refunds by phone")
    values = page.locator("input[name$=-value]")
    values.first.fill("refund")
    page.get_by_role("button", name="Add a condition").click()
    expect(values).to_have_count(2)
    values.nth(1).fill("phone")
    page.context.clear_cookies(name="sessionid")
    page.locator("button[name=save]").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page)
    expect(page.locator("#toasts")).to_contain_text("What you had typed is back")
    expect(page.locator("[name=name_en]")).to_have_value("Refunds by phone")
    expect(values).to_have_count(2)
    expect(values.first).to_have_value("refund")
    expect(values.nth(1)).to_have_value("phone")
