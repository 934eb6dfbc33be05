"""From a file to facts in a real browser, with a real worker in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from incentives.celery import app
from incentives.org.models import Company
from scoring.ingest import workers
from scoring.models import Import, Mapping, Ticket
from tests import databases
from tests.org.cast import Cast
from tests.scoring.uploading import DIRTY, make_mapping

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DESK, PHONE = (1440, 900), (390, 844)
LONG = 90_000  # milliseconds: a worker takes a file in, on a busy machine
UNCLEAR = "Ticket ID,Agent,Created,CSAT\n" + "".join(
    f"T{n},Ana,0{n}/04/2026 09:00,{n % 5 + 1}\n" for n in range(1, 9)
)
Open = Callable[..., "Page"]


@pytest.fixture
def queue(transactional_db: None, cast: Cast) -> Iterator[None]:
    """Tasks go to the broker, and wait there for a worker."""
    app.conf.task_always_eager = False
    yield
    app.control.purge()
    app.conf.task_always_eager = True


@pytest.fixture
def worker(queue: None) -> Iterator[None]:
    """A Celery worker on the test's database and broker."""
    environment = os.environ | {
        "DATABASE_URL": databases.address(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "ENVIRONMENT": "development",
    }
    command = [
        "-m",
        "celery",
        "-A",
        "incentives",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "error",
    ]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=configured.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    try:
        while not app.control.ping(timeout=0.5, limit=1):
            assert process.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, "the worker does not answer"
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def opened(live_server: LiveServer, page: Page, cast: Cast) -> Open:
    """Opens an address as the manager, at a size."""

    def open_page(address: str, *, size: tuple[int, int]) -> Page:
        Company.objects.update(time_zone="UTC")
        visitor = Client()
        visitor.force_login(cast.manager)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        cookie: Any = {
            "name": "sessionid",
            "value": visitor.cookies["sessionid"].value,
            "url": live_server.url,
        }
        page.context.add_cookies([cookie])
        page.goto(live_server.url + address)
        return page

    return open_page


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_file_is_sent_followed_repaired_and_sent_again(
    worker: None, opened: Open, size: tuple[int, int], tmp_path: Path
) -> None:
    make_mapping()
    dirty = tmp_path / "dirty.csv"
    dirty.write_text(DIRTY)
    page = opened("/imports/", size=size)
    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", dirty)
    page.get_by_label("Source").fill("desk")
    page.get_by_label("Mapping").select_option("desk")
    fits(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="What was not taken")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("The row has no id.").first).to_be_visible()
    expect(page.locator("h1")).to_contain_text("dirty.csv")
    fits(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download as CSV").click()
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    assert "'=Bo" in text
    mended = tmp_path / "mended.csv"
    mended.write_text(
        text.replace("08:00", "11:00").replace(",9,", ",3,").replace("\n,Di", "\n4,Di"),
        encoding="utf-8-sig",
    )
    page.set_input_files("input[type=file]", mended)
    page.get_by_role("button", name="Import the repaired rows").click()
    expect(page.locator("h1")).to_contain_text("mended.csv")
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=LONG)
    assert Import.objects.latest("pk").status == "done"
    assert Ticket.objects.get(external_id="2").resolution_seconds == 5400
    assert Ticket.objects.filter(external_id="4").exists()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_wizard_asks_for_the_order_of_day_and_month_and_imports(
    worker: None, opened: Open, size: tuple[int, int], tmp_path: Path
) -> None:
    file = tmp_path / "unclear.csv"
    file.write_text(UNCLEAR)
    page = opened("/imports/mappings/new/", size=size)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("Day or month first?")).to_be_visible()
    fits(page)
    page.get_by_label("1 Apr 2026").first.check()
    expect(page.get_by_role("cell", name="2026-04-01 09:00:00").first).to_be_visible()
    expect(page.locator("#opened_at-format-1")).to_be_focused()
    page.locator("#csat-scale").fill("0-10")
    page.locator("#csat-missing").click()
    expect(page.get_by_role("cell", name="1.8", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("please confirm")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Save").click()
    page.get_by_label("Name").fill("unclear")
    page.get_by_label("Source").fill("elsewhere")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=LONG)
    assert Mapping.objects.get(name="unclear").kind == "tickets"
    assert Ticket.objects.count() == 8
    assert Ticket.objects.get(external_id="T5").day == date(2026, 4, 5)


def test_a_file_that_waits_is_asked_about_again_and_again_until_the_page_knows_why(
    queue: None, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mapping()
    monkeypatch.setattr(workers, "PATIENCE_SECONDS", 3)
    file = tmp_path / "dirty.csv"
    file.write_text(DIRTY)
    page = opened("/imports/new/", size=DESK)
    page.set_input_files("input[type=file]", file)
    page.get_by_label("Source").fill("desk")
    page.get_by_label("Mapping").select_option("desk")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("No worker answers.")).to_be_visible(timeout=LONG)
    for _again in range(2):
        with page.expect_response(
            lambda answer: answer.request.headers.get("hx-request") == "true"
        ):
            pass
    # The parts that came in between took each other's place, none of them a whole page.
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("#run")).to_have_count(1)
    page.reload()
    expect(page.locator(".shell-bar")).to_have_count(1)
