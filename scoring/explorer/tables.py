"""What the KPI explorer shows: one KPI over a window, by row and along time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.models import Person, Team
from scoring.figures import display
from scoring.figures.catalogue import shipped_kpis
from scoring.figures.charts import Chart, ChartLine, References, along_time
from scoring.figures.kpis import Figure, compute, total
from scoring.figures.query import Grouping, Selection, figure_query
from scoring.figures.windows import EVERYTHING, Period, Span
from scoring.models import AgentDay, Kpi, TeamDay

# Beyond so many days a trend is drawn by week, then by month.
_MOST_DAYS = 62
_MOST_WEEKS = 400
_A_YEAR = timedelta(days=365)
SORTS = ("name", "value", "numerator", "denominator")


@dataclass(slots=True)
class KpiRow:
    """One line of the table: a figure, the change from the days before, and where it leads."""

    figure: Figure
    change: display.Change | None = None
    address: str = ""


@dataclass(slots=True)
class Trend:
    """A KPI along time, with the total of the whole window and of the one before."""

    points: list[Figure]
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None
    before: Decimal | None
    period: Period
    beside: list[Figure] = field(default_factory=list)


def latest_day(viewer: Person) -> date | None:
    """The last day with totals that the viewer may see any of."""
    days: QuerySet[Any] = TeamDay.objects.order_by()
    if not viewer.sees_everyone:
        teams = Team.objects.visible_to(viewer).values("pk")
        own = AgentDay.objects.order_by().filter(agent=viewer).aggregate(day=Max("day"))["day"]
        found = days.filter(team__in=teams).aggregate(day=Max("day"))["day"]
        return max((day for day in (own, found) if day), default=None)
    latest: date | None = days.aggregate(day=Max("day"))["day"]
    return latest


def rows(
    kpi: Kpi, *, by: Grouping, selection: Selection, text: str, sort: str, known: Collection[str]
) -> list[KpiRow]:
    """All lines of the table, sorted by a column (`-` in front: descending), no data last.

    Teams without any totals on these days are left out, unless all days are asked for.
    """
    found = compute([kpi], by=by, period=Period.ALL, selection=selection, known=known)
    wanted = text.strip().casefold()
    kept = [row for row in found if wanted in row.name.casefold() or wanted in row.key.casefold()]
    if by is Grouping.TEAM and selection.span != EVERYTHING:
        counted = with_totals(by=by, selection=selection)
        kept = [row for row in kept if row.key in counted]
    column = sort.removeprefix("-")
    if column != "name":
        filled = [row for row in kept if getattr(row, column) is not None]
        empty = [row for row in kept if getattr(row, column) is None]
        filled.sort(key=lambda row: getattr(row, column), reverse=sort.startswith("-"))
        kept = filled + empty
    elif sort.startswith("-"):
        kept.reverse()
    return [KpiRow(figure) for figure in kept]


def add_changes(
    kpi: Kpi,
    page: Sequence[KpiRow],
    *,
    by: Grouping,
    before: Selection | None,
    known: Collection[str],
) -> None:
    """Fill in the change from the days before, for the lines of one page."""
    if before is None or not page:
        return
    found = compute([kpi], by=by, period=Period.ALL, selection=before, known=known)
    values = {figure.key: figure.value for figure in found}
    for key in values.keys() - reaching_back(by=by, before=before):
        values[key] = None
    for row in page:
        row.change = display.change(kpi, row.figure.value, values.get(row.figure.key))


def reaching_back(*, by: Grouping, before: Selection) -> set[str]:
    """Keys of those whose totals reach back to the first day of an earlier stretch, or further.

    Where they begin in the middle of it, a comparison with it would show growth that never was.
    Only the year before that day is read.
    """
    start = before.span.start
    if start is None:
        return set()
    return with_totals(by=by, selection=replace(before, span=Span(start - _A_YEAR, start)))


def with_totals(*, by: Grouping, selection: Selection) -> set[str]:
    """Keys of those who have any totals in a selection."""
    query = figure_query(by=by, period=Period.MONTH, selection=selection, sums=[])
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        return {key for key, *_rest in cursor.fetchall()}


def trend(
    kpi: Kpi,
    *,
    by: Grouping,
    selection: Selection,
    before: Selection | None,
    known: Collection[str],
) -> Trend:
    """The KPI along the window for everything selected, with both totals."""
    period = trend_period(selection.span)
    points = compute([kpi], by=by, period=period, selection=selection, known=known)
    earlier: list[Figure] = []
    if before is not None and reaching_back(by=by, before=before):
        earlier = compute([kpi], by=by, period=Period.ALL, selection=before, known=known)
    value, numerator, denominator = total(kpi, points)
    return Trend(
        points=points,
        value=value,
        numerator=numerator,
        denominator=denominator,
        before=total(kpi, earlier)[0] if earlier else None,
        period=period,
    )


def trend_period(span: Span) -> Period:
    """How finely a window is drawn: at most some sixty points."""
    days = span.days
    if days is None or days > _MOST_WEEKS:
        return Period.MONTH
    return Period.DAY if days <= _MOST_DAYS else Period.WEEK


def chart(kpi: Kpi, drawn: Trend, *, name: str, span: Span, beside: str = "") -> Chart:
    """The KPI along the window, beside target, benchmark and (where it has one) upper limit."""
    labels = sorted({point.period for point in (*drawn.points, *drawn.beside)})
    lines = [ChartLine(name, _along(drawn.points, labels))]
    if drawn.beside:
        lines.append(ChartLine(beside, _along(drawn.beside, labels), role="team"))
    spec, table = along_time(
        [period_in_words(label) for label in labels],
        lines,
        unit=kpi.unit,
        references=references(kpi),
        bars=not kpi.denominator and not drawn.beside,
    )
    return Chart(_("Along time"), summary(kpi, drawn, name=name, span=span), spec, table)


def references(kpi: Kpi) -> References:
    """What a KPI is held against: its target, the industry's benchmark, its upper limit."""
    shipped = {row["key"]: row["target"] for row in shipped_kpis()}
    return References(kpi.target, shipped.get(kpi.key), kpi.high)


