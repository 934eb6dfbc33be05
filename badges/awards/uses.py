"""Which badges name a KPI or a measure; `scoring.explorer.retiring` asks before one may go.

Versions that have ended count too: they explain awards, and late facts judge them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from badges.awards.models.badges import BadgeVersion
from scoring.figures.uses import Uses
from scoring.points.reach import leaves
from scoring.points.specs import names_in


def kpi_in_badges(key: str) -> list[str]:
    """Badges with a criterion on the KPI, drafts included."""
    return _badges(lambda leaf: leaf.get("metric") == key)


def measure_in_badges(key: str) -> list[str]:
    """Badges with a criterion on an expression with the measure."""
    return _badges(lambda leaf: key in names_in(str(leaf.get("measure", ""))))


def _badges(names: Callable[[Mapping[str, Any]], bool]) -> list[str]:
    held = BadgeVersion.objects.filter(Q(ends_on=None) | Q(ends_on__gte=F("starts_on")))
    found = {
        version.badge.name: None
        for version in held.select_related("badge").order_by("badge", "version")
        for tier in version.tiers
        if any(names(leaf) for leaf in leaves(tier.get("criteria")))
    }
    return [_("the badge “%(name)s”") % {"name": name} for name in found]


USES = Uses(of_kpi=kpi_in_badges, of_measure=measure_in_badges)
