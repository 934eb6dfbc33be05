"""A model of criteria written separately, and what Hypothesis draws for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from scoring.figures.windows import Span
from tests.scoring.kpi_data import MONDAY

# Totals lie from two months before MONDAY (2 November 2026) to four weeks after it.
FIRST, DAYS = date(2026, 9, 1), 91
SEASON = Span(date(2026, 10, 5), date(2026, 11, 8))
METRICS: dict[str, tuple[str, str | None, int]] = {
    "csat": ("csat_satisfied", "csat_count", 100),
    "handled": ("handled", None, 1),
    "hold_share": ("hold_seconds", "handle_seconds", 100),
    "complaint_rate": ("complaints", "handled", 100),
}
LOWER = {"hold_share", "complaint_rate"}
SECONDS = {"hold_share"}


# A Thursday, the Sunday before MONDAY, and a Wednesday after it.
EXCLUDED = {date(2026, 10, 29), date(2026, 11, 1), date(2026, 11, 4)}
CARDS = ("calls", "chats")


@dataclass(frozen=True)
class Row:
    """One agent's (or nobody's: -1) totals on one day."""

    who: int
    team: int | None
    day: date
    sums: Mapping[str, Decimal | int | None]


def month_of(day: date) -> list[date]:
    return [each for each in around(day, 31) if (each.year, each.month) == (day.year, day.month)]


def week_of(day: date) -> list[date]:
    return [each for each in around(day, 7) if each.isocalendar()[:2] == day.isocalendar()[:2]]


def around(day: date, days: int) -> list[date]:
    return [day + timedelta(after) for after in range(-days, days + 1)]


PERIODS = {"day": lambda day: [day], "week": week_of, "month": month_of}


def days_of(window: Any, as_of: date) -> list[date]:
    """Every day of a window, as seen on a day."""
    if window == "season":
        inside = SEASON.start <= as_of <= SEASON.end  # type: ignore[operator]
        return [day for day in around(as_of, 60) if day in SEASON] if inside else []
    if isinstance(window, str):
        return PERIODS[window](as_of)
    if "rolling_days" in window:
        return [as_of - timedelta(back) for back in range(window["rolling_days"])]
    every = [FIRST + timedelta(at) for at in range(DAYS)]
    return [day for day in every if window["from"] <= day.isoformat() <= window["to"]]


def counted(leaf: Mapping[str, Any], days: list[date]) -> list[date]:
    """Excluded days are left out, except where the window names its days."""
    named = leaf["window"] in ("day", {"rolling_days": 1}) or "from" in leaf["window"]
    return days if named and leaf.get("streak", 1) == 1 else [d for d in days if d not in EXCLUDED]


@dataclass(frozen=True)
class Scored:
    """One agent's stored score; the period is named by its first day."""

    who: int
    team: int | None
    period: str
    day: date
    card: str
    score: Decimal


@dataclass
class Naive:
    """The same questions, asked one person and one day at a time."""

    rows: Sequence[Row]
    people: Sequence[int]
    scores: Sequence[Scored] = ()

    def scored(self, leaf: Mapping[str, Any], who: int, days: Sequence[date]) -> Scored | None:
        """The score of the period that has these days."""
        for each in self.scores:
            fits = leaf["score"] in ("any", each.card) and each.period == leaf["window"]
            if each.who == who and fits and days and each.day == days[0]:
                return each
        return None

    def value(self, leaf: Mapping[str, Any], who: int, days: Sequence[date]) -> Any:
        """(value or None, volume or None) as exact fractions."""
        if "score" in leaf:
            own = self.scored(leaf, who, days)
            return (Fraction(own.score), Fraction(1)) if own else (None, None)
        days = counted(leaf, list(days))
        top, bottom, factor = METRICS[leaf["metric"]]
        mine = [row for row in self.rows if row.who == who and row.day in set(days)]
        n = sum(Fraction(row.sums[top] or 0) for row in mine)
        if bottom is None:
            return Fraction(n), Fraction(n)
        d = sum(Fraction(row.sums[bottom] or 0) for row in mine)
        unmeasured = leaf["metric"] in SECONDS and all(row.sums[top] is None for row in mine)
        if d == 0 or not mine or unmeasured:
            return None, (d if mine else None)
        return n * factor / d, d

    def team(self, leaf: Mapping[str, Any], who: int, days: Sequence[date]) -> int | None:
        """The team of the last day with totals; of a score the score's."""
        if "score" in leaf:
            own = self.scored(leaf, who, days)
            return own.team if own else None
        days = counted(leaf, list(days))
        mine = [row for row in self.rows if row.who == who and row.day in set(days)]
        return max(mine, key=lambda row: row.day).team if mine else None

    def met(self, leaf: Mapping[str, Any], who: int, as_of: date) -> bool:
        streak = leaf.get("streak", 1)
        if streak == 1:
            return self.met_in(leaf, who, days_of(leaf["window"], as_of))
        periods: list[list[date]] = []
        day = as_of
        for _each in range(3 * streak):
            days = days_of(leaf["window"], day)
            if self.is_there(leaf, who, days):
                periods.append(days)
            day = days[0] - timedelta(1)
        latest = periods[:streak]
        return len(latest) == streak and all(self.met_in(leaf, who, days) for days in latest)

    def is_there(self, leaf: Mapping[str, Any], who: int, days: list[date]) -> bool:
        """Whether the period counts for a streak: someone off duty has none."""
        if "score" in leaf:
            return self.scored(leaf, who, days) is not None
        return any(row.who == who and row.day in counted(leaf, days) for row in self.rows)

    def met_in(self, leaf: Mapping[str, Any], who: int, days: list[date]) -> bool:
        if not days:
            return False
        value, volume = self.value(leaf, who, days)
        if value is None or volume < Fraction(leaf.get("least", 0)):
            return False
        if "percentile" in leaf:
            return self.at_the_top(leaf, who, days)
        goal = Fraction(leaf["value"])
        signs = {"<": value < goal, "=": value == goal, ">": value > goal}
        wanted = leaf["op"]
        return not signs["="] if wanted == "!=" else any(signs[sign] for sign in wanted)

    def at_the_top(self, leaf: Mapping[str, Any], who: int, days: list[date]) -> bool:
        """Fewer people are better than there are places at the top."""
        ranked = {}
        present = {each for each in range(5) if self.is_there(leaf, each, days)}
        for each in present:
            value, volume = self.value(leaf, each, days)
            if value is not None and volume >= Fraction(leaf.get("least", 0)):
                ranked[each] = -value if leaf.get("metric") in LOWER else value
        if leaf["percentile"]["among"] == "team":
            own = self.team(leaf, who, days)
            ranked = {each: v for each, v in ranked.items() if self.team(leaf, each, days) == own}
            if own is None:
                return False
        if who not in ranked:
            return False
        better = sum(1 for value in ranked.values() if value > ranked[who])
        return Fraction(better) < Fraction(len(ranked) * leaf["percentile"]["top"], 100)

    def tree(self, node: Mapping[str, Any], who: int, as_of: date) -> bool:
        if "all" in node:
            return all(self.tree(each, who, as_of) for each in node["all"])
        if "any" in node:
            return any(self.tree(each, who, as_of) for each in node["any"])
        return self.met(node, who, as_of)


