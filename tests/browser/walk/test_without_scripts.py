"""With JavaScript switched off: reading, signing in, and every form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from incentives.org.models import Person
from scoring.models import Appeal, Goal, Import, PointEntry
from tests.browser.walk.conftest import PHONE, Reached, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow]
Open = Callable[..., "Page"]
TICKETS = "Ticket,Agent,Created,Resolved,Rating\n1,Ana,2026-01-05 09:00,2026-01-05 10:00,5\n"


class _Forms(HTMLParser):
    """Forms that cannot be sent by hand, and places that lead nowhere without scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[str] = []
        self._form: dict[str, str] | None = None
        self._inputs: list[tuple[str, dict[str, str]]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._hidden += 1
        if self._hidden:
            return
        if tag == "form":
            self._form, self._inputs = given, []
        elif tag in ("button", "input"):
            self._inputs.append((tag, given))
        if tag == "a" and given.get("href") == "#":
            self.broken.append(f"a link to nowhere at line {self.getpos()[0]}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._hidden -= 1
        if tag != "form" or self._form is None or self._hidden:
            return
        form, self._form = self._form, None
        what = form.get("action") or form.get("id") or "form"
        if form.get("method", "get").lower() == "dialog" or "data-scripts-only" in form:
            return
        sends = [
            each
            for kind, each in self._inputs
            if (kind == "button" and each.get("type", "submit") == "submit")
            or (kind == "input" and each.get("type") in ("submit", "image"))
        ]
        typed = [each for kind, each in self._inputs if kind == "input" and _is_text(each)]
        # A form with one field of text is sent by Enter, which HTML calls implicit submission.
        if not sends and len(typed) != 1:
            self.broken.append(f"{what}: no button sends it")
        names = {each.get("name") for _, each in self._inputs}
        if form.get("method", "get").lower() == "post" and "csrfmiddlewaretoken" not in names:
            self.broken.append(f"{what}: no CSRF token")


def _is_text(given: dict[str, str]) -> bool:
    return given.get("type", "text") in ("text", "search", "email", "number", "date", "password")


def broken_forms(html: str) -> list[str]:
    """What of a page's forms and links needs JavaScript."""
    reader = _Forms()
    reader.feed(html)
    return reader.broken


@pytest.mark.parametrize("role", ["administrator", "supervisor", "agent"])
def test_every_form_can_be_sent_by_hand(found: Reached, role: str) -> None:
    broken = {
        name: told
        for name, html in found(role).html.items()
        if name != "dashboards:styleguide" and (told := broken_forms(html))
    }
    assert broken == {}


@pytest.mark.parametrize(
    "html",
    [
        '<form method="post"><button>Go</button></form>',
        '<form><button type="button">Go</button></form>',
        '<a href="#">x</a>',
    ],
)
def test_the_reader_of_forms_finds_what_it_is_for(html: str) -> None:
    assert broken_forms(html)


def test_a_person_signs_in_chooses_language_and_colours_and_signs_out(
    site: Site, opened: Open
) -> None:
    agent = site.world.people["agent"]
    site.speaks("agent", "en")
    page = opened("nobody", scripts=False, size=PHONE)
    page.goto("/points/")
    page.fill("[name=login]", agent.login or "")
    page.fill("[name=password]", site.world.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/points/")
    page.locator("button[name=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator("button[name=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("details.menu:has(button[value=dark]) > summary").click()
    page.locator("button[value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".shell-bar-end details.menu > summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def test_a_supervisor_proposes_a_goal_and_gives_points(site: Site, opened: Open) -> None:
    agent = site.world.people["agent"]
    page = opened("supervisor", scripts=False)
    page.goto("/goals/new/")
    page.select_option("[name=agent]", str(agent.pk))
    page.fill("[name=title]", "Fewer reopened tickets")
    page.select_option("[name=kpi]", index=1)
    page.fill("[name=target]", "93")
    page.fill("[name=starts_on]", agent.company_today.isoformat())
    page.fill("[name=ends_on]", (agent.company_today + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("h1")).to_have_text("Fewer reopened tickets")
    assert Goal.objects.filter(agent=agent, title="Fewer reopened tickets").exists()
    page.goto("/points/award/")
    page.select_option("[name=agent]", str(agent.pk))
    page.fill("[name=amount]", "10")
    page.fill("[name=reason]", "Calm on the phone.")
    page.get_by_role("button", name="Give points").click()
    expect(page.locator("#toasts")).to_contain_text("10 points from you")
    assert PointEntry.objects.filter(agent=agent, amount=10, kind="manual").exists()


def test_an_agent_contests_a_score_and_changes_the_profile(site: Site, opened: Open) -> None:
    agent = site.world.people["agent"]
    before = Appeal.objects.filter(agent=agent).count()
    page = opened("agent", scripts=False, size=PHONE)
    page.goto("/why/")
    page.goto(page.locator("a[href*='/appeals/new/']").first.get_attribute("href") or "")
    page.locator("textarea").first.fill("The system was down that morning.")
    page.locator("main form button.btn-primary").first.click()
    expect(page).not_to_have_url(re.compile("/appeals/new/"))
    assert Appeal.objects.filter(agent=agent).count() == before + 1
    page.goto("/me/")
    page.fill("[name=display_name]", "Li Wei")
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("#toasts")).to_contain_text("Your profile is saved.")
    assert Person.objects.get(pk=agent.pk).display_name == "Li Wei"


def test_an_invalid_form_comes_back_with_its_words_and_what_was_typed(opened: Open) -> None:
    page = opened("administrator", scripts=False)
    page.goto("/seasons/new/")
    page.fill("[name=name]", "Spring")
    page.fill("[name=starts_on]", "2031-06-01")
    page.fill("[name=ends_on]", "2031-05-01")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("[name=name]")).to_have_value("Spring")
    expect(page.locator(".errors li, .form-errors li").first).to_be_visible()


def test_a_file_is_imported_and_a_list_filtered(opened: Open) -> None:
    page = opened("administrator", scripts=False)
    page.goto("/imports/new/")
    page.set_input_files(
        "[name=file]", {"name": "t.csv", "mimeType": "text/csv", "buffer": TICKETS.encode()}
    )
    page.fill("[name=source]", "by hand")
    page.select_option("[name=mapping]", "Desk")
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/imports/*/")
    assert Import.objects.latest("pk").source.name == "by hand"
    page.goto("/people/")
    page.fill("main [name=q]", "no such person")
    page.locator("main form.filter-bar button").first.click()
    expect(page).to_have_url(re.compile(r"q=no\+such\+person"))
