"""Changes of jobs and levels: every write of a position goes through here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from incentives.org import timeline
from incentives.org.models import SINCE_ALWAYS, Person, Position, TeamChange
from incentives.org.roster_rows import RosterSheet
from incentives.org.timeline import ONE_DAY, TimelineSpan

#: A job and a level; either may be "".
Post = tuple[str, str]
NOTHING: Post = ("", "")


def comparable(words: str) -> str:
    """A job or level as it is compared: without case, underscores and spaces too many."""
    return " ".join(words.casefold().replace("_", " ").split())


def set_position(*, person: Person, job: str, level: str, on: date) -> date | None:
    """Give a person a job and a level from that day on; both empty end the position before.

    Returns the first day on which something is different, or None.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        old = read_posts([person.pk])[person.pk]
        post = (job.strip(), level.strip())
        new = timeline.leave(old, on - ONE_DAY) if post == NOTHING else timeline.join(old, post, on)
        return write_posts({person.pk: (old, new)}).get(person.pk)


def known_words() -> dict[str, list[str]]:
    """The jobs and levels in use, under "jobs" and "levels", to choose from."""
    pairs = Position.objects.order_by().values_list("job", "level").distinct()
    jobs, levels = {job for job, _level in pairs}, {level for _job, level in pairs}
    return {"jobs": sorted(jobs - {""}), "levels": sorted(levels - {""})}


def read_posts(person_ids: Iterable[int]) -> defaultdict[int, list[TimelineSpan[Post]]]:
    """Each person's posts sorted by day; people without any have an empty list."""
    posts: defaultdict[int, list[TimelineSpan[Post]]] = defaultdict(list)
    rows = Position.objects.filter(person_id__in=list(person_ids)).order_by("starts_on")
    columns = ("person_id", "starts_on", "ends_on", "job", "level")
    for person_id, starts_on, ends_on, job, level in rows.values_list(*columns):
        posts[person_id].append(TimelineSpan(starts_on, ends_on, (job, level)))
    return posts


def write_posts(
    changes: Mapping[int, tuple[Sequence[TimelineSpan[Post]], Sequence[TimelineSpan[Post]]]],
) -> dict[int, date]:
    """Make the stored positions of each person what the second list of spans says.

    Returns the people for whom some day differs, with the first such day. Their scores from there
    on may be by another scorecard, so the night looks at those days again.
    """
    days = {pk: timeline.first_difference(old, new) for pk, (old, new) in changes.items()}
    changed = {pk: day for pk, day in days.items() if day is not None}
    Position.objects.filter(person_id__in=changed).delete()
    Position.objects.bulk_create(
        [
            Position(
                person_id=pk,
                job=span.held[0],
                level=span.held[1],
                starts_on=span.starts_on,
                ends_on=span.ends_on,
            )
            for pk in changed
            for span in changes[pk][1]
        ],
        batch_size=5000,
    )
    TeamChange.objects.bulk_create(
        [TeamChange(person_id=pk, first_day=day) for pk, day in changed.items()], batch_size=5000
    )
    return changed


def write_positions(sheet: RosterSheet, people: Mapping[str, Person], on: date) -> None:
    """Apply every row's job and level of a people file, earliest start first.

    A row without a first day says what holds since hiring for whom nothing is known, else since
    the file's day. What a row leaves empty stays as it was. Leavers' positions end.
    """
    said = [entry for entry in sheet.entries if entry.job or entry.level]
    leavers = [person for person in people.values() if person.left_on]
    old = read_posts({people[entry.key].pk for entry in said} | {each.pk for each in leavers})
    new = {pk: list(posts) for pk, posts in old.items()}
    for entry in sorted(said, key=lambda entry: entry.starts_on or date.max):
        person = people[entry.key]
        posts = new.get(person.pk, [])
        start = entry.starts_on or (on if posts else person.hired_on or SINCE_ALWAYS)
        known = timeline.held_on(posts, start) or NOTHING
        post = (entry.job or known[0], entry.level or known[1])
        if post != known:
            new[person.pk] = timeline.join(posts, post, start)
    for person in leavers:
        if person.left_on:
            new[person.pk] = timeline.leave(new.get(person.pk, []), person.left_on)
    write_posts({pk: (old[pk], posts) for pk, posts in new.items()})
