"""Criteria on scores, and which days of the company's calendar criteria leave out."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pytest_django import DjangoAssertNumQueries

from incentives.org.models import CalendarDay
from scoring.criteria import evaluate, load_criteria
from scoring.figures.metrics import find_metrics
from scoring.models import PointRule, Score, Scorecard
from scoring.points.checks import problems
from tests.org.cast import Cast
from tests.scoring.criteria_data import told
from tests.scoring.kpi_data import MONDAY
from tests.scoring.scorecards import make_card


def store_score(person: Any, period: str, day: date, score: str, card: str = "calls") -> None:
    """A stored score of a period that begins on the day."""
    found = Scorecard.objects.filter(key=card).first() or make_card(key=card, role=card)
    Score.objects.create(
        agent=person, period=period, starts_on=day, scorecard=found, score=Decimal(score)
    )


GOOD_MONTHS = {"score": "any", "window": "month", "op": ">", "value": 90, "streak": 3}


def test_scores_above_90_three_months_running(cast: Cast) -> None:
    for month, score in ((7, "85"), (8, "90.0001"), (9, "119.5"), (11, "90.5")):
        store_score(cast.agent, "month", date(2026, month, 1), score)
    row = told(GOOD_MONTHS, cast)
    assert row["met"], "a month without a score is skipped"
    assert [each["value"] for each in json.loads(row["evidence"])] == [90.0001, 119.5, 90.5]
    assert not told({**GOOD_MONTHS, "streak": 4}, cast)["met"]
    assert not told(GOOD_MONTHS, cast, "teammate")["met"]


def test_a_named_scorecard_skips_the_months_of_others(cast: Cast) -> None:
    for month, score, card in ((8, "95", "calls"), (9, "40", "chats"), (10, "95", "calls")):
        store_score(cast.agent, "month", date(2026, month, 1), score, card)
    store_score(cast.agent, "month", date(2026, 11, 1), "95")
    assert told({**GOOD_MONTHS, "score": "calls"}, cast)["met"]
    assert not told(GOOD_MONTHS, cast)["met"]
    assert not told({**GOOD_MONTHS, "score": "chats", "streak": 1}, cast)["met"]


def test_no_score_meets_nothing_and_a_week_before_is_read_as_such(cast: Cast) -> None:
    store_score(cast.agent, "week", MONDAY - timedelta(7), "60")
    low = {"score": "any", "op": "<", "value": 70}
    assert told({**low, "window": {"period": "week", "back": 1}}, cast)["met"]
    for window in ("day", "week", "month"):
        assert told({**low, "window": window}, cast)["met"] is False


def test_criteria_on_scores_cost_one_query_for_each_kind_of_period(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store_score(cast.agent, "week", MONDAY, "60")
    leaves = [
        {"score": key, "window": window, "op": ">", "value": 50, "streak": streak}
        for key in ("any", "calls")
        for window in ("week", "month")
        for streak in (1, 4)
    ]
    criteria = {str(at): load_criteria({"all": [leaf]}) for at, leaf in enumerate(leaves)}
    metrics = find_metrics(["score:any", "score:calls"])
    with django_assert_num_queries(2):
        found = evaluate(criteria, as_of=MONDAY, subjects=[cast.agent.pk], metrics=metrics)
    assert [frame["met"][0] for frame in found.values()] == [True, False, False, False] * 2


def test_excluded_days_count_only_where_the_window_names_its_days(played: Cast) -> None:
    CalendarDay.objects.create(
        day=MONDAY, name_en="Fair", kind=CalendarDay.Kind.PROMOTION, treatment="excluded"
    )
    some = {"metric": "handled", "op": ">", "value": 0}
    for window in ("week", "month", {"rolling_days": 2}, "all"):
        assert not told({**some, "window": window}, played)["met"], window
    for named in ("day", {"rolling_days": 1}, {"from": "2026-11-02", "to": "2026-11-08"}):
        assert told({**some, "window": named}, played)["met"], named
    assert not told({**some, "window": "day", "streak": 2}, played)["met"]


def test_points_do_not_rest_on_scores(cast: Cast) -> None:
    rule = PointRule(
        key="best", name_en="Best", per="threshold", amount=5, starts_on=MONDAY, threshold={}
    )
    rule.threshold = {"all": [{"score": "any", "window": "month", "op": ">", "value": 90}]}
    assert "points depend on one's own work only" in problems(rule)["threshold"][0]
