"""Measures of the company's own: conditions on ticket fields plus a count or a sum.

A definition is closed, validated data; it is compiled to one SQL aggregate over the ticket alias
`t` in which every identifier comes from the registry of ticket fields and every value is a
parameter. An empty field meets no condition but "is empty": a missing value is not a value.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from incentives.org.inputs import FIRST_DAY, LAST_DAY, calendar_day
from scoring.figures.expressions import near
from scoring.figures.ticket_fields import (
    FieldKind,
    TicketField,
    kind_in_words,
    ticket_field,
    ticket_fields,
)
from scoring.models import CustomMeasure

Operator = Literal["=", "!=", "in", ">=", "<=", ">", "<", "is empty", "is not empty"]
Value = bool | int | float | str
ORDERED = (">=", "<=", ">", "<")
VALUELESS = ("is empty", "is not empty")
MOST_CONDITIONS = 20
# PostgreSQL functions take at most 100 arguments, two for each measure.
_MEASURES_PER_OBJECT = 40
_OPERATORS: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.TEXT: ("=", "!=", "in", *VALUELESS),
    FieldKind.KEY: ("=", "!=", "in", *VALUELESS),
    FieldKind.NUMBER: ("=", "!=", "in", *ORDERED, *VALUELESS),
    FieldKind.FLAG: ("=", "!=", *VALUELESS),
    FieldKind.DAY: ("=", "!=", "in", *ORDERED, *VALUELESS),
    FieldKind.TIME: (*ORDERED, *VALUELESS),
    FieldKind.EXTRA: ("=", "!=", "in", *ORDERED, *VALUELESS),
}
_YES = {"true", "yes", "y", "1", "是"}
_NO = {"false", "no", "n", "0", "否"}


class DefinitionError(ValueError):
    """A definition that cannot be used: one sentence for each thing wrong.

    `by_condition` gives the first sentence about each condition by its place, `others` the rest.
    """

    def __init__(self, by_condition: dict[int, str], others: list[str]) -> None:
        super().__init__(" ".join([*by_condition.values(), *others]))
        self.by_condition = by_condition
        self.others = others


class Condition(BaseModel):
    """One condition on one field of the ticket."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    op: Operator
    value: Value | tuple[Value, ...] | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """The values to compare with, each converted to what the field holds."""
        return tuple(_typed(value, self._field, self.op) for value in self._given)

    @property
    def _given(self) -> tuple[Any, ...]:
        if self.op in VALUELESS:
            return ()
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @property
    def _field(self) -> TicketField:
        return _known_field(self.field)

    @model_validator(mode="after")
    def _fits_the_field(self) -> "Condition":
        field = self._field
        if self.op not in _OPERATORS[field.kind]:
            raise ValueError(
                _("“%(field)s” cannot be compared with “%(op)s”: use one of %(allowed)s.")
                % {"field": self.field, "op": self.op, "allowed": ", ".join(operators(field))}
            )
        if self.op in VALUELESS:
            if self.value is not None:
                raise ValueError(
                    _("“%(field)s %(op)s” takes no value: leave it out.")
                    % {"field": self.field, "op": self.op}
                )
            return self
        if self.value is None or self.value == ():
            raise ValueError(_("“%(field)s” needs a value: fill it in.") % {"field": self.field})
        if isinstance(self.value, tuple) != (self.op == "in"):
            raise ValueError(
                _("“%(field)s”: a list of values goes with “in”, a single value with the others.")
                % {"field": self.field}
            )
        self._check_values()
        return self

    def _check_values(self) -> None:
        for value in self._given:
            _typed(value, self._field, self.op)


