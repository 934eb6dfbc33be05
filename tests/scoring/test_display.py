"""How changes read: what is better, what is weaker, and what is neither."""

from decimal import Decimal

import pytest

from scoring.figures.display import change
from scoring.models import Kpi

BAND = {"direction": "band", "denominator": "d", "low": Decimal(120), "high": Decimal(360)}


@pytest.mark.parametrize(
    ("kpi", "before", "now", "tone"),
    [
        ({"denominator": "d", "direction": "higher"}, 80, 84, "better"),
        ({"denominator": "d", "direction": "lower"}, 80, 84, "worse"),
        ({"direction": "higher"}, 80, 84, "same"),
        ({"direction": "lower"}, 80, 84, "same"),
        ({"direction": "higher", "target": Decimal(90)}, 80, 84, "better"),
        ({**BAND, "target": Decimal(240)}, 240, 350, "same"),
        (BAND, 100, 130, "better"),
        (BAND, 130, 100, "worse"),
        (BAND, 400, 500, "worse"),
        (BAND, 60, 400, "better"),
        ({"direction": "band", "denominator": "d", "target": Decimal(240)}, 240, 250, "worse"),
    ],
)
def test_a_change_is_better_or_weaker_only_where_it_matters(
    kpi: dict[str, str], before: int, now: int, tone: str
) -> None:
    told = change(Kpi(unit="score", **kpi), Decimal(now), Decimal(before))
    assert told is not None
    assert told.tone == tone
