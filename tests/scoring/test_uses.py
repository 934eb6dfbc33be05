"""A KPI or measure that anything still names is archived instead of deleted, and told where."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from incentives.org.refusals import Refused
from scoring.explorer.retiring import delete_kpi, delete_measure, uses_of_measure
from scoring.models import CustomMeasure, Goal, Kpi, PointRule
from tests.org.cast import Cast
from tests.scoring.board_data import board
from tests.scoring.kpi_data import refunds  # noqa: F401
from tests.scoring.points_data import MONDAY, after, rule
from tests.scoring.scorecards import make_card

GUARD = {"all": [{"metric": "csat", "window": "day", "op": ">=", "value": 90}]}


@pytest.fixture
def own(refunds: CustomMeasure) -> Kpi:  # noqa: F811
    """A KPI of the company's own."""
    return Kpi.objects.create(
        key="own", name_en="Own", group="customer", numerator="refunds", unit="count"
    )


def _rule(**criteria: object) -> object:
    return rule("bonus", name_en="Bonus", **criteria)


def _judging(leaf: dict[str, object]) -> dict[str, object]:
    return {"all": [{"any": [{**leaf, "window": "day", "op": ">", "value": 1}]}]}


def _goal(cast: Cast) -> object:
    return Goal.objects.create(
        title="Secret",
        agent=cast.agent,
        proposed_by=cast.agent,
        kpi=Kpi.objects.get(key="own"),
        target=Decimal(9),
        starts_on=MONDAY,
        ends_on=after(6),
    )


PLACES: list[tuple[Callable[[Cast], object], str]] = [
    (lambda _cast: _rule(guard=_judging({"metric": "own"})), "the point rule “Bonus”"),
    (
        lambda _cast: _rule(
            per="threshold", expression="", threshold=_judging({"metric": "own"}), ends_on=MONDAY
        ),
        "the point rule “Bonus”",
    ),
    (
        lambda _cast: board(key="b", name_en="Best", by="kpi", kpi=Kpi.objects.get(key="own")),
        "the leaderboard “Best”",
    ),
    (_goal, "by 1 goal:"),
    (
        lambda cast: make_card({"kpi": "own", "weight": 100}, team=cast.alpha),
        "the scorecard “Own card v1”",
    ),
    (
        lambda cast: make_card(
            team=cast.alpha,
            guards=[{"kpi": "frt", "metric": "own", "op": ">=", "value": 1, "at_most": 60}],
        ),
        "the scorecard “Own card v1”",
    ),
]


@pytest.mark.parametrize(("name_it", "where"), PLACES)
def test_a_kpi_that_is_named_is_not_deleted_and_the_refusal_says_where(
    cast: Cast, own: Kpi, name_it: Callable[[Cast], object], where: str
) -> None:
    name_it(cast)
    with pytest.raises(Refused, match=where):
        delete_kpi(kpi=own)
    assert Kpi.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize(
    "parts",
    [
        {"expression": "handled + 2 * refunds"},
        {"expression": "refunds", "ends_on": MONDAY},
        {"status": "draft", "expression": "refunds"},
        {"guard": _judging({"measure": "handled - refunds"})},
        {"per": "threshold", "expression": "", "threshold": _judging({"measure": "refunds"})},
    ],
)
def test_a_measure_that_a_rule_names_is_not_deleted(
    refunds: CustomMeasure,  # noqa: F811
    parts: dict[str, object],
) -> None:
    rule("bonus", name_en="Bonus", **parts)
    with pytest.raises(Refused, match="is used by the point rule “Bonus”: archive it"):
        delete_measure(measure=refunds)


def test_all_places_are_named_in_one_sentence(own: Kpi, refunds: CustomMeasure) -> None:  # noqa: F811
    rule("bonus", name_en="Bonus", expression="refunds")
    with pytest.raises(Refused, match="by the KPI “Own”, the point rule “Bonus”: archive it"):
        delete_measure(measure=refunds)


def test_a_rule_that_never_held_keeps_nothing(refunds: CustomMeasure) -> None:  # noqa: F811
    rule("bonus", expression="refunds", starts_on=after(7), ends_on=after(6))
    rule("other", expression="handled", guard=GUARD)
    assert uses_of_measure(refunds) == []
    delete_measure(measure=refunds)
    assert not CustomMeasure.objects.exists()
    assert PointRule.objects.filter(key="bonus").exists()
