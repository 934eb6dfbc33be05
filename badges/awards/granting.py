"""Badges that people give: with a written reason, to those whom they lead, never to themselves."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.awards import news as badge_news
from badges.awards.expiry import expiry_of
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge, BadgeVersion
from badges.awards.paying import pay
from badges.awards.sets import complete_sets
from badges.awards.storing import one_at_a_time
from incentives.org.models import Person
from incentives.org.refusals import Refused
from incentives.org.wording import named
from scoring.figures.windows import Period, first_day
from scoring.models import PointDecision, PointEntry
from scoring.points.giving import may_give, require_reason, set_aside


@transaction.atomic
def grant(
    *,
    badge: Badge,
    tier: str,
    person: Person,
    by: Person,
    reason: str,
    on: date,
    token: UUID | None = None,
) -> Award:
    """Give a badge that is granted; a badge won again in each period once a month.

    `token` names the form that was filled in: sent twice, it gives once and returns the same
    award. Raises Refused.
    """
    one_at_a_time()
    earlier = Award.objects.filter(token=token).first() if token else None
    if earlier is not None:
        return earlier
    version = _checked(badge, tier, person, by, reason, on)
    again = badge.repeats == Badge.Repeats.PERIOD
    award = Award(
        badge=badge,
        version=version,
        person=person,
        tier=tier,
        occasion=first_day(Period.MONTH, on).isoformat() if again else "",
        awarded_on=on,
        given_on=on,
        points=version.tier(tier)["points"],
        expires_on=expiry_of(version, on, period=Period.MONTH),
        granted_by=by,
        reason=reason.strip(),
        token=token,
    )
    if not _is_saved(award):
        # Of two that were sent at the same time, the other one has given it.
        same = Award.objects.filter(token=token).first() if token else None
        if same is None:
            raise Refused(_already(person, badge, again=again))
        return same
    if award.points:
        _decide(award, by)
    pay([award])
    badge_news.won([award], as_of=on)
    complete_sets(people=[person.pk], as_of=on)
    return award


def award_of(decision: PointDecision) -> Award:
    return Award.objects.select_related("badge").get(pk=decision.about)


def _decide(award: Award, by: Person) -> None:
    set_aside(
        kind="badge",
        subject=award.pk,
        to=award.person,
        points=award.points,
        by=by,
        on=award.awarded_on,
        said=named(award.badge),
    )


def _checked(
    badge: Badge, tier: str, person: Person, by: Person, reason: str, on: date
) -> BadgeVersion:
    if not badge.is_granted:
        raise Refused(_("This badge is given by its criteria: nobody can grant it."))
    if person.pk == by.pk:
        raise Refused(_("Nobody gives badges to themselves: choose someone whom you lead."))
    if not may_give(by=by, to=person):
        raise Refused(_("Badges are given to people whom you lead: choose one of them."))
    require_reason(reason, _("Write in a sentence what it is for: it stays beside the badge."))
    found = [version for version in badge.versions.all() if version.holds_on(on)]
    if badge.archived_on is not None or not found:
        raise Refused(_("This badge is not given at present: choose another one."))
    if tier not in {each["tier"] for each in found[0].tiers}:
        raise Refused(_("This badge has no such tier: choose one that it has."))
    return found[0]


def _is_saved(award: Award) -> bool:
    try:
        with transaction.atomic():
            award.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _already(person: Person, badge: Badge, *, again: bool) -> str:
    words = {"name": person.display_name, "badge": badge.name}
    if again:
        return (
            _("%(name)s has “%(badge)s” of this month already: give it again next month.") % words
        )
    return _("%(name)s has “%(badge)s” already: it is given once.") % words


def nothing_waits(_decision: PointDecision, _on: date) -> None:
    """One person's points never wait for a second one."""


def settle(decision: PointDecision) -> None:
    """Pay again what waited for a budget."""
    pay([award_of(decision)])


def address(decision: PointDecision) -> str:
    """The page of the award that a decision is about."""
    return reverse("badges:award", args=[award_of(decision).public_id])


def giver(entry: PointEntry) -> Person | None:
    """Who gave the badge that an entry pays; nobody where it was won by its criteria."""
    return entry.decision.decided_by if entry.decision else None
