"""One person's teams over time, against a model that looks at each single day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incentives.org.timeline import TimelineSpan, assign, first_difference, held_on, join, leave

START = date(2026, 1, 1)
LENGTH = 30
days = st.integers(0, LENGTH - 1).map(lambda n: START + timedelta(days=n))
teams = st.integers(1, 3)
joins = st.lists(st.tuples(days, teams), unique_by=lambda each: each[0], max_size=8)
ends = st.one_of(st.none(), st.integers(0, 10))


def calendar(spans: Sequence[TimelineSpan[int]]) -> list[int | None]:
    """The team of every day; fails when two spans hold on one."""
    result = []
    for n in range(LENGTH + 15):
        day = START + timedelta(days=n)
        held = [span.held for span in spans if span.covers(day)]
        assert len(held) <= 1, f"two teams on {day}"
        result.append(held[0] if held else None)
    return result


@given(joins, st.randoms())
def test_joins_in_any_order_give_the_team_of_the_latest_join_of_each_day(
    events: list[tuple[date, int]], random: object
) -> None:
    naive: list[int | None] = []
    for n in range(LENGTH + 15):
        past = [event for event in events if event[0] <= START + timedelta(days=n)]
        naive.append(max(past)[1] if past else None)
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    spans: list[TimelineSpan[int]] = []
    for day, team in shuffled:
        spans = join(spans, team, day)
    assert calendar(spans) == naive


@given(joins, days, teams, ends)
def test_assigned_days_hold_and_other_teams_keep_theirs(
    events: list[tuple[date, int]], start: date, team: int, length: int | None
) -> None:
    spans: list[TimelineSpan[int]] = []
    for day, other in events:
        spans = join(spans, other, day)
    end = None if length is None else start + timedelta(days=length)
    after = assign(spans, team, start, end)
    next_start = next((span.starts_on for span in spans if span.starts_on > start), None)
    last = end or (next_start - timedelta(days=1) if next_start else date.max)
    before_days, after_days = calendar(spans), calendar(after)
    for n, (was, now) in enumerate(zip(before_days, after_days, strict=True)):
        day = START + timedelta(days=n)
        if start <= day <= last:
            assert now == team
        elif was != team:
            assert now == was
    assert calendar(assign(after, team, start, end)) == after_days


@given(joins, days)
def test_leaving_ends_everything_and_changes_nothing_before(
    events: list[tuple[date, int]], last: date
) -> None:
    spans: list[TimelineSpan[int]] = []
    for day, team in events:
        spans = join(spans, team, day)
    left = calendar(leave(spans, last))
    cut = (last - START).days + 1
    assert left[:cut] == calendar(spans)[:cut]
    assert set(left[cut:]) <= {None}


@given(joins, joins)
def test_the_first_difference_is_the_first_day_with_another_team(
    one: list[tuple[date, int]], two: list[tuple[date, int]]
) -> None:
    a: list[TimelineSpan[int]] = []
    b: list[TimelineSpan[int]] = []
    for day, team in one:
        a = join(a, team, day)
    for day, team in two:
        b = join(b, team, day)
    naive = [n for n, (x, y) in enumerate(zip(calendar(a), calendar(b), strict=True)) if x != y]
    expected = START + timedelta(days=naive[0]) if naive else None
    assert first_difference(a, b) == expected


def test_a_second_change_on_the_same_day_replaces_the_first() -> None:
    spans = join(
        join(join([], 1, START), 2, START + timedelta(days=5)), 3, START + timedelta(days=5)
    )
    assert spans == [
        TimelineSpan(START, START + timedelta(days=4), 1),
        TimelineSpan(START + timedelta(days=5), None, 3),
    ]


def test_a_closed_row_ends_the_same_team_after_it() -> None:
    spans = assign([TimelineSpan(START, None, 1)], 1, START, START + timedelta(days=9))
    assert held_on(spans, START + timedelta(days=10)) is None
