"""What a measure or KPI would show before it is saved: the last four weeks that have data."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from incentives.org.models import Person
from scoring.figures.custom import Definition, compile_filter, compile_measure
from scoring.figures.kpis import compute, total
from scoring.figures.query import Grouping, Selection, Sql, add_ids
from scoring.figures.windows import Period, Span
from scoring.models import Kpi, TeamDay, Ticket

DAYS = 28


@dataclass(frozen=True, slots=True)
class MeasurePreview:
    """A measure over `span`: its value, the tickets that count, and all tickets."""

    span: Span
    value: Decimal | None
    matched: int
    tickets: int


@dataclass(frozen=True, slots=True)
class KpiPreview:
    """A KPI over `span`, for everything that the viewer may see."""

    span: Span
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None


def last_days() -> Span | None:
    """The 28 days up to the last one that has totals; None without any."""
    latest: date | None = TeamDay.objects.order_by().aggregate(day=Max("day"))["day"]
    return Span(latest - timedelta(days=DAYS - 1), latest) if latest else None


def preview_measure(definition: Definition, *, viewer: Person) -> MeasurePreview | None:
    """The measure over tickets of the last days; None while there are no data."""
    span = last_days()
    if span is None:
        return None
    aggregate, params = compile_measure(definition)
    condition, condition_params = compile_filter(definition)
    sql = Sql(f"SELECT {aggregate}, ", list(params))
    sql.add(f"count(*) FILTER (WHERE {condition}), count(*)", *condition_params)
    sql.add(f" FROM {Ticket._meta.db_table} t WHERE NOT t.deleted")
    sql.add(" AND t.day BETWEEN %s AND %s", span.start, span.end)
    if not viewer.sees_everyone:
        sql.add(" AND t.agent_id IN (")
        add_ids(sql, Person.objects.led_by(viewer))
        sql.add(")")
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        value, matched, tickets = cursor.fetchone()
    return MeasurePreview(span, None if value is None else Decimal(value), matched, tickets)


def preview_kpi(kpi: Kpi, *, viewer: Person) -> KpiPreview | None:
    """The KPI (saved or not) over the last days; None while there are no data."""
    span = last_days()
    if span is None:
        return None
    selection = Selection(span=span, viewer=viewer)
    found = compute([kpi], by=Grouping.COMPANY, period=Period.ALL, selection=selection)
    return KpiPreview(span, *total(kpi, found))
