"""CSV for spreadsheets: the one place where text goes out as cells, and never as a formula.

A cell that a spreadsheet would run gets an apostrophe in front, and so does one that begins with an
apostrophe already; `restored` takes one away again, so nothing changes on the way there and back,
whether the value behind the apostrophe was mended or not.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol

# Spreadsheets take a full-width, small or raised sign for the plain one (compatibility folding)...
_SIGNS = ("=", "+", "-", "\u2212", "@")
# ...and look behind what nobody sees: separators, controls, marks of direction and of byte order.
_UNSEEN = ("Z", "C")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?", re.ASCII)


class _Out(Protocol):
    def write(self, text: str, /) -> object: ...


class Rows:
    """Writes rows of cells; None is an empty cell."""

    def __init__(self, out: _Out, *, line_end: str = "\r\n") -> None:
        self._writer = csv.writer(out, lineterminator=line_end)

    def add(self, cells: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow(["" if cell is None else harmless(str(cell)) for cell in cells])


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; numbers stay as they are."""
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.startswith("'") or _may_be_formula(text) else text


def restored(text: str) -> str:
    """What `harmless` was given."""
    return text.removeprefix("'")


def _may_be_formula(text: str) -> bool:
    if text[:1].isalnum():
        return False
    for character in text:
        if unicodedata.category(character)[0] not in _UNSEEN:
            return unicodedata.normalize("NFKC", character).startswith(_SIGNS)
    return False
