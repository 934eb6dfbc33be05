"""Rules and boards for the company of the night and the home, as many as managers write."""

from __future__ import annotations

from datetime import date
from typing import Any

from scoring.models import Leaderboard, PointRule, Scorecard

RULES, BOARDS = 20, 8
# Ten rules of the kinds that managers write beside the ten that ship: weeks and months that reach a
# value, and sums that come together over some days' work. (metric, window, op, value, points)
_THRESHOLDS = (
    ("frt_within", "week", ">=", 90, 20),
    ("fcr", "week", ">=", 80, 20),
    ("aht", "week", "<=", 400, 15),
    ("reopen_rate", "week", "<=", 4, 15),
    ("csat", "month", ">=", 92, 60),
    ("complaint_rate", "month", "=", 0, 30),
    ("conversion", "month", ">=", 30, 40),
)
# (measure, how many of it, points)
_UNITS = (("order_value", 2_000, 2), ("orders", 5, 3), ("reopened", 3, 1))


def fill_up() -> dict[str, int]:
    """Bring rules and boards to their numbers; how many there are of each, and of scorecards."""
    for metric, window, op, value, amount in _THRESHOLDS:
        leaf = {"metric": metric, "window": window, "op": op, "value": value, "least": 5}
        _rule(f"{metric}_{window}", amount, per="threshold", threshold={"all": [leaf]})
    for measure, units, amount in _UNITS:
        _rule(f"every_{measure}", amount, per="unit", expression=measure, units=units)
    published = PointRule.objects.filter(status="published").count()
    assert published == RULES, published
    boards = list(Leaderboard.objects.all())
    for number in range(max(0, BOARDS - len(boards))):
        board = boards[number % len(boards)]
        board.pk, board._state.adding = None, True
        board.key, board.period = f"{board.key}-{number}", "day"
        board.save()
    return {
        "rules": published,
        "cards": Scorecard.objects.filter(status="published").count(),
        "boards": Leaderboard.objects.count(),
    }


def _rule(key: str, amount: int, **more: Any) -> None:
    PointRule.objects.create(
        key=key,
        name_en=key,
        amount=amount,
        status="published",
        starts_on=date(2000, 1, 1),
        **more,
    )
