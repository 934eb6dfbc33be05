"""Writing badges: drafts, publishing, new versions, archiving. A published version never changes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badges.awards.checks import problems
from badges.awards.models.badges import Badge, BadgeVersion
from badges.awards.refusals import BadgeRefused
from incentives.org.models import Person
from scoring.figures.windows import ONE_DAY


@transaction.atomic
def save_draft(*, badge: Badge, version: BadgeVersion) -> BadgeVersion:
    """Save a badge with its draft, both new or changed, when they are in order.

    The name, look and order of a badge can change at any time (pass its newest version, published
    or not); what is published stays. Raises BadgeRefused; nothing is saved then.
    """
    found = problems(badge, version) if not version.is_published else {}
    if not badge.name_en.strip():
        found.setdefault("name_en", [_("Fill in the English name.")])
    if found:
        raise BadgeRefused(found)
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
    BadgeRefused.
    """
    badge = Badge.objects.select_for_update().get(pk=version.badge_id)
    version = BadgeVersion.objects.select_related("badge").get(pk=version.pk)
    if version.is_published:
        return version
    found = problems(badge, version)
    if found:
        raise BadgeRefused(found)
    for other in badge.versions.all():
        if other.holds_on(version.starts_on):
            other.ends_on = version.starts_on - ONE_DAY
            other.save(update_fields=["ends_on"])
    version.status = BadgeVersion.Status.PUBLISHED
    version.published_at, version.published_by = timezone.now(), by
    version.save()
    if badge.archived_on is not None:
        badge.archived_on = None
        badge.save(update_fields=["archived_on"])
    return version


@transaction.atomic
def new_version(*, badge: Badge, starts_on: date) -> BadgeVersion:
    """A draft that begins as a copy of the newest version; the draft there is, if there is one."""
    Badge.objects.select_for_update().get(pk=badge.pk)
    newest = badge.versions.order_by("-version")[0]
    if not newest.is_published:
        return newest
    return BadgeVersion.objects.create(
        badge=badge,
        version=newest.version + 1,
        starts_on=starts_on,
        tiers=newest.tiers,
        applies_to=newest.applies_to,
        expires_after_days=newest.expires_after_days,
        expires_with_next=newest.expires_with_next,
    )


@transaction.atomic
def archive(*, badge: Badge, on: date) -> Badge:
    """Nobody wins the badge after that day; whoever holds it keeps it."""
    badge = Badge.objects.select_for_update().get(pk=badge.pk)
    if badge.archived_on is not None:
        return badge
    for version in badge.versions.all():
        if version.is_published and (version.ends_on is None or version.ends_on > on):
            # One that has not begun yet is withdrawn: it ends before its first day.
            version.ends_on = max(on, version.starts_on - ONE_DAY)
            version.save(update_fields=["ends_on"])
    badge.archived_on = on
    badge.save(update_fields=["archived_on"])
    return badge


@transaction.atomic
def delete_draft(*, version: BadgeVersion) -> None:
    """Throw a draft away, with its badge if that has no other version. Raises BadgeRefused."""
    if version.is_published:
        raise BadgeRefused({"__all__": [_("A published badge stays for the record: archive it.")]})
    badge = version.badge
    version.delete()
    if not badge.versions.exists():
        badge.delete()
