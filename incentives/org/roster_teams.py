"""The team columns of a people file: sites, teams, dated memberships and supervisors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from incentives.org import timeline
from incentives.org.keys import find_or_create_teams, find_people
from incentives.org.memberships import read_spans, write_spans
from incentives.org.models import SINCE_ALWAYS, Person, Site, Supervision, Team
from incentives.org.roles import end_supervisions
from incentives.org.roster_rows import RosterEntry, RosterSheet
from incentives.org.sign_ins import SignInGuard
from incentives.org.timeline import TimelineSpan

if TYPE_CHECKING:
    from incentives.org.roster import RosterResult


def write_teams(entries: Sequence[RosterEntry]) -> dict[str, int]:
    """Make the sites and teams that the rows name; returns team as written → id."""
    ids = find_or_create_teams({entry.team for entry in entries if entry.team})
    sites = _write_sites({entry.site for entry in entries if entry.site})
    said = {ids[entry.team]: entry for entry in entries if entry.team and _describes_team(entry)}
    teams = Team.objects.in_bulk(list(said))
    changed = [
        team
        for pk, team in teams.items()
        if _describe(team, said[pk].team_name, sites.get(said[pk].site or ""))
    ]
    Team.objects.bulk_update(changed, ["name", "site"], batch_size=1000)
    return ids


def _describes_team(entry: RosterEntry) -> bool:
    return bool(entry.team_name or entry.site)


def _describe(team: Team, name: str | None, site: int | None) -> bool:
    """Copy name and site to the team; tells whether it is different now."""
    before = (team.name, team.site_id)
    team.name = name or team.name
    team.site_id = site or team.site_id
    return (team.name, team.site_id) != before


def _write_sites(names: set[str]) -> dict[str, int]:
    def known() -> dict[str, int]:
        rows = list(Site.objects.order_by("-id").values_list("key", "name", "id"))
        return {name: pk for _key, name, pk in rows} | {key: pk for key, _name, pk in rows}

    missing = sorted(names - known().keys())
    Site.objects.bulk_create([Site(key=name, name=name) for name in missing])
    return known()


def write_memberships(
    sheet: RosterSheet,
    people: Mapping[str, Person],
    teams: Mapping[str, int],
    on: date,
    result: RosterResult,
) -> None:
    """Apply every row's team and dates, earliest start first, and end what leavers left open."""
    ids = {people[entry.key].pk for entry in sheet.entries}
    old = read_spans(ids)
    new = {pk: list(old[pk]) for pk in ids}
    for entry in sorted(sheet.entries, key=lambda entry: entry.starts_on or date.max):
        person = people[entry.key]
        if entry.team:
            new[person.pk] = _placed(entry, teams[entry.team], person, new[person.pk], on, sheet)
    for person in people.values():
        if person.left_on:
            new[person.pk] = timeline.leave(new[person.pk], person.left_on)
    different = {pk: (old[pk], spans) for pk, spans in new.items() if spans != old[pk]}
    result.changed = sorted(write_spans(different).items())


def _placed(
    entry: RosterEntry,
    team: int,
    person: Person,
    spans: list[TimelineSpan[int]],
    on: date,
    sheet: RosterSheet,
) -> list[TimelineSpan[int]]:
    """The person's spans once the entry's team and days hold."""
    start = entry.starts_on or _assumed_start(entry, team, person, spans, on)
    if person.left_on and start > person.left_on:
        reason = _("This person left on %(day)s. Let them in again on the person's page first.")
        sheet.refuse(entry.row, "starts_on", start, reason % {"day": person.left_on})
        return spans
    if entry.ends_on and start > entry.ends_on:
        reason = _("This person was not in the team on that day. Give the first day too.")
        sheet.refuse(entry.row, "ends_on", entry.ends_on, reason)
        return spans
    placed = timeline.assign(spans, team, start, entry.ends_on)
    return placed if timeline.first_difference(spans, placed) else spans


def _assumed_start(
    entry: RosterEntry, team: int, person: Person, spans: Sequence[TimelineSpan[int]], on: date
) -> date:
    """The first day in the team when the row gives none.

    A person without any team was there since hiring; one who is there already stays as they are;
    everyone else changes team on the day of the file.
    """
    if not spans:
        return person.hired_on or SINCE_ALWAYS
    day = entry.ends_on or min(on, person.left_on or on)
    there = (span.starts_on for span in spans if span.held == team and span.covers(day))
    return next(there, on)


