"""From a figure back to its facts: what each ticket, activity or interval of a day adds to a KPI.

The parts come from the same SQL fragments as the daily totals, evaluated for each fact alone; so
they add up to the figure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from incentives.org.dated import covers_sql
from incentives.org.models import Membership, Person, Team
from scoring.figures.custom import compile_measure, read_definition
from scoring.figures.display import duration
from scoring.figures.expressions import Expression
from scoring.figures.formulas import formulas_of
from scoring.figures.measures import MEASURES
from scoring.figures.query import CHANNEL, Sql, add_ids
from scoring.models import Activity, CustomMeasure, Fact, Kpi, QueueInterval, Ticket


@dataclass(frozen=True, slots=True)
class FactTable:
    """One kind of facts: its alias in the measures' SQL, its table, its attribute in a measure."""

    name: str
    alias: str
    model: type[Fact]


KINDS = {
    "tickets": FactTable("ticket", "t", Ticket),
    "activities": FactTable("activity", "a", Activity),
    "queues": FactTable("queue", "q", QueueInterval),
}


_NOT_SHOWN = frozenset(
    {"pk", "source", "agent", "team", "run", "extra", "held_for", "deleted", "version", "day"}
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One fact and what it adds; both parts are None when no KPI was asked for.

    `read` names the fact's fields that the KPI's measures are made of.
    """

    fact: Any
    numerator: Decimal | None
    denominator: Decimal | None
    read: tuple[str, ...] = ()

    @property
    def values(self) -> list[tuple[str, Any]]:
        """What counted: the filled ones of the read fields, durations in words."""
        found = [(name, getattr(self.fact, name)) for name in self.read]
        return [
            (
                str(self.fact._meta.get_field(name).verbose_name),
                _in_words(name, value),
            )
            for name, value in found
            if value not in (None, "")
        ]

    @property
    def fields(self) -> list[tuple[str, Any]]:
        """Every filled field of the fact: its name in the reader's language, and its value."""
        found = [
            (_name_of(field), _in_words(field.name, _chosen(self.fact, field)))
            for field in self.fact._meta.concrete_fields
            if field.name not in _NOT_SHOWN
        ]
        found += list((self.fact.extra or {}).items())
        return [(name, value) for name, value in found if value not in (None, "")]


def _chosen(fact: Fact, field: Any) -> Any:
    """A field's value; of a choice its label."""
    return (
        getattr(fact, f"get_{field.name}_display")() if field.choices else getattr(fact, field.name)
    )


def _in_words(name: str, value: Any) -> Any:
    """A value as it is, seconds as a length of time."""
    return duration(value) if name.endswith("_seconds") and value is not None else value


def _name_of(field: Any) -> str:
    """A field's name in the reader's language; a relation is called what it leads to."""
    return str((field.related_model._meta if field.is_relation else field).verbose_name)


def contributions(
    *, kind: str, agent: Person, day: date, viewer: Person, kpi: Kpi | None, page: int, size: int
) -> tuple[list[Contribution], int]:
    """The facts of an agent's day that the viewer may see, and how many there are in all.

    With a KPI only those that add something to its numerator or denominator. `page` is 1-based.
    """
    chosen = KINDS[kind]
    parts = kpi_parts(chosen, kpi) if kpi else []
    sql = _facts(chosen, agent, day, viewer, parts)
    counted = Sql("SELECT count(*) FROM (").add(sql.text, *sql.params).add(") facts")
    sql.add(" ORDER BY 1, 2 LIMIT %s OFFSET %s", size, (page - 1) * size)
    with connection.cursor() as cursor:
        cursor.execute(counted.text, counted.params)
        many: int = cursor.fetchone()[0]
        cursor.execute(sql.text, sql.params)
        rows = cursor.fetchall()
    facts = {
        fact.pk: fact
        for fact in chosen.model._default_manager.filter(
            pk__in=[(source, external_id) for source, external_id, *_parts in rows]
        ).select_related("channel", "source")
    }
    read = _fields_read(chosen, parts)
    found = [
        Contribution(
            facts[source, external_id],
            None if top is None else Decimal(top),
            Decimal(bottom) if kpi and kpi.denominator else None,
            read,
        )
        for source, external_id, top, bottom in rows
        if (source, external_id) in facts
    ]
    return found, many


def _facts(
    kind: FactTable, agent: Person, day: date, viewer: Person, parts: list[tuple[str, list[Any]]]
) -> Sql:
    alias, table = kind.alias, kind.model._meta.db_table
    sql = Sql(f"SELECT {alias}.source_id, {alias}.external_id")
    for text, params in parts:
        sql.add(f", {text}", *params)
    if not parts:
        sql.add(", NULL::numeric, NULL::numeric")
    sql.add(f" FROM {table} {alias} JOIN {CHANNEL} c ON c.id = {alias}.channel_id")
    sql.add(f" WHERE {alias}.agent_id = %s AND {alias}.day = %s", agent.pk, day)
    sql.add(f" AND NOT {alias}.deleted")
    _add_viewer(sql, alias, agent, viewer)
    sql.add(f" GROUP BY {alias}.source_id, {alias}.external_id")
    if parts:
        sql.add(" HAVING ")
        for at, (text, params) in enumerate(parts):
            sql.add(f"{' OR ' if at else ''}{text} <> 0", *params)
    return sql


def _add_viewer(sql: Sql, alias: str, agent: Person, viewer: Person) -> None:
    """Facts credited to the teams that the viewer leads; one's own facts are always there."""
    if viewer == agent or viewer.sees_everyone:
        return
    membership = Membership._meta.db_table
    sql.add(
        f" AND coalesce({alias}.team_id, (SELECT m.team_id FROM {membership} m WHERE"
        f" m.person_id = {alias}.agent_id AND {covers_sql('m', f'{alias}.day')})) IN ("
    )
    add_ids(sql, Team.objects.led_by(viewer))
    sql.add(")")


def kpi_parts(
    kind: FactTable, kpi: Kpi, own: Mapping[str, Any] | None = None
) -> list[tuple[str, list[Any]]]:
    """SQL of what one fact adds to the numerator and to the denominator (0 when there is none).

    By the formula of the fact's day. `own` as `own_definitions` gives it spares its query.
    """
    own = own_definitions() if own is None else own
    formulas = formulas_of(kpi, known=MEASURES.keys() | own.keys())
    return [
        _by_day(kind, [(each.top, each.until) for each in formulas], own),
        _by_day(kind, [(each.bottom, each.until) for each in formulas], own),
    ]


def _by_day(
    kind: FactTable, parts: Sequence[tuple[Expression | None, date | None]], own: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """The part of the last expression, or of an earlier one on days up to its last."""
    text, params = "", list[Any]()
    for expression, until in parts:
        sql, values = fact_part(kind, expression or Expression(()), own)
        if until is not None:
            # A group is one fact, so its lowest day is its day.
            text += f"WHEN min({kind.alias}.day) <= DATE '{until.isoformat()}' THEN {sql} "
        else:
            text = f"CASE {text}ELSE {sql} END" if text else sql
        params += values
    return text, params


def _fields_read(kind: FactTable, parts: list[tuple[str, list[Any]]]) -> tuple[str, ...]:
    """The names of the fact's own fields that the SQL of a KPI's parts reads, in its order."""
    fields = {field.name for field in kind.model._meta.concrete_fields} - _NOT_SHOWN
    text = " ".join(text for text, _params in parts)
    named = re.findall(rf"\b{kind.alias}\.(\w+)", text)
    return tuple(name for name in dict.fromkeys(named) if name in fields)


def own_definitions() -> dict[str, Any]:
    """The definitions of the company's own measures, by key."""
    return {measure.key: measure.definition for measure in CustomMeasure.objects.all()}


def fact_part(
    kind: FactTable, expression: Expression, own: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """SQL, and its parameters, of what one fact adds to an expression; 0 for unknown measures."""
    texts: list[str] = []
    params: list[Any] = []
    for key, factor in expression.terms:
        text: str | None = None
        own_params: list[Any] = []
        if key in MEASURES:
            text = getattr(MEASURES[key], kind.name)
        elif kind.name == "ticket" and key in own:
            text, own_params = compile_measure(read_definition(own[key]))
        if text is not None:
            texts.append(f"%s * coalesce({text}, 0)")
            params += [factor, *own_params]
    return f"({' + '.join(texts) or '0::numeric'})", params
