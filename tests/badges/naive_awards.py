"""What should be awarded, worked out by going through every person, badge and day by hand.

Written on purpose without the product's criteria, windows, moments and SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

DAY = timedelta(days=1)
SETTLING = timedelta(days=30)
TIERS = ["bronze", "silver", "gold"]
SUMS = {"handled": "handled", "praise_count": "praises"}
RATIOS = {
    "csat": ("csat_satisfied", "csat_count"),
    "complaint_rate": ("complaints", "handled"),
}


@dataclass
class Tier:
    """A version's tier; `number` tells versions of a badge apart."""

    badge: str
    number: int
    tier: str
    criteria: dict[str, Any]
    first: date
    last: date
    repeats: bool = False
    newcomer_days: int | None = None


@dataclass
class Held:
    """An award that stands; `by_hand` where somebody gave it."""

    number: int
    awarded_on: date
    given_on: date
    by_hand: bool = False


@dataclass
class Set:
    """Badges that belong together, and who had all of them when."""

    badges: tuple[str, ...]
    least: str
    first: date
    completed: dict[int, date] = field(default_factory=dict)


@dataclass
class Naive:
    """The facts, the tiers, and what is held by (badge, tier, person, occasion).

    Scores are facts here: card and value by (person, period, its first day).
    """

    hired: dict[int, date]
    work: dict[tuple[int, date], dict[str, int]] = field(default_factory=dict)
    points: list[tuple[int, date, int]] = field(default_factory=list)
    scores: dict[tuple[int, str, date], tuple[str, int]] = field(default_factory=dict)
    sets: list[Set] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    held: dict[tuple[str, str, int, str], Held] = field(default_factory=dict)
    closed: set[tuple[str, str, int, str]] = field(default_factory=set)

    def night(self, on: date) -> None:
        """What a night makes of the facts of now."""
        due: dict[tuple[str, str, int, str], list[tuple[date, int]]] = {}
        for tier in self.tiers:
            for person, moment in self.wins(tier, on):
                name = span(shortest(tier.criteria), moment)[0].isoformat()
                key = (tier.badge, tier.tier, person, name if tier.repeats else "")
                due.setdefault(key, []).append((moment, tier.number))
        for key, award in list(self.held.items()):
            stands = award.given_on + SETTLING < on
            if key not in due and not stands and not award.by_hand:
                del self.held[key]
        for key, moments in due.items():
            if key not in self.held and key not in self.closed:
                moment, number = min(moments)
                self.held[key] = Held(number, moment, on)
        self.collect(on, self.hired)

    def give(self, badge: str, tier: str, person: int, on: date) -> None:
        """What it means that somebody gives a badge."""
        self.held[badge, tier, person, ""] = Held(1, on, on, by_hand=True)
        self.collect(on, [person])

    def collect(self, on: date, people: Iterable[int]) -> None:
        """Whoever of these has all the badges of a set on that day has completed it for good."""
        for each in self.sets:
            enough = TIERS[TIERS.index(each.least) :]
            for person in people:
                firsts = [self.first_won(badge, enough, person, on) for badge in each.badges]
                won = [day for day in firsts if day is not None]
                if each.first <= on and len(won) == len(firsts):
                    each.completed.setdefault(person, max(*won, each.first))

    def first_won(self, badge: str, tiers: list[str], person: int, on: date) -> date | None:
        """The first day on which someone won one of these tiers and has it still."""
        found = [
            award.awarded_on
            for (of, tier, who, _occasion), award in self.held.items()
            if (of, who) == (badge, person) and tier in tiers and award.awarded_on <= on
        ]
        return min(found, default=None)

    def wins(self, tier: Tier, on: date) -> Iterator[tuple[int, date]]:
        """Everyone who meets a tier, with each moment at which they do."""
        known = [day for _person, day in self.work] + [day for _p, day, _a in self.points]
        if not known:
            return
        day = max(tier.first, min(known))
        while day <= min(tier.last, on):
            if is_moment(tier.criteria, day) and settles(tier.criteria, day) <= on:
                for person, hired in self.hired.items():
                    new = tier.newcomer_days is None or (day - hired).days < tier.newcomer_days
                    if day >= hired and new and self.meets(tier.criteria, person, day):
                        yield person, day
            day += DAY

    def meets(self, node: Mapping[str, Any], person: int, day: date) -> bool:
        if "all" in node:
            return all(self.meets(each, person, day) for each in node["all"])
        if "any" in node:
            return any(self.meets(each, person, day) for each in node["any"])
        many = node.get("streak", 1)
        if many == 1:
            return self.holds(node, person, *span(node["window"], day))
        stretches, end = [], day
        for _each in range(3 * many):
            first, last = span(node["window"], end)
            if self.seen(node, person, first, last):
                stretches.append((first, last))
            end = first - DAY
        return len(stretches) >= many and all(
            self.holds(node, person, first, last) for first, last in stretches[:many]
        )

    def seen(self, leaf: Mapping[str, Any], person: int, first: date, last: date) -> bool:
        if "points" in leaf:
            return any(who == person and first <= day <= last for who, day, _a in self.points)
        if "score" in leaf:
            return self.score(leaf, person, first) is not None
        return any(who == person and first <= day <= last for who, day in self.work)

    def score(self, leaf: Mapping[str, Any], person: int, first: date) -> int | None:
        """The score of a period; none where another card applied than the one that is asked for."""
        card, score = self.scores.get((person, leaf["window"], first), ("", 0))
        return score if card and leaf["score"] in ("any", card) else None

    def value(
        self, leaf: Mapping[str, Any], person: int, first: date, last: date
    ) -> tuple[Fraction | None, Fraction]:
        """The value and the volume."""
        if "points" in leaf:
            own = [a for who, day, a in self.points if who == person and first <= day <= last]
            return Fraction(sum(own)), Fraction(sum(own))
        if "score" in leaf:
            score = self.score(leaf, person, first)
            return (None, Fraction(0)) if score is None else (Fraction(score), Fraction(1))
        rows = [r for (who, day), r in self.work.items() if who == person and first <= day <= last]
        if leaf["metric"] in SUMS:
            total = sum((Fraction(row[SUMS[leaf["metric"]]]) for row in rows), Fraction(0))
            return total, total
        top, bottom = RATIOS[leaf["metric"]]
        n, d = (sum((Fraction(row[name]) for row in rows), Fraction(0)) for name in (top, bottom))
        return (n * 100 / d, d) if d else (None, d)

    def holds(self, leaf: Mapping[str, Any], person: int, first: date, last: date) -> bool:
        value, volume = self.value(leaf, person, first, last)
        if value is None or volume < leaf.get("least", 0):
            return False
        if "percentile" not in leaf:
            goal = Fraction(leaf["value"])
            return {">=": value >= goal, "<=": value <= goal, "=": value == goal}[leaf["op"]]
        if not self.seen(leaf, person, first, last):
            return False
        sign = -1 if leaf.get("metric") == "complaint_rate" else 1
        others = []
        for other in self.hired:
            theirs, many = self.value(leaf, other, first, last)
            there = self.seen(leaf, other, first, last)
            if theirs is not None and there and many >= leaf.get("least", 0):
                others.append(sign * theirs)
        better = sum(1 for each in others if each > sign * value)
        return Fraction(better) < Fraction(len(others) * leaf["percentile"]["top"], 100)


def leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The single criteria."""
    inside = node.get("all") or node.get("any")
    if not inside:
        yield node
    for each in inside or ():
        yield from leaves(each)


def span(window: Any, day: date) -> tuple[date, date]:
    """First and last day of a window as seen on a day."""
    if window == "day":
        return day, day
    if window == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + 6 * DAY
    if window in ("month", "quarter"):
        many = 3 if window == "quarter" else 1
        first = date(day.year, day.month - (day.month - 1) % many, 1)
        return first, (first + 31 * many * DAY).replace(day=1) - DAY
    if window == "all":
        return date.min, day
    if "from" in window:
        return date.fromisoformat(window["from"]), date.fromisoformat(window["to"])
    return day - timedelta(days=window["rolling_days"] - 1), day


def shortest(criteria: Mapping[str, Any]) -> Any:
    """The window that says when criteria are judged."""
    windows = [leaf["window"] for leaf in leaves(criteria)]
    for name in ("day", "week", "month", "quarter"):
        if name in windows:
            return name
    fixed = [each for each in windows if isinstance(each, dict) and "from" in each]
    return max(fixed, key=lambda each: each["to"]) if len(fixed) == len(windows) else "day"


def is_moment(criteria: Mapping[str, Any], day: date) -> bool:
    """Whether the criteria are judged on that day."""
    return span(shortest(criteria), day)[1] == day


def settles(criteria: Mapping[str, Any], day: date) -> date:
    """The day on which all windows seen from a moment are over."""
    return max(span(leaf["window"], day)[1] for leaf in leaves(criteria))
