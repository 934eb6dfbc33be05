"""Finds every page: all routes of the site, and who reaches which of them by following links."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

# Not ours, or made for machines.
OTHERS = ("admin/", "health/", "i18n/", "api/", "^", "accounts/")
# Of the accounts pages those that we draw and that are in use.
ACCOUNTS = ["/accounts/login/", "/accounts/password/change/", "/accounts/password/reset/"]
ACCOUNTS += ["/accounts/2fa/", "/accounts/logout/", "/accounts/2fa/totp/activate/"]
# Signing out in the middle of the walk would end it.
NOT_FOLLOWED = ("account_logout",)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@dataclass(slots=True)
class Found:
    """What one role reached: address and HTML of each page, other answers by route, failures."""

    pages: dict[str, str] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.actions: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        for name in ("hx-get", "data-hx-get"):
            if given.get(name):
                self.links.append(given[name] or "")
        if tag == "form" and given.get("action"):
            self.actions.append(given["action"] or "")
        if given.get("hx-post"):
            self.actions.append(given["hx-post"] or "")


def routes() -> dict[str, str | None]:
    """Every route of ours that answers GET, with its address where it takes no arguments."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def methods_of(view: Callable[..., Any]) -> set[str]:
    """The methods that a view answers, read off Django's `require_http_methods` around it."""
    layer: Any = view
    while layer is not None:
        for cell in getattr(layer, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, (list, tuple)) and held and set(held) <= METHODS:
                return set(held)
        layer = getattr(layer, "__wrapped__", None)
    return METHODS


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, space: str
) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if address.startswith(OTHERS):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, address, inner)
        else:
            if "GET" not in methods_of(pattern.callback):
                continue
            name = f"{space}{pattern.name or address}"
            yield name, None if "<" in address or "(" in address else f"/{address}"


def explore(client: Client, known: dict[str, str | None], more: Iterable[str] = ()) -> Found:
    """Follow links from every address without arguments; one address of each route is asked for.

    `more` are addresses of particular objects that nobody would come upon first.
    """
    found = Found()
    waiting = deque(["/", *more, *(url for url in known.values() if url), *ACCOUNTS])
    while waiting:
        url = waiting.popleft()
        name = _name(url)
        if not name or name in found.pages or name in found.others or name in NOT_FOLLOWED:
            continue
        answer = client.get(url)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code >= 500:
            found.failed.append(f"{url} answered {answer.status_code}")
        if answer.status_code != 200 or not kind.startswith("text/html"):
            if answer.has_header("Location"):
                waiting.append(urljoin(url, answer["Location"]))
            if answer.status_code not in (403, 404):
                found.others[name] = f"{answer.status_code} {kind}"
            continue
        html = (b"".join(answer) if answer.streaming else answer.content).decode()
        if not html.lstrip()[:15].lower().startswith("<!doctype html>"):
            found.others[name] = "a fragment"
            continue
        found.pages[name], found.html[name] = url, html
        reader = _Links()
        reader.feed(html)
        waiting.extend(urljoin(url, link) for link in reader.links + reader.actions)
    return found


def _name(url: str) -> str:
    """The route that an address belongs to; empty for other sites, anchors and files."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return ""
    if parts.path.startswith(("/static/", "/admin/", "/i18n/", "/api/", "/health/")):
        return ""
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return ""
