"""Scores against a naive computation: one agent, one period, one item after the other, in fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.models import CalendarDay
from scoring.models import AgentDay, Score
from tests.org.cast import Cast
from tests.scoring.scorecards import add_totals, compute, lost_in_all, make_card

FIRST = date(2026, 10, 26)
NAMES = ("agent", "teammate", "stranger")
SUMS = {
    "csat": ("csat_satisfied", "csat_count", 100),
    "frt": ("first_response_seconds", "first_response_count", 1),
    "reopen_rate": ("reopened", "resolved", 100),
    "aht": ("handle_seconds", "handle_count", 1),
    "handled": ("handled", None, 1),
}
SCALES: dict[str, dict[str, Any]] = {
    "csat": {"floor": 70, "target": 90, "stretch": 98},
    "frt": {"floor": 90, "target": 28},
    "reopen_rate": {"floor": 15, "target": 5, "stretch": 1},
    "aht": {"outer_low": 60, "low": 120, "high": 360, "outer_high": 600},
    "handled": {"floor": 0, "target": 8, "stretch": 12},
}
DAYS = st.integers(0, 13).map(lambda offset: FIRST + timedelta(days=offset))
Work = list[tuple[str, date, dict[str, int]]]


def _measured(n: str, d: str, most: int) -> st.SearchStrategy[dict[str, int]]:
    pairs = st.tuples(st.integers(0, most), st.integers(1, 30))
    return st.one_of(
        st.just({}), pairs.map(lambda pair: {n: min(pair) if most == 30 else pair[0], d: pair[1]})
    )


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Some agents' days, each once."""
    keys = draw(st.sets(st.tuples(st.sampled_from(NAMES), DAYS), min_size=1, max_size=12))
    return [
        (
            name,
            day,
            {"handled": draw(st.integers(0, 20))}
            | draw(_measured("csat_satisfied", "csat_count", 30))
            | draw(_measured("first_response_seconds", "first_response_count", 3000))
            | draw(_measured("reopened", "resolved", 30))
            | draw(_measured("handle_seconds", "handle_count", 9000)),
        )
        for name, day in sorted(keys)
    ]


