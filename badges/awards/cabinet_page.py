"""The cabinet as its page shows it: shelves of medals, what comes next, sets, what was before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from badges.awards.cabinet import Cabinet, Held, Next, SetProgress, cabinet, version_in_force
from badges.awards.medals import (
    EvidenceLine,
    Medal,
    award_medal,
    evidence_lines,
    medal,
    own_language,
    sentences,
)
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge, Tier
from incentives.org.access import agents_seen_by
from incentives.org.models import Person
from incentives.org.notation import day as day_text
from scoring.models import Kpi

NEXT_SHOWN = 3


@dataclass(frozen=True, slots=True)
class AwardView:
    """One award in words; `lines` are empty for readers who may not see the figures."""

    medal: Medal
    tier: str
    when: str
    points: int
    reason: str
    lines: list[EvidenceLine]


@dataclass(frozen=True, slots=True)
class NextView:
    """A tier that is not won yet, what it takes, and how far it is in per cent."""

    medal: Medal
    tier: str
    sentence: str
    percent: int

    @property
    def waits(self) -> bool:
        """Whether it is reached so far and is given when its period is over."""
        return self.percent >= 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """The medals of one group; `won` of them are held."""

    group: str
    label: str
    medals: list[Medal]
    won: int


@dataclass(frozen=True, slots=True)
class SetView:
    """A set, with a medal for each of its badges; `progress` says how many are collected."""

    key: str
    name: str
    about: str
    medals: list[Medal]
    progress: str
    completed_on: date | None
    points: int
    least: str


@dataclass(frozen=True, slots=True)
class EarlierView:
    """An award that expired or was taken back, and why."""

    medal: Medal
    tier: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class CabinetPage:
    """Everything on the page. What someone lacks is shown to nobody but themselves."""

    own: bool
    plays: bool
    held: int
    of: int
    titles: list[str]
    latest: AwardView | None = None
    nexts: list[NextView] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    sets: list[SetView] = field(default_factory=list)
    earlier: list[EarlierView] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to show."""
        return not self.shelves and not self.earlier


def cabinet_page(person: Person, *, reader: Person, on: date) -> CabinetPage:
    """Read someone's cabinet for a reader who may see it; about twelve queries.

    Teammates see medals and reasons; figures and what was before are for the person and for
    those who lead them; what is missing is for the person alone.
    """
    found = cabinet(person, on)
    own = person.pk == reader.pk
    # Whoever takes no calls and chats has nothing within reach, and so nothing missing either.
    plays = own and reader.has_role("agent")
    leads = own or agents_seen_by(reader).filter(pk=person.pk).exists()
    return CabinetPage(
        own=own,
        plays=plays,
        held=len(found.held),
        of=found.offered,
        titles=found.titles,
        latest=award_view(found.held[0].award, linked=leads) if found.held else None,
        nexts=_nexts(found.next, on) if plays else [],
        shelves=_shelves(found, plays=plays, on=on),
        sets=[set_view(each) for each in found.sets if plays or each.completed_on],
        earlier=[_earlier(award, on) for award in found.earlier] if leads else [],
    )


def award_view(award: Award, *, linked: bool) -> AwardView:
    """An award in words; figures only where the reader may see them."""
    return AwardView(
        medal=award_medal(award, on=award.awarded_on),
        tier=str(award.get_tier_display()),
        when=day_text(award.awarded_on),
        points=award.points,
        reason=award.reason,
        lines=evidence_lines(award, linked=linked) if linked else [],
    )


def _nexts(found: Sequence[Next], on: date) -> list[NextView]:
    nearest = [each for each in found if each.share > 0][:NEXT_SHOWN] or found[:NEXT_SHOWN]
    told = sentences([_tier_of(each, on) for each in nearest], [own_language()])
    return [
        NextView(
            medal=medal(each.badge, state="locked", progress=each.percent),
            tier=str(Tier(each.tier).label),
            sentence=words.get(own_language(), ""),
            percent=each.percent,
        )
        for each, words in zip(nearest, told, strict=True)
    ]


def _tier_of(each: Next, on: date) -> dict[str, object]:
    version = version_in_force(each.badge.versions.all(), on)
    return version.tier(each.tier) if version else {}


