"""KPI figures: numerator ÷ denominator of the catalogue's KPIs over daily totals.

Sums and counts are exact; a ratio is computed at the end, with 28 significant digits and never
rounded. An empty or zero denominator leaves the value empty, and so does a duration that was never
measured: no data is not a zero.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from incentives.org.models import Company, Person
from scoring.figures import formulas
from scoring.figures.expressions import near
from scoring.figures.measures import MEASURES
from scoring.figures.query import Grouping, Selection, figure_query
from scoring.figures.windows import Period, Span, label
from scoring.models import CustomMeasure, Kpi

#: What may stand before visitors, in the order in which it is taken: how customers are served, and
#: nothing about faults, absence or money.
PUBLIC = ("csat", "fcr", "service_level", "frt", "resolution_rate", "nps", "qa_score", "handled")
RATIO = Context(prec=28)
_SHOWN_IN_HUNDREDS = ("%", "points")


class UnknownMetric(ValueError):
    """A metric that is not in the catalogue; the message names it and near matches."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One KPI of one agent, team, site, channel or the company in one period.

    `value` is unrounded: shares as 0–100, durations in seconds; None without data.
    `denominator` is None for a plain count or sum, whose value is the numerator.
    """

    period: str
    key: str
    name: str
    metric: str
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None


def figures(
    *,
    by: Grouping,
    period: Period,
    start: date | None = None,
    end: date | None = None,
    metrics: Sequence[str] | None = None,
    agents: Sequence[str] | None = None,
    teams: Sequence[int] | None = None,
    channels: Sequence[str] | None = None,
    viewer: Person | None = None,
) -> list[Figure]:
    """Figures from `start` to `end` (both included), by one grouped query for all metrics.

    Ordered by period, name, key, then in the order of `metrics` (default: the whole catalogue).
    Groups without data are left out, except that the period "all" lists every agent (team, the
    company). `agents` and `channels` are keys, `teams` are ids. `viewer` restricts to what that
    person may see; None restricts nothing. Raises UnknownMetric.
    """
    selection = Selection(Span(start, end), agents, teams, channels, viewer)
    return compute(catalogue(metrics), by=by, period=period, selection=selection)


def compute(
    kpis: Sequence[Kpi],
    *,
    by: Grouping,
    period: Period,
    selection: Selection,
    known: Collection[str] | None = None,
) -> list[Figure]:
    """Figures of catalogue rows already read; see `figures`.

    `known` are the keys of all measures, for callers that compute several times.
    """
    if not kpis:
        return []
    if known is None:
        known = known_measures()
    sums = [
        part or ("0", [])
        for kpi in kpis
        for part in formulas.sums(formulas.formulas_of(kpi, known=known))
    ]
    sql = figure_query(by=by, period=period, selection=selection, sums=sums)
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        rows = cursor.fetchall()
    return list(_as_figures(rows, kpis, by, period))


def total(kpi: Kpi, parts: Iterable[Figure]) -> tuple[Decimal | None, Decimal, Decimal | None]:
    """Value, numerator and denominator of several figures of one KPI taken together."""
    numerator = denominator = Decimal(0)
    measured = not kpi.denominator
    for figure in parts:
        numerator += figure.numerator
        denominator += figure.denominator or 0
        measured = measured or figure.value is not None
    bottom = denominator if kpi.denominator else None
    value = value_of(kpi, numerator, bottom) if measured or numerator else None
    return value, numerator, bottom


def catalogue(metrics: Sequence[str] | None = None) -> list[Kpi]:
    """The KPIs in use, or those of the given keys in that order. Raises UnknownMetric."""
    known = {kpi.key: kpi for kpi in Kpi.objects.order_by("pk")}
    if metrics is None:
        return [kpi for kpi in known.values() if not kpi.archived]
    for key in metrics:
        if key not in known:
            raise UnknownMetric(
                _("There is no KPI “%(key)s”.") % {"key": key} + near(key, known.keys())
            )
    return [known[key] for key in dict.fromkeys(metrics)]


def known_measures(*, archived: bool = True) -> dict[str, str]:
    """Every measure that expressions may name, with its name in the reader's language."""
    measures = {key: str(measure.name) for key, measure in MEASURES.items()}
    own = CustomMeasure.objects.order_by("key")
    if not archived:
        own = own.filter(archived=False)
    return measures | {measure.key: measure.name for measure in own}


def value_of(kpi: Kpi, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """The KPI's value: the numerator itself, or the ratio; None for an empty denominator.

    Shares, and points with a denominator (such as NPS), are given in hundreds.
    """
    if denominator is None:
        return numerator
    if denominator == 0:
        return None
    if kpi.unit in _SHOWN_IN_HUNDREDS:
        numerator *= 100
    return RATIO.divide(numerator, denominator)


def plain(number: Decimal | None) -> str:
    """A number in plain notation: no exponent, no trailing zeros; empty for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _as_figures(
    rows: Iterable[Sequence[Any]], kpis: Sequence[Kpi], by: Grouping, period: Period
) -> Iterable[Figure]:
    unnamed = _name_of_the_unnamed(by)
    for key, name, bucket, *values in rows:
        labelled = label(period, bucket)
        shown = name or unnamed or key
        for kpi, top, bottom in zip(kpis, values[::2], values[1::2], strict=True):
            numerator = Decimal(top or 0)
            denominator = Decimal(bottom or 0) if kpi.denominator else None
            unmeasured = denominator is not None and top is None
            value = None if unmeasured else value_of(kpi, numerator, denominator)
            yield Figure(labelled, key, shown, kpi.key, value, numerator, denominator)


def _name_of_the_unnamed(by: Grouping) -> str:
    """What to call the group without a name: facts of no team, of no site, or the company."""
    if by is Grouping.COMPANY:
        return Company.current().name or _("Company")
    return {Grouping.TEAM: _("No team"), Grouping.SITE: _("No site")}.get(by, "")
