"""The bell: telling people what happened that concerns them, once, in their own language.

A kind names the group that people can switch off, an icon, and a function that turns stored data
into a sentence when somebody reads it. Capabilities declare their kinds, and tell (`notify`, or `tell`
where every person gets different data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.extras import Json

from incentives.capabilities import declared
from incentives.org.models import MutedNotices, Notice, Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How long a notice stays after it was read, and how long one that nobody reads, in days.
KEPT_READ, KEPT_UNREAD = 60, 180
_BATCH = 2000
_INSERT = """
    INSERT INTO org_notice (person_id, kind, data, url, source_key, created_at, celebrates)
    SELECT person, %(kind)s, data, url, key, %(at)s, %(celebrates)s
    FROM unnest(%(people)s::bigint[], %(data)s::jsonb[], %(urls)s::text[], %(keys)s::text[])
        AS n (person, data, url, key)
    ON CONFLICT DO NOTHING
"""

#: What people can switch off on their profile, in the order in which it is offered.
GROUPS: dict[str, _StrPromise] = {
    "recognition": gettext_lazy("Points given to me, levels and seasons"),
    "play": gettext_lazy("Quests and battles"),
    "agreements": gettext_lazy("My goals and appeals"),
    "rules": gettext_lazy("Changes of my scorecard"),
    "tasks": gettext_lazy("What waits for my decision"),
    "operations": gettext_lazy("Nights and imports that need help"),
    "safety": gettext_lazy("Wrong passwords for my account"),
}


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """How one kind of notice is told: `text` makes the sentence from the stored data."""

    name: str
    group: str
    icon: str
    text: Callable[[Mapping[str, Any]], str]
    celebrates: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What one person is told; `person` is an id."""

    person: int
    source_key: str
    data: dict[str, Any] = field(default_factory=dict)
    url: str = ""


def _kinds() -> dict[str, NoticeKind]:
    return {kind.name: kind for kind in declared(NoticeKind)}


def kind_of(notice: Notice) -> NoticeKind:
    """The kind of a stored notice; one whose app is gone says so."""
    return _kinds().get(notice.kind) or NoticeKind(
        notice.kind, "operations", "info", _no_longer_known
    )


def _no_longer_known(_data: Mapping[str, Any]) -> str:
    return _("Something happened that is no longer part of this installation.")


def notify(
    *,
    people: Iterable[Person | int],
    kind: str,
    source_key: str,
    data: dict[str, Any] | None = None,
    url: str = "",
) -> None:
    """Tell several people the same; see `tell`."""
    ids = [person if isinstance(person, int) else person.pk for person in people]
    tell(kind, [News(person, source_key, data or {}, url) for person in ids])


def tell(kind: str, news: Iterable[News]) -> None:
    """Store notices of one kind: one question and one insert a batch, however many people.

    Nobody is told the same source key twice, and nobody who has switched the group off or cannot
    sign in. Raises KeyError for a kind that nobody declares.
    """
    known, wanted = _kinds()[kind], list(news)
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        readers = _readers({each.person for each in batch}, known.group)
        _store(known, [each for each in batch if each.person in readers])


def _readers(people: set[int], group: str) -> set[int]:
    able = Person.objects.filter(pk__in=people, is_active=True)
    muted = MutedNotices.objects.filter(group=group, person__in=people).values("person")
    return set(able.exclude(pk__in=muted).values_list("pk", flat=True))


def _store(kind: NoticeKind, news: list[News]) -> None:
    # A night can have tens of thousands of news: objects would take ten times as long as the rest.
    if not news:
        return
    params: dict[str, Any] = {
        "kind": kind.name,
        "at": timezone.now(),
        "celebrates": kind.celebrates,
        "people": [each.person for each in news],
        "data": [Json(each.data) for each in news],
        "urls": [each.url for each in news],
        "keys": [f"{kind.name}:{each.source_key}" for each in news],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, params)


@dataclass(frozen=True, slots=True)
class Bell:
    """What the shell shows: how many are unread, and whether one of them is to be celebrated."""

    unread: int = 0
    celebrates: bool = False

    @property
    def label(self) -> str:
        """The number as it stands on the bell; empty for none."""
        return "99+" if self.unread > 99 else str(self.unread or "")


def bell(person: Person) -> Bell:
    """One question, answered from an index of unread notices alone."""
    unread = Notice.objects.unread().filter(person=person.pk).order_by().values("person")
    counted = unread.annotate(many=Count("pk"), wins=Count("pk", filter=Q(celebrates=True)))
    for row in counted:
        return Bell(row["many"], bool(row["wins"]))
    return Bell()


def win_of(person: Person) -> Notice | None:
    """The latest notice that is still to be celebrated."""
    return Notice.objects.unread().filter(person=person.pk, celebrates=True).first()


def celebrated(person: Person) -> None:
    """Note that the person has seen what there was to celebrate; it stays unread."""
    Notice.objects.filter(person=person.pk, celebrates=True).update(celebrates=False)


def mark_read(person: Person, *, at: datetime, notice: int | None = None) -> None:
    """Mark one notice of this person, or all of them, as read."""
    unread = Notice.objects.unread().filter(person=person.pk)
    (unread if notice is None else unread.filter(pk=notice)).update(read_at=at, celebrates=False)


def choose(person: Person, *, groups: Iterable[str]) -> None:
    """Keep which groups of notices a person wants."""
    unwanted = GROUPS.keys() - set(groups)
    MutedNotices.objects.filter(person=person.pk).exclude(group__in=unwanted).delete()
    MutedNotices.objects.bulk_create(
        [MutedNotices(person=person, group=group) for group in sorted(unwanted)],
        ignore_conflicts=True,
    )


def chosen(person: Person) -> set[str]:
    """The groups of notices that a person gets."""
    muted = MutedNotices.objects.filter(person=person.pk).values_list("group", flat=True)
    return GROUPS.keys() - set(muted)


def forget_old(*, at: datetime) -> int:
    """Remove notices that were read long ago, or never; returns how many."""
    old = Q(read_at__lt=at - timedelta(days=KEPT_READ)) | Q(
        read_at=None, created_at__lt=at - timedelta(days=KEPT_UNREAD)
    )
    return Notice.objects.filter(old).delete()[0]
