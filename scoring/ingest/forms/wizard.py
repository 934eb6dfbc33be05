"""The wizard's table of fields: what the browser sends becomes the mapping, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.http import QueryDict
from django.utils.translation import gettext as _

from scoring.ingest.date_forms import Dates, dates_of
from scoring.ingest.field_spec import as_words
from scoring.ingest.fields import FIELDS, Field, Type, label_of
from scoring.ingest.proposal_values import is_fraction, options, present
from scoring.ingest.table import LINE
from scoring.models import Channel
from scoring.models.sources import FactKind

KEEP = "__keep__"
UNITS = ("seconds", "milliseconds", "minutes", "hours", "days", "hh:mm:ss", "mm:ss", "hh:mm")
_DATES = (Type.TIME, Type.DAY, Type.VERSION)
_MARKS = (Type.RATING, Type.SCORE)
_MAPPED = ("channel", "status", "kind")
_MOST_MAPPED = 12
_ORIGINS = ("column", "columns", "value", "line", "date", "time", "from", "to")
# Shown although no column was found: people look for these first.
_WANTED = {
    FactKind.TICKETS: (
        *("external_id", "agent", "team", "channel", "status", "opened_at", "closed_at"),
        *("csat", "handle_seconds"),
    ),
    FactKind.ACTIVITIES: ("external_id", "agent", "kind", "occurred_at", "quantity", "score"),
    FactKind.QUEUES: ("external_id", "agent", "team", "starts_at", "offered", "answered"),
    FactKind.AGENTS: ("key", "name", "team", "supervisor", "hired_on"),
}


@dataclass(slots=True)
class WizardRow:
    """One canonical field as the table shows it."""

    field: Field
    spec: dict[str, Any]
    texts: list[str]
    columns: list[str]
    error: str = ""
    dates: Dates | None = None

    @property
    def name(self) -> str:
        """The canonical name."""
        return self.field.name

    @property
    def label(self) -> str:
        """The name for people."""
        return label_of(self.name)

    @property
    def column(self) -> str:
        """The chosen column, or one of the special choices."""
        if self.spec.get("line"):
            return LINE
        if any(origin in self.spec for origin in ("columns", "value", "from")):
            return KEEP
        return str(self.spec.get("column") or self.spec.get("date") or "")

    @property
    def missing_column(self) -> bool:
        """Whether the file lacks the chosen column (`day` may name a field instead)."""
        return self.column not in ("", LINE, KEEP, *self.columns) and not (
            self.name == "day" and self.column in FIELDS[FactKind.TICKETS]
        )

    @property
    def sample(self) -> str:
        """A few of the column's values."""
        return " · ".join(list(dict.fromkeys(self.texts))[:3])

    @property
    def takes(self) -> frozenset[str]:
        """Which options this row shows."""
        if self.column in ("", LINE, KEEP):
            return frozenset()
        kind = self.field.type
        found = {
            "dates": kind in _DATES and self.dates is not None and self.name != "version",
            "time": kind is Type.TIME,
            "unit": kind is Type.DURATION,
            "flags": kind is Type.FLAG and "present" not in self.spec,
            "scale": kind in _MARKS,
            "missing": kind in (*_MARKS, Type.INTEGER, Type.NUMBER, Type.DURATION),
            "map": self.name in _MAPPED and len(set(self.texts)) <= _MOST_MAPPED,
        }
        return frozenset(name for name, shown in found.items() if shown)

    @property
    def format(self) -> str:
        """The chosen date format."""
        chosen = self.spec.get("date_format") or self.spec.get("format") or ""
        return chosen if isinstance(chosen, str) else str(chosen[0])

    @property
    def formats(self) -> list[tuple[str, str]]:
        """Formats to choose from, each with what it makes of an example."""
        dates = self.dates
        if dates is None:
            return []
        found = [
            (r.format, _("%(text)s is %(read)s") % {"text": r.example, "read": _said(r.moment)})
            for r in dates.readings
            if r.moment is not None
        ]
        if self.format and self.format not in [form for form, _words in found]:
            found.append((self.format, self.format))
        return found

    @property
    def is_open(self) -> bool:
        """Whether a person still has to say how the dates are read."""
        return (
            "dates" in self.takes
            and self.dates is not None
            and self.dates.is_open
            and (not self.format)
        )

    def words(self, name: str) -> str:
        """The words of an option, with commas between."""
        given = self.spec.get(name) or ()
        return ", ".join([given] if isinstance(given, str) else map(str, given))

    @property
    def true(self) -> str:
        """Words that mean yes."""
        return self.words("true")

    @property
    def false(self) -> str:
        """Words that mean no."""
        return self.words("false")

    @property
    def missing(self) -> str:
        """Words that mean that there is no value."""
        return self.words("missing")

    @property
    def scale(self) -> str:
        """The rating scale."""
        return self.words("scale")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The column's values and what they become."""
        known = {old.casefold(): new for old, new in (self.spec.get("map") or {}).items()}
        return [(text, known.get(text.casefold(), "")) for text in sorted(set(self.texts))]


@dataclass(slots=True)
class WizardSheet:
    """The whole table: fields that are mapped or usual, and the rest."""

    rows: list[WizardRow]
    rest: list[WizardRow]
    columns: list[str]
    channels: list[str] = field(default_factory=list)

    @property
    def undecided(self) -> list[WizardRow]:
        """Rows whose dates nobody has decided yet."""
        return [row for row in self.rows if row.is_open]