SUMS = st.fixed_dictionaries(
    {
        "csat_count": st.sampled_from([None, 1, 2, 3, 3, 6]),
        "csat_satisfied": st.sampled_from([None, 0, 1, 1, 2, 3]),
        "handled": st.sampled_from([None, 0, 1, 2, 3, 5]),
        "complaints": st.sampled_from([None, Decimal(0), Decimal(1), Decimal("0.333333")]),
        "hold_seconds": st.sampled_from([None, None, Decimal(0), Decimal(10), Decimal("3.333333")]),
        "handle_seconds": st.sampled_from([None, Decimal(0), Decimal(10), Decimal(30)]),
    }
)


# Days near the edges of weeks, months and the season, where mistakes live, and many of them.
NEAR = [MONDAY + timedelta(after) for after in (-33, -32, -8, -3, -2, -1, 0, 1, 2, 5, 6, 7)]
ROWS = st.lists(
    st.builds(
        Row,
        who=st.integers(0, 3),
        team=st.sampled_from([None, 0, 0, 1]),
        day=st.sampled_from(NEAR) | st.integers(0, DAYS - 1).map(lambda at: FIRST + timedelta(at)),
        sums=SUMS,
    ),
    min_size=8,
    max_size=30,
    unique_by=lambda row: (row.who, row.day),
)
PERCENTILE = st.fixed_dictionaries(
    {"top": st.sampled_from([5, 20, 25, 34, 50, 67]), "among": st.sampled_from(["team", "company"])}
)
COMPARED = st.fixed_dictionaries(
    {
        "op": st.sampled_from([">=", "<=", ">", "<", "=", "!="]),
        "value": st.sampled_from([0, 1, 2, 3, 33, "33.333333", "33.333334", 50, "66.666667", 100]),
    }
) | PERCENTILE.map(lambda percentile: {"percentile": percentile})
COMMON = {
    "metric": st.sampled_from(sorted(METRICS)),
    "least": st.sampled_from([0, 0, 1, 3, "2.5"]),
}
SINGLE = st.fixed_dictionaries(
    {
        **COMMON,
        "window": st.sampled_from(["day", "week", "month", "season"])
        | st.sampled_from([1, 2, 7, 28]).map(lambda days: {"rolling_days": days})
        | st.just({"from": "2026-10-30", "to": "2026-11-03"}),
    }
)
STREAK = st.fixed_dictionaries(
    {
        **COMMON,
        "window": st.sampled_from(["day", "week", "month"]),
        "streak": st.integers(2, 4),
    }
)
ON_SCORES = st.fixed_dictionaries(
    {
        "score": st.sampled_from(["any", "calls"]),
        "window": st.sampled_from(["day", "week", "month"]),
    },
    optional={"streak": st.integers(2, 3)},
)
OF_TOTALS = st.builds(lambda left, right: {**left, **right}, SINGLE | STREAK, COMPARED)
LEAF = OF_TOTALS | st.builds(lambda left, right: {**left, **right}, ON_SCORES, COMPARED)


def scored_of(
    who: int, team: int | None, at: tuple[str, date], card: str, score: Decimal
) -> Scored:
    return Scored(who, team, at[0], PERIODS[at[0]](at[1])[0], card, score)


SCORES = st.lists(
    st.builds(
        scored_of,
        who=st.integers(0, 3),
        team=st.sampled_from([None, 0, 0, 1]),
        at=st.tuples(st.sampled_from(["day", "week", "month", "month"]), st.sampled_from(NEAR)),
        card=st.sampled_from(CARDS),
        score=st.sampled_from([Decimal(0), Decimal("33.3333"), Decimal("33.3334"), Decimal(67)]),
    ),
    max_size=16,
    unique_by=lambda each: (each.who, each.period, each.day),
)


def tree_of(leaf: Any) -> Any:
    nested = st.recursive(
        leaf,
        lambda inside: st.builds(
            lambda word, nodes: {word: nodes},
            st.sampled_from(["all", "any"]),
            st.lists(inside, min_size=1, max_size=3),
        ),
        max_leaves=5,
    )
    return nested.map(lambda node: node if {"all", "any"} & node.keys() else {"all": [node]})


TREE = tree_of(LEAF)
