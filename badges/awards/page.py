"""A badge as its pages show it: tiers in words, how it is judged, who has it, the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.awards.medals import Medal, medal, own_language, sentences
from badges.awards.models.awards import SETTLING_DAYS, Award, BadgeProgress
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.moments import Rhythm, rhythm_of
from badges.awards.rarity import Rarity
from incentives.org.models import Person, Team
from incentives.org.notation import day as day_text
from incentives.org.notation import days
from scoring.criteria import load_criteria
from scoring.figures.windows import Period

HOLDERS_SHOWN = 12
_ORDER = {tier.value: at for at, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class TierView:
    """One tier: what it takes in words, and how the reader stands to it."""

    medal: Medal
    word: str
    sentences: Mapping[str, str]
    points: int
    won: str = ""
    won_url: str = ""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who holds the badge and whom the reader may see."""

    person: Person
    tier: str
    word: str
    note: str
    url: str


def best_of(tiers: Iterable[str]) -> str:
    """The best of some metals; gold where there are none."""
    return max(tiers, key=_ORDER.__getitem__, default=Tier.GOLD.value)


def best_tier(version: BadgeVersion) -> str:
    """The best metal that a version has."""
    return best_of(each["tier"] for each in version.tiers)


def tier_views(version: BadgeVersion, *, reader: Person, on: date) -> list[TierView]:
    """The tiers of a version, with what the reader holds of them and how far the next one is."""
    badge = version.badge
    mine: dict[str, Award] = {}
    for award in Award.objects.held(on=on).filter(badge=badge, person=reader):
        mine.setdefault(award.tier, award)
    progress = BadgeProgress.objects.filter(person=reader).first()
    near, share = (progress.shares if progress else {}).get(str(badge.pk), (None, 0.0))
    told = sentences(version.tiers, [own_language()])
    return [
        TierView(
            medal=medal(badge, metal=tier["tier"]),
            word=str(Tier(tier["tier"]).label),
            sentences=words,
            points=tier["points"],
            percent=int(share * 100) if tier["tier"] == near and tier["tier"] not in mine else None,
            **_won(mine.get(tier["tier"])),
        )
        for tier, words in zip(version.tiers, told, strict=True)
    ]


def _won(award: Award | None) -> dict[str, str]:
    if award is None:
        return {}
    address = reverse("badges:award", args=[award.public_id])
    return {"won": day_text(award.awarded_on), "won_url": address}


def rules_in_words(version: BadgeVersion) -> list[tuple[str, str]]:
    """How a version is judged: a term and a sentence each."""
    badge = version.badge
    found = [(_("Given"), str(badge.get_way_display()))]
    if not badge.is_granted:
        found.append((_("Looked at"), moments_in_words(version)))
        text = ngettext(
            "Corrected facts can give it or take it back for %(n)d day. After that it stands.",
            "Corrected facts can give it or take it back for %(n)d days. After that it stands.",
            SETTLING_DAYS,
        )
        found.append((_("Late facts"), text % {"n": SETTLING_DAYS}))
    found.append((_("It can be won"), str(badge.get_repeats_display())))
    found.append((_("It holds"), lasting(version)))
    scope = scope_in_words(version)
    if scope:
        found.append((_("Who it is for"), scope))
    found.append((_("In force"), days_in_force(version)))
    return found


def moments_in_words(version: BadgeVersion) -> str:
    """When the tiers of a version are judged."""
    parsed = [load_criteria(tier["criteria"]) for tier in version.tiers if tier.get("criteria")]
    return "; ".join(dict.fromkeys(_rhythm(rhythm_of(each)) for each in parsed))


def _rhythm(found: Rhythm) -> str:
    if found.once is not None:
        return _("on %(day)s, once its night is done") % {"day": day_text(found.once)}
    if found.seasons:
        return _("at the end of each season")
    if found.slides:
        return _("every night")
    return {
        Period.DAY: _("every night, for the day before it"),
        Period.WEEK: _("at the end of each week"),
        Period.MONTH: _("at the end of each month"),
        Period.QUARTER: _("at the end of each quarter"),
    }.get(found.period or Period.DAY, _("every night"))


def lasting(version: BadgeVersion) -> str:
    """How long an award of this version holds."""
    if version.expires_after_days:
        text = ngettext("for %(n)d day", "for %(n)d days", version.expires_after_days)
        return text % {"n": version.expires_after_days}
    if version.expires_with_next:
        return _("until the end of the next period")
    return _("for good")


def scope_in_words(version: BadgeVersion) -> str:
    """Teams and newcomers that a version is limited to; empty for everyone."""
    scope = version.scope
    names = Team.objects.filter(pk__in=scope.teams).values_list("pk", "name")
    return scope.sentence(teams=dict(names) if scope.teams else {}, channels={})


def days_in_force(version: BadgeVersion) -> str:
    """The days of a version in words."""
    ends = version.ends_on
    if ends is not None and ends < version.starts_on:
        return _("withdrawn")
    if version.starts_on.year <= 2000:
        return _("until %(day)s") % {"day": day_text(ends)} if ends else _("since the beginning")
    if ends is None:
        return _("from %(day)s") % {"day": day_text(version.starts_on)}
    return days(version.starts_on, ends)


def rare_text(found: Rarity) -> str:
    """How many of the people at work hold it."""
    if not found.people:
        return ""
    words = {"people": found.people, "share": round(found.share * 100)}
    return _("of %(people)d people, %(share)d %%") % words


def holders(badge: Badge, *, reader: Person, on: date) -> tuple[list[Holder], int]:
    """The latest holders whom the reader may see, and how many of those there are in all."""
    seen = Person.objects.visible_to(reader).active(on=on)
    held = Award.objects.held(on=on).filter(badge=badge, person__in=seen.order_by().values("pk"))
    many = held.order_by().values("person").distinct().count()
    latest = held.select_related("person").order_by("-awarded_on", "-id")[: 3 * HOLDERS_SHOWN]
    best: dict[int, Award] = {}
    for award in latest:
        before = best.setdefault(award.person_id, award)
        if _ORDER[award.tier] > _ORDER[before.tier]:
            best[award.person_id] = award
    return [_holder(award) for award in list(best.values())[:HOLDERS_SHOWN]], many


def _holder(award: Award) -> Holder:
    return Holder(
        person=award.person,
        tier=award.tier,
        word=str(award.get_tier_display()),
        note=day_text(award.awarded_on),
        url=reverse("badges:award", args=[award.public_id]),
    )


def late_until(award: Award) -> str:
    """Until when late facts can take an award back; empty where they cannot."""
    if award.granted_by_id is not None or award.is_revoked:
        return ""
    last = award.settles_on or award.awarded_on + timedelta(days=SETTLING_DAYS)
    return day_text(last)