class Definition(BaseModel):
    """What a measure counts or sums: tickets that meet all conditions."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    all: tuple[Condition, ...] = Field(default=(), max_length=MOST_CONDITIONS)
    measure: Literal["count", "sum"] = "count"
    of: str | None = None

    @model_validator(mode="after")
    def _sums_a_number(self) -> "Definition":
        if self.measure == "count":
            if self.of is not None:
                raise ValueError(_("A count takes no field: leave “of” out."))
            return self
        if self.of is None:
            raise ValueError(_("Name the field to add up."))
        if not _known_field(self.of).can_be_summed:
            raise ValueError(
                _("“%(field)s” is no number, so it cannot be added up: choose another field.")
                % {"field": self.of}
            )
        return self


def operators(field: TicketField) -> tuple[str, ...]:
    """The operators that make sense for a field."""
    return _OPERATORS[field.kind]


def read_definition(raw: Mapping[str, Any] | str) -> Definition:
    """Validate a definition (a mapping or JSON text). Raises DefinitionError."""
    try:
        return Definition.model_validate_json(raw if isinstance(raw, str) else json.dumps(raw))
    except ValidationError as error:
        raise _definition_error(error) from None


def compile_measure(definition: Definition) -> tuple[str, list[Any]]:
    """SQL aggregate over the ticket alias `t`, and its parameters, for one measure."""
    params: list[Any] = []
    if definition.of is None:
        aggregate = "count(*)"
    else:
        number, own = _known_field(definition.of).as_number()
        aggregate = f"sum({number})"
        params.extend(own)
    where, own_params = compile_filter(definition)
    return f"{aggregate} FILTER (WHERE {where})", [*params, *own_params]


def compile_filter(definition: Definition) -> tuple[str, list[Any]]:
    """SQL condition over the ticket alias `t` for the tickets that count, and its parameters."""
    parts = [_compile_condition(condition) for condition in definition.all]
    sql = " AND ".join(f"({part})" for part, _params in parts) or "TRUE"
    return sql, [param for _sql, params in parts for param in params]


def custom_columns(measures: Iterable[CustomMeasure] | None = None) -> tuple[str, list[Any]]:
    """SQL of one jsonb object {key: number} with every own measure, and its parameters.

    Measures of nothing (no ticket counted, nothing to sum) are left out; NULL when none is left.
    By default all measures, archived ones too: KPIs may still name them.
    """
    if measures is None:
        measures = CustomMeasure.objects.order_by("key")
    pairs: list[str] = []
    params: list[Any] = []
    for measure in measures:
        sql, own = compile_measure(read_definition(measure.definition))
        pairs.append(f"%s::text, nullif({sql}, 0)")
        params.extend([measure.key, *own])
    if not pairs:
        return "NULL::jsonb", []
    objects = [
        f"jsonb_build_object({', '.join(pairs[at : at + _MEASURES_PER_OBJECT])})"
        for at in range(0, len(pairs), _MEASURES_PER_OBJECT)
    ]
    return f"nullif(jsonb_strip_nulls({' || '.join(objects)}), '{{}}'::jsonb)", params


def sentence(definition: Definition) -> str:
    """The definition in plain words, in the reader's language."""
    what = _("Counts tickets")
    if definition.of is not None:
        what = _("Adds up “%(field)s” of tickets") % {"field": _known_field(definition.of).label}
    if not definition.all:
        return _("%(what)s, all of them.") % {"what": what}
    conditions = _(" and ").join(_condition_in_words(each) for each in definition.all)
    return _("%(what)s where %(conditions)s.") % {"what": what, "conditions": conditions}


def operator_in_words(op: str) -> str:
    """The operator as a person says it, in the reader's language."""
    return {
        "=": _("is"),
        "!=": _("is not"),
        "in": _("is one of"),
        ">=": _("is at least"),
        "<=": _("is at most"),
        ">": _("is more than"),
        "<": _("is less than"),
        "is empty": _("is empty"),
        "is not empty": _("is not empty"),
    }[op]


def _condition_in_words(condition: Condition) -> str:
    words = f"{_known_field(condition.field).label} {operator_in_words(condition.op)}"
    shown = ", ".join(_value_in_words(value) for value in condition.values)
    return f"{words} {shown}" if shown else words


def _value_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return f"“{value}”" if isinstance(value, str) else str(value)


