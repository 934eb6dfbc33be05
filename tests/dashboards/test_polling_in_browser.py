"""Asking again: only while something runs, less often when nobody looks or answers, with the last tag."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.dashboards.opening import Open, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(transaction=True)

POLLING = """() => {
  document.querySelectorAll('[data-poll]').forEach((one) => one.removeAttribute('data-poll'));
  const live = document.getElementById('live');
  live.innerHTML = '<p hx-get="/progress" hx-trigger="poll" data-poll="0.1">before</p>';
  htmx.process(live);
}"""


class Counted:
    """Answers /progress as told, and keeps what was asked."""

    def __init__(self, page: Page, **answer: Any) -> None:
        self.answer, self.asked = answer, list[dict[str, str]]()
        page.route("**/progress", self._take)
        page.evaluate(POLLING)

    def _take(self, route: Route) -> None:
        self.asked.append(route.request.headers)
        route.fulfill(**self.answer)

    def await_more(self, page: Page, times: int) -> None:
        """Return when it was asked so many times again."""
        wanted, deadline = len(self.asked) + times, time.monotonic() + 60
        while len(self.asked) < wanted:
            assert time.monotonic() < deadline, "it asks no more"
            page.wait_for_timeout(20)


def halt(page: Page) -> None:
    """From now on the page's time passes only as a test says: a busy machine changes no count."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 5)


def asked_in(page: Page, counted: Counted, seconds: int) -> int:
    """How often it is asked while so much of the page's time passes; each answer arrives at once."""
    before = len(counted.asked)
    for _half in range(2 * seconds):
        page.clock.run_for(500)
        expect(page.locator(".htmx-request")).to_have_count(0)
    return len(counted.asked) - before


def test_the_last_tag_is_sent_and_an_unchanged_answer_changes_nothing(opened: Open) -> None:
    page = opened("/styleguide/")
    counted = Counted(page, status=200, body="now", headers={"ETag": '"a"'})
    expect(page.locator("#live")).to_have_text("now")
    counted.answer = {"status": 304, "body": ""}
    counted.await_more(page, 3)
    assert counted.asked[-1]["if-none-match"] == '"a"'
    expect(page.locator("#live")).to_have_text("now")


def test_a_hidden_tab_asks_ten_times_less_and_a_server_that_fails_less_and_less(
    opened: Open, page: Page
) -> None:
    page.clock.install()
    opened("/styleguide/")
    halt(page)
    counted = Counted(page, status=304, body="")
    page.evaluate("document.querySelector('#live p').dataset.poll = '0.4'")
    seen = asked_in(page, counted, 4)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"
    )
    assert seen >= 5
    assert asked_in(page, counted, 4) <= 1
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => false, configurable: true})"
    )
    counted.answer = {"status": 502, "body": ""}
    assert asked_in(page, counted, 4) >= 2  # patience grows: 0.4, 0.8, 1.6, 3.2 seconds …
    assert asked_in(page, counted, 4) <= 1
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
