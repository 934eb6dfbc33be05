"""Periods and windows of company-local days. Pure functions: the day is always an argument.

A *period* cuts history into labelled pieces (days, ISO weeks, months, quarters, or one piece).
A *window* is one stretch of days relative to a day `as_of` (this month, the last 28 days) or fixed
(from–to). Both ends of every stretch are included.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

ONE_DAY = timedelta(days=1)
LONGEST_ROLLING_DAYS = 3660


class Period(StrEnum):
    """How figures are cut along time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included; None leaves that end open."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @property
    def days(self) -> int | None:
        """The number of days, or None when an end is open."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start).days + 1


EVERYTHING = Span()


def first_day(period: Period, day: date) -> date:
    """The first day of the period that `day` lies in. `all` has none: ValueError."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Period.ALL:
            raise ValueError("The period 'all' has no first day.")


def next_first_day(period: Period, day: date) -> date:
    """The first day of the period after the one that `day` lies in."""
    start = first_day(period, day)
    longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31, Period.QUARTER: 92}[period]
    return first_day(period, start + timedelta(days=longest))


def last_day(period: Period, day: date) -> date:
    """The last day of the period that `day` lies in."""
    return next_first_day(period, day) - ONE_DAY


def label(period: Period, day: date | None) -> str:
    """The name of the period that `day` lies in: 2026-11-03, 2026-W45, 2026-11, 2026-Q4 or all.

    Weeks are ISO weeks, so that 2021-01-01 lies in 2020-W53.
    """
    if period is Period.ALL or day is None:
        return "all"
    if period is Period.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if period is Period.QUARTER:
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return day.isoformat() if period is Period.DAY else day.isoformat()[:7]


class _Window(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def span(self, as_of: date) -> Span:
        """The days of this window as seen on `as_of`."""
        raise NotImplementedError

    def previous(self, as_of: date) -> Span | None:
        """The stretch just before, of the same kind; None when nothing lies before."""
        raise NotImplementedError


class CalendarWindow(_Window):
    """The whole day, week, month or quarter around `as_of`, or the one `back` periods before."""

    period: Period
    back: int = Field(default=0, ge=0, le=600)

    def span(self, as_of: date) -> Span:
        """The days of this window as seen on `as_of`."""
        if self.period is Period.ALL:
            return EVERYTHING
        day = first_day(self.period, as_of)
        for _ in range(self.back):
            day = first_day(self.period, day - ONE_DAY)
        return Span(day, last_day(self.period, day))

    def previous(self, as_of: date) -> Span | None:
        """The period before this one."""
        if self.period is Period.ALL:
            return None
        return self.model_copy(update={"back": self.back + 1}).span(as_of)


class RollingWindow(_Window):
    """The last N days, `as_of` included."""

    rolling_days: int = Field(ge=1, le=LONGEST_ROLLING_DAYS)

    def span(self, as_of: date) -> Span:
        """The days of this window as seen on `as_of`."""
        return Span(as_of - timedelta(days=self.rolling_days - 1), as_of)

    def previous(self, as_of: date) -> Span | None:
        """The N days before."""
        return self.span(as_of - timedelta(days=self.rolling_days))


class FixedWindow(_Window):
    """From one day to another, whatever day it is."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "FixedWindow":
        if self.end < self.start:
            raise ValueError("The window ends before it starts: swap the two days.")
        return self

    def span(self, as_of: date) -> Span:
        """The days from start to end; `as_of` plays no part."""
        return Span(self.start, self.end)

    def previous(self, as_of: date) -> Span | None:
        """As many days, ending the day before this window starts."""
        length = self.end - self.start
        if (self.start - date.min) <= length:
            return None
        return Span(self.start - ONE_DAY - length, self.start - ONE_DAY)


def _from_word(raw: Any) -> Any:
    if isinstance(raw, str):
        return {"period": {"today": "day"}.get(raw, raw)}
    return raw


Window = Annotated[
    CalendarWindow | RollingWindow | FixedWindow,
    BeforeValidator(_from_word),
]
"""For use as a field in rules: "month", {"rolling_days": 28}, {"from": "2026-11-01", "to": …}."""


def previous(window: _Window, as_of: date, *, same_days: bool = False) -> Span | None:
    """The stretch before `window`, for "change against the period before".

    With `same_days` an unfinished period is compared with only as many days of the one before as
    have passed (1–12 November with 1–12 October), so that counts are comparable.
    """
    before = window.previous(as_of)
    current = window.span(as_of)
    if not same_days or before is None or before.start is None or before.end is None:
        return before
    if current.start is None or as_of not in current:
        return before
    passed = as_of - current.start
    return Span(before.start, min(before.end, before.start + passed))
