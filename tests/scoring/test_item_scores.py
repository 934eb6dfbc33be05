"""What a value is worth on an item's scale."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.figures.item_scores import Scale, divided, item_score, item_score_expr

VALUES = st.decimals(min_value=-1000, max_value=1000, places=3)
FACTORS = st.sampled_from([Decimal(1), Decimal("0.8"), Decimal("0.5"), Decimal("0.01")])


@st.composite
def lines(draw: st.DrawFn) -> Scale:
    """A scale that is better higher or lower, with or without a stretch."""
    points = sorted(draw(st.sets(VALUES, min_size=3, max_size=3)), reverse=draw(st.booleans()))
    return Scale(points[0], points[1], draw(st.sampled_from([points[2], None])))


@st.composite
def bands(draw: st.DrawFn) -> Scale:
    """A band; limits may coincide."""
    outer_low, low, high, outer_high = sorted(
        draw(st.lists(VALUES, min_size=4, max_size=4)),
    )
    return Scale(outer_low=outer_low, low=low, high=high, outer_high=outer_high)


@pytest.mark.parametrize(
    ("value", "points"),
    [("60", 0), ("70", 0), ("80", 50), ("90", 100), ("94", 110), ("98", 120), ("100", 120)],
)
def test_points_grow_from_floor_to_target_to_stretch(value: str, points: int) -> None:
    scale = Scale(Decimal(70), Decimal(90), Decimal(98))
    assert item_score(Decimal(value), scale) == points


@pytest.mark.parametrize(("value", "points"), [("90", 0), ("59", 50), ("28", 100), ("15", 120)])
def test_lower_is_better_when_the_target_lies_below_the_floor(value: str, points: int) -> None:
    scale = Scale(Decimal(90), Decimal(28), Decimal(15))
    assert item_score(Decimal(value), scale) == points


@pytest.mark.parametrize(
    ("value", "points"),
    [("60", 0), ("90", 50), ("120", 100), ("240", 100), ("360", 100), ("480", 50), ("600", 0)],
)
def test_a_band_is_full_inside_and_falls_to_its_outer_limits(value: str, points: int) -> None:
    limits = [Decimal(each) for each in (60, 120, 360, 600)]
    assert item_score(Decimal(value), Scale(None, None, None, *limits)) == points


def test_a_relaxed_day_asks_for_less_of_the_way() -> None:
    scale = Scale(Decimal(70), Decimal(90), Decimal(98))
    assert item_score(Decimal(86), scale) == 80
    assert item_score(Decimal(86), scale, factor=Decimal("0.8")) == 100


@given(lines(), VALUES, VALUES, FACTORS)
def test_a_better_value_never_scores_less(
    scale: Scale, one: Decimal, other: Decimal, factor: Decimal
) -> None:
    assert scale.floor is not None
    assert scale.target is not None
    better = max if scale.target > scale.floor else min
    best = better(one, other)
    worst = other if best == one else one
    assert item_score(best, scale, factor=factor) >= item_score(worst, scale, factor=factor)


@given(lines() | bands(), VALUES, FACTORS)
def test_points_stay_between_0_and_120(scale: Scale, value: Decimal, factor: Decimal) -> None:
    most = 120 if scale.stretch is not None else 100
    assert 0 <= item_score(value, scale, factor=factor) <= most


@given(bands(), VALUES)
def test_only_inside_a_band_is_full(scale: Scale, value: Decimal) -> None:
    assert scale.low is not None
    assert scale.high is not None
    inside = scale.low <= value <= scale.high
    assert (item_score(value, scale) == 100) == inside


@given(lines(), FACTORS)
def test_floor_target_and_stretch_are_0_100_and_120(scale: Scale, factor: Decimal) -> None:
    assert scale.floor is not None
    assert scale.target is not None
    assert item_score(scale.floor, scale, factor=factor) == 0
    assert item_score(scale.target, scale) == 100
    if scale.stretch is not None:
        assert item_score(scale.stretch, scale) == 120


@given(lines() | bands(), VALUES, FACTORS)
def test_columns_give_the_same_points(scale: Scale, value: Decimal, factor: Decimal) -> None:
    # At an edge without slope a float cannot tell which side it is on.
    edges = {scale.outer_low, scale.low, scale.high, scale.outer_high} - {None}
    assume(not edges or min(abs(value - edge) for edge in edges if edge is not None) > 0)
    frame = pl.DataFrame({"value": [float(value), None], "factor": [float(factor)] * 2})
    points = item_score_expr(pl.col("value"), scale, factor=pl.col("factor"))
    found, nothing = frame.select(points=points)["points"].to_list()
    assert nothing is None
    assert found == pytest.approx(float(item_score(value, scale, factor=factor)), abs=1e-4)


def test_a_value_does_not_depend_on_the_rows_computed_with_it() -> None:
    tops = [n / 10 for n in range(1, 1000)]
    rows = pl.DataFrame({"top": tops}).with_columns(by=pl.lit(7.0))
    for by in (pl.lit(7.0), pl.col("by")):
        assert rows.select(divided(pl.col("top"), by))["top"].to_list() == [n / 7 for n in tops]