def write_supervisions(
    sheet: RosterSheet,
    people: Mapping[str, Person],
    teams: Mapping[str, int],
    source: str,
    on: date,
    guard: SignInGuard,
) -> None:
    """Let exactly the named people supervise each team for which the rows name anyone."""
    named = [entry for entry in sheet.entries if entry.supervisor and entry.team]
    found = _find_supervisors({entry.supervisor or "" for entry in named}, source)
    first_day: defaultdict[int, dict[int, date]] = defaultdict(dict)
    said_by: dict[int, RosterEntry] = {}
    gone = set(
        Person.objects.filter(pk__in=found.values(), left_on__lt=on).values_list("pk", flat=True)
    )
    for entry in named:
        person = found.get(entry.supervisor or "")
        if person is None:
            reason = _("Nobody, or more than one person, has this key or name.")
            sheet.refuse(entry.row, "supervisor", entry.supervisor, reason)
        elif person in gone and _current(entry, on):
            reason = _("This supervisor has left. Name someone who is still here.")
            sheet.refuse(entry.row, "supervisor", entry.supervisor, reason)
        elif _current(entry, on) and entry.team:
            days = first_day[teams[entry.team]]
            said_by.setdefault(teams[entry.team], entry)
            start = entry.starts_on or people[entry.key].hired_on or SINCE_ALWAYS
            days[person] = min(start, days.get(person, start))
    _replace_supervisors(first_day, said_by, on, guard, sheet)
    _end_for_leavers(people.values())


def _current(entry: RosterEntry, on: date) -> bool:
    # A row about a time that is over says nothing about who supervises the team now.
    return entry.ends_on is None or entry.ends_on >= on


def _find_supervisors(texts: set[str], source: str) -> dict[str, int]:
    """Map each text to a person: by key, else by a name that only one person has."""
    found = find_people(source, texts)
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    rows = Person.objects.filter(display_name__in=texts - found.keys())
    for name, pk in rows.values_list("display_name", "id"):
        by_name[name].append(pk)
    return {**{name: ids[0] for name, ids in by_name.items() if len(ids) == 1}, **found}


def _replace_supervisors(
    wanted: Mapping[int, Mapping[int, date]],
    said_by: Mapping[int, RosterEntry],
    on: date,
    guard: SignInGuard,
    sheet: RosterSheet,
) -> None:
    """Team → person → first day, used only by a team that never had a supervisor."""
    stored: defaultdict[int, list[Supervision]] = defaultdict(list)
    for row in Supervision.objects.filter(team_id__in=wanted):
        stored[row.team_id].append(row)
    names = dict(Team.objects.filter(pk__in=wanted).values_list("pk", "name"))
    gone: list[int] = []
    added: list[Supervision] = []
    for team, people in wanted.items():
        open_rows = [row for row in stored[team] if row.ends_on is None or row.ends_on >= on]
        ending = [row for row in open_rows if row.person_id not in people]
        there = {row.person_id for row in open_rows}
        coming = [pk for pk in people if pk not in there]
        if why := guard.refused_supervisors(names[team], gone=ending, added=coming):
            entry = said_by[team]
            sheet.refuse(entry.row, "supervisor", entry.supervisor, why)
            continue
        gone += [row.pk for row in ending]
        added += [
            Supervision(team_id=team, person_id=pk, starts_on=on if stored[team] else people[pk])
            for pk in coming
        ]
    end_supervisions(Supervision.objects.filter(pk__in=gone), before=on)
    Supervision.objects.bulk_create(added, batch_size=5000)


def _end_for_leavers(people: Iterable[Person]) -> None:
    leavers = {person.pk: person.left_on for person in people if person.left_on}
    rows = Supervision.objects.filter(person_id__in=leavers)
    for row in rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=date.min)):
        last = leavers[row.person_id]
        if last and (row.ends_on is None or row.ends_on > last):
            one = Supervision.objects.filter(pk=row.pk)
            end_supervisions(one, before=last + timedelta(days=1))
