"""What comes in as text: whole numbers and days are read in one way, and inside sane limits.

Python reads more than people mean: "²" is a digit, 5,000 digits are a ValueError, and the days next
to year 1 and 9999 have no neighbours. Views and forms read numbers and days through this module.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

from incentives.org.calendar import FIRST_YEAR, LAST_YEAR

# PostgreSQL's bigint, which every key is.
BIGGEST = 2**63 - 1
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_DIGITS = re.compile(r"[0-9]{1,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def whole_number(text: str, *, most: int = BIGGEST) -> int | None:
    """The number that plain digits write, from 0 to `most`; None for every other text."""
    number = int(text) if _DIGITS.fullmatch(text) else None
    return number if number is not None and number <= most else None


def calendar_day(text: str) -> date | None:
    """The day that 2026-11-03 writes, within the years of the calendar; None for every other text."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and FIRST_DAY <= found <= LAST_DAY else None


def page_of(request: HttpRequest, source: str) -> str | None:
    """Path and query of a page of this site that a header names; None for anything else."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return None
    if parts.netloc != request.get_host():
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def refuse_unstorable(sent: QueryDict) -> None:
    """BadRequest when a name or value has a NUL in it: no text of PostgreSQL's can hold one."""
    if any("\0" in text for name, values in sent.lists() for text in (name, *values)):
        raise BadRequest("A parameter contains a NUL.")