def _shelves(found: Cabinet, *, plays: bool, on: date) -> list[Shelf]:
    won: dict[str, list[Medal]] = {}
    open_: dict[str, list[Medal]] = {}
    shares = {each.badge.pk: each.percent for each in found.next} if plays else {}
    for each in found.held:
        won.setdefault(each.badge.group, []).append(_held(each, shares, on))
    if plays:
        for badge, percent in _missing(found, on):
            open_.setdefault(badge.group, []).append(_locked(badge, percent))
    shelves = [
        Shelf(group, str(label), medals, len(won.get(group, [])))
        for group, label in Kpi.Group.choices
        if (medals := won.get(group, []) + open_.get(group, []))
    ]
    if plays and found.secrets:
        note = _("good work finds it")
        hidden = [Medal("?", "", "question", "", state="secret", note=note)] * found.secrets
        shelves.append(Shelf("secret", _("Secret ones"), hidden, 0))
    return shelves


def _held(each: Held, shares: dict[int, int], on: date) -> Medal:
    shown = award_medal(each.award, on=on, progress=shares.get(each.badge.pk) or None)
    times = len({award.occasion for award in each.awards})
    if times < 2:
        return shown
    return medal(
        each.badge,
        metal=shown.metal,
        state=shown.state,
        note=f"{shown.note} · ×{times}",
        url=shown.url,
    )


def _missing(found: Cabinet, on: date) -> Iterable[tuple[Badge, int | None]]:
    """Badges that the person does not hold: the nearest first, then those that people give."""
    mine = {each.badge.pk for each in found.held}
    for each in found.next:
        if each.badge.pk not in mine:
            yield each.badge, each.percent
    for badge in granted_badges(on=on):
        if badge.pk not in mine and not badge.secret:
            yield badge, None


def granted_badges(*, on: date) -> list[Badge]:
    """Badges that people can give on a day."""
    granted = Badge.objects.filter(way=Badge.Way.GRANTED, archived_on=None)
    found = granted.prefetch_related("versions")
    return [badge for badge in found if version_in_force(badge.versions.all(), on)]


def _locked(badge: Badge, percent: int | None) -> Medal:
    if percent is None:
        return medal(badge, state="locked", note=_("given by people"))
    note = f"{percent} %" if percent else ""
    return medal(badge, state="locked", progress=percent or None, note=note)


def set_view(each: SetProgress, *, plays: bool = True) -> SetView:
    """A set as its card shows it, to someone who can collect it or to a mere onlooker."""
    least = each.set.least_tier
    return SetView(
        key=each.set.key,
        name=each.set.name,
        about=each.set.about,
        medals=[_of_set(badge, each, plays=plays) for badge in each.badges],
        progress=_collected(each) if plays else "",
        completed_on=each.completed_on,
        points=each.set.points,
        least="" if least == Tier.BRONZE else _("at least %(tier)s") % {"tier": Tier(least).label},
    )


def _collected(each: SetProgress) -> str:
    return _("%(have)d of %(of)d") % {"have": len(each.have), "of": len(each.badges)}


def _of_set(badge: Badge, each: SetProgress, *, plays: bool) -> Medal:
    if badge.pk in each.have or each.completed_on or (not plays and not badge.secret):
        shown = medal(badge, metal=each.set.least_tier)
        # Whoever looks at someone else's set may not know what its secret badge is for.
        return replace(shown, url="") if badge.secret else shown
    return medal(badge, state="secret" if badge.secret else "locked")


def _earlier(award: Award, on: date) -> EarlierView:
    return EarlierView(
        medal=award_medal(award, on=on),
        tier=str(award.get_tier_display()),
        text=taken_back_text(award) if award.is_revoked else _lasted(award),
        reason=award.revoked_reason,
    )


def _lasted(award: Award) -> str:
    words = {
        "start": day_text(award.awarded_on),
        "end": day_text(award.expires_on or award.awarded_on),
    }
    return _("Held from %(start)s to %(end)s.") % words


def taken_back_text(award: Award) -> str:
    """When and by whom a revoked award was taken back."""
    words = {"day": day_text(award.revoked_on or award.awarded_on)}
    if award.revoked_cause == Award.Cause.FACTS:
        return (
            _("Taken back on %(day)s: corrected facts no longer reach what is asked for.") % words
        )
    words["name"] = str(award.revoked_by)
    return _("Taken back on %(day)s by %(name)s.") % words
