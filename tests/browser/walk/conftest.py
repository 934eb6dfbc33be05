"""The demo company behind a live server, made once for all tests of this folder."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from scoring.models import Goal
from tests import databases
from tests.browser.walk.discovery import Found, explore, routes
from tests.browser.walk.world import World, make_world
from tests.conftest import NAVIGATION_PATIENCE, PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Reached = Callable[[str], Found]
DESK, PHONE, ZOOMED = (1440, 900), (390, 844), (720, 450)


@dataclass(frozen=True, slots=True)
class Site:
    """A running site with a company in it."""

    url: str
    world: World

    def client(self, role: str) -> Client:
        """Someone of a role, signed in, without a browser; a visitor for "nobody"."""
        client = Client(raise_request_exception=False)
        if role != "nobody":
            client.force_login(self.world.people[role])
        return client

    def speaks(self, role: str, language: str) -> None:
        """What someone reads by their profile, which counts for more than any cookie."""
        if role != "nobody":
            person = self.world.people[role]
            person.locale = language
            person.save(update_fields=["locale"])

    def cookies(self, role: str, *, theme: str, language: str) -> list[Any]:
        """The cookies of someone who is signed in, in these colours, and reads that language."""
        held = {"theme": theme, "django_language": language}
        self.speaks(role, language)
        if role != "nobody":
            held["sessionid"] = self.client(role).cookies["sessionid"].value
        return [{"name": name, "value": value, "url": self.url} for name, value in held.items()]


@pytest.fixture(scope="package")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    database_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The site; its database is a fresh clone again when this folder's tests are over."""
    with django_db_blocker.unblock():
        databases.clone(database_name)
        cache.clear()
        folder: Path = tmp_path_factory.mktemp("demo")
        server = LiveServer("localhost")
        try:
            yield Site(server.url, make_world(folder))
        finally:
            server.stop()
            databases.clone(database_name)
            cache.clear()


@pytest.fixture(scope="package")
def found(site: Site) -> Reached:
    """What a role reaches in English; each is explored once, when it is asked for."""
    known = routes()
    # Others may have answered it already; a goal can be changed only while it is proposed.
    Goal.objects.filter(title="Ratings of 95 %").update(status=Goal.Status.PROPOSED)

    @functools.cache
    def reached(role: str) -> Found:
        site.speaks(role, "en")
        return explore(site.client(role), known, site.world.more)

    return reached


@pytest.fixture(autouse=True)
def _served_hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def opened(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """opened(role, size=PHONE, language="zh-hans", scripts=False): a page of a new context."""
    contexts = []

    def open_page(
        role: str,
        *,
        size: tuple[int, int] = DESK,
        language: str = "en",
        theme: str = "light",
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        context.add_cookies(site.cookies(role, theme=theme, language=language))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_default_navigation_timeout(NAVIGATION_PATIENCE)
        return page

    yield open_page
    for context in contexts:
        context.close()
