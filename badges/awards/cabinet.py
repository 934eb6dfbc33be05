"""A person's cabinet: what is held, what was held, what comes next, and the sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from badges.awards.models.awards import Award, BadgeProgress
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.models.sets import BadgeSet, SetCompletion
from incentives.org.models import Person

_ORDER = {tier.value: at for at, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class Held:
    """A badge that is held: `award` is the best and latest, `awards` all that hold, it included."""

    badge: Badge
    award: Award
    awards: list[Award]


@dataclass(frozen=True, slots=True)
class Next:
    """The next tier of a badge that is not held in it yet; `share` of the way, 0 to 1."""

    badge: Badge
    tier: str
    points: int
    share: float

    @property
    def percent(self) -> int:
        """The share in whole per cent; 100 only when it is met."""
        return int(self.share * 100)


@dataclass(frozen=True, slots=True)
class SetProgress:
    """How much of a set is collected; `completed_on` once it was ever complete."""

    set: BadgeSet
    badges: list[Badge]
    have: AbstractSet[int]
    completed_on: date | None

    @property
    def missing(self) -> list[Badge]:
        """The badges that are not collected, in order."""
        return [badge for badge in self.badges if badge.pk not in self.have]


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Everything about one person's badges on a day.

    `earlier` are revoked and expired awards, latest first. `next` has the nearest first; badges
    that are granted have no next. `secrets` is how many secret badges are still to be found;
    `offered` how many badges there are, secret ones included. `as_of` is the day that progress
    was measured on; None before the first night.
    """

    held: list[Held] = field(default_factory=list)
    earlier: list[Award] = field(default_factory=list)
    next: list[Next] = field(default_factory=list)
    sets: list[SetProgress] = field(default_factory=list)
    secrets: int = 0
    offered: int = 0
    as_of: date | None = None

    @property
    def titles(self) -> list[str]:
        """The titles that the person carries, in the reader's language."""
        return [each.badge.title for each in self.held if each.badge.title]


def cabinet(person: Person, on: date) -> Cabinet:
    """The cabinet of a person, as of a day; seven queries."""
    awards = list(
        Award.objects.filter(person=person)
        .select_related("badge", "version", "granted_by", "revoked_by")
        .order_by("-awarded_on", "-id")
    )
    offers = _on_offer(on)
    progress = BadgeProgress.objects.filter(person=person).first()
    held = _held([award for award in awards if award.is_held(on=on)])
    mine = {each.badge.pk for each in held}
    return Cabinet(
        held=held,
        earlier=[award for award in awards if not award.is_held(on=on)],
        next=_next(offers, awards, progress),
        sets=_sets(person, awards, on),
        secrets=sum(1 for badge, _version in offers if badge.secret and badge.pk not in mine),
        offered=len({badge.pk for badge, _version in offers} | mine),
        as_of=progress.as_of if progress else None,
    )


def _on_offer(on: date) -> list[tuple[Badge, BadgeVersion]]:
    """Badges that can be won on the day, with the version in force."""
    published = BadgeVersion.objects.filter(status=BadgeVersion.Status.PUBLISHED)
    badges = Badge.objects.filter(archived_on=None)
    found = badges.prefetch_related(Prefetch("versions", published.order_by("-version")))
    in_force = ((badge, version_in_force(badge.versions.all(), on)) for badge in found)
    return [(badge, version) for badge, version in in_force if version is not None]


def version_in_force(versions: Iterable[BadgeVersion], on: date) -> BadgeVersion | None:
    """The published version whose days include that day."""
    return next((version for version in versions if version.holds_on(on)), None)


def _held(awards: Sequence[Award]) -> list[Held]:
    by_badge: dict[int, list[Award]] = {}
    for award in awards:
        by_badge.setdefault(award.badge_id, []).append(award)
    found = []
    for mine in by_badge.values():
        best = max(mine, key=lambda award: (_ORDER[award.tier], award.awarded_on, award.pk))
        found.append(Held(best.badge, best, mine))
    return sorted(found, key=lambda each: (each.award.awarded_on, each.award.pk), reverse=True)


def _next(
    offers: Sequence[tuple[Badge, BadgeVersion]],
    awards: Sequence[Award],
    progress: BadgeProgress | None,
) -> list[Next]:
    won = {(award.badge_id, award.tier) for award in awards if not award.is_revoked}
    found = []
    for badge, version in offers:
        if badge.is_granted or badge.secret:
            continue
        tier, share = (progress.shares if progress else {}).get(str(badge.pk), (None, 0.0))
        if tier is None:
            left = [each for each in version.tiers if (badge.pk, each["tier"]) not in won]
            if not left:
                continue
            tier = left[0]["tier"]
        found.append(Next(badge, tier, version.tier(tier)["points"], float(share)))
    return sorted(found, key=lambda each: (-each.share, each.badge.order, each.badge.key))


def _sets(person: Person, awards: Sequence[Award], on: date) -> list[SetProgress]:
    done = dict(SetCompletion.objects.filter(person=person).values_list("set", "completed_on"))
    open_sets = BadgeSet.objects.prefetch_related("badges")
    found = []
    for each in open_sets:
        closed = each.starts_on > on or (each.archived_on is not None and each.archived_on <= on)
        if closed and each.pk not in done:
            continue
        least = _ORDER[each.least_tier]
        have = {
            award.badge_id
            for award in awards
            if not award.is_revoked and _ORDER[award.tier] >= least
        }
        badges = list(each.badges.all())
        mine = {badge.pk for badge in badges} & have
        found.append(SetProgress(each, badges, mine, done.get(each.pk)))
    return found
