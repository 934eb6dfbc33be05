"""A quest's whole way in a browser: made in a minute, claimed with evidence, approved, paid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from badges.models import QuestSettings
from scoring.models import PointEntry
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long password"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


def sign_in(page: Page, live_server: LiveServer, login: str) -> None:
    page.context.clear_cookies()
    page.goto(live_server.url)
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.locator("[name=password]")).to_have_count(0)
    expect(page.locator("h1").first).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_a_quest_made_in_a_minute_is_claimed_approved_and_paid(
    live_server: LiveServer, page: Page, cast: Cast, tmp_path: Path
) -> None:
    QuestSettings.objects.create(daily=0, weekly=0)
    sign_in(page, live_server, "supervisor")
    page.get_by_role("link", name="Quests", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Quest board")
    page.get_by_role("link", name="Make a quest").click()
    expect(page.locator("h1")).to_have_text("Make a quest")
    page.get_by_role("link", name="A better answer").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("A better answer")
    page.get_by_label("Points").fill("45")
    press(page, "Start the quest")
    expect(page.locator("h1")).to_have_text("A better answer")

    sign_in(page, live_server, "agent")
    page.get_by_role("link", name="Quests", exact=True).first.click()
    page.get_by_role("link", name="A better answer").click()
    expect(page.get_by_role("heading", name="Hand in evidence")).to_be_visible()
    wrong = tmp_path / "proof.png"
    wrong.write_bytes(b"not a picture")
    page.set_input_files("input[type=file]", wrong)
    press(page, "Hand in")
    expect(page.get_by_text("Only PNG, JPEG and WebP pictures and PDF files")).to_be_visible()
    right = tmp_path / "before.png"
    right.write_bytes(PNG)
    page.set_input_files("input[type=file]", right)
    page.get_by_label("A word about it").fill("Steps in order")
    press(page, "Hand in")
    expect(page.get_by_text("Handed in. Your supervisor looks at it.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="before.png").click()
    assert download.value.suggested_filename == "before.png"

    sign_in(page, live_server, "supervisor")
    page.goto(f"{live_server.url}/quests/board/")
    expect(page.get_by_text("Steps in order")).to_be_visible()
    page.locator("[name=claim][type=checkbox]").check()
    press(page, "Approve the ticked ones")
    expect(page.get_by_text("1 claim approved.")).to_be_visible()
    assert PointEntry.objects.get(agent=cast.agent, kind="quest").amount == 45

    sign_in(page, live_server, "agent")
    expect(page.get_by_text("Quest done: “A better answer”. 45 points for you.")).to_be_visible()
