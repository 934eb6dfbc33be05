"""Who may go through which door: every address × method × role × scope, against a reviewed file.

`access_matrix.txt` says what each role is answered. A new address has to join it:
`REWRITE_MATRIX=1 pytest tests/platform/test_access_matrix.py` writes the file anew, and the
difference is read line by line before it is committed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.safestring import SafeString

from tests.browser.walk.discovery import METHODS, methods_of
from tests.org.cast import Cast
from tests.platform.access_world import FIXED, KINDS, ROLES, SCOPES_OF, World, arguments

FILE = Path(__file__).with_name("access_matrix.txt")
# django-allauth's pages are about the account of whoever is signed in; the admin's pages of one
# object open for whom its lists open.
_LEFT_OUT = ("accounts/", "admin/log", "admin/password", "admin/jsi18n", "admin/autocomplete")
_COMPANY = "c"
PARTS, OTHERS = ("org", "scoring", "badges", "dashboards"), "others"
SEE_EVERYONE = ("manager", "hr", "executive", "administrator")
#: What names nothing, by the name of the argument.
_STRANGE = {"pk": 999_999, "key": "nothing", "public_id": uuid4(), "token": "nothing"}
WIDTHS = (38, 6, 6, 6, *(max(4, len(role)) for role in ROLES))


@dataclass(frozen=True)
class Door:
    """A route, and one method that it answers."""

    name: str
    method: str

    @property
    def scopes(self) -> str:
        """Whose things the address can be about; one dash where it is about none."""
        if self.name in KINDS:
            return SCOPES_OF.get(KINDS[self.name][0], _COMPANY)
        return "-"


def doors() -> list[Door]:
    """Every route with every method that changes or shows something, by name."""
    found = {
        Door(name, method)
        for name, view in _routes(get_resolver().url_patterns, "", "")
        for method in ("GET", "POST")
        if method in methods_of(view)
    }
    return sorted(found, key=lambda door: (door.name, door.method))


def _routes(
    patterns: list[URLPattern | URLResolver], prefix: str, space: str
) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern).removeprefix("^")
        if address.startswith(_LEFT_OUT) or (address.startswith("admin/") and "<" in address):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _routes(pattern.url_patterns, address, inner)
        else:  # one without a name cannot be asked: the walk fails until it has one
            yield f"{space}{pattern.name or address}", pattern.callback


def address_of(world: World, door: Door, scope: str, role: str) -> str:
    """The address for a thing of that scope."""
    if door.name in KINDS:
        return reverse(door.name, kwargs=arguments(world, door.name, scope, role))
    return reverse(door.name, kwargs=FIXED.get(door.name))


def answer(client: Client, method: str, url: str) -> str:
    """One letter for what came back; nothing of it stays."""
    with transaction.atomic():
        found = client.generic(method, url, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return letter(found)


def letter(found: HttpResponseBase) -> str:
    """What a status means for whoever asked; see the head of the file."""
    status = found.status_code
    if status == 302 and str(found["Location"]).startswith(("/accounts/login", "/admin/login")):
        return "s"
    queued = getattr(getattr(found, "wsgi_request", None), "_messages", [])
    if any(each.level >= messages.ERROR for each in getattr(queued, "_queued_messages", [])):
        return "r"
    said = {403: "x", 404: "-", 410: "-", 405: "m", 400: "f", 422: "f", 409: "r"}
    return said.get(status, "o" if status < 400 else "!")


HEAD = """\
# Who may go through which door. Written by `REWRITE_MATRIX=1 pytest tests/platform/test_access_matrix.py`,
# read line by line by whoever changes it.
#
# scopes    whose the thing in the address is, a letter each: o the reader's own, t of team alpha (in
#           which the agent works, which the supervisor leads and the team manager manages), s of another
#           team of the same site (which the site manager manages too), b of another site, c of everyone
#           whoever sees everyone is asked about b only, which stands for t and s as well
# answers   a letter for each scope: o opened or done, f allowed and asked to fill the form in,
#           r allowed and refused in words, x forbidden (403), - not there (404), s sign in first
#           - for everyone: what the page is about is not in this small world
"""


def matrix(world: World, part: str) -> list[str]:
    """The file's lines about one part of the site."""
    clients = {role: Client(raise_request_exception=False) for role in ROLES}
    for role, client in clients.items():
        client.force_login(world.viewers[role])
    visitor = Client(raise_request_exception=False)
    rows = []
    for door in doors():
        if part_of(door) != part:
            continue
        strange = answer(visitor, door.method, address_of(world, door, door.scopes[-1], "agent"))
        cells = [
            "".join(
                answer(client, door.method, address_of(world, door, scope, role))
                for scope in asked(door, role)
            )
            for role, client in clients.items()
        ]
        rows.append([door.name, door.method, door.scopes, strange, *cells])
    return [line(row) for row in rows]


