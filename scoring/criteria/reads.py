"""What has to be read for a set of criteria: one grouped query for each distinct window.

A criterion is judged at one or many days (`as_of`). Seen from one day a window is one span; seen
from many it is cut from one read by periods (calendar windows) or from running sums of days
(rolling windows and seasons), so that the number of queries never grows with the days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeGuard

import polars as pl

from scoring.criteria.days import DayKind, excluded_days, kind_of
from scoring.criteria.points import read_points
from scoring.criteria.schema import Criterion
from scoring.criteria.scores import read_scores
from scoring.criteria.windows import CriterionWindow, SeasonWindow
from scoring.figures.frames import By, read_sums
from scoring.figures.metrics import Metric
from scoring.figures.windows import (
    EVERYTHING,
    ONE_DAY,
    CalendarWindow,
    Period,
    Span,
    first_day,
    last_day,
)

# A streak of N periods may be spread over this many times N: periods off duty are skipped.
STREAK_SPREAD = 3


@dataclass(frozen=True, slots=True)
class Read:
    """One query: totals (scores) of a span, as a whole or cut into periods."""

    kind: DayKind
    span: Span
    period: Period | None = None


@dataclass(slots=True)
class Reader:
    """Reads what criteria need, each distinct window once, and gives each criterion its values.

    `days` are the days from which the windows are seen, in order. `subjects` restricts what is
    read for agents, except where a top percentage needs everyone. With `so_far` “since the
    beginning” ends with the day that it is seen from, else it holds everything there is.
    """

    by: By
    days: Sequence[date]
    seasons: Sequence[Span]
    metrics: dict[str, Metric]
    subjects: Collection[int] | None
    so_far: bool = False
    _values: dict[tuple[str, CriterionWindow], pl.DataFrame] = field(default_factory=dict)
    _frames: dict[Read, pl.DataFrame] = field(default_factory=dict)
    _hulls: dict[tuple[DayKind, Period], Span] = field(default_factory=dict)
    _daily_from: dict[tuple[DayKind, Period], date] = field(default_factory=dict)
    _excluded: frozenset[date] = frozenset()

    def read(self, leaves: Collection[Criterion]) -> None:
        """Run the queries that these criteria need."""
        if any(kind_of(leaf) is DayKind.COUNTED_DAYS for leaf in leaves):
            self._excluded = excluded_days()
        for leaf in leaves:
            need = self._need(leaf)
            if need and need.period:
                place = (need.kind, need.period)
                self._hulls[place] = _hull([self._hulls.get(place, need.span), need.span])
                begins = self._begins(leaf)
                self._daily_from[place] = min(self._daily_from.get(place, begins), begins)
        keys: dict[Read, set[str]] = {}
        everyone: set[Read] = set()
        for leaf in leaves:
            read = self._read_of(leaf)
            if read is not None:
                keys.setdefault(read, set()).add(leaf.key)
                everyone |= {read} if leaf.percentile is not None else set()
        for read, wanted in keys.items():
            only = self.subjects if self.by == "agent" and read not in everyone else None
            metrics = [self.metrics[key] for key in sorted(wanted)]
            frame = self._fetch(read, metrics, only)
            self._frames[read] = frame.rename({f"{self.by}_id": "subject_id"})

    def _fetch(
        self, read: Read, metrics: Sequence[Metric], agents: Collection[int] | None
    ) -> pl.DataFrame:
        if read.kind is DayKind.SCORES and read.period is not None:
            return read_scores(metrics=metrics, span=read.span, period=read.period, agents=agents)
        since = self._daily_from[read.kind, read.period] if read.period is Period.DAY else None
        if read.kind is DayKind.POINTS:
            return read_points(
                metrics=metrics, span=read.span, period=read.period, agents=agents, daily_from=since
            )
        return read_sums(
            metrics=metrics,
            span=read.span,
            period=read.period,
            daily_from=since,
            by=self.by,
            agents=agents,
            except_days=self._excluded if read.kind is DayKind.COUNTED_DAYS else (),
        )

    def seen(self) -> set[int]:
        """Everyone who has totals in any of the windows."""
        return {pk for frame in self._frames.values() for pk in frame["subject_id"].unique()}

    def spans(self, leaf: Criterion) -> pl.DataFrame:
        """The window of a criterion on each day: as_of, start, end; none where no season is."""
        spans = [(day, self._span(leaf, day)) for day in self.days]
        return pl.DataFrame(
            [(day, span.start, span.end) for day, span in spans if span is not None],
            schema={"as_of": pl.Date, "start": pl.Date, "end": pl.Date},
            orient="row",
        )

    def values(self, leaf: Criterion) -> pl.DataFrame:
        """What was measured in the window of each day: subject_id, as_of, n, d (and team_id).

        n and d are exact, in millionths. Subjects without totals in a window have no row.
        """
        place = (leaf.key, leaf.window)
        if place not in self._values:
            self._values[place] = self._measured(leaf)
        return self._values[place]

    def _measured(self, leaf: Criterion) -> pl.DataFrame:
        read = self._read_of(leaf)
        spans = self.spans(leaf)
        if read is None:
            empty = {"subject_id": pl.Int64(), "team_id": pl.Int64(), "as_of": pl.Date()}
            return pl.DataFrame(schema={**empty, "n": pl.Int128(), "d": pl.Int128()})
        frame = self._amounts(read, leaf)
        if read.period is None:
            return frame.join(spans.select("as_of"), how="cross")
        if _is_period(leaf.window):
            cut = spans.select("as_of", starts_on="start")
            return frame.join(cut, on="starts_on").drop("starts_on")
        return _running(frame, spans)

    def periods(self, leaf: Criterion) -> pl.DataFrame:
        """What was measured in each period of a streak: subject_id, as_of (its last day), n, d."""
        kind = self._kind(leaf)
        return self._amounts(Read(kind, self._hulls[kind, leaf.period], leaf.period), leaf)

    def _amounts(self, read: Read, leaf: Criterion) -> pl.DataFrame:
        columns = ["subject_id", "team_id", "starts_on"]
        frame = self._frames[read]
        if read.kind is DayKind.SCORES:
            # A period under another scorecard says nothing, like one off duty.
            frame = frame.filter(pl.col(f"{leaf.key}.n").is_not_null())
        return frame.select(
            *(name for name in columns if name in frame.columns),
            n=pl.col(f"{leaf.key}.n"),
            d=pl.col(f"{leaf.key}.d"),
        )

    def _read_of(self, leaf: Criterion) -> Read | None:
        need = self._need(leaf)
        if need is None or need.period is None:
            return need
        return Read(need.kind, self._hulls[need.kind, need.period], need.period)

    def _need(self, leaf: Criterion) -> Read | None:
        """The read that this criterion alone would need."""
        kind = self._kind(leaf)
        if leaf.streak > 1:
            first = earliest(leaf, self.days[0])
            return Read(kind, Span(first, last_day(leaf.period, self.days[-1])), leaf.period)
        found = [self._span(leaf, day) for day in self.days]
        spans = list(dict.fromkeys(span for span in found if span is not None))
        if not spans:
            return None
        if kind is DayKind.SCORES:
            return Read(kind, _hull(spans), leaf.period)
        if len(spans) == 1:
            return Read(kind, spans[0])
        period = leaf.window.period if _is_period(leaf.window) else Period.DAY
        return Read(kind, _hull(spans), period)

    def _begins(self, leaf: Criterion) -> date:
        """From when on a criterion asks for single days: what is summed since ever needs none before."""
        if leaf.streak > 1:
            return earliest(leaf, self.days[0])
        spans = [span for day in self.days if (span := self._span(leaf, day)) is not None]
        return min((span.start or self.days[0]) for span in spans)

    def _kind(self, leaf: Criterion) -> DayKind:
        """What the criterion reads; without excluded days all days are counted ones."""
        kind = kind_of(leaf)
        return DayKind.COUNTED_DAYS if kind is DayKind.ALL_DAYS and not self._excluded else kind

    def _span(self, leaf: Criterion, day: date) -> Span | None:
        if isinstance(leaf.window, SeasonWindow):
            return next((season for season in self.seasons if day in season), None)
        span = leaf.window.span(day)
        return Span(None, day) if self.so_far and span == EVERYTHING else span


def _is_period(window: CriterionWindow) -> TypeGuard[CalendarWindow]:
    """Whether it is one of the pieces that history is cut into."""
    return isinstance(window, CalendarWindow) and window.period is not Period.ALL


def earliest(leaf: Criterion, day: date) -> date:
    """The first day on which a streak that is judged on `day` may have begun."""
    start = first_day(leaf.period, day)
    for _each in range(STREAK_SPREAD * leaf.streak - 1):
        start = first_day(leaf.period, start - ONE_DAY)
    return start


def _hull(spans: Iterable[Span]) -> Span:
    ends = [(span.start or date.min, span.end or date.max) for span in spans]
    return Span(min(start for start, _end in ends), max(end for _start, end in ends))


def _running(frame: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Sums of overlapping windows out of days: running sums at the end less those before."""
    frame = frame.sort("starts_on").with_columns(
        days=pl.int_range(1, pl.len() + 1).over("subject_id"),
        measured=pl.col("n").is_not_null().cast(pl.Int64).cum_sum().over("subject_id"),
        n=pl.col("n").fill_null(0).cum_sum().over("subject_id"),
        has_d=pl.col("d").is_not_null(),
        d=pl.col("d").fill_null(0).cum_sum().over("subject_id"),
    )
    points = frame.select("subject_id").unique().join(spans, how="cross")
    points = points.with_columns(before=pl.col("start") - pl.duration(days=1))
    at_end = points.sort("end").join_asof(
        frame, left_on="end", right_on="starts_on", by="subject_id", check_sortedness=False
    )
    both = at_end.sort("before").join_asof(
        frame.select("subject_id", "starts_on", "days", "measured", "n", "d"),
        left_on="before",
        right_on="starts_on",
        by="subject_id",
        suffix="_before",
        check_sortedness=False,
    )

    def inside(name: str) -> pl.Expr:
        return pl.col(name) - pl.col(f"{name}_before").fill_null(0)

    return both.filter(inside("days") > 0).select(
        "subject_id",
        *(["team_id"] if "team_id" in frame.columns else []),
        "as_of",
        n=pl.when(inside("measured") > 0).then(inside("n")),
        d=pl.when("has_d").then(inside("d")),
    )
