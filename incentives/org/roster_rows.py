"""Rows of a people file, checked one by one and against each other, before anything is written."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from incentives.org.keys import usable
from incentives.org.models import LOCALES, Role
from incentives.org.names import cleaned

LANGUAGES: Final = {
    **{code: code for code, _name in LOCALES},
    **{name.lower(): code for code, name in LOCALES},
    **dict.fromkeys(["en-us", "en-gb", "英文", "英语"], "en"),
    **dict.fromkeys(["zh", "zh-cn", "zh-sg", "zh-hans-cn", "chinese", "中文"], "zh-hans"),
}
#: The longest texts, in characters.
LONGEST: Final = {
    "login": 150,
    **dict.fromkeys(["name", "team", "team_name", "site", "supervisor"], 200),
    **dict.fromkeys(["job", "level"], 60),
}
#: What is true of a person whatever the team: two rows of one file must not disagree about it.
PERSONAL: Final = (
    "name", "login", "email", "locale", "time_zone", "hired_on", "left_on", "employment_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong with one field of one row (0-based index into the rows)."""

    row: int
    field: str
    value: str
    reason: str


@dataclass(slots=True)
class RosterEntry:
    """One usable row; fields that the file leaves empty are None."""

    row: int
    key: str
    name: str | None = None
    login: str | None = None
    email: str | None = None
    team: str | None = None
    team_name: str | None = None
    site: str | None = None
    supervisor: str | None = None
    role: str | None = None
    job: str | None = None
    level: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    employment_share: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(slots=True)
class RosterSheet:
    """The usable rows of a file, and what was wrong with the others or with single fields."""

    entries: list[RosterEntry] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)

    def refuse(self, row: int, name: str, value: object, reason: str) -> None:
        """Note an issue."""
        self.issues.append(RowIssue(row, name, "" if value is None else str(value), reason))


def read_sheet(rows: Iterable[Mapping[str, Any]], known: Mapping[str, int]) -> RosterSheet:
    """Check the rows; `known` maps keys to person ids, so that two keys of one person are seen.

    A row without a usable key, or one that contradicts an earlier row, is refused whole; a field
    with an impossible value is refused alone.
    """
    sheet = RosterSheet()
    first: dict[int | str, RosterEntry] = {}
    starts: dict[tuple[int | str, date | None], RosterEntry] = {}
    for index, row in enumerate(rows):
        entry = _entry(index, row, sheet)
        if entry is None:
            continue
        person = known.get(entry.key, entry.key)
        if _contradicts(entry, first.get(person), starts.get((person, entry.starts_on)), sheet):
            continue
        _remember(entry, first.setdefault(person, entry))
        if entry.team:
            starts[person, entry.starts_on] = entry
        sheet.entries.append(entry)
    return sheet


def _entry(index: int, row: Mapping[str, Any], sheet: RosterSheet) -> RosterEntry | None:
    values = {name: _text_or_value(row.get(name)) for name in ENTRY_FIELDS}
    key = values.pop("key")
    if key is None or not usable(str(key)):
        reason = _("A row needs the person's key, of at most 200 characters.")
        sheet.refuse(index, "key", key, reason)
        return None
    for name in ("name", "login"):
        values[name] = cleaned(str(values[name])) if values[name] else None
    for name, reason in _impossible(values):
        sheet.refuse(index, name, values[name], reason)
        values[name] = None
    if values["locale"]:
        values["locale"] = LANGUAGES[_language(values["locale"])]
    if values["employment_share"] is not None:
        values["employment_share"] = Decimal(str(values["employment_share"])).quantize(
            Decimal("0.001")
        )
    if values["role"]:
        values["role"] = str(values["role"]).lower()
    return RosterEntry(index, str(key), **values)


def _impossible(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields that cannot be true by themselves, each with the reason."""
    for name, longest in LONGEST.items():
        if (text := values[name]) is not None and (len(str(text)) > longest or "\x00" in str(text)):
            yield name, _("The text is longer than %(longest)s characters.") % {"longest": longest}
    if values["email"] and not _is_email(values["email"]):
        yield "email", _("This is no e-mail address.")
    if values["locale"] and _language(values["locale"]) not in LANGUAGES:
        yield "locale", _("The language is not known; use en or zh-hans.")
    if values["time_zone"] and values["time_zone"] not in zoneinfo.available_timezones():
        yield "time_zone", _("The time zone is not known; use a name such as Asia/Shanghai.")
    share = values["employment_share"]
    if share is not None and not Decimal("0.001") <= Decimal(str(share)) <= 1:
        yield "employment_share", _("The employment share is above 0 and at most 1.")
    if values["role"] and str(values["role"]).lower() not in Role.values:
        roles = ", ".join(Role.values)
        yield "role", _("The role is not known; use one of %(roles)s.") % {"roles": roles}
    if _after(values["starts_on"], values["ends_on"]):
        yield "ends_on", _("The last day in the team is before the first; both are left out.")
        yield "starts_on", _("The first day in the team is after the last; both are left out.")
    if _after(values["hired_on"], values["left_on"]):
        yield "left_on", _("The last day is before the day of hiring.")


def _contradicts(
    entry: RosterEntry,
    first: RosterEntry | None,
    same_start: RosterEntry | None,
    sheet: RosterSheet,
) -> bool:
    """Whether an earlier row says something else about the same person; notes it when so."""
    for name in PERSONAL if first else ():
        said, says = getattr(first, name), getattr(entry, name)
        if said is not None and says is not None and said != says:
            reason = _("An earlier row of this person says “%(value)s”.") % {"value": said}
            sheet.refuse(entry.row, name, says, reason)
            return True
    if entry.team and same_start and same_start.team != entry.team:
        reason = _("An earlier row puts this person into team “%(team)s” from the same day.")
        sheet.refuse(entry.row, "team", entry.team, reason % {"team": same_start.team})
        return True
    return False


def _remember(entry: RosterEntry, first: RosterEntry) -> None:
    # What a later row adds about the person counts for the first one too.
    for name in PERSONAL:
        if getattr(first, name) is None:
            setattr(first, name, getattr(entry, name))


def _text_or_value(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def _after(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and start > end


def _language(text: str) -> str:
    return str(text).lower().replace("_", "-")


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


ENTRY_FIELDS: Final = tuple(each.name for each in fields(RosterEntry) if each.name != "row")