def line(cells: Sequence[str]) -> str:
    """One line of the file, in columns."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def part_of(door: Door) -> str:
    """The part of the site that a door belongs to."""
    name = door.name.partition(":")[0]
    return name if name in PARTS else OTHERS


def asked(door: Door, role: str) -> str:
    """The scopes to ask about: who sees everyone has no team, so that one team stands for all."""
    if role in SEE_EVERYONE and "b" in door.scopes:
        return door.scopes.replace("t", "").replace("s", "")
    return door.scopes


@pytest.fixture
def world(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """One of everything; pages are decided on and not drawn, which other tests do."""
    settings.PUBLIC_URL = "https://incentives.example"
    monkeypatch.setattr(
        "django.template.backends.django.Template.render",
        lambda self, context=None, request=None: SafeString(""),
    )
    logging.disable(logging.CRITICAL)
    yield World(cast)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("part", [*PARTS, OTHERS])
def test_every_door_opens_for_those_in_the_reviewed_file_and_for_nobody_else(
    world: World, part: str
) -> None:
    lines = matrix(world, part)
    if os.environ.get("REWRITE_MATRIX"):
        rewrite(part, lines)
    assert not [each for each in lines if "!" in each], "these answered with an error"
    reviewed = stored()[part]
    new = [each for each in lines if each not in reviewed]
    gone = [each for each in reviewed if each not in lines]
    assert (new, gone) == ([], []), "answered otherwise than access_matrix.txt says"


def stored() -> dict[str, list[str]]:
    """The lines of the file by part of the site."""
    found: dict[str, list[str]] = {part: [] for part in (*PARTS, OTHERS)}
    for each in FILE.read_text().splitlines() if FILE.exists() else []:
        if not each.startswith("#"):
            found[part_of(Door(each.split()[0], ""))].append(each)
    return found


def rewrite(part: str, lines: list[str]) -> None:
    """Put new lines about a part in the place of the old ones."""
    parts = stored() | {part: lines}
    head = [*HEAD.splitlines(), line(["# route", "method", "scopes", "anyone", *ROLES])]
    FILE.write_text(
        "\n".join([*head, *(each for found in parts.values() for each in found)]) + "\n"
    )


def test_what_is_not_there_is_not_found(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.viewers["administrator"])
    found = {}
    for door in doors():
        if door.name in KINDS:
            known = arguments(world, door.name, door.scopes[-1], "administrator")
            unknown = {name: _STRANGE[name] for name in known if name in _STRANGE}
            url = reverse(door.name, kwargs=known | unknown)
            found[f"{door.method} {door.name}"] = answer(client, door.method, url)
    # Who may never do it need not be told that it is not there.
    assert {door: told for door, told in found.items() if told not in "-x"} == {}


def test_every_page_says_which_methods_it_answers() -> None:
    silent = [
        name
        for name, view in _routes(get_resolver().url_patterns, "", "")
        if methods_of(view) == METHODS
        and not name.startswith("admin:")
        and name != "set_language"  # Django's own
    ]
    assert silent == []


def test_every_address_about_something_says_about_what() -> None:
    needs = {
        door.name
        for door in doors()
        if door.name not in KINDS and door.name not in FIXED and _takes_arguments(door.name)
    }
    assert needs == set(), "name what stands in these addresses in access_world.py"


def _takes_arguments(name: str) -> bool:
    try:
        reverse(name)
    except Exception:
        return True
    return False
