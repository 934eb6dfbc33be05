"""Names that are nobody else's: for display, as login and as key alike.

A name that anyone's eye takes for somebody else's is refused at every door (pages, people files,
exports that bring new agents). Two people may really be called the same: files and administrators
may say so, nobody may call themselves so. Compared are all names at the moment of giving, under a
lock: names are given rarely, and nothing has to be kept up to date for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org import locks
from incentives.org.look_alikes import (
    EAST_ASIAN,
    SCRIPTS,
    is_unseen,
    script_of,
    skeleton,
    spelling,
    strokes,
)
from incentives.org.models import Alias, Person

#: The advisory lock in which names are given.
_LOCK = 0x4E414D45


class NameKind(StrEnum):
    """What a name is."""

    NAME = "display_name"
    LOGIN = "login"
    KEY = "key"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Taken:
    """A name that someone has; `who` is a person's id, or whatever tells new people apart."""

    who: Hashable
    kind: NameKind
    text: str


@dataclass(slots=True)
class Names:
    """All names in use, by what they look like."""

    by_look: defaultdict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def in_use(cls) -> Names:
        """Everyone's, in two queries."""
        names = cls()
        for pk, *texts in Person.objects.order_by().values_list(
            "pk", "display_name", "login", "key"
        ):
            for kind, text in zip(
                (NameKind.NAME, NameKind.LOGIN, NameKind.KEY), texts, strict=True
            ):
                names.add(pk, kind, text)
        for pk, text in Alias.objects.order_by().values_list("person_id", "key"):
            names.add(pk, NameKind.ALIAS, text)
        return names

    def add(self, who: Hashable, kind: NameKind, text: str | None) -> None:
        """Note a name."""
        if text:
            self.by_look[skeleton(text)].append(Taken(who, kind, text))

    def refusal(self, kind: NameKind, text: str, *, who: Hashable, chosen: bool = False) -> str:
        """Why this person may not have this name, in one sentence; "" when they may.

        `chosen` is for names that people give themselves.
        """
        return deceptive(text) or self.clash(kind, text, who=who, chosen=chosen)

    def clash(self, kind: NameKind, text: str, *, who: Hashable, chosen: bool = False) -> str:
        """Why a name is too near to somebody else's; see `refusal`."""
        others = [one for one in self.by_look[skeleton(text)] if one.who != who]
        same = [one for one in others if spelling(one.text) == spelling(text)]
        if len(same) < len(others):
            other = next(one for one in others if one not in same)
            return _("This looks like “%(other)s”, which is someone else's: choose another.") % {
                "other": other.text
            }
        if kind == NameKind.NAME:
            if chosen and (same or self._same_strokes(text, who)):
                return _("Someone else is called that already: choose a name that tells you apart.")
            return ""
        return _same_key(kind, text, same)

    def _same_strokes(self, text: str, who: Hashable) -> bool:
        wanted = strokes(skeleton(text))
        alike = (taken for look, taken in self.by_look.items() if strokes(look) == wanted)
        return any(one.who != who for taken in alike for one in taken)


def _same_key(kind: NameKind, text: str, same: list[Taken]) -> str:
    """Why a login or key that others have may not be given once more; "" when it may."""
    kinds = {one.kind for one in same}
    if kind == NameKind.LOGIN and kinds & {NameKind.LOGIN, NameKind.KEY}:
        return _("Someone else has this login name.")
    if kind == NameKind.KEY and NameKind.LOGIN in kinds:
        return _("Someone else has this as their login name.")
    if kind == NameKind.ALIAS and any(
        one.kind == NameKind.KEY and one.text == text for one in same
    ):
        return _("This is someone else's own key: files would never find this person by it.")
    return ""


def cleaned(text: str) -> str:
    """A name as it is stored: one way to write each character, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def deceptive(text: str) -> str:
    """Why nobody can have this name, in one sentence; "" for an honest one."""
    before = ""
    for character in text:
        if is_unseen(character, before):
            return _(
                "The name contains a character that nobody sees or that turns the direction of"
                " writing (U+%(code)s): leave it out."
            ) % {"code": f"{ord(character):04X}"}
        before = character
    if not skeleton(text):
        return _("The name has no letters.")
    for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text)):
        scripts = {script for script in map(script_of, word) if script}
        if not scripts <= SCRIPTS:
            return _("“%(word)s” has letters in which nobody here writes names.") % {"word": word}
        if len(scripts) > 1 and not scripts <= EAST_ASIAN:
            return _(
                "“%(word)s” mixes letters of different alphabets that look alike: write each word"
                " in one of them."
            ) % {"word": word}
    return ""


@contextmanager
def giving() -> Iterator[None]:
    """A transaction in which names are given: whoever else gives any waits for its end."""
    with transaction.atomic():
        locks.hold(_LOCK)
        yield


def check_form(
    form: Any, kinds: dict[str, NameKind], *, who: int | None, chosen: bool = False
) -> None:
    """Clean the named fields of a form that is being validated, and refuse what is taken.

    What is not changed is not refused: it may be older than the rule.
    """
    names = None
    for name, kind in kinds.items():
        text = form.cleaned_data.get(name)
        if not text:
            continue
        text = form.cleaned_data[name] = cleaned(text)
        if text == form.initial.get(name):
            continue
        names = names or Names.in_use()
        if why := names.refusal(kind, text, who=who, chosen=chosen):
            form.add_error(name, why)
