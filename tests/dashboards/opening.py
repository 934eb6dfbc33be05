"""Opens pages in the browser as one of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from incentives.org.models import Person
from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESK, PHONE, ZOOMED = (1440, 900), (390, 844), (720, 450)
Open = Callable[..., "Page"]


@pytest.fixture
def opened(live_server: LiveServer, page: Page, transactional_db: None, cast: Cast) -> Open:
    """Opens an address as one of the cast: opened("/", who="agent", theme="dark", size=PHONE)."""

    def open_page(
        address: str,
        *,
        who: str = "administrator",
        theme: str = "light",
        size: tuple[int, int] = DESK,
    ) -> Page:
        visitor = Client()
        visitor.force_login(Person.objects.get(pk=getattr(cast, who).pk))
        page.set_viewport_size({"width": size[0], "height": size[1]})
        cookies: Any = [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in (
                ("sessionid", visitor.cookies["sessionid"].value),
                ("theme", theme),
            )
        ]
        page.context.add_cookies(cookies)
        page.goto(live_server.url + address)
        return page

    return open_page
