"""How the dates of a column may be read: every format that fits, and what it makes of an example.

Whether day or month comes first is never assumed: a reading is evident only when another one
is contradicted by a value of the column itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

_ISO = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")
_NUMERIC = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:\D|$)")
_EPOCH = re.compile(r"^\d{10}(\.\d+)?$")
_EPOCH_MS = re.compile(r"^\d{13}$")
_SERIAL = re.compile(r"^[2-6]\d{4}(\.\d+)?$")  # 1954 to 2091
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
_WORDED = (
    *("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y"),
    *("%a %d %b %Y", "%a, %d %b %Y", "%a %b %d %Y", "%b %d %Y"),
)
_COMPACT = ("%Y%m%d", "%Y%m%d%H%M%S")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a column: the mapping's format ("" needs none) and an example with it."""

    format: str
    example: str
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Dates:
    """All readings that fit a column; `proof` is the value that rules the other order out."""

    readings: tuple[Reading, ...]
    proof: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a person has to say which comes first, day or month."""
        return len(self.readings) > 1

    @property
    def day_first_matters(self) -> bool:
        """Whether the column puts day or month first, so that the reading is worth a look."""
        return self.is_open or bool(self.proof)


def dates_of(texts: Sequence[str], *, counted: bool = True) -> Dates | None:
    """How these values can be read as dates; None when they are no dates.

    Up to one value in ten may be something else. `counted` lets plain numbers be epochs and
    spreadsheet days.
    """
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return None
    if _share(texts, _ISO) >= 0.9:
        return Dates((Reading("", texts[0], None),))
    if counted:
        for pattern, form in ((_EPOCH, "epoch"), (_EPOCH_MS, "epoch_ms"), (_SERIAL, "excel")):
            if _share(texts, pattern) >= 0.9:
                return Dates((Reading(form, texts[0], _counted(texts[0], form)),))
    if _share(texts, _NUMERIC) >= 0.9:
        return _numeric(texts)
    for form in (*_with_clocks(_WORDED), *_COMPACT):
        reading = _fitting(texts, form)
        if reading:
            return Dates((reading,))
    return None


def _numeric(texts: Sequence[str]) -> Dates | None:
    parts = [match.groups() for text in texts if (match := _NUMERIC.match(text))]
    sign = parts[0][1]
    year = "%Y" if all(len(part[3]) == 4 for part in parts) else "%y"
    day_first = next((text for text in texts if _first(text, 1)), "")
    month_first = next((text for text in texts if _first(text, 3)), "")
    orders = [("%d", "%m"), ("%m", "%d")]
    readings = [
        reading
        for one, two in orders
        if (reading := _best(texts, f"{one}{sign}{two}{sign}{year}")) is not None
    ]
    if day_first and month_first:
        # Both orders in one column: neither is right for all, so a person has to say.
        return Dates(tuple(readings)) if readings else None
    if day_first:
        readings = [each for each in readings if each.format.startswith("%d")]
    if month_first:
        readings = [each for each in readings if each.format.startswith("%m")]
    return Dates(tuple(readings), proof=day_first or month_first) if readings else None


def _first(text: str, group: int) -> bool:
    match = _NUMERIC.match(text)
    return match is not None and int(match.group(group)) > 12


def _best(texts: Sequence[str], date: str) -> Reading | None:
    found = [(_fits(texts, date + clock), date + clock) for clock in _CLOCKS]
    share, form = max(found, key=lambda each: each[0])
    return _reading(texts, form) if share >= 0.3 else None


def _fitting(texts: Sequence[str], form: str) -> Reading | None:
    return _reading(texts, form) if _fits(texts, form) >= 0.9 else None


def _reading(texts: Sequence[str], form: str) -> Reading:
    ordered = sorted(texts, key=_tells_little)
    for text in ordered:
        moment = read(text, form)
        if moment is not None:
            return Reading(form, text, moment)
    return Reading(form, texts[0], None)


def _tells_little(text: str) -> int:
    """Examples that another order would read otherwise come first: 3/4, then 25/4, then 5/5."""
    match = _NUMERIC.match(text)
    if match is None:
        return 1
    one, two = int(match.group(1)), int(match.group(3))
    return 2 if one == two else int(max(one, two) > 12)


def read(text: str, form: str) -> datetime | None:
    """What a format makes of one value; None when it does not fit."""
    if form in ("epoch", "epoch_ms", "excel"):
        return _counted(text, form)
    found: datetime | None = _parsed([text], form)[0]
    return found


def _fits(texts: Sequence[str], form: str) -> float:
    return 1 - _parsed(texts, form).null_count() / len(texts)


def _parsed(texts: Sequence[str], form: str) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).str.to_datetime(
        form, strict=False, time_unit="us", ambiguous="null"
    )


def _counted(text: str, form: str) -> datetime | None:
    seconds = {"epoch": 1.0, "epoch_ms": 0.001}
    number = float(text)
    value = (number - 25_569) * 86_400 if form == "excel" else number * seconds[form]
    found: datetime = pl.Series([round(value * 1e6)]).cast(pl.Datetime("us"))[0]
    return found


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.match(text) is not None for text in texts) / len(texts)


def _with_clocks(dates: Sequence[str]) -> list[str]:
    return [date + clock for date in dates for clock in _CLOCKS]
