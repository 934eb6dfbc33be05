"""Versions of scorecards: drafts are edited, published ones stay; a change is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.dated import covers
from incentives.org.models import Person, Team
from incentives.org.positions import comparable
from scoring import news
from scoring.figures.windows import ONE_DAY
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards.checks import Problem, ScorecardError, problems_of
from scoring.scorecards.touching import touch_from

REVIEW_AFTER_DAYS = 92
_COPIED_CARD = ("key", "name_en", "name_zh", "role", "level", "channel_id", "team_id", "guards")
_COPIED_ITEM = (
    "position", "kpi_id", "weight", "floor", "target", "stretch", "outer_low", "low", "high",
    "outer_high", "least", "small_sample",
)  # fmt: skip


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
        raise ScorecardError([Problem(text)])


def _locked(card: Scorecard) -> Scorecard:
    """The card as it is now. Raises ScorecardError when somebody discarded it meanwhile."""
    found = Scorecard.objects.select_for_update().filter(pk=card.pk).first()
    if found is None:
        raise ScorecardError([Problem(_("Someone deleted this draft meanwhile."))])
    return found


def new_version(*, card: Scorecard) -> Scorecard:
    """The draft that follows a published card; the one there is already, or a copy."""
    with transaction.atomic():
        _locked(card)
        draft = Scorecard.objects.filter(key=card.key, status=Scorecard.Status.DRAFT).first()
        return draft or _copy(card, key=card.key)


def copy_for_team(*, card: Scorecard, team: Team) -> Scorecard:
    """A draft for one team with the items of a card."""
    with transaction.atomic():
        copied = _copy(card, key=_free_key(f"{card.key}-{team.key}"))
        copied.team, copied.channel, copied.role, copied.level = team, None, "", ""
        copied.name_en = f"{card.name_en} – {team.name}"[:120]
        copied.name_zh = f"{card.name_zh} – {team.name}"[:120] if card.name_zh else ""
        copied.save()
    return copied


def discard(*, card: Scorecard) -> None:
    """Delete a draft. Raises ScorecardError for a published card."""
    if not card.is_draft:
        raise ScorecardError([Problem(_("A published scorecard stays: make a new version."))])
    card.delete()


def _copy(card: Scorecard, *, key: str) -> Scorecard:
    values = {name: getattr(card, name) for name in _COPIED_CARD}
    last = Scorecard.objects.filter(key=key).aggregate(last=Max("version"))["last"] or 0
    copied = Scorecard.objects.create(**(values | {"key": key, "version": last + 1}))
    ScorecardItem.objects.bulk_create(
        ScorecardItem(scorecard=copied, **{name: getattr(item, name) for name in _COPIED_ITEM})
        for item in card.items.all()
    )
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


def date_problems(card: Scorecard, *, on: date) -> list[Problem]:
    """Why a draft cannot be in force from that day; names the card that is in the way."""
    before = predecessor(card)
    found: list[Problem] = []
    if before and before.starts_on and on <= before.starts_on:
        text = _("Version %(version)d is in force from %(day)s: choose a later day.")
        words = {"version": before.version, "day": _shown(before.starts_on)}
        found.append(Problem(text % words, "starts_on"))
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
            found.append(Problem(text % words, "starts_on"))
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
    ScorecardError with every problem; nothing is saved then.
    """
    with transaction.atomic():
        # Two publications at once must not both look before either writes.
        list(Scorecard.objects.select_for_update().filter(status=Scorecard.Status.PUBLISHED))
        card = _locked(card)
        _require(by, card)
        if not card.is_draft:
            raise ScorecardError([Problem(_("This version is published already."))])
        items = list(card.items.select_related("kpi"))
        problems = [*problems_of(card, items), *date_problems(card, on=on)]
        if problems:
            raise ScorecardError(problems)
        _end_before(card, on)
        card.status, card.starts_on, card.reason = Scorecard.Status.PUBLISHED, on, reason
        card.published_at, card.published_by = timezone.now(), by
        card.save()
        touch_from(on)
        news.scorecard_published(card)
    return card


def _end_before(card: Scorecard, on: date) -> None:
    before = predecessor(card)
    if before and (before.ends_on is None or before.ends_on >= on):
        Scorecard.objects.filter(pk=before.pk).update(ends_on=on - ONE_DAY)


def retire(*, card: Scorecard, after: date) -> None:
    """Let a published card end with that day. Raises ScorecardError when it ends earlier already."""
    problem = ""
    if card.is_draft or card.starts_on is None:
        problem = _("A draft is not in force: discard it.")
    elif after < card.starts_on:
        problem = _("The last day is before the first day: choose a later one.")
    elif card.ends_on is not None and after >= card.ends_on:
        problem = _("This version ends on %(day)s already.") % {"day": _shown(card.ends_on)}
    if problem:
        raise ScorecardError([Problem(problem, "ends_on")])
    with transaction.atomic():
        Scorecard.objects.filter(pk=card.pk).update(ends_on=after)
        touch_from(after)


def replace_items(*, card: Scorecard, items: Sequence[ScorecardItem]) -> None:
    """Give a draft these items, in this order."""
    with transaction.atomic():
        card.items.all().delete()
        for position, item in enumerate(items):
            item.pk, item.scorecard, item.position = None, card, position
        ScorecardItem.objects.bulk_create(items)


def review_due(card: Scorecard, *, on: date) -> bool:
    """Whether a version in force was published more than a quarter ago and should be looked at."""
    if card.is_draft or card.published_at is None:
        return False
    return (on - card.published_at.date()).days > REVIEW_AFTER_DAYS


def kpis_to_choose() -> QuerySet[Kpi]:
    """The KPIs that an item can be made of."""
    return Kpi.objects.filter(archived=False).order_by("group", "pk")
