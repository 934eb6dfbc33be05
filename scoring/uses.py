"""What of this app names a KPI or a measure; `scoring.explorer.retiring` asks before one may go.

Everything that may be computed again counts: published versions that have ended explain the past,
and a late correction judges them anew. Only versions that never held are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.explorer.retiring import KPI_USES, MEASURE_USES
from scoring.models import Appeal, Goal, Leaderboard, PointRule, Scorecard
from scoring.points.reach import leaves
from scoring.points.specs import names_in


def kpi_in_rules(key: str) -> list[str]:
    """Point rules whose guard or threshold is about the KPI."""
    return _rules(
        rule for rule in _held() if any(leaf.get("metric") == key for leaf in _criteria(rule))
    )


def kpi_on_scorecards(key: str) -> list[str]:
    """Scorecards, drafts included, that score the KPI or guard with it."""
    cards = Scorecard.objects.filter(items__kpi__key=key) | Scorecard.objects.filter(
        guards__contains=[{"metric": key}]
    )
    names = sorted({str(card) for card in cards.distinct()})
    return [_("the scorecard “%(name)s”") % {"name": name} for name in names]


def kpi_in_boards(key: str) -> list[str]:
    """Leaderboards that rank by the KPI, archived ones too."""
    boards = Leaderboard.objects.filter(kpi__key=key).order_by("pk")
    return [_("the leaderboard “%(name)s”") % {"name": board.name} for board in boards]


def kpi_in_goals(key: str) -> list[str]:
    """How many goals are about the KPI: whose they are is for their two sides to know."""
    many = Goal.objects.filter(kpi__key=key).count()
    text = ngettext("%(count)d goal", "%(count)d goals", many)
    return [text % {"count": many}] if many else []


def kpi_in_appeals(key: str) -> list[str]:
    """How many appeals are about a score's item with the KPI."""
    many = Appeal.objects.filter(kpi__key=key).count()
    text = ngettext("%(count)d appeal", "%(count)d appeals", many)
    return [text % {"count": many}] if many else []


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


KPI_USES += [kpi_on_scorecards, kpi_in_rules, kpi_in_boards, kpi_in_goals, kpi_in_appeals]
MEASURE_USES.append(measure_in_rules)
