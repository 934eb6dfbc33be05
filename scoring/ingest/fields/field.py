"""What a canonical field is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Type(StrEnum):
    """How a field's text is understood."""

    TEXT = "text"
    TIME = "time"  # a moment, stored in UTC
    DAY = "day"  # a company-local date, or the name of a time field
    DURATION = "duration"  # seconds, exact to the microsecond
    FLAG = "flag"  # yes, no, not known
    INTEGER = "integer"
    NUMBER = "number"  # exact decimal
    RATING = "rating"  # any scale, stored on 1–5
    SCORE = "score"  # any scale, stored on 0–100
    VERSION = "version"  # a moment or a counter


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field.

    `names` are what systems call it in English and Chinese, likeliest first, divided by “|”, for
    proposing a mapping; with none it is never proposed. `low` and `high` are the limits outside of
    which a value is impossible. `stored` is false for fields that only help to find or derive
    others (an agent's name, a talk time). `contestable` is the part of a fact (see
    `scoring.ingest.corrections.PARTS`) that an appeal can void it with. Fields that are `telling` exist in
    this kind of file only, so that their names tell the kind.
    """

    name: str
    type: Type
    label: StrOrPromise
    names: str = ""
    low: float | None = None
    high: float | None = None
    stored: bool = True
    contestable: str = ""
    telling: bool = False


# Microseconds in about 31 years: more is no duration of a ticket, a call or a shift.
LONGEST = 1e15


def duration(name: str, label: StrOrPromise, **more: Any) -> Field:
    """A time span; none is negative."""
    return Field(name, Type.DURATION, label, low=0, high=LONGEST, **more)


def count(name: str, label: StrOrPromise, **more: Any) -> Field:
    """How many."""
    return Field(name, Type.INTEGER, label, low=0, high=2_000_000_000, **more)


def amount(name: str, label: StrOrPromise, **more: Any) -> Field:
    """A sum of money."""
    return Field(name, Type.NUMBER, label, low=-1e12, high=1e12, **more)
