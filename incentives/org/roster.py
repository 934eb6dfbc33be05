"""People files: a list of people with teams, supervisors and roles, applied as a difference.

Fields that a row leaves empty change nothing; applying the same rows again changes nothing at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from incentives.org.keys import find_people
from incentives.org.models import Company, Person, Role, RoleGrant
from incentives.org.names import NameKind, Names, giving
from incentives.org.positions import write_positions
from incentives.org.roster_rows import PERSONAL, RosterEntry, RosterSheet, RowIssue, read_sheet
from incentives.org.roster_teams import write_memberships, write_supervisions, write_teams
from incentives.org.sign_ins import GUARDED, Sender, SignInChange, SignInGuard
from incentives.stamps import everything_changed

#: Roles that a file may give. An administrator is made by an administrator, on the person's page.
GRANTABLE: Final = frozenset(Role.values) - {Role.ADMINISTRATOR.value}
FROM_THE_DROP_FOLDER: Final = Sender()
COLUMNS: Final = {name: "display_name" if name == "name" else name for name in PERSONAL}


@dataclass(slots=True)
class RosterResult:
    """What a people file changed."""

    created: int = 0
    updated: int = 0
    issues: list[RowIssue] = field(default_factory=list)
    #: What changed for people who can sign in.
    sign_ins: list[SignInChange] = field(default_factory=list)
    #: (person id, first day whose team is another one now): totals from there on are to be redone.
    changed: list[tuple[int, date]] = field(default_factory=list)


def upsert_people(
    rows: Iterable[Mapping[str, Any]],
    *,
    on: date | None = None,
    source: str = "",
    grantable: Collection[str] = GRANTABLE,
    sender: Sender = FROM_THE_DROP_FOLDER,
) -> RosterResult:
    """Apply typed rows of a people file (canonical people fields; dates are date objects).

    `on` is the day from which changes without a date of their own hold (default: today in the
    company); `source` chooses among people's other keys; `grantable` limits the roles that the
    rows may give; `sender` says what they may change for people who can sign in. Runs in one
    transaction. Wrong rows and fields are returned as issues (0-based
    row index), the rest is kept.
    """
    rows = list(rows)
    on = on or Company.current().today()
    with giving():
        keys = {str(row["key"]).strip() for row in rows if row.get("key")}
        known = find_people(source, keys)
        sheet = read_sheet(rows, known)
        guard = SignInGuard.of(sender)
        result = RosterResult(issues=sheet.issues, sign_ins=guard.made)
        people = _write_people(sheet, known, on, guard, result)
        teams = write_teams(sheet.entries)
        write_memberships(sheet, people, teams, on, result)
        write_supervisions(sheet, people, teams, source, on, guard)
        write_positions(sheet, people, on)
        _write_roles(sheet, people, grantable, guard)
    sheet.issues.sort(key=lambda issue: issue.row)
    return result


def _write_people(
    sheet: RosterSheet, known: Mapping[str, int], on: date, guard: SignInGuard, result: RosterResult
) -> dict[str, Person]:
    """Create and update people; returns every key of the sheet with its person."""
    # Locked, so that a move on a page waits; in one order, so that two files do not block each other.
    locked = Person.objects.select_for_update().order_by("pk")
    stored = locked.in_bulk(list(set(known.values())))
    protected = set(
        RoleGrant.objects.filter(role=Role.ADMINISTRATOR).values_list("person_id", flat=True)
    )
    names = Names.in_use() if _gives_names(sheet.entries, known, stored) else Names()
    people = {key: stored[pk] for key, pk in known.items()}
    new: dict[str, Person] = {}
    changed: dict[int, Person] = {}
    entries, sheet.entries = sheet.entries, []
    for entry in entries:
        person = people.get(entry.key)
        if person is not None and person.pk and person.pk == guard.sender.outsider:
            reason = _("Nobody changes themselves by a file: an administrator does it.")
            sheet.refuse(entry.row, "key", entry.key, reason)
            continue
        if person is None:
            if why := names.refusal(NameKind.KEY, entry.key, who=entry.key):
                sheet.refuse(entry.row, "key", entry.key, why)
                continue
            names.add(entry.key, NameKind.KEY, entry.key)
            person = people[entry.key] = new[entry.key] = Person(
                key=entry.key, display_name=entry.key, password=make_password(None)
            )
        sheet.entries.append(entry)
        _refuse_taken_names(entry, person, names, sheet)
        if _differs(entry, person, protected, on, guard, sheet) and person.pk:
            changed[person.pk] = person
    Person.objects.bulk_create(new.values(), batch_size=2000)
    Person.objects.bulk_create(
        changed.values(),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*COLUMNS.values(), "is_active"],
    )
    if changed:  # Their names stand on other people's pages too.
        everything_changed()
    result.created, result.updated = len(new), len(changed)
    return people


def _gives_names(
    entries: Iterable[RosterEntry], known: Mapping[str, int], stored: Mapping[int, Person]
) -> bool:
    """Whether the rows name anybody in a way that is new."""
    for entry in entries:
        person = stored.get(known.get(entry.key, 0))
        if person is None or entry.name not in (None, person.display_name):
            return True
        if entry.login not in (None, person.login):
            return True
    return False


def _refuse_taken_names(
    entry: RosterEntry, person: Person, names: Names, sheet: RosterSheet
) -> None:
    who = person.pk or entry.key
    for field_name, kind in (("login", NameKind.LOGIN), ("name", NameKind.NAME)):
        text = getattr(entry, field_name)
        if text is None or text == getattr(person, COLUMNS[field_name]):
            continue
        if why := names.refusal(kind, text, who=who):
            sheet.refuse(entry.row, field_name, text, why)
            setattr(entry, field_name, None)
        else:
            names.add(who, kind, text)


def _differs(
    entry: RosterEntry,
    person: Person,
    protected: Collection[int],
    on: date,
    guard: SignInGuard,
    sheet: RosterSheet,
) -> bool:
    """Copy what the entry says to the person; tells whether anything is different now."""
    different = False
    for name, column in COLUMNS.items():
        value = getattr(entry, name)
        if value is None or value == getattr(person, column):
            continue
        if reason := _refusal(name, value, person, protected, guard):
            sheet.refuse(entry.row, name, value, reason)
            continue
        setattr(person, column, value)
        different = True
    if person.is_active and person.left_on and person.left_on < on:
        person.is_active = False
        different = True
    return different


def _refusal(
    name: str, value: Any, person: Person, protected: Collection[int], guard: SignInGuard
) -> str:
    """Why a field that is possible in itself may not be written for this person, or ""."""
    if person.pk in protected and name in ("login", "email", "left_on"):
        # Else whoever may import a file could take over an administrator's account.
        return _("This person is an administrator: change it on the person's page.")
    if name == "left_on" and person.hired_on and value < person.hired_on:
        return _("The last day is before the day of hiring.")
    if name == "hired_on" and person.left_on and value > person.left_on:
        return _("The day of hiring is after the last day.")
    if name == "left_on":
        return guard.last_day_refusal(person.pk)
    if name in GUARDED:
        return guard.refusal(person.pk, name, getattr(person, COLUMNS[name]), value)
    return ""


def _write_roles(
    sheet: RosterSheet,
    people: Mapping[str, Person],
    grantable: Collection[str],
    guard: SignInGuard,
) -> None:
    wanted: dict[tuple[int, str], None] = {}
    granted: defaultdict[int, set[str]] = defaultdict(set)
    for pk, role in RoleGrant.objects.values_list("person_id", "role"):
        granted[pk].add(role)
    for entry in sheet.entries:
        person = people[entry.key]
        if entry.role is None or entry.role in granted[person.pk]:
            continue
        if entry.role not in grantable:
            reason = _("A file cannot give this role: give it on the person's page.")
            sheet.refuse(entry.row, "role", entry.role, reason)
        elif (person.pk, entry.role) in wanted:
            continue
        elif reason := guard.refusal(person.pk, "role", "", entry.role):
            sheet.refuse(entry.row, "role", entry.role, reason)
        else:
            wanted[person.pk, entry.role] = None
    RoleGrant.objects.bulk_create(
        [RoleGrant(person_id=pk, role=role) for pk, role in wanted], batch_size=5000
    )