def sheet_of(data: dict[str, Any], sample: pl.DataFrame) -> WizardSheet:
    """The table for a mapping and the first rows of its file."""
    columns = [name for name in sample.columns if name != LINE]
    kind = data["kind"]
    rows = [
        _row(wanted, data["fields"].get(name, {}), sample, columns)
        for name, wanted in FIELDS[kind].items()
    ]
    usual = [row for row in rows if row.spec or row.name in _WANTED[kind]]
    rest = [row for row in rows if row not in usual]
    channels = list(Channel.objects.values_list("key", flat=True))
    return WizardSheet(usual, rest, columns, channels)


_NAMING_COLUMNS = frozenset(
    ["column", "columns", "first_of", "sum_of", "date", "time", "from", "to", "not_after", "order"]
)


def unused_columns(data: Any, columns: list[str]) -> list[str]:
    """The columns of the file that nothing in a mapping reads."""
    used = _columns_named(data)
    return [name for name in columns if name not in used]


def _columns_named(data: Any) -> set[str]:
    found: set[str] = set()
    for key, value in data.items():
        if isinstance(value, dict):
            found |= _columns_named(value)
        elif key in _NAMING_COLUMNS:
            found.update(as_words(value))
    return found


def rows_with_shared_id(data: dict[str, Any], sample: pl.DataFrame) -> int:
    """How many of the first rows have the id of another one; such rows become one fact."""
    column = data["fields"].get("external_id", {}).get("column")
    if column is None or column not in sample.columns:
        return 0
    return int(sample[column].drop_nulls().is_duplicated().sum())


def read_fields(post: QueryDict, data: dict[str, Any], sample: pl.DataFrame) -> dict[str, Any]:
    """The fields that the table's form describes; what it does not show stays as it is."""
    fields: dict[str, Any] = {}
    for name, wanted in FIELDS[data["kind"]].items():
        before = data["fields"].get(name, {})
        spec = _read(post, wanted, before, sample)
        if spec:
            fields[name] = spec
    return fields


def read_general(post: QueryDict, data: dict[str, Any]) -> dict[str, Any]:
    """The mapping's own keys from the form, in the order in which TOML shows them."""
    given = {
        "kind": data["kind"],
        "timezone": post.get("timezone", data.get("timezone") or "").strip(),
        "missing": split_words(post.get("missing", ""))
        if "missing" in post
        else data.get("missing"),
        "unknown_agents": "hold" if post.get("unknown_agents") == "hold" else "",
        "team_of": "agent" if post.get("team_of") == "agent" else "",
    }
    rest = {name: value for name, value in data.items() if name not in given}
    return {name: value for name, value in given.items() if value} | rest


def split_words(text: str) -> list[str]:
    """Words separated by commas, English or Chinese ones."""
    return [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]


def _row(
    wanted: Field, spec: dict[str, Any], sample: pl.DataFrame, columns: list[str]
) -> WizardRow:
    row = WizardRow(wanted, spec, [], columns)
    if row.column in columns:
        row.texts = present(sample[row.column].to_list())
        if wanted.type in _DATES:
            row.dates = dates_of(row.texts)
    return row


def _read(
    post: QueryDict, wanted: Field, before: dict[str, Any], sample: pl.DataFrame
) -> dict[str, Any]:
    name = wanted.name
    column = post.get(f"{name}.column")
    if column is None or column == KEEP:
        return before
    if column == LINE:
        return {"line": True}
    old = before.get("column") or before.get("date")
    if column not in sample.columns:
        return before if column and column == old else {}
    texts = present(sample[column].to_list())
    if column != old:
        return {"column": column, **options(wanted, column, texts)}
    kept = {key: value for key, value in before.items() if key not in _ORIGINS}
    return _with_origin(post, name, column, kept | _options(post, name), sample)


def _options(post: QueryDict, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option in ("format", "unit"):
        if f"{name}.{option}" in post:
            found[option] = post[f"{name}.{option}"] or None
    for option in ("true", "false", "missing"):
        if f"{name}.{option}" in post:
            found[option] = split_words(post.get(f"{name}.{option}", "")) or None
    if f"{name}.scale" in post:
        words = split_words(post.get(f"{name}.scale", ""))
        found["scale"] = words if len(words) > 1 else next(iter(words), None)
    if f"{name}.from" in post:
        pairs = zip(post.getlist(f"{name}.from"), post.getlist(f"{name}.to"), strict=False)
        found["map"] = {old: new.strip() for old, new in pairs if new.strip()} or None
    return found


def _with_origin(
    post: QueryDict, name: str, column: str, spec: dict[str, Any], sample: pl.DataFrame
) -> dict[str, Any]:
    time = post.get(f"{name}.time", "")
    if not time or time not in sample.columns:
        form = spec.pop("date_format", None)
        spec.pop("time_format", None)
        chosen = spec.get("format") or form
        spec = {"column": column, **spec, "format": chosen}
    else:
        form = spec.pop("format", None) or spec.get("date_format")
        clock = "day_fraction" if is_fraction(present(sample[time].to_list())) else None
        spec = {"date": column, "time": time, **spec, "date_format": form, "time_format": clock}
    return {key: value for key, value in spec.items() if value is not None}


def _said(moment: Any) -> str:
    from django.utils.formats import date_format

    has_clock = bool(moment.hour or moment.minute or moment.second)
    return date_format(moment, "DATETIME_FORMAT" if has_clock else "DATE_FORMAT")


def place_error(rows: Iterable[WizardRow], message: str) -> str:
    """Put a mapping's error beside its field; returns it when it belongs to none."""
    for row in rows:
        places = (f"fields.{row.name}", f"[fields] {row.name}")
        if any(f"{place}{end}" in message for place in places for end in (":", " ", ".", ",")):
            row.error = message
            return ""
    return message