def _known_field(name: str) -> TicketField:
    field = ticket_field(name)
    if not name:
        raise ValueError(_("Choose a field."))
    if field is None:
        raise ValueError(
            _("There is no ticket field “%(name)s”.") % {"name": name}
            + near(name, list(ticket_fields()))
        )
    return field


def _typed(value: Any, field: TicketField, op: str) -> Any:
    kind = FieldKind.NUMBER if field.kind is FieldKind.EXTRA and op in ORDERED else field.kind
    read = _READERS[kind](value)
    if read is None:
        raise ValueError(
            _("“%(value)s” does not fit “%(field)s”: write %(expected)s.")
            % {"value": value, "field": field.name, "expected": kind_in_words(kind)}
        )
    return read


def _read_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    return text if text and "\x00" not in text else None


def _read_number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None


def _read_flag(value: Any) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def _read_day(value: Any) -> date | None:
    return calendar_day(str(value).strip())


def _read_time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    in_calendar = FIRST_DAY <= found.date() <= LAST_DAY
    # PostgreSQL knows no clocks that differ by more.
    on_earth = abs(found.utcoffset() or timedelta()) < timedelta(hours=16)
    return found if in_calendar and on_earth else None


_READERS: dict[FieldKind, Callable[[Any], Any]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.KEY: _read_text,
    FieldKind.EXTRA: _read_text,
    FieldKind.NUMBER: _read_number,
    FieldKind.FLAG: _read_flag,
    FieldKind.DAY: _read_day,
    FieldKind.TIME: _read_time,
}
# A time without offset is company-local.
_LOCAL_TIME = (
    "(%s::timestamp AT TIME ZONE coalesce((SELECT time_zone FROM org_company LIMIT 1), 'UTC'))"
)


def _compile_condition(condition: Condition) -> tuple[str, list[Any]]:
    field = _known_field(condition.field)
    if condition.op in VALUELESS:
        return _compile_empty(field, negated=condition.op == "is not empty")
    sql, params = field.sql, field.params
    if condition.op in ORDERED:
        sql, params = field.as_number()
    values = list(condition.values)
    if condition.op == "in":
        return f"{sql} IN ({', '.join(['%s'] * len(values))})", [*params, *values]
    comparison = "<>" if condition.op == "!=" else condition.op
    placeholder = "%s"
    if field.kind is FieldKind.TIME and values[0].tzinfo is None:
        placeholder = _LOCAL_TIME
    return f"{sql} {comparison} {placeholder}", [*params, *values]


def _compile_empty(field: TicketField, *, negated: bool) -> tuple[str, list[Any]]:
    blank_counts_as_empty = field.kind in (FieldKind.TEXT, FieldKind.EXTRA)
    sql = f"nullif({field.sql}, '')" if blank_counts_as_empty else field.sql
    return f"{sql} IS {'NOT ' if negated else ''}NULL", list(field.params)


def _definition_error(error: ValidationError) -> DefinitionError:
    by_condition: dict[int, str] = {}
    others: list[str] = []
    for problem in error.errors():
        cause = problem.get("ctx", {}).get("error")
        place = ".".join(str(part) for part in problem["loc"]) or _("the definition")
        text = str(cause) if isinstance(cause, ValueError) else _schema_sentence(problem, place)
        match problem["loc"]:
            case ("all", int() as at, *_rest):
                by_condition.setdefault(at, text)
            case _any if text not in others:
                others.append(text)
    return DefinitionError(by_condition, others)


def _schema_sentence(problem: Any, place: str) -> str:
    if problem["type"] == "extra_forbidden":
        return _("“%(place)s” is not a part of a measure: remove it.") % {"place": place}
    if problem["type"] == "too_long":
        return _("A measure has at most %(most)d conditions: remove some.") % {
            "most": MOST_CONDITIONS
        }
    return _("“%(place)s” cannot be read: %(problem)s.") % {
        "place": place,
        "problem": problem["msg"].rstrip("."),
    }
