"""The shell in a real browser: small scripts, keyboard, phone widths, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.dashboards.opening import DESK, PHONE, ZOOMED, Open, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["AXE", "DESK", "PHONE", "ZOOMED", "opened"]
pytestmark = pytest.mark.django_db(transaction=True)
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"


def test_no_page_is_wider_than_its_window(opened: Open) -> None:
    for address in ("/", "/styleguide/"):
        for size in (PHONE, ZOOMED, DESK):
            page = opened(address, size=size)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (address, size, over) == (address, size, 0)


@pytest.mark.parametrize(("theme", "size"), [("light", DESK), ("dark", PHONE)])
def test_the_components_pass_axe(opened: Open, theme: str, size: tuple[int, int]) -> None:
    page = opened("/styleguide/", theme=theme, size=size)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    result = page.evaluate("rules => axe.run(document, rules)", rules)
    found = [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in result["violations"]]
    assert found == []


def test_the_first_tab_skips_to_the_content(opened: Open) -> None:
    page = opened("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_auto_follows_the_device_before_the_first_paint(opened: Open, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    opened("/", theme="auto")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_menus_close_with_escape_and_give_the_focus_back(opened: Open) -> None:
    page = opened("/", who="agent")
    summary = page.locator(".shell-bar-end details.menu > summary").last
    summary.click()
    page.get_by_role("link", name="Profile").focus()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    expect(summary).to_be_focused()


def test_the_current_tab_is_in_sight_on_a_phone(opened: Open) -> None:
    page = opened("/points/budgets/", who="administrator", size=PHONE)
    row, here = page.locator(".tabs"), page.locator(".tabs [aria-current]")
    assert row.evaluate("row => row.scrollWidth > row.clientWidth")
    expect(here).to_be_in_viewport(ratio=0.9)


def test_a_person_signs_out_from_the_menu(opened: Open) -> None:
    page = opened("/", who="agent", size=PHONE)
    page.locator(".shell-bar-end details.menu > summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def test_a_form_is_confirmed_and_then_sent_once(opened: Open) -> None:
    page = opened("/styleguide/")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.evaluate(
        """() => {
          const form = document.querySelector('form.menu-sheet');
          form.dataset.confirm = 'Change it?'; form.dataset.confirmAction = 'Change';
          form.closest('details').open = true;
        }"""
    )
    dark = page.locator("button[value=dark]")
    dark.click()
    page.locator("#confirm [value=no]").click()
    expect(page.locator("#confirm")).to_be_hidden()
    assert sent == []
    page.locator("details.menu:has(button[value=dark]) > summary").click()
    dark.click()
    page.locator("#confirm [value=yes]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert len(sent) == 1


def test_a_second_click_sends_nothing_more(opened: Open) -> None:
    page = opened("/styleguide/")
    allowed = page.evaluate(
        """() => {
          const form = document.querySelector('form.menu-sheet');
          let arrived = 0;
          form.addEventListener('submit', (event) => { event.preventDefault(); arrived += 1; });
          form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
          return arrived;
        }"""
    )
    assert allowed == 1


def test_a_session_that_ended_leads_to_sign_in_and_back(opened: Open) -> None:
    page = opened("/styleguide/?period=week")
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/', '#live')")
    page.wait_for_url("**/accounts/login/?next=%2Fstyleguide%2F%3Fperiod%3Dweek")


def test_a_toast_from_the_server_is_shown_as_text(opened: Open) -> None:
    page = opened("/")
    page.evaluate("htmx.trigger(document.body, 'toast', {text: '<b>Saved</b>', kind: 'success'})")
    expect(page.locator("#toasts p")).to_have_text("<b>Saved</b>")
    page.locator("[data-toast-close]").click()
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)


def test_polling_asks_again_and_stops_at_286(opened: Open) -> None:
    page = opened("/styleguide/")
    answers = iter([200, 286])
    page.route("**/progress", lambda route: route.fulfill(status=next(answers), body="more"))
    with page.expect_response(lambda answer: answer.status == 286):
        page.evaluate(
            """() => {
              const live = document.getElementById('live');
              live.innerHTML = '<p hx-get="/progress" hx-trigger="poll" data-poll="0.1"></p>';
              htmx.process(live);
            }"""
        )
    expect(page.locator("#live [data-poll]")).to_have_count(0)


def test_a_chart_is_drawn_with_the_themes_colours(opened: Open) -> None:
    page = opened("/styleguide/", theme="dark")
    expect(page.locator(".chart.as-line svg [fill='#f1eee8']").first).to_be_attached()


def test_a_dropped_file_shows_its_name_and_size(opened: Open) -> None:
    page = opened("/styleguide/")
    page.locator("input[type=file]").set_input_files(
        {"name": "tickets.csv", "mimeType": "text/csv", "buffer": b"a" * 2500}
    )
    expect(page.locator("[data-file-name]")).to_have_text("tickets.csv · 2.5 kB")
