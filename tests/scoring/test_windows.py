"""Periods, windows and their labels."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scoring.figures.windows import (
    CalendarWindow,
    FixedWindow,
    Period,
    RollingWindow,
    Span,
    Window,
    first_day,
    label,
    last_day,
    previous,
)

window = TypeAdapter(Window).validate_python
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
CUT = [Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER]


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        (Period.DAY, date(2026, 11, 3), "2026-11-03"),
        (Period.WEEK, date(2026, 11, 3), "2026-W45"),
        (Period.WEEK, date(2021, 1, 1), "2020-W53"),
        (Period.WEEK, date(2021, 1, 4), "2021-W01"),
        (Period.WEEK, date(2024, 12, 30), "2025-W01"),
        (Period.WEEK, date(2018, 1, 1), "2018-W01"),
        (Period.MONTH, date(2026, 2, 28), "2026-02"),
        (Period.QUARTER, date(2026, 10, 1), "2026-Q4"),
        (Period.QUARTER, date(2026, 3, 31), "2026-Q1"),
        (Period.ALL, date(2026, 3, 31), "all"),
    ],
)
def test_periods_are_labelled_as_scripts_expect(period: Period, day: date, expected: str) -> None:
    assert label(period, day) == expected


@given(DAYS, st.sampled_from(CUT))
def test_a_period_is_the_run_of_days_with_one_label(day: date, period: Period) -> None:
    first, last = first_day(period, day), last_day(period, day)
    assert first <= day <= last
    assert label(period, first) == label(period, last) == label(period, day)
    assert label(period, first - timedelta(1)) != label(period, day)
    assert label(period, last + timedelta(1)) != label(period, day)


@given(DAYS, st.sampled_from(CUT), st.integers(0, 30))
def test_the_window_before_ends_the_day_before(day: date, period: Period, back: int) -> None:
    window = CalendarWindow(period=period, back=back)
    span, before = window.span(day), previous(window, day)
    assert before
    assert before.end
    assert span.start
    assert before.end + timedelta(1) == span.start
    assert before == CalendarWindow(period=period, back=back + 1).span(day)


@given(DAYS, st.integers(1, 400))
def test_rolling_days_include_both_ends(day: date, length: int) -> None:
    window = RollingWindow(rolling_days=length)
    span, before = window.span(day), previous(window, day)
    assert span.days == length
    assert span.end == day
    assert before
    assert before.days == length
    assert before.end == span.start - timedelta(1) if span.start else False


def test_windows_are_read_as_rules_write_them() -> None:
    today = date(2026, 11, 12)
    november = Span(date(2026, 11, 1), date(2026, 11, 30))
    assert window("month").span(today) == november
    assert window("today").span(today) == Span(today, today)
    assert window({"rolling_days": 7}).span(today) == Span(date(2026, 11, 6), today)
    fixed = window({"from": "2026-11-01", "to": "2026-11-30"})
    assert fixed == FixedWindow(start=date(2026, 11, 1), end=date(2026, 11, 30))
    assert fixed.span(today) == november
    assert previous(fixed, today) == Span(date(2026, 10, 2), date(2026, 10, 31))
    assert window("all").span(today) == Span()
    assert previous(window("all"), today) is None


@pytest.mark.parametrize(
    "raw",
    [
        "fortnight",
        {"rolling_days": 0},
        {"rolling_days": 7, "more": 1},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "2026-11-02"},
        {},
    ],
)
def test_other_windows_are_refused(raw: object) -> None:
    with pytest.raises(ValidationError):
        window(raw)


def test_an_unfinished_month_is_compared_with_as_many_days() -> None:
    today = date(2026, 11, 12)
    month = CalendarWindow(period=Period.MONTH)
    assert previous(month, today, same_days=True) == Span(date(2026, 10, 1), date(2026, 10, 12))
    assert previous(month, date(2026, 3, 31), same_days=True) == Span(
        date(2026, 2, 1), date(2026, 2, 28)
    )
    last = CalendarWindow(period=Period.MONTH, back=1)
    assert previous(last, today, same_days=True) == Span(date(2026, 9, 1), date(2026, 9, 30))


def test_an_open_span_contains_every_day_on_its_side() -> None:
    span = Span(start=date(2026, 11, 1))
    assert date(2030, 1, 1) in span
    assert date(2026, 10, 31) not in span
    assert span.days is None
