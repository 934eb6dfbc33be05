"""Small drawings and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format, localize
from hypothesis import given
from hypothesis import strategies as st

from dashboards.drawing import HEIGHT, TONES, WIDTH, initials, points, tone
from dashboards.templatetags.look import bar
from dashboards.templatetags.look import day as short
from incentives.org.notation import moment, said
from scoring.figures.display import amount, shown

VALUES = st.lists(st.none() | st.decimals(-1000, 1000, allow_nan=False, places=3), max_size=40)


@given(VALUES, st.none() | st.decimals(-1000, 1000, allow_nan=False, places=3))
def test_a_sparkline_stays_in_its_box_and_has_a_point_per_value(
    values: list[Decimal | None], target: Decimal | None
) -> None:
    known = [value for value in values if value is not None]
    drawing = points(values, target=target)
    if len(known) < 2:
        assert drawing is None
        return
    assert drawing is not None
    drawn = [pair[1:].split() for pair in _pairs(drawing.path)]
    assert len(drawn) == len(known)
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in drawn)
    highest = min(range(len(known)), key=lambda at: float(drawn[at][1]))
    assert float(drawn[highest][1]) == min(float(y) for _, y in drawn)
    drawn_range = [*known, *([target] if target is not None else [])]
    # As fine as a hundredth of the box, in which the target has a place too.
    assert max(known) - known[highest] <= (max(drawn_range) - min(drawn_range)) / 100


def _pairs(path: str) -> list[str]:
    words = path.split()
    return [f"{x} {y}" for x, y in zip(words[::2], words[1::2], strict=True)]


def test_a_gap_in_the_values_is_a_gap_in_the_line() -> None:
    drawing = points([Decimal(1), None, Decimal(2), Decimal(3)])
    assert drawing is not None
    assert [pair[0] for pair in _pairs(drawing.path)] == ["M", "M", "L"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Li Wei", "LW"), ("Ana Maria Costa", "AC"), ("Cher", "CH"), ("王小敏", "小敏"), ("", "?")],
)
def test_faces_have_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_a_face_has_the_same_ground_everywhere(name: str) -> None:
    assert tone(name) == tone(name)
    assert 0 <= tone(name) < TONES


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(64, 100, "64.00"), (3, 2, "100.00"), (-1, 2, "0.00"), (1, 0, "0.00")],
)
def test_a_bar_is_never_fuller_than_full(part: float, whole: float, share: str) -> None:
    assert bar(part, whole)["share"] == share


def test_dates_are_said_in_the_readers_language() -> None:
    day = date(2026, 11, 21)
    early = date(2026, 9, 5)
    assert said(day, "yMMMMEEEEd") == "Saturday, 21 November 2026"
    assert (short(day), short(early), str(localize(early))) == ("21 Nov 2026", *["5 Sep 2026"] * 2)
    with translation.override("zh-hans"):
        assert said(day, "yMMMMEEEEd") == "2026年11月21日周六"
        assert (short(day), short(early), str(localize(early))) == (
            "2026年11月21日",
            *["2026年9月5日"] * 2,
        )
        assert date_format(early, "MONTH_DAY_FORMAT") == "9月5日"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_figures_are_grouped_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert amount(Decimal(21508)) == "21,508"
        assert shown(Decimal("1234567.5"), "money") == "1,234,567.50"


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "today, 02:14"), (24, "yesterday, 02:14"), (72, "18 Nov 2026, 02:14")]
)
def test_moments_are_relative_to_the_readers_day(hours: int, words: str) -> None:
    with timezone.override("Asia/Shanghai"):
        when = datetime(2026, 11, 20, 18, 14, tzinfo=UTC) - timedelta(hours=hours)
        assert moment(when, today=date(2026, 11, 21)) == words
