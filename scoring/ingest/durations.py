"""Durations from text, a whole column at a time: clock-like, in words, or counted in a unit."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

MICROSECONDS = {
    "milliseconds": 1_000,
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
}
_SPAN = r"^(-)?(?:(\d{1,6}) days?,? )?(\d{1,7}):([0-5]?\d):([0-5]?\d)(?:[.,](\d{1,9}))?$"
_TWO_PARTS = r"^\d{1,7}:[0-5]?\d$"
_NUMBER = r"(\d+(?:\.\d+)?)"
_WORDS = (
    rf"^(?:{_NUMBER}\s*(?:days?|d|天|日)[\s,]*)?"
    rf"(?:{_NUMBER}\s*(?:hours?|hrs?|h|个?小时|时)[\s,]*)?"
    rf"(?:{_NUMBER}\s*(?:minutes?|mins?|m|分钟?)[\s,]*)?"
    rf"(?:{_NUMBER}\s*(?:seconds?|secs?|s|秒钟?))?$"
)
_ISO = rf"^p(?:{_NUMBER}d)?(?:t(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?)?$"
_PARTS = ("days", "hours", "minutes", "seconds")


def durations(text: pl.Series, *, unit: str | None, counted: Callable[[], pl.Series]) -> pl.Series:
    """Microseconds; null where the text is no duration of this unit.

    `counted` gives what in the same column are plain numbers, as decimal text. Without a unit,
    text with two colons is HH:MM:SS (more than 24 hours, and "1 days 02:03:04" are fine) and a
    plain number is seconds; "12:30" needs the unit mm:ss or hh:mm. "2h 5m", "5 min", 5分30秒 and
    ISO 8601's PT5M say their unit themselves.
    """
    if unit in ("mm:ss", "hh:mm"):
        whole = ("0:" + text) if unit == "mm:ss" else (text + ":00")
        text = whole.zip_with(text.str.contains(_TWO_PARTS).fill_null(value=False), text)
    found = pl.Series(text.name, [None] * len(text), dtype=pl.Int64)
    if unit in (None, "hh:mm:ss", "mm:ss", "hh:mm"):
        found = _spans(text, found)
    if found.null_count() == text.null_count():
        return found
    if unit not in ("hh:mm:ss", "mm:ss", "hh:mm"):
        number = counted().cast(pl.Float64, strict=False) * MICROSECONDS[unit or "seconds"]
        found = first(found, number.round().cast(pl.Int64, strict=False))
        if found.null_count() == text.null_count():
            return found
    return first(found, _in_words(text))


def first(one: pl.Series, other: pl.Series) -> pl.Series:
    """`one`, and where it is null `other`."""
    return one.zip_with(one.is_not_null(), other)


def hms(hours: pl.Series, minutes: pl.Series, seconds: pl.Series, fraction: pl.Series) -> pl.Series:
    """Microseconds of hours, minutes, seconds and the digits after the point, all as text."""
    whole = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64) * 60 + seconds.cast(pl.Int64)
    micro = fraction.fill_null("").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    return whole * MICROSECONDS["seconds"] + micro


def _spans(text: pl.Series, nothing: pl.Series) -> pl.Series:
    if not text.str.contains(":", literal=True).any():
        return nothing
    # Times of day parse many times faster than the pattern that also knows days and fractions.
    clock = text.str.to_time("%H:%M:%S", strict=False).cast(pl.Int64) // 1_000
    if clock.null_count() == text.null_count():
        return clock
    parts = text.str.extract_groups(_SPAN).struct
    days = parts[1].fill_null("0").cast(pl.Int64) * MICROSECONDS["days"]
    span = hms(parts[2], parts[3], parts[4], parts[5]) + days
    return (-span).zip_with(parts[0].is_not_null(), span)


def _in_words(text: pl.Series) -> pl.Series:
    plain = text.str.to_lowercase().str.replace_all(" and ", " ", literal=True)
    result = pl.Series(text.name, [None] * len(text), dtype=pl.Int64)
    for pattern in (_WORDS, _ISO):
        parts = plain.str.extract_groups(pattern).struct
        given = [parts[i].cast(pl.Float64, strict=False) for i in range(4)]
        total = sum(
            (
                part.fill_null(0) * MICROSECONDS[name]
                for part, name in zip(given, _PARTS, strict=True)
            ),
            start=pl.Series([0.0], dtype=pl.Float64).new_from_index(0, len(text)),
        )
        there = given[0].is_not_null()
        for part in given[1:]:
            there = there | part.is_not_null()
        result = first(result, total.round().cast(pl.Int64, strict=False).set(~there, None))
    return result
