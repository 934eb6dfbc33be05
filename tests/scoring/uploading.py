"""Files to send and mappings to read them with, for the tests of the import pages."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from scoring.models import Import, Mapping

TEXT = """
kind = "tickets"
timezone = "UTC"
[fields]
external_id = "Ticket"
agent = "Agent"
opened_at = "Created"
resolved_at = "Resolved"
csat = "Rating"
"""
HEADER = "Ticket,Agent,Created,Resolved,Rating\n"
GOOD = HEADER + "1,Ana,2026-01-05 09:00,2026-01-05 10:00,5\n2,Bo,2026-01-05 09:30,,4\n"
# One impossible time, one rating outside of the scale, one row without id, two would-be formulas.
DIRTY = (
    HEADER
    + "1,Ana,2026-01-05 09:00,2026-01-05 10:00,5\n"
    + "2,=Bo,2026-01-05 09:30,2026-01-05 08:00,4\n"
    + "3,+Cy,2026-01-05 09:40,,9\n"
    + ",Di,2026-01-05 09:50,,4\n"
    + "5,'=Em,2026-01-05 09:50,,-7\n"
)


def make_mapping(name: str = "desk", text: str = TEXT) -> Mapping:
    """A mapping of the company's own."""
    return Mapping.objects.create(name=name, kind="tickets", text=text)


def once(client: Client, url: str = "/imports/new/") -> str:
    """The ticket for one submission that a form carries."""
    found = re.search(r'name="once" value="([^"]+)"', client.get(url).content.decode())
    assert found is not None
    return found.group(1)


def send(
    client: Client,
    content: str | bytes = GOOD,
    *,
    name: str = "tickets.csv",
    token: str | None = None,
    url: str = "/imports/new/",
    **fields: Any,
) -> Any:
    """Send a file as the import form does."""
    data = content.encode() if isinstance(content, str) else content
    form = {"source": "desk", "mapping": "desk"} | fields
    form |= {"once": token or once(client), "file": SimpleUploadedFile(name, data)}
    return client.post(url, form)


def latest() -> Import:
    """The newest run."""
    return Import.objects.latest("pk")
