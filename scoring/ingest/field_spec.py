"""One field of a mapping: where its value comes from and how its text is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import polars as pl
import pydantic
from django.utils.translation import gettext as _
from pydantic import ConfigDict, model_validator

# Python spells some directives that the parser does not know; these it does.
_DIRECTIVES = frozenset("YmdHMSfzZyIpbBaAjeT%:FRk")
_NAMED_FORMATS = ("iso", "epoch", "epoch_ms", "excel", "day_fraction")

Find = Callable[[str], str | None]  # a column's name as the file spells it, None where it lacks it


class Closed(pydantic.BaseModel):
    """A part of a mapping; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Words = tuple[str, ...]
Unit = Literal[
    "seconds", "milliseconds", "minutes", "hours", "days", "hh:mm:ss", "mm:ss", "hh:mm", "percent"
]


class Where(Closed):
    """A test of one column: among some values, empty or not, or within limits."""

    column: str
    is_in: Annotated[Words | None, pydantic.Field(alias="in")] = None
    not_in: Words | None = None
    empty: bool | None = None
    at_least: float | None = None
    at_most: float | None = None

    @pydantic.field_validator("is_in", "not_in", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return as_words(value)

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        limits = self.at_least is not None or self.at_most is not None
        tests = (self.is_in is not None, self.not_in is not None, self.empty is not None, limits)
        if sum(tests) != 1:
            raise ValueError(_("use exactly one of in, not_in, empty, at_least with at_most"))
        return self


class FieldSpec(Closed):
    """Where one field's value comes from and how its text is read."""

    column: str | None = None
    first_of: Words | None = None
    sum_of: Words | None = None
    columns: Words | None = None
    join: str = "-"
    value: str | None = None
    line: bool = False
    optional: bool = False
    when: Where | None = None
    missing: Words = ()
    pattern: str | None = None
    map: dict[str, str] | None = None
    otherwise: str | None = None
    prefix: str = ""
    default: str | None = None
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
    satisfied_from: float | str | None = None
    true: Words | None = None
    false: Words | None = None
    contains: Words | None = None
    at_least: float | None = None
    at_most: float | None = None
    present: bool = False
    not_after: str | None = None
    start: Annotated[str | None, pydantic.Field(alias="from")] = None
    end: Annotated[str | None, pydantic.Field(alias="to")] = None
    times: str | None = None

    @pydantic.field_validator(
        *("format", "missing", "true", "false", "first_of", "sum_of", "contains"), mode="before"
    )
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return as_words(value)

    @pydantic.field_validator("value", "default", mode="before")
    @classmethod
    def _constant(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else as_text(value)

    @pydantic.field_validator("map", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return {key: as_text(to) for key, to in value.items()} if isinstance(value, dict) else value

    @property
    def shown_column(self) -> str:
        """The column that messages name."""
        named = (
            self.column,
            *(self.first_of or self.sum_of or self.columns or ()),
            self.date,
            self.start,
        )
        return next((name for name in named if name), "")

    def located(self, find: Find, fields: Any) -> tuple[FieldSpec, str | None]:
        """This with columns as the file spells them, and a column that the file lacks, if any.

        `fields` are names that `from` and `to` take as fields rather than as columns.
        """
        lacking: list[str] = []

        def look_up(name: str) -> str:
            found = find(name)
            if found is None:
                lacking.append(name)
            return found or name

        single = ["column", "date", "time", "not_after"]
        single += [key for key in ("start", "end") if getattr(self, key) not in fields]
        named = {key: getattr(self, key) for key in single}
        changed: dict[str, Any] = {key: look_up(name) for key, name in named.items() if name}
        for key in ("columns", "sum_of"):
            if (names := getattr(self, key)) is not None:
                changed[key] = tuple(look_up(name) for name in names)
        if self.when is not None:
            changed["when"] = self.when.model_copy(update={"column": look_up(self.when.column)})
        if self.first_of is not None:
            there = tuple(spelled for name in self.first_of if (spelled := find(name)) is not None)
            changed["first_of"] = there or (look_up(self.first_of[0]),)
        return self.model_copy(update=changed), lacking[0] if lacking else None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = {
            "column": self.column is not None,
            "first_of": self.first_of is not None,
            "sum_of": self.sum_of is not None,
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
        self._check_pairs()
        for text in (*self.format, self.date_format, self.time_format):
            check_format(text)
        check_zone(self.timezone)
        _check_pattern(self.pattern)
        return self

    def _check_pairs(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError(_("a difference of two times needs both 'from' and 'to'"))
        if self.time is not None and self.date is None:
            raise ValueError(_("'time' goes with 'date'"))
        computed = (self.start, self.date, self.sum_of, self.not_after)
        as_it_is = (self.default, self.map, self.pattern)
        if self.sum_of is not None:
            as_it_is = (self.default, None, None)
        if any(part is not None for part in computed) and any(v is not None for v in as_it_is):
            raise ValueError(
                _("'default', 'map' and 'pattern' go with a column, not with what is computed")
            )
        if self.otherwise is not None and self.map is None:
            raise ValueError(_("'otherwise' goes with 'map'"))


class ExtraSpec(FieldSpec):
    """A column that is kept beside the canonical fields, for measures of one's own."""

    type: Literal["text", "number", "flag", "duration", "time", "day"] = "text"


def scale_of(spec: FieldSpec) -> tuple[float, float, tuple[str, ...]]:
    """The scale's worst and best mark, and its words from worst to best if it has any.

    "1-5" is (1, 5, ()), "6-1" (six is the worst) is (6, 1, ()); "good/bad" and ["bad", "good"]
    are (1, 2, ("bad", "good")). Raises ValueError when the text is no scale.
    """
    scale = spec.scale
    if scale is None:
        return (1, 5, ())
    if scale == "good/bad":
        scale = ("bad", "good")
    if not isinstance(scale, str):
        words = tuple(word.strip().casefold() for word in scale)
        if len(words) < 2 or len(set(words)) < len(words):
            raise ValueError(_("a scale needs at least two different words, the worst first"))
        return (1, len(words), words)
    found = re.fullmatch(r"\s*(-?[\d.]+)\s*[-–]\s*(-?[\d.]+)\s*", scale)
    try:
        ends = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    except ValueError:
        ends = (0.0, 0.0)
    if ends[0] == ends[1]:
        raise ValueError(
            _("%(scale)s is not a scale; write it as 1-5, 0-10, good/bad or a list of words")
            % {"scale": scale}
        )
    return (*ends, ())


def carried_over(mark: Any, spec: FieldSpec, *, low: float, high: float) -> Any:
    """A mark of the mapping's scale (a number or a whole column) on the scale low–high."""
    worst, best, _words = scale_of(spec)
    return low + (mark - worst) * (high - low) / (best - worst)


def satisfied_mark(spec: FieldSpec) -> float:
    """The lowest satisfied mark on the scale 1–5: 4 unless the mapping says otherwise.

    Raises ValueError when `satisfied_from` is no mark of the scale.
    """
    limit = spec.satisfied_from
    if limit is None:
        return 4.0
    words = scale_of(spec)[2]
    place = str(limit).strip().casefold()
    if words and place in words:
        limit = words.index(place) + 1
    try:
        return round(float(carried_over(float(limit), spec, low=1, high=5)), 6)
    except ValueError:
        raise ValueError(
            _("satisfied_from is %(limit)s, which is no mark of the scale") % {"limit": limit}
        ) from None


def check_format(text: str | None) -> None:
    """Raises ValueError unless `text` is a named format or made of known directives."""
    if text is None or text in _NAMED_FORMATS:
        return
    used = {text[i + 1] for i in range(len(text) - 1) if text[i] == "%"} - {".", "-", "3", "6", "9"}
    if "%" not in text or not used <= _DIRECTIVES:
        raise ValueError(
            _("%(text)s is not a format; write it like %%d/%%m/%%Y %%H:%%M") % {"text": text}
        )


def _check_pattern(text: str | None) -> None:
    if text is None:
        return
    try:
        groups = re.compile(text).groups
        # What Python knows and the faster engine behind the columns does not is no pattern either.
        pl.Series(["x"]).str.extract(text, 1)
    except (re.error, pl.exceptions.PolarsError):
        groups = 0
    if groups < 1:
        raise ValueError(
            _("%(text)s is not a pattern; put brackets around the part to keep, like ([0-9]+)")
            % {"text": text}
        )


def check_zone(name: str | None) -> None:
    """Raises ValueError unless `name` is an IANA time zone or None."""
    if name is not None and name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=3, cutoff=0.5)
        raise ValueError(
            _("%(name)s is no time zone; write an IANA name such as %(near)s")
            % {"name": name, "near": ", ".join(near or ["Asia/Shanghai", "Europe/Dublin"])}
        )


def as_words(value: Any) -> Any:
    """One value or a list of them as a tuple of texts."""
    if value is None:
        return None
    return tuple(as_text(word) for word in (value if isinstance(value, list | tuple) else [value]))


def as_text(value: Any) -> str:
    """A TOML value as text: true, 5 and 2.5 as a file would write them."""
    return str(value).lower() if isinstance(value, bool) else str(value)
