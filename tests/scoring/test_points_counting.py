"""What a rule counts is exact to the last decimal, and a slip in a rule cannot break the ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.models import PointEntry
from scoring.points.counting import MOST_A_DAY
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, night, no_shipped_rules, points, rule, work

__all__ = ["no_shipped_rules"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_shipped_rules")]


@pytest.mark.parametrize(
    ("expression", "amount", "units", "expected"),
    [
        # 0.29 × 100 is less than 29 in binary fractions.
        ("0.29 * handled", 1, 1, 29),
        ("order_value", 3, 1, 37),
        ("0.3333333333333 * handled", 3, 1, 99),
        ("0.5 * handled - 0.000001 * order_value", 1, 10, 4),
        ("handled - 2 * reopened", 1, 1, 0),
    ],
)
def test_points_are_rounded_down_exactly(
    cast: Cast, expression: str, amount: int, units: int, expected: int
) -> None:
    rule(expression=expression, amount=amount, units=units)
    work(cast.agent, MONDAY, handled=60, reopened=50, order_value=Decimal("12.3"))
    work(cast.agent, MONDAY, "phone", handled=40, order_value=Decimal("0.333333"))
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent) == expected


def test_the_ledger_keeps_what_was_counted_to_six_decimals(cast: Cast) -> None:
    rule(expression="0.0000005 * handled", amount=2_000_000)
    work(cast.agent, MONDAY, handled=3)
    night(MONDAY, (cast.agent, MONDAY))
    entry = PointEntry.objects.get()
    assert (entry.amount, entry.quantity) == (3, Decimal("0.000002"))


def test_measures_of_the_companys_own_are_counted(cast: Cast) -> None:
    rule(expression="2 * demos + handled", amount=1)
    work(cast.agent, MONDAY, handled=1, custom={"demos": "2.5"})
    work(cast.agent, MONDAY, "phone", custom={"demos": 1})
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent) == 8


def test_a_slip_over_money_gives_a_million_at_most(cast: Cast) -> None:
    rule(expression="999999999999999 * order_value", amount=2_000_000_000)
    work(cast.agent, MONDAY, order_value=Decimal("99999999999999999.999999"))
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent) == MOST_A_DAY


def test_versions_in_one_week_have_limits_of_their_own(cast: Cast) -> None:
    first = rule(cap_week=12)
    type(first).objects.filter(pk=first.pk).update(ends_on=MONDAY)
    rule(version=2, starts_on=after(1), cap_week=12)
    for day in range(3):
        work(cast.agent, after(day), handled=2)
    night(after(2), *((cast.agent, after(day)) for day in range(3)))
    given = PointEntry.objects.order_by("occurred_on").values_list("rule__version", "amount")
    assert list(given) == [(1, 10), (2, 10), (2, 2)]
