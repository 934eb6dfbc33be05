"""Forms and parameters of the site's pages, read off the pages themselves and off the views' source."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import (
    NoReverseMatch,
    Resolver404,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)

_READ = re.compile(r"""\.(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*f?["']([\w-]+)["']""")
# Whatever an address takes, when no page leads to it.
_EXAMPLES: dict[str, Any] = {
    "pk": 1,
    "key": "csat",
    "day": date(2026, 11, 3),
    "year": 2026,
    "alias": 1,
    "grant": 1,
    "member": 1,
    "number": 1,
    "version": 1,
    "tier": "gold",
    "kind": "svg",
    "name": "zendesk",
    "token": "token",
    "prefix": "guard",
    "public_id": "8c0f8e5a-6f0e-4d0e-9d7c-0123456789ab",
    "uidb36": "1",
    "app_label": "org",
    "object_id": "1",
    "content_type_id": "1",
}


@dataclass(slots=True)
class Form:
    """A form as a browser would send it: its fields with values that are likely right."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        """Two forms of the same view with the same fields are one."""
        names = {name for name, _value in self.fields} | set(self.files)
        return (self.method, route(self.action), *sorted(names))


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: tuple[str, Form] | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: tuple[str, Form, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(
                urljoin(self.url, given.get("action", "")), given.get("method", "get").lower()
            )
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag == "a" and "href" in given:
            self.links.append(urljoin(self.url, given["href"]))
        elif "hx-post" in given:
            self.forms.append(Form(urljoin(self.url, given["hx-post"]), "post"))
        form = self._by_id.get(given["form"]) if "form" in given else self._open
        name = given.get("name", "")
        if form is not None and tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        elif form is not None and name and name != "csrfmiddlewaretoken":
            self._field(tag, name, given, form)

    def _field(self, tag: str, name: str, given: dict[str, str], form: Form) -> None:
        kind = given.get("type", "text")
        if tag == "select":
            self._select, self._options = (name, form), []
        elif tag == "textarea":
            self._area = (name, form, [])
        elif tag == "button" or kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given):
            form.fields.append((name, given.get("value") or _likely(kind, given)))
        elif tag == "input" and name not in {known for known, _value in form.fields}:
            form.fields.append((name, given.get("value") or "on"))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select:
            name, form = self._select
            chosen = [value for value, selected in self._options if selected and value]
            real = [value for value, _selected in self._options if value]
            form.fields.append((name, (chosen or real or [""])[0]))
            self._select = None
        elif tag == "textarea" and self._area:
            name, form, parts = self._area
            form.fields.append((name, "".join(parts).strip() or "A reason that is long enough."))
            self._area = None


def _likely(kind: str, given: dict[str, str]) -> str:
    kinds = {"date": "2026-12-01", "number": given.get("min", "1"), "email": "a@b.example"}
    return kinds.get(kind, "Something" if "required" in given else "")


def read(url: str, html: str) -> tuple[list[Form], list[str]]:
    """The forms of a page and the addresses that it links to."""
    reader = _Reader(url)
    reader.feed(html)
    return reader.forms, reader.links


def route(url: str) -> str:
    """The name of the route that an address belongs to; empty when it is none of ours."""
    parts = urlsplit(url)
    try:
        return "" if parts.netloc else resolve(parts.path).view_name
    except Resolver404:
        return ""


def every_route() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each named route of the site, the Django admin's too, with its view."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(
    patterns: list[URLPattern | URLResolver], space: str
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern.callback


def example(name: str) -> str:
    """An address of a route, with values that lead to nothing where it takes some."""
    found = get_resolver()
    for part in name.split(":")[:-1]:
        found = found.namespace_dict[part][1]
    for _template, params in (
        each
        for one in found.reverse_dict.getlist(name.rsplit(":", maxsplit=1)[-1])
        for each in one[0]
    ):
        try:
            return reverse(name, kwargs={param: _EXAMPLES.get(param, 1) for param in params})
        except NoReverseMatch:
            continue
    return ""


def parameters(view: Callable[..., Any]) -> set[str]:
    """Names that the view's module reads from addresses and forms."""
    module = inspect.getmodule(inspect.unwrap(view))
    try:
        return set(_READ.findall(inspect.getsource(module))) if module else set()
    except OSError:
        return set()


def queried(url: str, links: list[str]) -> set[str]:
    """Names that links to the same page carry."""
    path = urlsplit(url).path
    return {
        name
        for link in links
        if urlsplit(link).path == path
        for name, _value in parse_qsl(urlsplit(link).query)
    }
