"""A session that ends, a token that is too old, a network that is gone: nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from incentives.org.models import Notice, Person
from scoring.models import PointEntry
from tests.dashboards.opening import Open, opened
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Stayed late for a colleague."
SECRET = "Str0ng and long"


def fill_an_award(page: Page) -> None:
    page.locator("[name=agent]").select_option(label="Agent")
    page.locator("[name=amount]").fill("25")
    page.locator("[name=reason]").fill(REASON)


def send(page: Page) -> None:
    page.locator("form[novalidate] button.btn-primary").click()


def sign_in(page: Page) -> None:
    person = Person.objects.get(login="supervisor")
    person.set_password(SECRET)
    person.save()
    page.locator("[name=login]").fill("supervisor")
    page.locator("[name=password]").fill(SECRET)
    page.keyboard.press("Enter")


def assert_it_is_back(page: Page) -> None:
    page.wait_for_url("**/points/award/")
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    expect(page.locator("[name=amount]")).to_have_value("25")
    expect(page.locator("#toasts")).to_contain_text("What you had typed is back")


def test_a_session_that_ended_before_a_form_was_sent_gives_the_text_back(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.context.clear_cookies(name="sessionid")
    send(page)
    page.wait_for_url("**/accounts/login/**")
    sign_in(page)
    assert_it_is_back(page)
    send(page)
    expect(page.locator("#toasts")).to_contain_text("Agent has 25 points from you")
    assert PointEntry.objects.get().reason == REASON
    page.reload()
    expect(page.locator("[name=reason]")).to_have_value("")


def test_a_session_that_ended_during_an_htmx_request_gives_the_text_back(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.context.clear_cookies(name="sessionid")
    page.evaluate("htmx.ajax('GET', '/', '#live')")
    page.wait_for_url("**/accounts/login/**")
    sign_in(page)
    assert_it_is_back(page)


def test_asking_again_does_not_take_a_writer_away_and_nobody_else_sees_the_text(
    opened: Open,
) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.context.clear_cookies(name="sessionid")
    with page.expect_response("**/accounts/login/**"):
        page.evaluate("document.querySelector('[data-poll]').dataset.poll = '0.1'")
    expect(page.locator("[data-poll]")).to_have_count(0)  # the answer has been dealt with
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    send(page)
    page.wait_for_url("**/accounts/login/**")
    opened("/points/award/", who="site_manager")
    expect(page.locator("[name=reason]")).to_have_value("")


def test_a_token_that_is_too_old_keeps_the_form_and_offers_to_send_it_again(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.context.clear_cookies(name="csrftoken")
    send(page)
    expect(page.locator("h1")).to_have_text("Please send it again")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("#toasts")).to_contain_text("Agent has 25 points from you")
    assert PointEntry.objects.get().reason == REASON


def test_a_token_that_is_too_old_is_renewed_under_an_htmx_request(opened: Open, cast: Cast) -> None:
    page = opened("/me/", who="agent")
    Notice.objects.create(person=cast.agent, kind="told", source_key="1", celebrates=True)
    page.context.clear_cookies(name="csrftoken")
    post = "htmx.ajax('POST', '/notices/celebrated/', {source: document.body, swap: 'none'})"
    page.evaluate(post)
    expect(page.locator("#toasts")).to_contain_text("Nothing is lost: please try again")
    assert Notice.objects.get().celebrates
    with page.expect_response("**/notices/celebrated/") as answer:
        page.evaluate(post)
    assert answer.value.status == 204
    assert not Notice.objects.get().celebrates


def test_without_a_connection_nothing_is_sent_and_the_text_stays(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.context.set_offline(True)
    send(page)
    expect(page.locator("#toasts")).to_contain_text("There is no connection")
    expect(page.locator("[name=reason]")).to_have_value(REASON)
    page.context.set_offline(False)
    send(page)
    expect(page.locator("#toasts")).to_contain_text("Agent has 25 points from you")


def test_two_clicks_send_once(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    page.locator("form[novalidate] button.btn-primary").dblclick()
    expect(page.locator("#toasts")).to_contain_text("Agent has 25 points from you")
    assert PointEntry.objects.count() == 1


def test_an_error_on_our_side_keeps_the_text(opened: Open) -> None:
    page = opened("/points/award/", who="supervisor")
    fill_an_award(page)
    broken = page.content().replace("<body ", "<body data-unsent ", 1)

    def fail(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=500, content_type="text/html", body=broken)
        else:
            route.continue_()

    page.route("**/points/award/", fail)
    send(page)
    expect(page.locator("body[data-unsent]")).to_be_attached()
    page.goto(page.url)
    assert_it_is_back(page)


def test_many_failures_of_the_network_are_said_once_and_polling_says_nothing(opened: Open) -> None:
    page = opened("/", who="agent")
    page.route("**/notices/bell/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.evaluate("document.querySelector('[data-poll]').dataset.poll = '0.1'")
    with page.expect_event("requestfailed"):
        pass
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
    page.route("**/search/**", lambda route: route.abort())
    for _ in range(3):
        page.evaluate("htmx.ajax('GET', '/search/', '#live').catch(() => null)")
    expect(page.locator("#toasts [data-toast]")).to_have_count(1)
