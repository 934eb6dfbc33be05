"""From an empty database to the first night, in a browser, along the list's own links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from incentives.org.models import Company, Person
from scoring.models import NightRun, PointEntry, Standing

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PASSWORD = "lantern-river-42"
LONG = 90_000  # milliseconds: a file or a night, on a busy machine
PEOPLE = """key,name,team,team_name,supervisor,role
boss,Bea Boss,,,,
ana,Ana Alves,north,North,boss,
ben,Ben Bauer,north,North,boss,
"""
TICKETS = "external_id,agent,opened_at,closed_at,csat,channel\n" + "".join(
    f"T{n},{'ana' if n % 2 else 'ben'},2026-11-{10 + n % 9} 09:00,2026-11-{10 + n % 9} 09:20,5,chat\n"
    for n in range(60)
)


class Walk:
    """An administrator who goes back to the list after each step."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def list(self) -> None:
        self.page.get_by_role("link", name="First steps").first.click()
        expect(self.page.locator("h1")).to_have_text("First steps")

    def take(self, step: str, link: str) -> None:
        """Follow a link of the step; it is the one that the list asks for now."""
        self.list()
        now = self.page.locator("li[aria-current=step]")
        expect(now.locator("h2")).to_contain_text(step)
        now.get_by_role("link", name=link).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def upload(self, file: Path, mapping: str, source: str) -> None:
        self.page.set_input_files("input[type=file]", file)
        self.page.get_by_label("Source").fill(source)
        self.page.get_by_label("Mapping").select_option(mapping)
        self.press("Import")
        expect(self.page.get_by_role("heading", name="Imported")).to_be_visible(timeout=LONG)


def test_the_list_leads_from_nothing_to_the_first_night(
    live_server: LiveServer, page: Page, tmp_path: Path
) -> None:
    Person.objects.create_superuser("root", PASSWORD)
    page.goto(live_server.url)
    page.locator("[name=login]").fill("root")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    expect(page.locator("li[aria-current=step]")).to_be_visible()
    walk = Walk(page)

    walk.take("Say who you are", "Company settings")
    page.get_by_label("Name").fill("Lakeside Support")
    page.get_by_label("Time zone").select_option("Asia/Shanghai")
    page.get_by_label("Country").select_option("CN")
    walk.press("Save")
    expect(page.get_by_text("settings are saved")).to_be_visible()
    assert Company.current().time_zone == "Asia/Shanghai"

    (tmp_path / "people.csv").write_text(PEOPLE)
    walk.take("Bring in people and teams", "Import a people file")
    walk.upload(tmp_path / "people.csv", "canonical-agents", "people")

    (tmp_path / "tickets.csv").write_text(TICKETS)
    walk.take("Import a first file", "Import a file")
    walk.upload(tmp_path / "tickets.csv", "canonical-tickets", "helpdesk")

    walk.take("Run the first night", "Nights")
    walk.press("Run now")
    page.locator("#confirm [value=yes]").click()
    expect(page.get_by_text("Done").first).to_be_visible(timeout=LONG)
    assert NightRun.objects.get().status == NightRun.Status.DONE
    assert PointEntry.objects.exists()
    assert Standing.objects.exists()

    walk.take("Let people sign in", "People")
    page.get_by_role("link", name="Bea Boss").first.click()
    page.get_by_label("Login name").fill("bea")
    page.locator("form", has=page.get_by_label("Login name")).get_by_role("button").last.click()
    # The answer is the same page again: what is typed before it comes is lost.
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.get_by_role("textbox", name="New password").fill(PASSWORD)
    page.locator("form", has=page.get_by_role("textbox", name="New password")).get_by_role(
        "button"
    ).last.click()
    expect(page.locator("#toasts")).to_contain_text("password")

    walk.list()
    expect(page.get_by_text("Everything is there.")).to_be_visible()
    expect(page.locator("li[aria-current=step]")).to_have_count(0)
    page.get_by_role("link", name="Home").first.click()
    expect(page).to_have_url(f"{live_server.url}/")
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
