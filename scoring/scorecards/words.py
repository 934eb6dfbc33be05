"""Scorecards in plain words: each item as a sentence, and what a version changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from incentives.org.notation import joined
from scoring.figures.custom import operator_in_words
from scoring.figures.display import limit as limit_in_words
from scoring.figures.kpis import plain
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards.cards import SCALE

LANGUAGES = ("en", "zh-hans")
_LABELS = {field.name: field.verbose_name for field in ScorecardItem._meta.concrete_fields}


def item_sentence(item: ScorecardItem, guard: Mapping[str, Any] | None = None) -> str:
    """What an item asks for, in the reader's language."""
    parts = [_scale_in_words(item)]
    if item.least:
        parts.append(_small_in_words(item))
    if not item.kpi.denominator:
        parts.append(_("Counted per day worked."))
    if item.kpi.level == Kpi.Level.TEAM:
        parts.append(_("The team's figure counts for everyone in it."))
    if guard:
        parts.append(guard_sentence(guard))
    return joined(*parts)


def in_both_languages(item: ScorecardItem, guard: Mapping[str, Any] | None = None) -> list[str]:
    """The sentence in English and in Chinese."""
    sentences = []
    for language in LANGUAGES:
        with translation.override(language):
            sentences.append(item_sentence(item, guard))
    return sentences


def _scale_in_words(item: ScorecardItem) -> str:
    words: dict[str, Any] = {
        name: _limit(getattr(item, name), item.kpi.unit)
        for name in SCALE
        if getattr(item, name) is not None
    }
    words |= {"kpi": item.kpi.name, "weight": plain(Decimal(item.weight))}
    if item.low is not None:
        return (
            _(
                "%(kpi)s (%(weight)s %%): 100 points from %(low)s to %(high)s, falling to 0 at"
                " %(outer_low)s and %(outer_high)s."
            )
            % words
        )
    if item.stretch is not None:
        text = _(
            "%(kpi)s (%(weight)s %%): 0 points at %(floor)s, 100 at %(target)s, 120 at %(stretch)s."
        )
    else:
        text = _("%(kpi)s (%(weight)s %%): 0 points at %(floor)s, 100 at %(target)s.")
    return text % words


def _small_in_words(item: ScorecardItem) -> str:
    if item.small_sample == ScorecardItem.SmallSample.SHARE:
        text = _("With fewer than %(least)d behind it, its weight goes to the other items.")
    else:
        text = _("With fewer than %(least)d behind it, it moves towards the team's value.")
    return text % {"least": item.least}


def guard_sentence(guard: Mapping[str, Any]) -> str:
    """A guard in the reader's language."""
    kpi = Kpi.objects.filter(key=guard["metric"]).first()
    words = {
        "metric": kpi.name if kpi else guard["metric"],
        "op": operator_in_words(guard["op"]),
        "value": _limit(Decimal(str(guard["value"])), kpi.unit if kpi else "count"),
        "most": plain(Decimal(str(guard["at_most"]))),
    }
    return _("Gives at most %(most)s points unless %(metric)s %(op)s %(value)s.") % words


def _limit(value: Decimal, unit: str) -> str:
    return limit_in_words(Decimal(value), unit)


def changes_in_words(
    before: Sequence[ScorecardItem], after: Sequence[ScorecardItem], *, guards: Any = None
) -> list[str]:
    """What differs between two versions' items, a sentence each, in the reader's language.

    `guards` are the guards (before, after) of the two cards, when they are to be compared too.
    """
    old = {item.kpi_id: item for item in before}
    new = {item.kpi_id: item for item in after}
    told = [
        _("New: %(sentence)s") % {"sentence": item_sentence(item)}
        for kpi, item in new.items()
        if kpi not in old
    ]
    told += [
        _("“%(kpi)s” no longer counts.") % {"kpi": item.kpi.name}
        for kpi, item in old.items()
        if kpi not in new
    ]
    for kpi, item in new.items():
        if kpi in old:
            told += _item_changes(old[kpi], item)
    return told + _guard_changes(*(guards or ([], [])))


def _item_changes(old: ScorecardItem, new: ScorecardItem) -> list[str]:
    told = []
    name = {"kpi": new.kpi.name}
    for field in ("weight", *SCALE, "least", "small_sample"):
        was, now = getattr(old, field), getattr(new, field)
        if was == now:
            continue
        words = {
            "what": _LABELS[field],
            "before": _shown(old, field),
            "after": _shown(new, field),
        }
        told.append(_("%(kpi)s: %(what)s %(after)s instead of %(before)s.") % (words | name))
    return told


def _shown(item: ScorecardItem, field: str) -> str:
    value = getattr(item, field)
    if value is None:
        return _("nothing")
    if field == "small_sample":
        return str(item.get_small_sample_display())
    return _limit(value, item.kpi.unit) if field in SCALE else plain(Decimal(value))


def _guard_changes(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[str]:
    told = [
        _("New guard: %(sentence)s") % {"sentence": guard_sentence(guard)}
        for guard in after
        if guard not in before
    ]
    return told + [
        _("No longer a guard: %(sentence)s") % {"sentence": guard_sentence(guard)}
        for guard in before
        if guard not in after
    ]


def card_changes(before: Scorecard | None, after: Scorecard) -> list[str]:
    """What a version changes against the one before; empty for a first version."""
    if before is None:
        return []
    items = [list(card.items.select_related("kpi")) for card in (before, after)]
    return changes_in_words(*items, guards=(before.guards, after.guards))


def scope_in_words(card: Scorecard) -> str:
    """Whom a card applies to, in the reader's language."""
    asked = [
        _("Team: %(name)s") % {"name": card.team} if card.team else "",
        _("Job: %(name)s") % {"name": card.role} if card.role else "",
        _("Level: %(name)s") % {"name": card.level} if card.level else "",
        _("Mostly on: %(name)s") % {"name": card.channel} if card.channel else "",
    ]
    return " · ".join(filter(None, asked)) or _("everyone without a card of their own")
