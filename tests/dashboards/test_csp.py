"""No page carries a script, a style or a handler inside its HTML; other tests may ask the same."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.org.cast import Cast

# Not ours (the Django admin), or not pages.
OTHERS = ("admin/", "health/", "i18n/", "api/")
DATA = ("application/json", "importmap")


class _Inline(HTMLParser):
    """Collects what a content policy of 'self' would refuse, and scripts from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        source = given.get("src") or ""
        if tag == "script" and not source and given.get("type") not in DATA:
            self._note("inline script")
        if (
            tag == "script"
            and source
            and not source.startswith(f"/{settings.STATIC_URL}".replace("//", "/"))
        ):
            self._note(f"script from {source}")
        if tag == "style":
            self._note("inline style")
        for name, value in given.items():
            if name.startswith(("on", "hx-on")):
                self._note(f"handler {name}")
            if name == "style":
                self._note(f"style attribute {value}")
            if name in ("href", "action") and (value or "").lower().startswith("javascript:"):
                self._note(f"{name} with javascript:")

    def _note(self, what: str) -> None:
        self.found.append(f"{what} at line {self.getpos()[0]}")


def inline_parts(html: str) -> list[str]:
    """What of a page its own content policy would refuse; empty for a clean page."""
    reader = _Inline()
    reader.feed(html)
    return reader.found


def assert_no_inline(html: str) -> None:
    """Fail with the places of inline scripts, styles and handlers."""
    assert inline_parts(html) == []


def pages_without_arguments() -> list[str]:
    """Every address of the project that can be asked for without knowing anything."""
    return sorted(set(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern).lstrip("^").rstrip("$").replace(r"\Z", "")
        if address.startswith(OTHERS) or any(mark in address for mark in "<(?[\\"):
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield "/" + address


@pytest.mark.parametrize("who", ["administrator", "agent", "nobody"])
def test_no_page_has_scripts_or_styles_inside(cast: Cast, client: Client, who: str) -> None:
    read = []
    for address in pages_without_arguments():
        if who != "nobody":
            client.force_login(getattr(cast, who))
        response = client.get(address)
        assert response.status_code < 500, address
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            assert (address, inline_parts(response.content.decode())) == (address, [])
            read.append(address)
    assert "/accounts/login/" in read if who == "nobody" else "/" in read
    assert "/styleguide/" in read or who != "administrator"


@pytest.mark.parametrize("address", ["/no-such-page/", "/styleguide/"])
def test_refusals_are_clean_too(cast: Cast, client: Client, address: str) -> None:
    client.force_login(cast.agent)
    response = client.get(address)
    assert response.status_code in (403, 404)
    assert b'<main id="main"' in response.content
    assert_no_inline(response.content.decode())


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<script src="https://cdn.example/x.js"></script>',
        "<style>p{}</style>",
        '<p style="color:red">',
        '<a onclick="x()">',
        '<div hx-on:click="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_the_reader_finds_what_it_is_for(html: str) -> None:
    assert inline_parts(html)


def test_data_for_scripts_is_no_script() -> None:
    assert inline_parts('<script id="x" type="application/json">[1]</script>') == []


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_request(template: str) -> None:
    html = render_to_string(template)
    assert_no_inline(html)
    assert 'href="/"' in html
