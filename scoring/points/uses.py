"""What of point rules names a KPI or a measure.

`scoring.explorer.retiring` asks before a KPI or a measure may go. Everything that may be computed
again counts: published versions that have ended explain the past, and a late correction judges them
anew. Only versions that never held are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from scoring.figures.uses import Uses
from scoring.models import PointRule
from scoring.points.reach import leaves
from scoring.points.specs import names_in


def kpi_in_rules(key: str) -> list[str]:
    """Point rules whose guard or threshold is about the KPI."""
    return _rules(
        rule for rule in _held() if any(leaf.get("metric") == key for leaf in _criteria(rule))
    )


def measure_in_rules(key: str) -> list[str]:
    """Point rules that count the measure, or judge an expression with it."""
    return _rules(
        rule
        for rule in _held()
        if key in names_in(rule.expression)
        or any(key in names_in(str(leaf.get("measure", ""))) for leaf in _criteria(rule))
    )


def _held() -> QuerySet[PointRule]:
    return PointRule.objects.filter(Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))).order_by(
        "key", "version"
    )


def _criteria(rule: PointRule) -> Iterator[dict[str, object]]:
    for criteria in (rule.guard, rule.threshold):
        for leaf in leaves(criteria):
            yield dict(leaf)


def _rules(rules: Iterable[PointRule]) -> list[str]:
    names = dict.fromkeys(rule.name for rule in rules)
    return [_("the point rule “%(name)s”") % {"name": name} for name in names]


USES = Uses(of_kpi=kpi_in_rules, of_measure=measure_in_rules)
