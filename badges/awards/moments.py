"""When criteria of a badge are judged: the moments, and how far a changed day reaches.

A tier is judged on the last day of every period of its shortest calendar window; without one every
day (rolling windows, since the beginning); with fixed days alone on the last of them. A moment
counts once all the windows seen from it are over, so that what is given does not waver while a
longer window still runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.criteria import Criteria, Criterion
from scoring.criteria.reads import STREAK_SPREAD
from scoring.criteria.windows import CriterionWindow, SeasonWindow
from scoring.figures.windows import (
    ONE_DAY,
    CalendarWindow,
    FixedWindow,
    Period,
    RollingWindow,
    Span,
    first_day,
    last_day,
    next_first_day,
)

_LENGTHS = (Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER)
_FOR_EVER = date.max


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often criteria are judged.

    `period` for periods (days also where nothing but sliding windows is asked for: `slides`),
    `seasons` for the last days of seasons, `once` for one fixed day.
    """

    period: Period | None = None
    slides: bool = False
    seasons: bool = False
    once: date | None = None

    @property
    def repeats(self) -> bool:
        """Whether there are periods that a badge can be won for again."""
        return self.seasons or (self.period is not None and not self.slides)


def rhythm_of(criteria: Criteria) -> Rhythm:
    """How often these criteria are judged."""
    windows = [leaf.window for _path, leaf in criteria.leaves()]
    periods = {window.period for window in windows if isinstance(window, CalendarWindow)}
    for period in _LENGTHS:
        if period in periods:
            return Rhythm(period)
    if any(isinstance(window, SeasonWindow) for window in windows):
        return Rhythm(seasons=True)
    if all(isinstance(window, FixedWindow) for window in windows):
        return Rhythm(once=max(w.end for w in windows if isinstance(w, FixedWindow)))
    return Rhythm(Period.DAY, slides=True)


@dataclass(frozen=True)
class Moments:
    """The moments of one tier: of `criteria`, within `days` of its version."""

    criteria: Criteria
    days: Span
    seasons: Sequence[Span] = ()

    @property
    def rhythm(self) -> Rhythm:
        """How often the tier is judged."""
        return rhythm_of(self.criteria)

    @property
    def view(self) -> object:
        """What the moments depend on: two with the same view have the same ones."""
        leaves = {(leaf.window, leaf.streak) for _path, leaf in self.criteria.leaves()}
        return frozenset(leaves), self.days, tuple(self.seasons)

    def between(self, after: date | None, until: date) -> list[date]:
        """The moments that come to count after one day and up to another, in order."""
        if after is not None and after >= until:
            return []
        start = self.days.start or date.min
        if after is not None and self._is_even():
            start = max(start, after + ONE_DAY)
        end = min(self.days.end or date.max, until)
        return [
            day
            for day in self._days(start, end)
            if (settled := self.counts_on(day)) <= until and (after is None or settled > after)
        ]

    def _is_even(self) -> bool:
        """Whether every moment counts on its own day: no window ends after it."""
        rhythm = self.rhythm
        return all(
            isinstance(window, RollingWindow)
            or (isinstance(window, CalendarWindow) and window.period in (rhythm.period, Period.ALL))
            or (isinstance(window, SeasonWindow) and rhythm.seasons)
            for window in self._windows()
        )

    def _windows(self) -> list[CriterionWindow]:
        return list(dict.fromkeys(leaf.window for _path, leaf in self.criteria.leaves()))

    def _days(self, start: date, end: date) -> Iterator[date]:
        """The moments from one day to another."""
        rhythm = self.rhythm
        if rhythm.once is not None:
            yield from [rhythm.once] if start <= rhythm.once <= end else []
        elif rhythm.seasons:
            ends = sorted(season.end for season in self.seasons if season.end is not None)
            yield from (day for day in ends if start <= day <= end)
        elif rhythm.period is not None and start <= end:
            day = last_day(rhythm.period, start)
            while day <= end:
                yield day
                day = last_day(rhythm.period, next_first_day(rhythm.period, day))

    def counts_on(self, day: date) -> date:
        """The day on which the moment `day` comes to count: all its windows are over."""
        return max([day, *(self._end(window, day) for window in self._windows())])

    def _end(self, window: CriterionWindow, day: date) -> date:
        match window:
            case CalendarWindow(period=Period.ALL) | RollingWindow():
                return day
            case SeasonWindow():
                return next((s.end or day for s in self.seasons if day in s), day)
            case _:
                return window.span(day).end or day

    def occasion(self, day: date) -> str:
        """The first day of the period of a moment, as 2026-11-01."""
        rhythm = self.rhythm
        if rhythm.seasons:
            return next((str(season.start) for season in self.seasons if day in season), str(day))
        return first_day(rhythm.period or Period.DAY, day).isoformat()

    def touched_by(self, day: date, *, until: date) -> list[date]:
        """The moments up to `until` whose windows a changed day lies in."""
        found: set[date] = set()
        for _path, leaf in self.criteria.leaves():
            for start, end in self._reach(leaf, day):
                first = max(start, self.days.start or date.min)
                last = min(end, self.days.end or date.max, until)
                found.update(self._days(first, last))
        return sorted(each for each in found if self.counts_on(each) <= until)

    def _reach(self, leaf: Criterion, day: date) -> Iterator[tuple[date, date]]:
        """From when to when a window of the criterion may be seen that `day` lies in."""
        match leaf.window:
            case CalendarWindow(period=Period.ALL):
                yield day, _FOR_EVER
            case CalendarWindow(period=period, back=back):
                more = back + (STREAK_SPREAD * leaf.streak - 1 if leaf.streak > 1 else 0)
                start = first_day(period, day)
                last = start
                for _each in range(more):
                    last = next_first_day(period, last)
                # Seen from the period itself and, in a row, from those after it; the period
                # before a certain number is seen from just one, which is among these.
                yield start, last_day(period, last)
            case RollingWindow(rolling_days=days):
                yield day, day + timedelta(days=days - 1)
            case FixedWindow(start=start, end=end):
                if start <= day <= end:
                    yield date.min, _FOR_EVER
            case SeasonWindow():
                for season in self.seasons:
                    if day in season:
                        yield season.start or date.min, season.end or _FOR_EVER


def depends_on_others(criteria: Criteria) -> bool:
    """Whether someone's verdict may turn because of other people's facts.

    Top percentages compare people; a score of a small sample leans on its team's figures.
    """
    return any(
        leaf.percentile is not None or leaf.score is not None for _path, leaf in criteria.leaves()
    )
