"""All badges as cards: what can be won, what the reader has of it, how many have it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.awards.cabinet import version_in_force
from badges.awards.medals import Medal, medal
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.page import best_of, best_tier
from incentives.org.models import Person
from incentives.org.notation import day as day_text
from scoring.models import Kpi

# A big company has hundreds of thousands of awards; the catalogue need not count them every time.
KEPT = 300
SECRET, DRAFT, ARCHIVED, NOWHERE = "secret", "draft", "archived", ""


@dataclass(frozen=True, slots=True)
class BadgeCard:
    """A badge in the catalogue; `tiers` are its metals, `rare` how many hold it.

    The metals in `open` are still to be won by the reader.
    """

    medal: Medal
    about: str
    tiers: Sequence[str] = ()
    open: Collection[str] = ()
    chip: str = ""
    chip_kind: str = ""
    rare: str = ""

    @property
    def tiers_text(self) -> str:
        """The metals in words."""
        return ", ".join(str(Tier(tier).label) for tier in self.tiers)

    @property
    def dots(self) -> list[tuple[str, bool]]:
        """Each metal, and whether it is drawn filled."""
        return [(tier, tier not in self.open) for tier in self.tiers]


@dataclass(frozen=True, slots=True)
class BadgeSection:
    """Cards under one heading."""

    label: str
    cards: list[BadgeCard]


@dataclass(frozen=True)
class Catalogue:
    """What decides how a reader sees badges: `held` are the tiers they hold, by badge id."""

    on: date
    editor: bool
    is_agent: bool
    held: Mapping[int, Sequence[str]]
    holders: Mapping[int, int]

    def card(self, badge: Badge, versions: Sequence[BadgeVersion]) -> tuple[str, BadgeCard]:
        """The card of a badge and the place where it stands: a group, or one of the others."""
        published = [each for each in versions if each.is_published]
        shown = version_in_force(published, self.on) or next(iter(published or versions), None)
        if shown is None:
            return (DRAFT if self.editor else NOWHERE), BadgeCard(medal(badge), badge.about)
        place = self._place(badge, shown)
        if badge.secret and badge.pk not in self.held and not self.editor:
            return (SECRET if place == badge.group else NOWHERE), _hidden()
        return place, self._drawn(badge, shown, place)

    def _place(self, badge: Badge, shown: BadgeVersion) -> str:
        if badge.archived_on is not None:
            return ARCHIVED
        if not shown.is_published:
            return DRAFT
        over = shown.ends_on is not None and shown.ends_on < self.on
        return ARCHIVED if over else badge.group

    def _drawn(self, badge: Badge, shown: BadgeVersion, place: str) -> BadgeCard:
        won = self.held.get(badge.pk, ())
        metals = [each["tier"] for each in shown.tiers]
        locked = self.is_agent and not won and place == badge.group
        metal = best_of(won) if won else best_tier(shown)
        chip, kind = self._chip(badge, shown, won)
        return BadgeCard(
            medal=medal(badge, metal=metal, state="locked" if locked else "won"),
            about=badge.about,
            tiers=metals,
            open=[tier for tier in metals if tier not in won] if self.is_agent else (),
            chip=chip,
            chip_kind=kind,
            rare=_rare(self.holders.get(badge.pk, 0)) if shown.is_published else "",
        )

    def _chip(self, badge: Badge, shown: BadgeVersion, won: Sequence[str]) -> tuple[str, str]:
        if won:
            return _("yours"), "good"
        if shown.is_published and shown.starts_on > self.on:
            return _("from %(day)s") % {"day": day_text(shown.starts_on)}, "info"
        if badge.secret:
            return _("secret"), "play"
        return (_("given by people"), "") if badge.is_granted else ("", "")


def sections(*, reader: Person, editor: bool, on: date) -> list[BadgeSection]:
    """The catalogue for a reader, by group; editors see drafts and archived badges at the end."""
    held: dict[int, list[str]] = {}
    mine = Award.objects.held(on=on).filter(person=reader).order_by()
    for badge_id, tier in mine.values_list("badge", "tier"):
        held.setdefault(badge_id, []).append(tier)
    catalogue = Catalogue(on, editor, reader.has_role("agent"), held, holders(on=on))
    versions = Prefetch("versions", BadgeVersion.objects.order_by("-version"))
    places: dict[str, list[BadgeCard]] = {}
    for badge in Badge.objects.prefetch_related(versions):
        place, card = catalogue.card(badge, list(badge.versions.all()))
        places.setdefault(place, []).append(card)
    labels = [
        *((group, str(label)) for group, label in Kpi.Group.choices),
        (SECRET, _("Secret ones")),
        *([(DRAFT, _("Drafts")), (ARCHIVED, _("Archived"))] if editor else []),
    ]
    return [BadgeSection(label, places[place]) for place, label in labels if place in places]


def _hidden() -> BadgeCard:
    drawn = Medal("?", "", "question", "", state="secret")
    return BadgeCard(drawn, _("Nobody says what it is for. Good work finds it."))


def _rare(many: int) -> str:
    if not many:
        return _("nobody has it yet")
    return ngettext("%(n)d person has it", "%(n)d people have it", many) % {"n": many}


def holders(*, on: date) -> dict[int, int]:
    """By badge id how many people at work hold it; counted anew every few minutes."""
    return cache.get_or_set(f"badge-holders:{on}", lambda: _count(on), KEPT) or {}


def _count(on: date) -> dict[int, int]:
    held = Award.objects.held(on=on).filter(
        person__in=Person.objects.taking_part(on=on).order_by().values("pk")
    )
    counted = held.order_by().values("badge").annotate(n=Count("person", distinct=True))
    return dict(counted.values_list("badge", "n"))
