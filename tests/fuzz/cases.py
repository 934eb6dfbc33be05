"""What is asked of the site: one nasty value at a time, in addresses, parameters, fields and headers."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, cast
from urllib.parse import quote, quote_from_bytes, urlsplit

from django.test import Client
from django.urls import resolve

from incentives.org.models import Person
from tests.browser.walk.discovery import explore, routes
from tests.fuzz.pages import Form, every_route, example, parameters, queried, read, route
from tests.fuzz.values import CONTENT_TYPES, FILE_NAMES, FILES, HEADERS, NASTY, SHORT

BOUNDARY = b"fuzzboundary"
# Ends the session, or is somebody else's business.
LEFT_OUT = {"account_logout", "admin:logout", "admin:jsi18n"}


@dataclass(slots=True)
class Case:
    """One request."""

    role: str
    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    extra: dict[str, str] = field(default_factory=dict)
    about: str = ""

    def ask(self, client: Client) -> Any:
        """Send it."""
        return client.generic(
            self.method,
            self.path,
            self.body,
            content_type=self.content_type,
            QUERY_STRING=self.query.decode("latin-1"),
            **cast("Any", self.extra),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.method} {self.path[:80]} {self.about[:120]}"


@dataclass(slots=True)
class Site:
    """What one role finds: an address of each route, the forms, the names that pages read.

    `kept` are the words of Cache-Control of each answer on the way.
    """

    role: str
    cookies: SimpleCookie
    addresses: dict[str, str]
    forms: list[Form]
    names: dict[str, set[str]]
    kept: dict[str, set[str]]


class _Listening(Client):
    """Remembers what answers say about being kept."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.kept: dict[str, set[str]] = {}

    def request(self, **request: Any) -> Any:
        """Ask as a client does."""
        answer = super().request(**request)
        words = re.split(r"[\s,]+", answer.get("Cache-Control", ""))
        self.kept[request["PATH_INFO"]] = set(words)
        return answer


def look_around(role: str, person: Person | None, more: list[str]) -> Site:
    """Walk the site by its links, then add the routes that no page leads to."""
    client = _Listening()
    if person:
        client.force_login(person)
    found = explore(client, routes(), more)
    forms: dict[tuple[str, ...], Form] = {}
    addresses = dict(found.pages)
    names: dict[str, set[str]] = {}
    for name, url in found.pages.items():
        on_page, links = read(url, found.html[name])
        names[name] = queried(url, links)
        for form in on_page:
            forms.setdefault(form.shape, form)
            addresses.setdefault(route(form.action), form.action)
        for link in links:
            addresses.setdefault(route(link), link)
    for form in forms.values():
        if form.method == "get":
            names.setdefault(route(form.action), set()).update(name for name, _ in form.fields)
    for name, view in every_route():
        addresses.setdefault(name, example(name))
        names.setdefault(name, set()).update(parameters(view))
    paths = {
        name: urlsplit(url).path
        for name, url in addresses.items()
        if name and url and name not in LEFT_OUT
    }
    kept = [form for form in forms.values() if route(form.action) in paths]
    return Site(role, client.cookies, paths, kept, names, client.kept)


def draw(site: Site, rng: random.Random) -> Case:
    """One request at random: any route or form as likely as any other."""
    posted = [form for form in site.forms if form.method == "post"]
    if posted and rng.random() < 0.5:
        return _in_form(site, rng.choice(posted), rng)
    name = rng.choice(sorted(site.addresses))
    kind = rng.choice([_in_address, _in_query, _in_query, _in_query, _in_headers])
    return kind(site, name, rng)


def _in_address(site: Site, name: str, rng: random.Random) -> Case:
    path = site.addresses[name]
    values = [str(value) for value in resolve(path).kwargs.values()]
    if not values:
        return _in_query(site, name, rng)
    before, _found, after = path.partition(f"/{rng.choice(values)}")
    nasty = rng.choice(SHORT)
    method = rng.choice(["GET", "POST"])
    changed = f"{before}/{quote_from_bytes(nasty, safe='')}{after}"
    return Case(site.role, method, changed, about=f"{nasty[:40]!r}")


