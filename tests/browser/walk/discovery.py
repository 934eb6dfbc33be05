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
# What of an element decides how it looks and what it is; of its other attributes the names do.
TOLD = ("class", "role", "type")
EMPTY = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


Element = tuple[str, ...]


@dataclass(slots=True)
class Elements:
    """What a page is made of, each with the elements around it: its own part, and the shell's."""

    page: set[Element] = field(default_factory=set)
    shell: set[Element] = field(default_factory=set)

    def beyond(self, known: Elements) -> bool:
        """Whether something in it is not known."""
        return bool(self.page - known.page or self.shell - known.shell)


@dataclass(slots=True)
class Found:
    """What one role reached, by route: of each page its address, HTML, elements and content policy;
    what else was answered; failures.
    """

    pages: dict[str, str] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    elements: dict[str, Elements] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Where a page leads, and what it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.actions: list[str] = []
        self.elements = Elements()
        self._around: list[str] = []
        self._parts = [self.elements.shell]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self._parts.append(self.elements.page)
        elif "data-toast" in given:  # it may come up on any page
            self._parts.append(self.elements.shell)
        elif tag not in EMPTY:
            self._parts.append(self._parts[-1])
        own = sorted(f"{name}={value}" if name in TOLD else name for name, value in attrs)
        self._parts[-1].add((*self._around[-3:], tag, *own))
        if tag not in EMPTY:
            self._around.append(tag)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        for name in ("hx-get", "data-hx-get"):
            if given.get(name):
                self.links.append(given[name] or "")
        if tag == "form" and given.get("action"):
            self.actions.append(given["action"] or "")
        if given.get("hx-post"):
            self.actions.append(given["hx-post"] or "")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._around:
            self._parts.pop()
            if self._around.pop() == tag:
                return


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


def elements(html: str) -> Elements:
    """What a page is made of."""
    reader = _Reader()
    reader.feed(html)
    return reader.elements


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
        reader = _Reader()
        reader.feed(html)
        found.elements[name] = reader.elements
        found.policies[name] = answer.headers.get("Content-Security-Policy", "")
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
