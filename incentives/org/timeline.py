"""What one person has over time (a team, a position), as plain values: never two on a day.

The functions take the spans of one person sorted by day and return new ones; both ends of a span
belong to it, an end of None is open. They touch no database, so that each rule can be tested alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

ONE_DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TimelineSpan(Generic[T]):
    """The days from `starts_on` to `ends_on` with something: in a team (its id), in a position."""

    starts_on: date
    ends_on: date | None
    held: T

    def covers(self, day: date) -> bool:
        """Whether the day belongs to the span."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def held_on(spans: Iterable[TimelineSpan[T]], day: date) -> T | None:
    """What is held on that day, or None."""
    return next((span.held for span in spans if span.covers(day)), None)


def join(spans: Sequence[TimelineSpan[T]], held: T, on: date) -> list[TimelineSpan[T]]:
    """Start in a team (a position) on a day; what was known about later days stays as it was.

    The team before ends the day before. A second change on the same day replaces the first. Joins
    of different days give the same spans in any order.
    """
    before = [span for span in spans if span.starts_on < on]
    after = [span for span in spans if span.starts_on > on]
    end = next((span.ends_on for span in spans if span.covers(on)), None)
    if end is None and after:
        end = after[0].starts_on - ONE_DAY
    return [*_cut(before, on - ONE_DAY), TimelineSpan(on, end, held), *after]


def leave(spans: Sequence[TimelineSpan[T]], on: date) -> list[TimelineSpan[T]]:
    """End everything with that day as the last one."""
    return _cut([span for span in spans if span.starts_on <= on], on)


def assign(
    spans: Sequence[TimelineSpan[T]], held: T, starts_on: date, ends_on: date | None
) -> list[TimelineSpan[T]]:
    """State that someone is in a team on exactly these days, whatever was known before.

    An open end reaches to the next known start of another team. Other teams keep their days outside; the same team
    loses the days after `ends_on`, because that day is now known to be its last.
    """
    later = next((span for span in spans if span.starts_on > starts_on), None)
    if ends_on is None and later is not None:
        ends_on = later.ends_on if later.held == held else later.starts_on - ONE_DAY
    kept = [part for span in spans for part in _outside(span, held, starts_on, ends_on)]
    return sorted([*kept, TimelineSpan(starts_on, ends_on, held)], key=lambda span: span.starts_on)


def first_difference(old: Sequence[TimelineSpan[T]], new: Sequence[TimelineSpan[T]]) -> date | None:
    """The first day on which what is held differs, or None when every day is the same."""
    borders = {span.starts_on for span in (*old, *new)}
    borders |= {
        span.ends_on + ONE_DAY for span in (*old, *new) if span.ends_on not in (None, date.max)
    }
    return next((day for day in sorted(borders) if held_on(old, day) != held_on(new, day)), None)


def _cut(spans: Iterable[TimelineSpan[T]], last: date) -> list[TimelineSpan[T]]:
    return [
        replace(span, ends_on=last) if span.ends_on is None or span.ends_on > last else span
        for span in spans
    ]


def _outside(
    span: TimelineSpan[T], held: T, starts_on: date, ends_on: date | None
) -> list[TimelineSpan[T]]:
    end = span.ends_on or date.max
    last = ends_on or date.max
    if end < starts_on or span.starts_on > last:
        return [span]
    parts = []
    if span.starts_on < starts_on:
        parts.append(replace(span, ends_on=starts_on - ONE_DAY))
    if end > last and span.held != held:
        parts.append(replace(span, starts_on=last + ONE_DAY))
    return parts