@st.composite
def item_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Items of a card whose weights add up to 100."""
    keys = draw(st.lists(st.sampled_from(sorted(SCALES)), min_size=1, max_size=5, unique=True))
    cuts = draw(st.sets(st.integers(1, 99), min_size=len(keys) - 1, max_size=len(keys) - 1))
    ends = [0, *sorted(cuts), 100]
    return [
        {
            "kpi": key,
            "weight": ends[at + 1] - ends[at],
            "least": draw(st.sampled_from([0, 10, 25])) if key != "handled" else 0,
            "small_sample": draw(st.sampled_from(["shrink", "share"])),
            **SCALES[key],
        }
        for at, key in enumerate(keys)
    ]


TREATMENTS = st.dictionaries(DAYS, st.sampled_from(["excluded", "0.5", "0.8"]), max_size=3)


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(work=works(), items=item_lists(), calendar=TREATMENTS, split=st.integers(0, 12))
def test_scores_are_those_of_a_naive_computation(
    cast: Cast,
    work: Work,
    items: list[dict[str, Any]],
    calendar: dict[date, str],
    split: int,
) -> None:
    with transaction.atomic():
        for team in (cast.alpha, cast.beta):
            make_card(*items, key=f"card-{team.key}", team=team)
        for day, how in calendar.items():
            relaxed = {} if how == "excluded" else {"treatment": "relaxed", "factor": how}
            CalendarDay.objects.create(day=day, name_en="x", **({"treatment": how} | relaxed))
        _play(cast, work[:split])
        if split and work[:split]:
            compute()
        _play(cast, work[split:])
        new = [(getattr(cast, name).pk, day) for name, day, _sums in work[split:]]
        if new:
            compute(*new)
        stored = {
            (each.agent.key, each.period, each.starts_on): each
            for each in Score.objects.select_related("agent")
        }
        expected = _naive(work, items, calendar)
        assert stored.keys() == expected.keys()
        for key, score in stored.items():
            assert abs(Fraction(score.score) - expected[key]) < Fraction(1, 1000), key
            assert lost_in_all(score.lost) == 100 - score.score
        assert compute(everything=True).counts["written"] == 0
        transaction.set_rollback(True)


def _play(cast: Cast, work: Work) -> None:
    for name, day, sums in work:
        agent = getattr(cast, name)
        team = cast.beta if name == "stranger" else cast.alpha
        measures: dict[str, Any] = dict(sums)
        add_totals(agent, team, day, **measures)
    assert AgentDay.objects.exists() or not work


def _naive(
    work: Work, items: list[dict[str, Any]], calendar: dict[date, str]
) -> dict[tuple[str, str, date], Fraction]:
    own: dict[tuple[str, str, date], list[tuple[date, dict[str, int]]]] = defaultdict(list)
    teams: dict[tuple[bool, str, date], list[tuple[date, dict[str, int]]]] = defaultdict(list)
    for name, day, sums in work:
        if calendar.get(day) == "excluded":
            continue
        starts = {
            "day": day,
            "week": day - timedelta(days=day.weekday()),
            "month": day.replace(day=1),
        }
        for period, start in starts.items():
            own[name, period, start].append((day, sums))
            teams[name == "stranger", period, start].append((day, sums))
    found = {}
    for (name, period, start), days in own.items():
        score = _naive_score(days, teams[name == "stranger", period, start], items, calendar)
        if score is not None:
            found[name, period, start] = score
    return found


def _naive_score(
    days: list[tuple[date, dict[str, int]]],
    team: list[tuple[date, dict[str, int]]],
    items: list[dict[str, Any]],
    calendar: dict[date, str],
) -> Fraction | None:
    factors = [Fraction(calendar.get(day, "1")) for day, _sums in days]
    factor = sum(factors, Fraction(0)) / len(factors)
    points = weight = Fraction(0)
    for item in items:
        value, sample = _naive_value(item["kpi"], days)
        if value is None:
            continue
        if sample < item["least"]:
            if item["small_sample"] == "share":
                continue
            other, _many = _naive_value(item["kpi"], team)
            assert other is not None
            own = Fraction(sample) / item["least"]
            value = own * value + (1 - own) * other
        points += item["weight"] * _naive_points(value, item, factor)
        weight += item["weight"]
    return points / weight if weight else None


def _naive_value(kpi: str, days: list[tuple[date, dict[str, int]]]) -> tuple[Fraction | None, int]:
    top, bottom, factor = SUMS[kpi]
    n = sum(sums.get(top, 0) for _day, sums in days)
    if bottom is None:
        return Fraction(n, len(days)), 10**9
    d = sum(sums.get(bottom, 0) for _day, sums in days)
    return (Fraction(factor * n, d) if d else None), d


def _naive_points(value: Fraction, item: dict[str, Any], factor: Fraction) -> Fraction:
    if "low" in item:
        low: Fraction = item["outer_low"] + (item["low"] - item["outer_low"]) * factor
        high = item["outer_high"] - (item["outer_high"] - item["high"]) * factor
        if low <= value <= high:
            return Fraction(100)
        edge, end = (item["outer_low"], low) if value < low else (item["outer_high"], high)
        return max(Fraction(0), Fraction(100 * (value - edge) / (end - edge)))
    floor = Fraction(item["floor"])
    target = floor + (item["target"] - floor) * factor
    share = (value - floor) / (target - floor)
    if share <= 1:
        return max(Fraction(0), Fraction(100 * share))
    if "stretch" not in item:
        return Fraction(100)
    stretch = floor + (item["stretch"] - floor) * factor
    return min(Fraction(120), Fraction(100 + 20 * (value - target) / (stretch - target)))
