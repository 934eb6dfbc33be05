"""Changing a KPI that figures rest on: from now on, or also for the past with the next night.

A new formula holds from the day of the change: days before keep the one of then, so whatever rests
on them stays as it is and the audit agrees. `apply_to_the_past` lets it hold for all days and notes
them for the next night, which posts what differs. What a figure *means* (its unit, its direction,
whose it is, whether it is a ratio) cannot be two things in one figure: it changes for all days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.refusals import Refused
from scoring.figures.change_queue import note_days
from scoring.figures.windows import ONE_DAY, Span
from scoring.models import AgentDay, Kpi, Scorecard, ScorecardItem
from scoring.scorecards.checks import item_problems

_MEANING = ("unit", "direction", "level")


@dataclass(frozen=True, slots=True)
class KpiChange:
    """What a change did: `kept_until` is the last day with the earlier formula; `redone` are the
    agent days noted for the next night.
    """

    kept_until: date | None = None
    redone: int = 0


@transaction.atomic
def save_kpi(*, kpi: Kpi, today: date) -> KpiChange:
    """Save a new or changed KPI; a changed formula holds from `today` on.

    Raises Refused where a published scorecard would make no sense any more.
    """
    before = Kpi.objects.select_for_update().filter(pk=kpi.pk).first() if kpi.pk else None
    kpi.earlier = list(before.earlier) if before else []
    if before is None or not _counts_differently(kpi, before):
        kpi.save()
        return KpiChange()
    if _means_another_thing(kpi, before):
        _require_sense(kpi, before)
        return _for_all_days(kpi)
    kept = today - ONE_DAY
    has_past = AgentDay.objects.filter(day__lte=kept).exists()
    # A formula that held for less than a day leaves no trace.
    if has_past and (not kpi.earlier or kpi.earlier[-1]["until"] < kept.isoformat()):
        then = {"numerator": before.numerator, "denominator": before.denominator}
        kpi.earlier.append({"until": kept.isoformat(), **then})
    kpi.save()
    return KpiChange(kept if kpi.earlier else None, note_days(Span(today, None)))


@transaction.atomic
def apply_to_the_past(*, kpi: Kpi) -> KpiChange:
    """Let the formula of now hold for all days; the next night works them out anew."""
    kpi = Kpi.objects.select_for_update().get(pk=kpi.pk)
    return _for_all_days(kpi) if kpi.earlier else KpiChange()


def _for_all_days(kpi: Kpi) -> KpiChange:
    kpi.earlier = []
    kpi.save()
    return KpiChange(redone=note_days(Span()))


def _counts_differently(kpi: Kpi, before: Kpi) -> bool:
    formula = (kpi.numerator, kpi.denominator) != (before.numerator, before.denominator)
    return formula or _means_another_thing(kpi, before)


def _means_another_thing(kpi: Kpi, before: Kpi) -> bool:
    ratio = bool(kpi.denominator) != bool(before.denominator)
    return ratio or any(getattr(kpi, name) != getattr(before, name) for name in _MEANING)


def _require_sense(kpi: Kpi, before: Kpi) -> None:
    """Refuse what a published scorecard's item contradicts: its scale was made for the old meaning."""
    published = ScorecardItem.objects.filter(scorecard__status=Scorecard.Status.PUBLISHED)
    changed = [name for name in _MEANING if getattr(kpi, name) != getattr(before, name)]
    for item in published.filter(kpi=kpi.pk).select_related("scorecard"):
        item.kpi = before
        known = item_problems(item)
        item.kpi = kpi
        for field, problem in item_problems(item).items():
            if field not in known:
                text = _("“%(card)s” would not fit any more. %(problem)s Make a new KPI instead.")
                about = (changed or ["denominator"])[0]
                raise Refused({about: [text % {"card": item.scorecard, "problem": problem}]})
