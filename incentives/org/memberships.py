"""Changes of teams: every write of a membership goes through here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from incentives.org import timeline
from incentives.org.models import Membership, Person, Team, TeamChange
from incentives.org.timeline import TimelineSpan
from incentives.stamps import everything_changed


def join_team(*, person: Person, team: Team, on: date) -> date | None:
    """Put a person into a team from that day on; the team before ends the day before.

    A second change on the same day replaces the first; memberships that start later stay. Returns
    the first day whose team is another one now, for the totals to be recomputed, or None.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        old = read_spans([person.pk])[person.pk]
        changed = write_spans({person.pk: (old, timeline.join(old, team.pk, on))})
    person.forget_roles()
    return changed.get(person.pk)


def join_teams(joins: Iterable[tuple[int, int, date]]) -> dict[int, date]:
    """`join_team` for many: (person id, team id, first day) each; returns what `write_spans` does."""
    joins = list(joins)
    old = read_spans({person_id for person_id, _team, _day in joins})
    new = dict(old)
    for person_id, team_id, day in joins:
        new[person_id] = timeline.join(new.get(person_id, []), team_id, day)
    return write_spans({person_id: (old[person_id], spans) for person_id, spans in new.items()})


def end_memberships(*, person_id: int, on: date) -> date | None:
    """Let a person's memberships end with that day; returns the first day that changed."""
    old = read_spans([person_id])[person_id]
    return write_spans({person_id: (old, timeline.leave(old, on))}).get(person_id)


def read_spans(person_ids: Iterable[int]) -> defaultdict[int, list[TimelineSpan[int]]]:
    """Each person's spans sorted by day; people without any have an empty list."""
    spans: defaultdict[int, list[TimelineSpan[int]]] = defaultdict(list)
    rows = Membership.objects.filter(person_id__in=list(person_ids)).order_by("starts_on")
    columns = ("person_id", "starts_on", "ends_on", "team_id")
    for person_id, starts_on, ends_on, team_id in rows.values_list(*columns):
        spans[person_id].append(TimelineSpan(starts_on, ends_on, team_id))
    return spans


def write_spans(
    changes: Mapping[int, tuple[Sequence[TimelineSpan[int]], Sequence[TimelineSpan[int]]]],
) -> dict[int, date]:
    """Make the stored memberships of each person what the second list of spans says.

    `changes` maps a person's id to (stored spans, wanted spans). Rows that stay keep their id.
    Returns the people whose team differs on some day, with the first such day; the same is kept for
    `take_team_changes`.
    """
    gone: list[tuple[int, TimelineSpan[int]]] = []
    other: list[tuple[int, TimelineSpan[int]]] = []
    added: list[tuple[int, TimelineSpan[int]]] = []
    for person_id, (old, new) in changes.items():
        before = {span.starts_on: span for span in old}
        after = {span.starts_on: span for span in new}
        gone += [(person_id, span) for day, span in before.items() if day not in after]
        added += [(person_id, span) for day, span in after.items() if day not in before]
        kept = [span for day, span in after.items() if day in before]
        other += [(person_id, span) for span in kept if span != before[span.starts_on]]
    _apply(gone, other, added)
    if gone or other or added:
        # Whom a team's goals, quests and battles concern, and how many they are.
        everything_changed()
    days = {pk: timeline.first_difference(old, new) for pk, (old, new) in changes.items()}
    changed = {pk: day for pk, day in days.items() if day is not None}
    TeamChange.objects.bulk_create(
        [TeamChange(person_id=pk, first_day=day) for pk, day in changed.items()], batch_size=5000
    )
    return changed


def take_team_changes() -> dict[int, date]:
    """Person id → first day whose team, position or employment is another one, since the last call.

    Each is given once.

    Call it in the transaction that recomputes the totals, so that a failure gives them back.
    """
    changes = list(TeamChange.objects.select_for_update(skip_locked=True))
    TeamChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    first: dict[int, date] = {}
    for change in changes:
        first[change.person_id] = min(change.first_day, first.get(change.person_id, date.max))
    return first


def _apply(
    gone: list[tuple[int, TimelineSpan[int]]],
    other: list[tuple[int, TimelineSpan[int]]],
    added: list[tuple[int, TimelineSpan[int]]],
) -> None:
    """Delete, update, insert: in this order no two rows of a person overlap in between.

    A row can only grow over days of rows that are gone by then, because starts never move.
    """
    touched = {(person_id, span.starts_on) for person_id, span in (*gone, *other)}
    stored = {
        (row.person_id, row.starts_on): row
        for row in Membership.objects.filter(person_id__in={pk for pk, _day in touched})
    }
    Membership.objects.filter(pk__in=[stored[pk, span.starts_on].pk for pk, span in gone]).delete()
    rows = [stored[pk, span.starts_on] for pk, span in other]
    for row, (_pk, span) in zip(rows, other, strict=True):
        row.team_id, row.ends_on = span.held, span.ends_on
    Membership.objects.bulk_update(rows, ["team", "ends_on"], batch_size=1000)
    Membership.objects.bulk_create(
        [
            Membership(
                person_id=pk, team_id=span.held, starts_on=span.starts_on, ends_on=span.ends_on
            )
            for pk, span in added
        ],
        batch_size=5000,
    )
