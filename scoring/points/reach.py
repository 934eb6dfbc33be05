"""How far a changed day reaches: the days whose points a guard, a threshold or a weekly cap ties to it.

The days are kept in the temporary table `point_reach` (agent_id, day). Steps widen it, each by
one statement. Where a rule counts units, only days that have totals are added: others have no points.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.criteria.reads import STREAK_SPREAD
from scoring.criteria.windows import CriterionWindow, read_window
from scoring.figures.windows import CalendarWindow, FixedWindow, Period, RollingWindow
from scoring.points.specs import RuleSpec

LENGTH = {
    Period.DAY: "interval '1 day'",
    Period.WEEK: "interval '7 days'",
    Period.MONTH: "interval '1 month'",
    Period.QUARTER: "interval '3 months'",
}
WEEK_END = "date_trunc('week', k.day)::date + 6"
EARLIEST, LATEST = "DATE '0001-01-01'", "DATE '9999-12-31'"


def last_of(period: Period, day: str, more: str = "0") -> str:
    """SQL of the last day of the period that `day` lies in, or of one some periods later."""
    return f"((date_trunc('{period}', {day}) + ({more} + 1) * {LENGTH[period]})::date - 1)"


@dataclass(frozen=True, slots=True)
class Widen:
    """Add, for each day k.day, the days from `first` to `last` (SQL dates); `when` restricts k.day.

    With `all_days` every day is added, else only days that have totals.
    """

    first: str
    last: str
    all_days: bool = False
    when: str = "TRUE"

    def run(self, cursor: Any) -> None:
        """Widen `point_reach`."""
        spans = f"({self._gaps() if self.is_forward else self._spans()}) s"
        days = (
            "CROSS JOIN LATERAL generate_series(s.first, s.last, interval '1 day') f(day)"
            if self.all_days
            else "JOIN scoring_agentday f ON f.agent_id = s.agent_id"
            " AND f.day BETWEEN s.first AND s.last"
        )
        cursor.execute(
            "INSERT INTO point_reach SELECT DISTINCT s.agent_id, f.day::date"
            f" FROM {spans} {days} ON CONFLICT DO NOTHING"
        )

    @property
    def is_forward(self) -> bool:
        """Whether each day reaches only days after it, later days no less far."""
        return self.first == "k.day" and self.when == "TRUE"

    def _spans(self) -> str:
        return (
            f"SELECT DISTINCT k.agent_id, {self.first} AS first, {self.last} AS last"
            f" FROM point_reach k WHERE {self.when}"
        )

    def _gaps(self) -> str:
        """Only what lies between a day and the next one there is: that one reaches on by itself.

        Where all days have changed nothing is left to look up.
        """
        following = "lead(k.day) OVER (PARTITION BY k.agent_id ORDER BY k.day) - 1"
        return (
            "SELECT g.* FROM (SELECT k.agent_id, k.day + 1 AS first,"
            f" least({self.last}, {following}) AS last FROM point_reach k) g WHERE g.first <= g.last"
        )


@dataclass(frozen=True, slots=True)
class ToLastDays:
    """Replace each day by the last day of its period, and of the `more` periods after it.

    With `keep` the days stay beside them.
    """

    period: Period
    more: int = 0
    keep: bool = False

    def run(self, cursor: Any) -> None:
        """Replace the days of `point_reach`."""
        cursor.execute(
            "INSERT INTO point_reach_next"
            f" SELECT DISTINCT k.agent_id, {last_of(self.period, 'k.day', 'n')} FROM point_reach k"
            f" CROSS JOIN generate_series(0, {int(self.more)}) n"
        )
        if not self.keep:
            cursor.execute("TRUNCATE point_reach")
        cursor.execute(
            "INSERT INTO point_reach SELECT agent_id, day FROM point_reach_next"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute("TRUNCATE point_reach_next")


@dataclass(frozen=True, slots=True)
class WhereTurned:
    """Add all days of the weeks, months or quarters in which a guard has turned.

    `guard` is its text. `scoring.points.evaluation` carries it out: it knows how guards stood.
    """

    period: Period
    guard: str


Step = Widen | ToLastDays | WhereTurned


def open_reach(cursor: Any) -> None:
    """Create the empty tables for this transaction."""
    for table in ("point_reach", "point_reach_next"):
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {table}"
            " (agent_id bigint, day date, PRIMARY KEY (agent_id, day)) ON COMMIT DROP"
        )
        cursor.execute(f"TRUNCATE {table}")
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS point_verdict (agent_id bigint, starts_on date,"
        " met boolean) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE point_verdict")


def reach(rule: RuleSpec) -> tuple[Step, ...]:
    """The steps from changed days to the days whose points may change."""
    steps: list[Step] = []
    by_period = rule.threshold is not None
    if rule.guard is not None and not by_period and _stands_for_periods(rule.guard):
        steps.append(WhereTurned(judged_by(rule.guard), criteria_text(rule.guard)))
    else:
        for window, streak in sorted(_windows(rule.guard), key=str):
            steps += _guarded(window, streak, all_days=by_period)
    if rule.threshold is not None:
        period, streak = threshold_period(rule.threshold)
        steps.append(ToLastDays(period, streak - 1))
    if rule.cap_week is not None:
        # What the days before have used of the limit is in the ledger.
        steps.append(Widen("k.day", WEEK_END, all_days=by_period))
    return tuple(dict.fromkeys(steps))


def _guarded(window: CriterionWindow, streak: int, *, all_days: bool) -> Iterator[Step]:
    if isinstance(window, CalendarWindow) and window.period is not Period.ALL:
        length = LENGTH[window.period]
        start = f"date_trunc('{window.period}', k.day)"
        first = f"({start} + {window.back} * {length})::date"
        last = f"({start} + {window.back + streak} * {length})::date - 1"
        if (window.period, window.back, streak) != (Period.DAY, 0, 1):
            yield Widen(first, last, all_days)
    elif isinstance(window, RollingWindow):
        yield Widen("k.day", f"k.day + {window.rolling_days * streak - 1}", all_days)
    elif isinstance(window, FixedWindow):
        inside = f"k.day BETWEEN DATE '{window.start}' AND DATE '{window.end}'"
        yield Widen(EARLIEST, LATEST, when=inside)
    else:
        yield Widen(EARLIEST, LATEST)


def criteria_text(criteria: Mapping[str, Any]) -> str:
    """Criteria in one form, so that equal ones are known as equal."""
    return json.dumps(criteria, sort_keys=True)


def _stands_for_periods(guard: Mapping[str, Any]) -> bool:
    """Whether one verdict holds for a whole week, month or quarter and depends on nothing else."""
    only_once = all(streak == 1 for _window, streak in _windows(guard))
    return only_once and judged_by(guard) is not Period.DAY


def leaves(criteria: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """The single criteria inside nested all and any."""
    if not criteria:
        return
    nested = criteria.get("all", criteria.get("any"))
    if nested is None:
        yield criteria
        return
    for inner in nested:
        yield from leaves(inner)


def _windows(criteria: Mapping[str, Any] | None) -> set[tuple[CriterionWindow, int]]:
    found = set()
    for leaf in leaves(criteria):
        streak = int(leaf.get("streak", 1))
        # Periods off duty are skipped in a streak, so that it may reach further back.
        found.add((read_window(leaf["window"]), streak * STREAK_SPREAD if streak > 1 else 1))
    return found


def periods_of(criteria: Mapping[str, Any]) -> set[Period | None]:
    """The calendar periods of its windows; None stands for any other window."""
    return {
        window.period if isinstance(window, CalendarWindow) and not window.back else None
        for window, _streak in _windows(criteria)
    }


def threshold_period(threshold: Mapping[str, Any]) -> tuple[Period, int]:
    """The period that a threshold is judged over, and how many periods its longest streak spans."""
    period = next(iter(periods_of(threshold)))
    if period is None:
        raise ValueError("A threshold is judged over a day, week, month or quarter.")
    return period, max(streak for _window, streak in _windows(threshold))


def judged_by(guard: Mapping[str, Any]) -> Period:
    """How often a guard has to be judged: once a period when all its windows are that period."""
    periods = periods_of(guard)
    only = next(iter(periods)) if len(periods) == 1 else None
    return only if only in (Period.WEEK, Period.MONTH, Period.QUARTER) else Period.DAY
