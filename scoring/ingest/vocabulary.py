"""How well a column's name fits what systems call the canonical fields, for proposing a mapping.

Names are compared without case, spaces and signs: "Created_Date" is createddate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .fields import FIELDS

_SIGNS = re.compile(r"[\W_]+")
# A bracketed unit or note at the end: "Talk time (min)", "Answered (Y/N)", "通话时长（秒）".
_NOTE = re.compile(r"[(（\[][^)）\]]*[)）\]]\s*$")


def plain_name(name: str) -> str:
    """A column's name without case, spaces and signs."""
    return _SIGNS.sub("", name.casefold())


def without_note(name: str) -> str:
    """A column's name without a bracketed note or unit at its end."""
    return _NOTE.sub("", name).strip() or name


def names_of(kind: str) -> Mapping[str, list[str]]:
    """For each canonical field of a kind the plain names that systems give it, likeliest first."""
    return {
        name: list(
            dict.fromkeys([*_own(name, field.names), *map(plain_name, field.names.split("|"))])
        )
        for name, field in FIELDS[kind].items()
        if field.names
    }


def _own(field: str, words: str) -> list[str]:
    """The canonical name comes first, unless its place among the words is given."""
    own = plain_name(field)
    return [] if own in map(plain_name, words.split("|")) else [own]


def likeness(column: str, names: list[str]) -> float:
    """How well a column's name fits a field's names: 1 the first of them, 0 not at all."""
    best = 0.0
    for text, worth in ((column, 1.0), (without_note(column), 0.97)):
        plain = plain_name(text)
        if plain in names:
            best = max(best, worth - 0.004 * names.index(plain))
    if best or len(plain_name(column)) < 4:
        return best
    plain = plain_name(column)
    parts = [name for name in names if len(name) >= 5 and (name in plain or plain in name)]
    return max((0.55 * min(len(p), len(plain)) / max(len(p), len(plain)) for p in parts), default=0)
