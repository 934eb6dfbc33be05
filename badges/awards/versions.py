"""Writing badges: drafts, publishing, new versions, archiving. A published version never changes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badges.awards.checks import problems
from badges.awards.models.badges import Badge, BadgeVersion
from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.figures.windows import ONE_DAY


@transaction.atomic
def save_draft(*, badge: Badge, version: BadgeVersion) -> BadgeVersion:
    """Save a badge with its draft, both new or changed, when they are in order.

    The name, look and order of a badge can change at any time (pass its newest version, published
    or not); what is published stays. Raises Refused; nothing is saved then.
    """
    found = problems(badge, version) if not version.is_published else {}
    if not badge.name_en.strip():
        found.setdefault("name_en", [_("Fill in the English name.")])
    if found:
        raise Refused(found)
    badge.key = badge.key or _free_key(badge.name_en)
    badge.save()
    version.badge = badge
    if not version.is_published:
        version.save()
    return version


def _free_key(name: str) -> str:
    base = slugify(name)[:50] or "badge"
    taken = set(Badge.objects.filter(key__startswith=base).values_list("key", flat=True))
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in tries if key not in taken)


@transaction.atomic
def publish(*, version: BadgeVersion, by: Person | None) -> BadgeVersion:
    """Put a draft into force from its first day; the version before ends the day before.

    The night judges its days, past ones included. An archived badge is on offer again. Raises
    Refused.
    """
    done = version.publish(
        by=by,
        problems=lambda draft: problems(draft.badge, draft),
        on_change=lambda *_days: None,
    )
    Badge.objects.filter(pk=done.badge_id).update(archived_on=None)
    return done


def new_version(*, badge: Badge, starts_on: date) -> BadgeVersion:
    """A draft that begins as a copy of the newest version; the draft there is, if there is one."""
    return badge.versions.order_by("-version")[0].new_version(starts_on=starts_on)


@transaction.atomic
def archive(*, badge: Badge, on: date) -> Badge:
    """Nobody wins the badge after that day; whoever holds it keeps it."""
    versions = list(badge.versions.select_for_update().order_by("version", "pk"))
    badge.refresh_from_db()
    if badge.archived_on is not None:
        return badge
    for version in versions:
        if version.is_published and (version.ends_on is None or version.ends_on > on):
            # One that has not begun yet is withdrawn: it ends before its first day.
            version.ends_on = max(on, version.starts_on - ONE_DAY)
            version.save(update_fields=["ends_on"])
    badge.archived_on = on
    badge.save(update_fields=["archived_on"])
    return badge


@transaction.atomic
def delete_draft(*, version: BadgeVersion) -> None:
    """Throw a draft away, with its badge if that has no other version. Raises Refused."""
    badge = version.badge
    version.discard()
    if not badge.versions.exists():
        badge.delete()
