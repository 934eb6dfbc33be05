"""What tests of criteria share: a criterion, what is told about one, points to be counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scoring.criteria import CriteriaError, evaluate, load_criteria, parse_criteria
from scoring.models import PointEntry, PointRule
from tests.org.cast import Cast
from tests.scoring.kpi_data import MONDAY
from tests.scoring.points_data import rule

CSAT = {"metric": "csat", "window": "week", "op": ">=", "value": 80}


def messages(data: Any, **options: Any) -> list[str]:
    """What is wrong with criteria."""
    with pytest.raises(CriteriaError) as caught:
        parse_criteria(data, **options)
    return caught.value.messages


def told(leaf: dict[str, Any], cast: Cast, who: str = "agent", **options: Any) -> dict[str, Any]:
    """What one criterion says about one of the cast on MONDAY."""
    options.setdefault("as_of", MONDAY)
    person = getattr(cast, who)
    frame = evaluate({"it": load_criteria({"all": [leaf]})}, subjects=[person.pk], **options)["it"]
    return frame.row(0, named=True)


def earn(person: Any, day: date, amount: int, key: str = "calls", nth: int = 1) -> None:
    """An entry of a rule."""
    of = PointRule.objects.filter(key=key).first() or rule(key)
    PointEntry.objects.create(
        agent=person, occurred_on=day, booked_on=day, amount=amount, kind="rule", rule=of, nth=nth
    )