def _in_query(site: Site, name: str, rng: random.Random) -> Case:
    path = site.addresses[name]
    names = sorted(site.names.get(name, set()) | {"page", "unknown"})
    chosen = (
        rng.sample(names, rng.randint(1, len(names))) if rng.random() < 0.5 else [rng.choice(names)]
    )
    pairs = [(each, rng.choice(SHORT)) for each in chosen]
    query = b"&".join(
        quote(each).encode() + b"=" + quote_from_bytes(nasty).encode() for each, nasty in pairs
    )
    if rng.random() < 0.03:
        query = rng.choice(
            [b"%00=1", b"\0", b"a&&=&==", b"&" * 3000, query + b"&" + query, b"%ed%a0%80=%"]
        )
    case = Case(
        site.role,
        "GET",
        path,
        query[:60_000],
        about=" ".join(f"{each}={nasty[:30]!r}" for each, nasty in pairs),
    )
    if rng.random() < 0.3:
        case.extra = {"HTTP_HX_REQUEST": "true"}
    return case


def _in_headers(site: Site, name: str, rng: random.Random) -> Case:
    method, path = rng.choice(["GET", "POST"]), site.addresses[name]
    if rng.random() < 0.2:
        kind = rng.choice(CONTENT_TYPES)
        body = b'{"a": [[[' if "json" in kind else b"a=1&b=%ff"
        return Case(
            site.role, "POST", path, body=body, content_type=kind, about=f"as {kind[:40]!r}"
        )
    if rng.random() < 0.05:
        return Case(site.role, "POST", path, body=b"a=1&" * 1001, about="too many fields")
    chosen = {
        header: rng.choice(HEADERS[header])
        for header in rng.sample(sorted(HEADERS), rng.randint(1, 4))
    }
    # A server hands headers on as Latin-1.
    return Case(site.role, method, path, extra=chosen, about=str(chosen)[:200])


def _in_form(site: Site, form: Form, rng: random.Random) -> Case:
    fields = [(name, value.encode()) for name, value in form.fields]
    read = sorted(parameters(resolve(urlsplit(form.action).path).func))
    if form.buttons and rng.random() < 0.7:
        fields += [(key, text.encode()) for key, text in rng.sample(form.buttons, 1)]
    elif read and rng.random() < 0.3:
        fields.append((rng.choice(read), b""))
    about = []
    for _ in range(rng.choice([1, 1, 1, 2, 5]) if fields else 0):
        # Of many alike (a row for each day of a year) none is likelier than a field by itself.
        alike: dict[str, list[int]] = {}
        for at, (name, _value) in enumerate(fields):
            alike.setdefault(re.sub(r"\d+", "0", name), []).append(at)
        at = rng.choice(alike[rng.choice(sorted(alike))])
        name, nasty = fields[at][0], rng.choice(NASTY)
        if rng.random() < 0.05:
            fields.append((name, nasty))
        else:
            fields[at] = (name, nasty)
        about.append(f"{name}={nasty[:40]!r}")
    files = [(upload, rng.choice(FILE_NAMES), rng.choice(FILES)) for upload in form.files]
    if rng.random() < 0.02:
        fields = fields * 2
    return _sent(site.role, form, fields, " ".join(about), files)


def _sent(
    role: str,
    form: Form,
    fields: list[tuple[str, bytes]],
    about: str,
    files: list[tuple[str, bytes, bytes]],
) -> Case:
    url = urlsplit(form.action)
    if not form.files:
        body = b"&".join(
            quote(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in fields
        )
        return Case(role, "POST", url.path, url.query.encode(), body, about=about)
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value)
        for name, value in fields
    ] + [
        b'Content-Disposition: form-data; name="%s"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s" % (name.encode(), named, content)
        for name, named, content in files
    ]
    body = b"".join(b"--%s\r\n%s\r\n" % (BOUNDARY, part) for part in parts)
    return Case(
        role,
        "POST",
        url.path,
        url.query.encode(),
        body + b"--%s--\r\n" % BOUNDARY,
        f"multipart/form-data; boundary={BOUNDARY.decode()}",
        about=about,
    )