def _along(points: Sequence[Figure], labels: Sequence[str]) -> list[Decimal | None]:
    values = {point.period: point.value for point in points}
    return [values.get(label) for label in labels]


def summary(kpi: Kpi, drawn: Trend, *, name: str, span: Span) -> str:
    """One sentence that says what the chart shows."""
    words = {"kpi": kpi.name, "name": name, "when": span_in_words(span)}
    if drawn.value is None or not drawn.points:
        return _("%(kpi)s, %(name)s, %(when)s: no data.") % words
    words["value"] = display.shown(drawn.value, kpi.unit)
    text = _("%(kpi)s, %(name)s, %(when)s: %(value)s") % words
    if target := display.target_in_words(kpi):
        text += _(" (target: %(target)s)") % {"target": target}
    changed = display.change(kpi, drawn.value, drawn.before)
    if changed is not None:
        text += _(", %(change)s against the days before") % {"change": changed.text}
    return text + _(".")


def period_in_words(label: str) -> str:
    """A day, a week by its Monday, or a month, as the axis of a chart names it."""
    if "W" in label:
        return date_format(date.fromisoformat(f"{label}-1"), "MONTH_DAY_FORMAT")
    if len(label) == len("2026-11"):
        return date_format(date.fromisoformat(f"{label}-01"), "YEAR_MONTH_FORMAT")
    return date_format(date.fromisoformat(label), "MONTH_DAY_FORMAT")


def span_in_words(span: Span) -> str:
    """The days of a window, such as “3 Nov 2026 – 30 Nov 2026”."""
    if span.start is None or span.end is None:
        return _("all days")
    first = date_format(span.start, "DATE_FORMAT")
    if span.start == span.end:
        return first
    return f"{first} – {date_format(span.end, 'DATE_FORMAT')}"
