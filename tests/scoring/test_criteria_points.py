"""Criteria on the points that rules gave."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from scoring.criteria import CriteriaError, evaluate, load_criteria, parse_criteria, sentence
from scoring.figures.metrics import find_metrics
from scoring.models import PointEntry, PointRule
from scoring.points.checks import problems
from tests.org.cast import Cast
from tests.scoring.criteria_data import earn, told
from tests.scoring.kpi_data import MONDAY
from tests.scoring.points_data import rule


def test_points_of_rules_are_summed_over_the_window_whatever_gave_the_others(cast: Cast) -> None:
    earn(cast.agent, MONDAY, 30)
    earn(cast.agent, MONDAY - timedelta(40), 70, "chats")
    earn(cast.agent, MONDAY, -10, nth=2)
    PointEntry.objects.create(
        agent=cast.agent, occurred_on=MONDAY, booked_on=MONDAY, amount=500, kind="badge",
        source_key="badge:1",
    )  # fmt: skip
    for points, window, value in (
        ("any", "day", 20),
        ("any", "all", 90),
        ("chats", "all", 70),
        ("chats", "month", 0),
        ("calls", {"rolling_days": 41}, 20),
        ("any", {"rolling_days": 41}, 90),
    ):
        leaf = {"points": points, "window": window, "op": "=", "value": value}
        assert told(leaf, cast)["met"], leaf
    half = told({"points": "any", "window": "all", "op": ">=", "value": 180}, cast)
    assert (half["met"], half["progress"]) == (False, 0.5)


def test_all_rules_of_a_window_cost_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    earn(cast.agent, MONDAY, 30)
    leaves = [
        {"points": key, "window": "month", "op": ">=", "value": value}
        for key in ("any", "calls")
        for value in (30, 31)
    ]
    criteria = {str(at): load_criteria({"all": [leaf]}) for at, leaf in enumerate(leaves)}
    metrics = find_metrics(["points:any", "points:calls"])
    with django_assert_num_queries(1):
        found = evaluate(criteria, as_of=MONDAY, subjects=[cast.agent.pk], metrics=metrics)
    assert [frame["met"][0] for frame in found.values()] == [True, False, True, False]


def test_points_are_said_in_both_languages(cast: Cast) -> None:
    rule("calls", name_zh="接待")
    criteria = parse_criteria(
        {"all": [{"points": "calls", "window": "month", "op": ">=", "value": 500}]}
    )
    assert sentence(criteria, "en") == "“Points (calls)” is at least 500 points in the month."
    assert sentence(criteria, "zh-hans") == "本月“积分（接待）”不低于 500 分。"
    assert load_criteria(criteria.as_data()) == criteria


@pytest.mark.parametrize(
    ("leaf", "by", "message"),
    [
        ({"points": "cals", "op": ">", "value": 1}, "agent", "no published point rule “cals”"),
        ({"points": "any", "op": ">", "value": 1}, "team", "Teams have no points"),
        ({"points": "any", "percentile": {"top": 5, "among": "team"}}, "agent", "choose “company”"),
        ({"points": "any", "score": "any", "op": ">", "value": 1}, "agent", "Name only one"),
    ],
)
def test_what_points_cannot_be_asked_for_is_told(
    cast: Cast, leaf: dict[str, Any], by: str, message: str
) -> None:
    with pytest.raises(CriteriaError, match=message):
        parse_criteria({"all": [{"window": "month", **leaf}]}, by=by)


def test_point_rules_do_not_rest_on_points(cast: Cast) -> None:
    draft = PointRule(
        key="best", name_en="Best", per="threshold", amount=5, starts_on=MONDAY, threshold={}
    )
    draft.threshold = {"all": [{"points": "any", "window": "month", "op": ">", "value": 90}]}
    assert "Points cannot depend on points" in problems(draft)["threshold"][0]
