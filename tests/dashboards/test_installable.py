"""The site as an app on a phone: manifest, icons, and a page for when there is no network."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from dashboards.models import Wallboard
from dashboards.wallboard.links import token_of
from tests.conftest import NAVIGATION_PATIENCE
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@pytest.mark.django_db
def test_the_manifest_names_icons_that_exist_in_the_sizes_it_says(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    sizes = set()
    for icon in manifest["icons"]:
        name = "icons/" + icon["src"].rsplit("/", 1)[1]
        found = finders.find(name)
        assert found, name
        if name.endswith(".png"):
            with open(found, "rb") as file:
                size = struct.unpack(">II", file.read(24)[16:])
            assert icon["sizes"] == f"{size[0]}x{size[1]}"
        sizes.add((icon["sizes"], icon.get("purpose", "any")))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes


@pytest.mark.django_db
def test_every_page_names_the_manifest_and_the_offline_page_speaks_both_languages(
    client: Client,
) -> None:
    assert b'rel="manifest"' in client.get("/accounts/login/").content
    page = client.get("/offline/").content.decode()
    assert 'lang="en"' in page
    assert 'lang="zh-Hans"' in page
    assert "<form" not in page.split("<dialog")[0]


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, service_workers="allow", reduced_motion="reduce"
    )
    context.set_default_timeout(NAVIGATION_PATIENCE)
    yield context
    context.close()


@pytest.mark.django_db(transaction=True)
def test_without_a_network_a_page_says_so_and_nothing_of_a_person_was_kept(
    live_server: LiveServer, phone: BrowserContext, cast: Cast
) -> None:
    visitor = Client()
    visitor.force_login(cast.agent)
    session = visitor.cookies["sessionid"].value
    phone.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = phone.new_page()
    page.goto(f"{live_server.url}/points/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto(f"{live_server.url}/me/")
    kept: list[str] = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const lists = await Promise.all(names.map(async (n) => (await caches.open(n)).keys()));
          return lists.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    assert "/offline/" in kept
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline/"]
    phone.set_offline(True)
    page.goto(f"{live_server.url}/me/")
    expect(page.locator("h1")).to_have_text("No connection")
    expect(page).to_have_url(f"{live_server.url}/me/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 247, 242)"
    phone.set_offline(False)
    page.get_by_role("link", name="Try again").first.click()
    expect(page.locator("h1")).to_have_text("My profile")


@pytest.mark.django_db(transaction=True)
def test_a_television_that_starts_without_a_server_opens_its_screen_by_itself(
    live_server: LiveServer, phone: BrowserContext, cast: Cast
) -> None:
    screen = Wallboard.objects.create(title="Hall", made_by=cast.manager, scenes=["wins"])
    address = live_server.url + reverse("dashboards:wall", args=[token_of(screen)])
    page = phone.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    page.goto(address)
    expect(page.locator("h1")).to_have_text("No connection")
    phone.set_offline(False)
    # It asks every 15 seconds; nobody touches it.
    expect(page.locator("h1")).to_have_text("Hall", timeout=60_000)
