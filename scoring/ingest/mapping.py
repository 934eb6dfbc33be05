"""Mappings: a TOML text that says how the columns of a file become canonical fields.

The schema is closed: an unknown key is an error that names it and its nearest neighbours.
`docs/mappings.md` documents every key with examples.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import pydantic
from django.utils.translation import gettext as _
from pydantic import ConfigDict, model_validator

from scoring.models.sources import FactKind

from .errors import BadMapping
from .fields import DAY_SOURCES, FIELDS, Field, Type
from .reading import FileSpec

# Python spells some directives that the parser does not know; these it does.
_DIRECTIVES = frozenset("YmdHMSfzZyIpbBaAjeT%:FRk")


class Closed(pydantic.BaseModel):
    """A part of a mapping; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Words = tuple[str, ...]
Unit = Literal[
    "seconds", "milliseconds", "minutes", "hours", "days", "hh:mm:ss", "mm:ss", "hh:mm", "percent"
]


class FieldSpec(Closed):
    """Where one field's value comes from and how its text is read."""

    column: str | None = None
    columns: Words | None = None
    join: str = "-"
    value: str | None = None
    line: bool = False
    optional: bool = False
    missing: Words = ()
    map: dict[str, str] | None = None
    otherwise: str | None = None
    format: Words = ()
    date: str | None = None
    time: str | None = None
    date_format: str | None = None
    time_format: str | None = None
    timezone: str | None = None
    unit: Unit | None = None
    decimal: Literal[".", ","] = "."
    whole: bool = False
    scale: str | Words | None = None
    satisfied_from: float | None = None
    true: Words | None = None
    false: Words | None = None
    at_least: float | None = None
    at_most: float | None = None
    present: bool = False
    start: Annotated[str | None, pydantic.Field(alias="from")] = None
    end: Annotated[str | None, pydantic.Field(alias="to")] = None
    times: str | None = None

    @pydantic.field_validator("format", "missing", "true", "false", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return _as_words(value)

    @pydantic.field_validator("value", mode="before")
    @classmethod
    def _constant(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else _text(value)

    @pydantic.field_validator("map", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return {key: _text(to) for key, to in value.items()} if isinstance(value, dict) else value

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the file that this field needs."""
        named = (self.column, *(self.columns or ()), self.date, self.time)
        return tuple(name for name in named if name is not None)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = {
            "column": self.column is not None,
            "columns": self.columns is not None,
            "value": self.value is not None,
            "line": self.line,
            "date": self.date is not None,
            "from": self.start is not None,
        }
        given = [name for name, there in origins.items() if there]
        if len(given) != 1:
            raise ValueError(
                _("say where the value comes from with exactly one of %(keys)s")
                % {"keys": ", ".join(origins)}
            )
        if (self.start is None) != (self.end is None):
            raise ValueError(_("a difference of two times needs both 'from' and 'to'"))
        if self.time is not None and self.date is None:
            raise ValueError(_("'time' goes with 'date'"))
        for text in (*self.format, self.date_format, self.time_format):
            _check_format(text)
        _check_zone(self.timezone)
        return self


class Where(Closed):
    """Keep only rows whose column is (or is not) one of some values."""

    column: str
    is_in: Annotated[Words | None, pydantic.Field(alias="in")] = None
    not_in: Words | None = None
    empty: bool | None = None

    @pydantic.field_validator("is_in", "not_in", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return _as_words(value)

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.is_in, self.not_in, self.empty)) != 1:
            raise ValueError(_("use exactly one of in, not_in, empty"))
        return self


class Reduce(Closed):
    """Which row counts when a file has several with the same id (an event log)."""

    keep: Literal["first", "last"] = "last"
    order: str | None = None
    type: Literal["time", "number", "text"] = "time"
    format: Words = ()

    @pydantic.field_validator("format", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return _as_words(value)


class Mapping(Closed):
    """A whole mapping, checked; `columns` are the file's columns that it needs."""

    name: str = ""
    description: str = ""
    kind: Literal["tickets", "activities", "queues", "agents"]
    timezone: str | None = None
    missing: Words = ()
    unknown_agents: Literal["create", "hold"] = "create"
    team_of: Literal["ticket", "agent"] = "ticket"
    optional: bool = False
    file: FileSpec = FileSpec()
    where: tuple[Where, ...] = ()
    reduce: Reduce | None = None
    fields: dict[str, FieldSpec]
    extra: dict[str, str] = {}

    @pydantic.field_validator("missing", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return _as_words(value)

    @pydantic.field_validator("fields", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: {"column": spec} if isinstance(spec, str) else spec
            for name, spec in value.items()
        }

    def needs(self, name: str) -> tuple[str, ...]:
        """The columns of the file that a field needs; `day` may name a time field instead."""
        spec = self.fields[name]
        if name == "day" and spec.column in self.fields:
            return ()
        return spec.sources

    def fitted(self, columns: Sequence[str], *, file_name: str) -> Mapping:
        """This mapping for a file with these columns, without optional fields that it lacks.

        Raises BadMapping naming the column that is missing and those that are there.
        """
        there = set(columns)
        left_out = {
            name
            for name, spec in self.fields.items()
            if (self.optional or spec.optional) and not there.issuperset(self.needs(name))
        }
        left_out |= {
            name
            for name, spec in self.fields.items()
            if not left_out.isdisjoint({spec.start, spec.end, spec.times})
            or (name == "day" and spec.column in left_out and spec.column not in there)
        }
        fields = {name: spec for name, spec in self.fields.items() if name not in left_out}
        named = [(c, f"[fields] {name}") for name in fields for c in self.needs(name)]
        named += [(where.column, "[[where]]") for where in self.where]
        named += [(c, f"[extra] {name}") for name, c in self.extra.items() if not self.optional]
        if self.reduce and self.reduce.order:
            named.append((self.reduce.order, "[reduce] order"))
        for column, place in named:
            if column not in there:
                raise BadMapping(_missing_column(column, place, columns, file_name))
        extra = {name: column for name, column in self.extra.items() if column in there}
        try:
            return Mapping.model_validate(
                self.model_copy(update={"fields": fields, "extra": extra}).model_dump(
                    by_alias=True, exclude_none=True
                )
            )
        except pydantic.ValidationError as error:
            raise BadMapping(_sentence(self.name, error)) from None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        known = FIELDS[self.kind]
        _check_zone(self.timezone)
        for name, spec in self.fields.items():
            if name not in known:
                raise ValueError(_unknown(name, known))
            _check_field(known[name], spec, self.fields)
        needs = {FactKind.AGENTS: ("key",), FactKind.ACTIVITIES: ("external_id", "kind")}
        for needed in needs.get(FactKind(self.kind), ("external_id",)):
            if needed not in self.fields:
                raise ValueError(
                    _("[fields] needs %(field)s; say which column holds it") % {"field": needed}
                )
        self._check_day()
        return self

    def _check_day(self) -> None:
        wanted = DAY_SOURCES[self.kind]
        dated = "day" in self.fields or any(name in self.fields for name in wanted)
        patch = self.kind == FactKind.TICKETS and "agent" not in self.fields
        if wanted and not dated and not patch:
            raise ValueError(
                _("[fields] needs a date: day, or one of %(fields)s")
                % {"fields": ", ".join(wanted)}
            )


def parse(text: str, *, name: str = "") -> Mapping:
    """The mapping written in `text` (TOML).

    Raises BadMapping with one sentence that names the key at fault.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(
            _("The mapping %(name)s is not valid TOML: %(error)s.") % {"name": name, "error": error}
        ) from None
    data.setdefault("name", name)
    try:
        return Mapping.model_validate(data)
    except pydantic.ValidationError as error:
        raise BadMapping(_sentence(name, error)) from None


def _sentence(name: str, error: pydantic.ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        reason = _unknown(str(first["loc"][-1]), _allowed(first["loc"]))
    else:
        reason = str(first["msg"]).removeprefix("Value error, ")
    where = _("at %(place)s") % {"place": place} if place else ""
    return (
        " ".join(
            part for part in (_("The mapping %(name)s is wrong") % {"name": name}, where) if part
        )
        + f": {reason}."
    )


def _missing_column(column: str, place: str, columns: Sequence[str], file_name: str) -> str:
    near = difflib.get_close_matches(column, columns, n=1, cutoff=0.5)
    hint = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
    return _(
        "%(file)s has no column “%(column)s”, which the mapping names at %(place)s. %(hint)s"
        " It has: %(columns)s."
    ) % {
        "file": file_name,
        "column": column,
        "place": place,
        "hint": hint,
        "columns": ", ".join(columns),
    }


def _allowed(place: tuple[int | str, ...]) -> list[str]:
    parts: dict[str, type[pydantic.BaseModel]] = {
        "fields": FieldSpec,
        "where": Where,
        "reduce": Reduce,
        "file": FileSpec,
    }
    model = parts.get(str(place[0]), Mapping) if len(place) > 1 else Mapping
    return [field.alias or name for name, field in model.model_fields.items()]


def _unknown(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = _("did you mean %(near)s?") % {"near": ", ".join(near)} if near else ""
    if not hint:
        hint = _("known are %(known)s") % {"known": ", ".join(known)}
    return _("%(name)s is not known; %(hint)s") % {"name": name, "hint": hint}


def _check_field(field: Field, spec: FieldSpec, fields: dict[str, FieldSpec]) -> None:
    for end in (spec.start, spec.end):
        if end is not None and end not in fields:
            raise ValueError(
                _("%(field)s takes a difference of %(end)s, which the mapping does not fill")
                % {"field": field.name, "end": end}
            )
    if spec.start is not None and field.type is not Type.DURATION:
        raise ValueError(
            _("%(field)s is not a duration: 'from' and 'to' do not fit it") % {"field": field.name}
        )
    if spec.times is not None and spec.times not in fields:
        raise ValueError(
            _("%(field)s is multiplied by %(times)s, which the mapping does not fill")
            % {"field": field.name, "times": spec.times}
        )
    if spec.scale is not None:
        if field.type not in (Type.RATING, Type.SCORE):
            raise ValueError(
                _("'scale' belongs to ratings and scores; %(field)s is neither")
                % {"field": field.name}
            )
        scale_of(spec)


def scale_of(spec: FieldSpec) -> tuple[float, float, tuple[str, ...]]:
    """The scale's lowest and highest mark, and its words from worst to best if it has any.

    "1-5" is (1, 5, ()); "good/bad" and ["bad", "good"] are (1, 2, ("bad", "good")).
    Raises ValueError when the text is no scale.
    """
    scale = spec.scale
    if scale is None:
        return (1, 5, ())
    if scale == "good/bad":
        scale = ("bad", "good")
    if not isinstance(scale, str):
        return (1, len(scale), tuple(word.lower() for word in scale))
    low, _dash, high = scale.replace("–", "-").partition("-")
    try:
        ends = (float(low), float(high))
    except ValueError:
        ends = (0.0, 0.0)
    if ends[0] >= ends[1]:
        raise ValueError(
            _("%(scale)s is not a scale; write it as 1-5, 0-10, good/bad or a list of words")
            % {"scale": scale}
        )
    return (*ends, ())


def _check_format(text: str | None) -> None:
    if text is None or text in ("iso", "epoch", "epoch_ms", "excel", "day_fraction"):
        return
    used = {text[i + 1] for i in range(len(text) - 1) if text[i] == "%"} - {".", "-", "3", "6", "9"}
    if "%" not in text or not used <= _DIRECTIVES:
        raise ValueError(
            _("%(text)s is not a format; write it like %%d/%%m/%%Y %%H:%%M") % {"text": text}
        )


def _check_zone(name: str | None) -> None:
    if name is not None and name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=3, cutoff=0.5)
        raise ValueError(
            _("%(name)s is no time zone; write an IANA name such as %(near)s")
            % {"name": name, "near": ", ".join(near or ["Asia/Shanghai", "Europe/Dublin"])}
        )


def _as_words(value: Any) -> Any:
    if value is None:
        return None
    return tuple(_text(word) for word in (value if isinstance(value, list | tuple) else [value]))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
