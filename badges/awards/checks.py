"""What is wrong with a badge before it is saved: for each field, sentences that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pydantic import ValidationError

from badges.awards.models.awards import BadgeJudgement
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.moments import Rhythm, rhythm_of
from scoring.criteria import CriteriaError, parse_criteria
from scoring.points.checks import Problems

MOST_POINTS = 10_000
_TIERS = [tier.value for tier in Tier]


def problems(badge: Badge, version: BadgeVersion) -> Problems:
    """Field → what is wrong; empty for a badge whose version can be published."""
    found: Problems = {}
    for field, text in (
        *_identity_problems(badge),
        *_tier_problems(badge, version),
        *_scope_problems(version),
        *_day_problems(version),
    ):
        found.setdefault(field, []).append(text)
    return found


def _identity_problems(badge: Badge) -> list[tuple[str, str]]:
    if not badge.name_en.strip():
        return [("name_en", _("Fill in the English name."))]
    if badge.pk is None or not badge.versions.filter(published_at__isnull=False).exists():
        return []
    before = Badge.objects.get(pk=badge.pk)
    fixed = _("This stays as it was published, because awards rest on it: make a new badge.")
    return [
        (field, fixed)
        for field in ("way", "repeats")
        if getattr(before, field) != getattr(badge, field)
    ]


def _tier_problems(badge: Badge, version: BadgeVersion) -> list[tuple[str, str]]:
    names = [each.get("tier") for each in version.tiers]
    if not names:
        return [("tiers", _("Add at least one tier: bronze, silver or gold."))]
    if names != [tier for tier in _TIERS if tier in names]:
        return [("tiers", _("The tiers are bronze, silver and gold, each once, in this order."))]
    found: list[tuple[str, str]] = []
    for each in version.tiers:
        points = each.get("points")
        if type(points) is not int or not 0 <= points <= MOST_POINTS:
            text = _("The points are a whole number from 0 to %(most)d.") % {"most": MOST_POINTS}
            found.append((each["tier"], text))
        if badge.is_granted:
            if each.get("criteria"):
                found.append((each["tier"], _("People give this badge: remove the criteria.")))
        else:
            texts = _criteria_problems(each.get("criteria") or {}, badge, version)
            found += [(each["tier"], text) for text in texts]
    if badge.is_granted and version.expires_with_next and badge.repeats != Badge.Repeats.PERIOD:
        found.append(("expires_with_next", _no_next()))
    return found


def _criteria_problems(data: Mapping[str, Any], badge: Badge, version: BadgeVersion) -> list[str]:
    try:
        rhythm = rhythm_of(parse_criteria(data))
    except CriteriaError as error:
        return error.messages
    found = []
    if badge.repeats == Badge.Repeats.PERIOD and not rhythm.repeats:
        found.append(
            _(
                "Without a day, week, month, quarter or season nothing says what “again” means:"
                " choose one of these as a window, or let the badge be won once."
            )
        )
    if version.expires_with_next and (badge.repeats != Badge.Repeats.PERIOD or rhythm.seasons):
        found.append(_no_next())
    if rhythm.once is not None:
        found += _fixed_day_problems(rhythm, version)
    return found


def _no_next() -> str:
    return _(
        "“Until the end of the next period” is for badges that can be won again in each day, week,"
        " month or quarter: choose a number of days."
    )


def _fixed_day_problems(rhythm: Rhythm, version: BadgeVersion) -> list[str]:
    """A window that lies outside the version's days is never judged."""
    day, starts_on = rhythm.once, version.starts_on
    if day is None or starts_on is None:
        return []
    if day >= starts_on and (version.ends_on is None or day <= version.ends_on):
        return []
    return [
        _(
            "It would be judged on %(day)s, which is not one of this version's days: nobody could"
            " win it. Choose other days."
        )
        % {"day": date_format(day)}
    ]


def _scope_problems(version: BadgeVersion) -> list[tuple[str, str]]:
    try:
        scope = version.scope
    except ValidationError:
        return [("applies_to", _("Choose teams, newcomers or everyone."))]
    if scope.channels:
        return [("applies_to", _("A badge looks at all channels together: choose no channel."))]
    return []


def _day_problems(version: BadgeVersion) -> list[tuple[str, str]]:
    if version.starts_on is None:
        return [("starts_on", _("Fill in the first day."))]
    if version.ends_on is not None and version.ends_on < version.starts_on:
        return [("ends_on", _("The last day is before the first day: swap them."))]
    others = BadgeVersion.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        badge=version.badge_id,
        status=BadgeVersion.Status.PUBLISHED,
    ).exclude(pk=version.pk)
    later = others.filter(starts_on__gte=version.starts_on).order_by("starts_on").first()
    if later is not None:
        text = _("Version %(version)d holds from %(day)s: choose a first day after that.")
        words = {"version": later.version, "day": date_format(later.starts_on)}
        return [("starts_on", text % words)]
    judged = (
        BadgeJudgement.objects.filter(version__in=others, judged_on__gte=version.starts_on)
        .order_by("-judged_on")
        .first()
    )
    if judged is None:
        return []
    # What was won under the version before stays won: its judged days are not taken from it.
    text = _("The version before has been judged up to %(day)s: choose a later first day.")
    return [("starts_on", text % {"day": date_format(judged.judged_on)})]
