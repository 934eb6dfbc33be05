"""Mappings: a TOML text that says how the columns of a file become canonical fields.

The schema is closed: an unknown key is an error that names it and its nearest neighbours.
`docs/mappings.md` documents every key with examples.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Self

import pydantic
from django.utils.translation import gettext as _
from pydantic import model_validator

from scoring.figures.expressions import close_to
from scoring.models.sources import FactKind

from .errors import BadMapping
from .field_spec import (
    Closed,
    ExtraSpec,
    FieldSpec,
    Find,
    Where,
    Words,
    as_words,
    check_format,
    check_zone,
    satisfied_mark,
    scale_of,
)
from .fields import DAY_SOURCES, FIELDS, Field, Type
from .reading import FileSpec

# Keys that say something only about fields of some types.
# Far beyond any mapping, and read in a moment all the same.
LONGEST = 100_000
MOST_DOTS = 1_000  # in one line

_ONLY_FOR: dict[str, tuple[Type, ...]] = {
    "scale": (Type.RATING, Type.SCORE),
    "satisfied_from": (Type.RATING,),
    "start": (Type.DURATION,),
    "sum_of": (Type.DURATION, Type.INTEGER),
    "times": (Type.DURATION, Type.INTEGER, Type.NUMBER),
    **dict.fromkeys(
        ("true", "false", "contains", "at_least", "at_most", "present", "not_after"), (Type.FLAG,)
    ),
}


# What a row of each kind cannot do without, where it is not just its id.
NEEDS: dict[str, tuple[str, ...]] = {
    FactKind.AGENTS: ("key",),
    FactKind.ACTIVITIES: ("external_id", "kind"),
}


class Reduce(Closed):
    """Which row counts when a file has several with the same id (an event log)."""

    keep: Literal["first", "last"] = "last"
    order: str | None = None
    type: Literal["time", "number", "text"] = "time"
    format: Words = ()

    @pydantic.field_validator("format", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return as_words(value)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for text in self.format:
            check_format(text)
        return self


class FileMapping(Closed):
    """A whole mapping, checked."""

    name: str = ""
    description: str = ""
    description_zh: str = ""
    kind: FactKind
    timezone: str | None = None
    missing: Words = ()
    unknown_agents: Literal["create", "hold"] = "create"
    team_of: Literal["ticket", "agent"] = "ticket"
    optional: bool = False
    file: FileSpec = FileSpec()
    where: tuple[Where, ...] = ()
    reduce: Reduce | None = None
    fields: dict[str, FieldSpec]
    extra: dict[str, ExtraSpec] = {}

    @pydantic.field_validator("missing", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return as_words(value)

    @pydantic.field_validator("fields", "extra", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: {"column": spec} if isinstance(spec, str) else spec
            for name, spec in value.items()
        }

    def builds_on(self, name: str) -> set[str]:
        """The other fields that a field is computed from."""
        spec = self.fields[name]
        named = {spec.start, spec.end, spec.times, self.time_of_day_field(name)}
        return {other for other in named if other in self.fields and other is not None}

    def time_of_day_field(self, name: str) -> str | None:
        """The time field whose company-local date a day field takes, as in day = "opened_at"."""
        known = FIELDS[self.kind]
        other = self.fields[name].column
        if other is None or known[name].type is not Type.DAY or other not in self.fields:
            return None
        return other if known[other].type is Type.TIME else None

    def in_order(self) -> list[str]:
        """The fields, each after those that it builds on; raises ValueError for a circle."""
        done: list[str] = []
        while len(done) < len(self.fields):
            ready = [n for n in self.fields if n not in done and self.builds_on(n) <= set(done)]
            if not ready:
                stuck = ", ".join(n for n in self.fields if n not in done)
                raise ValueError(
                    _("%(fields)s build on each other in a circle") % {"fields": stuck}
                )
            done += ready
        return done

    def fitted(self, columns: Sequence[str], *, file_name: str) -> FileMapping:
        """This mapping for a file with these columns, without optional fields that it lacks.

        A column is found whatever its case and spaces, as long as that is unambiguous. Raises
        BadMapping naming the column that is missing and those that are there.
        """
        find = _finder(columns)
        fields, lacking = self._located_fields(find)
        extra = {}
        for name, spec in self.extra.items():
            located, missing = spec.located(find, self.fields)
            if missing is None:
                extra[name] = located
            elif not (self.optional or spec.optional):
                lacking.append((missing, f"[extra] {name}"))
        where = tuple(t.model_copy(update={"column": find(t.column)}) for t in self.where)
        lacking += [(w.column, "[[where]]") for w in self.where if find(w.column) is None]
        reduce = self.reduce
        if reduce and reduce.order:
            reduce = reduce.model_copy(update={"order": find(reduce.order)})
            if reduce.order is None:
                lacking.append((str(self.reduce and self.reduce.order), "[reduce] order"))
        if lacking:
            raise BadMapping(_missing_column(*lacking[0], columns, file_name))
        parts = {"fields": fields, "extra": extra, "where": where, "reduce": reduce}
        data = self.model_copy(update=parts).model_dump(by_alias=True, exclude_none=True)
        try:
            return FileMapping.model_validate(data)
        except pydantic.ValidationError:
            # The mapping itself was valid: what is missing now was optional and not in the file.
            raise BadMapping(self._does_not_fit(fields, columns, file_name)) from None

    def _does_not_fit(
        self, found: dict[str, FieldSpec], columns: Sequence[str], file_name: str
    ) -> str:
        wanted = {*NEEDS.get(self.kind, ("external_id",)), *DAY_SOURCES[self.kind], "day"}
        lacking = [
            spec.shown_column
            for name, spec in self.fields.items()
            if name in wanted and name not in found
        ]
        return _(
            "%(file)s does not fit the mapping %(mapping)s: it has no column %(lacking)s."
            " It has: %(columns)s. Choose another mapping, or write one for this file."
        ) % {
            "file": file_name,
            "mapping": self.name,
            "lacking": ", ".join(f"“{column}”" for column in dict.fromkeys(lacking)),
            "columns": ", ".join(columns),
        }

    def _located_fields(self, find: Find) -> tuple[dict[str, FieldSpec], list[tuple[str, str]]]:
        found: dict[str, FieldSpec] = {}
        left_out: set[str] = set()
        lacking = []
        for name in self.in_order():
            spec = self.fields[name]
            located, missing = spec, None
            if self.time_of_day_field(name) is None:
                located, missing = spec.located(find, self.fields)
            if not self.builds_on(name).isdisjoint(left_out):
                left_out.add(name)
            elif missing is None:
                found[name] = located
            elif not (self.optional or spec.optional):
                lacking.append((missing, f"[fields] {name}"))
            elif spec.default is not None:
                found[name] = FieldSpec(value=spec.default)
            else:
                left_out.add(name)
        return found, lacking

    @model_validator(mode="after")
    def _fits(self) -> Self:
        known = FIELDS[self.kind]
        check_zone(self.timezone)
        for name, spec in self.fields.items():
            if name not in known:
                raise ValueError(_unknown(name, known))
            _check_field(known[name], spec, self.fields)
        for name, spec in self.extra.items():
            _check_field(Field(name, Type(spec.type), name), spec, self.fields)
        for needed in NEEDS.get(self.kind, ("external_id",)):
            if needed not in self.fields:
                raise ValueError(
                    _("[fields] needs %(field)s; say which column holds it") % {"field": needed}
                )
        self._check_day()
        self.in_order()
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


def parse(text: str, *, name: str = "") -> FileMapping:
    """The mapping written in `text` (TOML).

    Raises BadMapping with one sentence that names the key at fault.
    """
    if len(text) > LONGEST:
        raise BadMapping(
            _("The mapping %(name)s is longer than %(most)d characters: shorten it.")
            % {"name": name, "most": LONGEST}
        )
    try:
        data = _toml(text)
    except RecursionError:
        raise BadMapping(
            _("The mapping %(name)s has lists or tables too deep inside each other.")
            % {"name": name}
        ) from None
    except ValueError as error:  # TOMLDecodeError is one; so is a number of thousands of digits
        raise BadMapping(
            _("The mapping %(name)s is not valid TOML: %(error)s.") % {"name": name, "error": error}
        ) from None
    data.setdefault("name", name)
    try:
        return FileMapping.model_validate(data)
    except pydantic.ValidationError as error:
        raise BadMapping(_sentence(name, error)) from None


def _toml(text: str) -> dict[str, Any]:
    # The time that a key of many dotted parts takes grows with their square.
    if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
        raise RecursionError
    return tomllib.loads(text)


def _finder(columns: Sequence[str]) -> Find:
    """Finds columns by name, else whatever the case and spaces if only one fits."""
    exact = set(columns)
    alike: dict[str, list[str]] = {}
    for column in columns:
        alike.setdefault(_plain(column), []).append(column)

    def find(name: str) -> str | None:
        near = alike.get(_plain(name), [])
        return name if name in exact else near[0] if len(near) == 1 else None

    return find


def _plain(column: str) -> str:
    return " ".join(column.casefold().split())


def _sentence(name: str, error: pydantic.ValidationError) -> str:
    # A misspelled key explains why another one is missing.
    errors = error.errors(include_url=False)
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        reason = _unknown(str(first["loc"][-1]), _allowed(first["loc"]))
    else:
        reason = str(first["msg"]).removeprefix("Value error, ")
    words = {"name": name, "place": place, "reason": reason}
    text = _("The mapping %(name)s is wrong: %(reason)s.") % words
    if place:
        text = _("The mapping %(name)s is wrong at %(place)s: %(reason)s.") % words
    return text[:-1] if reason.endswith(("?", "？")) else text


def _missing_column(column: str, place: str, columns: Sequence[str], file_name: str) -> str:
    near = difflib.get_close_matches(column, columns, n=1, cutoff=0.5)
    hint = " " + _("Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
    return _(
        "%(file)s has no column “%(column)s”, which the mapping names at %(place)s.%(hint)s"
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
        "extra": ExtraSpec,
        "where": Where,
        "reduce": Reduce,
        "file": FileSpec,
    }
    model = parts.get(str(place[0]), FileMapping) if len(place) > 1 else FileMapping
    if "when" in place[2:-1]:
        model = Where
    return [field.alias or name for name, field in model.model_fields.items()]


def _unknown(name: str, known: Iterable[str]) -> str:
    known = list(known)
    hint = _("known are %(known)s") % {"known": ", ".join(known)}
    if likely := close_to(name, known):
        hint = _("did you mean %(near)s?") % {"near": ", ".join(likely)}
    return _("%(name)s is not known; %(hint)s") % {"name": name, "hint": hint}


def _check_field(field: Field, spec: FieldSpec, fields: dict[str, FieldSpec]) -> None:
    for key, types in _ONLY_FOR.items():
        given_here = getattr(spec, key) != FieldSpec.model_fields[key].default
        if given_here and field.type not in types:
            given = FieldSpec.model_fields[key].alias or key
            raise ValueError(
                _("'%(key)s' does not fit %(field)s, which is a %(type)s")
                % {"key": given, "field": field.name, "type": field.type.value}
            )
    # A score is kept as 0–100: "94 %" is 94 as it stands.
    fits = field.type is Type.DURATION or (field.type is Type.SCORE and spec.unit == "percent")
    if spec.unit is not None and not fits and spec.times is None:
        raise ValueError(
            _("'unit' does not fit %(field)s, which is no duration") % {"field": field.name}
        )
    if spec.times is not None and spec.times not in fields:
        raise ValueError(
            _("%(field)s is multiplied by %(times)s, which the mapping does not fill")
            % {"field": field.name, "times": spec.times}
        )
    if spec.scale is not None:
        scale_of(spec)
    if spec.satisfied_from is not None:
        satisfied_mark(spec)
