"""Versions of scorecards: drafts are edited, published ones stay; a change is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.dated import covers
from incentives.org.models import Person, Team
from incentives.org.positions import comparable
from incentives.org.refusals import Refused
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards import news
from scoring.scorecards.checks import problems_of
from scoring.scorecards.marking import touch_from

REVIEW_AFTER_DAYS = 92


def published(*, key: str | None = None) -> QuerySet[Scorecard]:
    """Published versions, the newest first."""
    cards = Scorecard.objects.filter(status=Scorecard.Status.PUBLISHED)
    return (cards if key is None else cards.filter(key=key)).order_by("key", "-version")


def in_force(*, on: date) -> QuerySet[Scorecard]:
    """The published versions of that day."""
    return published().filter(covers(on))


def editable_by(user: Person) -> QuerySet[Scorecard]:
    """The cards a person may change: all, or those of teams they manage, in each of its versions.

    So nobody ends a card of the company by a version that is for their own team.
    """
    if user.runs_the_company:
        return Scorecard.objects.all()
    managed = Team.objects.managed_by(user)
    beyond = Scorecard.objects.exclude(team__in=managed).order_by().values("key")
    return Scorecard.objects.filter(team__in=managed).exclude(key__in=beyond)


def readable_by(user: Person) -> QuerySet[Scorecard]:
    """Published cards, and drafts of those whom the person sees in full or may change."""
    if user.sees_everyone:
        return Scorecard.objects.all()
    led = Team.objects.led_by(user)
    published = Q(status=Scorecard.Status.PUBLISHED)
    own = Q(team__in=led.values("pk")) | Q(pk__in=editable_by(user).order_by().values("pk"))
    return Scorecard.objects.filter(published | own)


def _require(by: Person | None, card: Scorecard) -> None:
    """Refuse whoever may not change the card; None is the product itself."""
    if by is not None and not editable_by(by).filter(pk=card.pk).exists():
        text = _("This scorecard is for people beyond those you manage.")
        raise Refused(text)


def copy_for_team(*, card: Scorecard, team: Team) -> Scorecard:
    """A draft for one team with the items of a card."""
    with transaction.atomic():
        copied = Scorecard(**{name: getattr(card, name) for name in Scorecard.CONTENT})
        copied.key = _free_key(f"{card.key}-{team.key}")
        copied.team, copied.channel, copied.role, copied.level = team, None, "", ""
        copied.name_en = f"{card.name_en} – {team.name}"[:120]
        copied.name_zh = f"{card.name_zh} – {team.name}"[:120] if card.name_zh else ""
        copied.save()
        card.copy_parts(copied)
    return copied


def _free_key(wanted: str) -> str:
    from django.utils.text import slugify

    base = slugify(wanted, allow_unicode=False)[:50] or "scorecard"
    taken = set(Scorecard.objects.filter(key__startswith=base).values_list("key", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(key for key in numbered if key not in taken)


def predecessor(card: Scorecard) -> Scorecard | None:
    """The newest published version before this one."""
    return published(key=card.key).filter(version__lt=card.version).first()


def date_problems(card: Scorecard, *, on: date) -> list[str]:
    """Why a draft cannot be in force from that day; names the card that is in the way."""
    before = predecessor(card)
    found: list[str] = []
    if before and before.starts_on and on <= before.starts_on:
        text = _("Version %(version)d is in force from %(day)s: choose a later day.")
        words = {"version": before.version, "day": _shown(before.starts_on)}
        found.append(text % words)
    for other in _same_scope(card):
        if other.ends_on is None or other.ends_on >= on:
            text = _(
                "“%(name)s” (version %(version)d) is in force for the same agents from %(start)s"
                " until %(end)s: end it before, or choose a day after it."
            )
            end = _shown(other.ends_on) if other.ends_on else _("further notice")
            words = {
                "name": other.name,
                "version": other.version,
                "start": _shown(other.starts_on),
                "end": end,
            }
            found.append(text % words)
    return found


def _same_scope(card: Scorecard) -> list[Scorecard]:
    """Published cards that would apply to the same agents, other than the card's own versions."""
    others = published().filter(team=card.team_id, channel=card.channel_id).exclude(key=card.key)
    return [other for other in others if _post(other) == _post(card)]


def _post(card: Scorecard) -> tuple[str, str]:
    return comparable(card.role), comparable(card.level)


def _shown(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def publish(*, card: Scorecard, on: date, by: Person | None, reason: str = "") -> Scorecard:
    """Put a draft in force from a day; the version before ends the day before.

    Scores of periods that end on that day or later are looked at again by the next night. Raises
    Refused with every problem; nothing is saved then.
    """

    def problems(draft: Scorecard) -> dict[str, list[str]]:
        _require(by, draft)
        wrong = problems_of(draft, list(draft.items.select_related("kpi")))
        texts = [problem.message for problem in wrong]
        return {NON_FIELD_ERRORS: texts, "on": date_problems(draft, on=on)}

    return card.publish(by=by, problems=problems, on_change=_published, starts_on=on, reason=reason)


def _published(card: Scorecard, first: date, _last: date | None) -> None:
    # Of the version that ends there is nothing to say: the one that begins says it.
    if card.holds_on(first):
        touch_from(first)
        news.scorecard_published(card)


def retire(*, card: Scorecard, after: date) -> None:
    """Let a published card end with that day. Raises Refused when it ends earlier already."""
    card.retire(after=after, on_change=lambda *_days: touch_from(after))


def replace_items(*, card: Scorecard, items: Sequence[ScorecardItem]) -> None:
    """Give a draft these items, in this order."""
    with transaction.atomic():
        card.items.all().delete()
        for position, item in enumerate(items):
            item.pk, item.scorecard, item.position = None, card, position
        ScorecardItem.objects.bulk_create(items)


def review_due(card: Scorecard, *, on: date) -> bool:
    """Whether a version in force was published more than a quarter ago and should be looked at."""
    if card.published_at is None:
        return False
    return (on - card.published_at.date()).days > REVIEW_AFTER_DAYS


def kpis_to_choose() -> QuerySet[Kpi]:
    """The KPIs that an item can be made of."""
    return Kpi.objects.filter(archived=False).order_by("group", "pk")
