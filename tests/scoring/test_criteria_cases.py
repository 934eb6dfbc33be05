"""Criteria told by hand: queries, who is asked, evidence, progress and exactness."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from scoring.criteria import (
    evaluate,
    evaluate_periods,
    load_criteria,
    parse_criteria,
)
from scoring.figures.metrics import find_metrics
from scoring.figures.windows import Period, Span
from scoring.models import AgentDay, Channel
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.criteria_data import CSAT, messages, told
from tests.scoring.kpi_data import MONDAY, add_day


def test_one_query_for_each_distinct_window(
    played: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leaves = [
        {**CSAT, "metric": metric, "window": window, "value": value}
        for metric in ("csat", "handled", "complaint_rate")
        for window in ("week", "month", {"rolling_days": 28})
        for value in (1, 2)
    ]
    leaves += [{**leaf, "streak": streak} for leaf in leaves[:4] for streak in (2, 5)]
    leaves += [{**CSAT, "window": {"from": "2026-11-02", "to": "2026-11-08"}}]
    leaves += [{"metric": "csat", "window": "month", "percentile": {"top": 10}}]
    criteria = {str(at): load_criteria({"all": [leaf]}) for at, leaf in enumerate(leaves)}
    metrics = find_metrics(["csat", "handled", "complaint_rate"])
    # The calendar; the week (also as from – to), the month, the 28 days; streaks: weeks, months.
    with django_assert_num_queries(6):
        evaluate(criteria, as_of=MONDAY, subjects=[played.agent.pk], metrics=metrics)
    span = Span(MONDAY - timedelta(60), MONDAY)
    # The calendar; weeks, months, the days for rolling windows, and the fixed one.
    with django_assert_num_queries(5):
        evaluate_periods(
            criteria, period=Period.DAY, span=span, subjects=[played.agent.pk], metrics=metrics
        )


def test_everyone_at_work_is_asked_and_nobody_who_left(played: Cast) -> None:
    last = PersonFactory(team=played.alpha, left_on=MONDAY)
    gone = PersonFactory(team=played.alpha, left_on=MONDAY - timedelta(1))
    off = PersonFactory(team=played.alpha, is_active=False)
    for each in (last, gone, off):
        AgentDay.objects.create(
            agent=each, day=MONDAY, channel=Channel.objects.get(key="zz_phone"), handled=1
        )
    free = PersonFactory()
    add_day(free, None, Channel.objects.get(key="zz_chat"), handled=1)
    frame = evaluate({"it": load_criteria({"all": [CSAT]})}, as_of=MONDAY)["it"]
    asked = set(frame["subject_id"])
    expected = {"agent", "teammate", "former", "stranger"}
    assert asked == {getattr(played, name).pk for name in expected} | {free.pk, last.pk}
    assert frame.filter(frame["met"])["subject_id"].to_list() == [played.agent.pk]


def test_the_evidence_says_what_was_measured_against_what(played: Cast) -> None:
    row = told({**CSAT, "least": 5}, played)
    assert json.loads(row["evidence"]) == [
        {
            "metric": "csat",
            "start": "2026-11-02",
            "end": "2026-11-08",
            "value": 80.0,
            "n": 8.0,
            "d": 10.0,
            "op": ">=",
            "threshold": 80.0,
            "least": 5.0,
            "met": True,
        }
    ]
    top = {"metric": "handled", "window": "day", "percentile": {"top": 50}}
    (evidence,) = json.loads(told(top, played)["evidence"])
    assert {"rank": 1, "of": 2, "places": 1, "op": "top", "threshold": 50.0}.items() <= (
        evidence.items()
    )


def test_the_evidence_of_a_streak_has_each_period_and_skips_days_off(
    cast: Cast, channels: list[Channel]
) -> None:
    for back in (0, 3, 4, 5):
        add_day(cast.agent, None, channels[0], day=MONDAY - timedelta(back), handled=10 - back)
    leaf = {"metric": "handled", "window": "day", "op": ">=", "value": 6, "streak": 3}
    row = told(leaf, cast)
    assert row["met"]
    evidence = json.loads(row["evidence"])
    assert [(part["start"], part["n"]) for part in evidence] == [
        ("2026-10-29", 6.0),
        ("2026-10-30", 7.0),
        ("2026-11-02", 10.0),
    ]
    assert told(leaf, cast, "teammate") == {
        "subject_id": cast.teammate.pk,
        "met": False,
        "progress": 0.0,
        "evidence": "[]",
    }


@pytest.mark.parametrize(("gap", "met"), [(1, True), (5, True), (6, False)])
def test_a_streak_of_two_days_lies_within_the_last_six(
    cast: Cast, channels: list[Channel], gap: int, met: bool
) -> None:
    for day in (MONDAY, MONDAY - timedelta(gap)):
        add_day(cast.agent, None, channels[0], day=day, handled=1)
    leaf = {"metric": "handled", "window": "day", "op": ">=", "value": 1, "streak": 2}
    row = told(leaf, cast)
    assert (row["met"], len(json.loads(row["evidence"]))) == (met, 2 if met else 1)
    assert row["progress"] == (1 if met else 0.5)


def test_streaks_of_any_length_share_a_read_and_none_is_cut_short(
    cast: Cast, channels: list[Channel]
) -> None:
    for back in range(5):
        add_day(cast.agent, None, channels[0], day=MONDAY - timedelta(2 * back), handled=1)
    leaf = {"metric": "handled", "window": "day", "op": ">=", "value": 1}
    criteria = {
        str(days): load_criteria({"all": [{**leaf, "streak": days}]}) for days in (5, 2, 6, 3)
    }
    found = evaluate(criteria, as_of=MONDAY, subjects=[cast.agent.pk])
    assert {key: frame["met"].item() for key, frame in found.items()} == {
        "5": True,
        "2": True,
        "6": False,
        "3": True,
    }


def test_a_streak_is_not_broken_by_a_period_that_still_runs(
    cast: Cast, channels: list[Channel]
) -> None:
    days = [date(2026, 8, 10), date(2026, 9, 10), date(2026, 10, 10)]
    for day, handled in zip(days, (50, 60, 5), strict=True):
        add_day(cast.agent, None, channels[0], day=day, handled=handled)
    leaf = {"metric": "handled", "window": "month", "op": ">=", "value": 40, "streak": 3}
    row = told(leaf, cast, as_of=date(2026, 10, 10))
    assert (row["met"], row["progress"]) == (False, pytest.approx(2 / 3))
    assert told(leaf, cast, as_of=date(2026, 10, 31))["progress"] == 0


@pytest.mark.parametrize(
    ("leaf", "progress"),
    [
        ({"metric": "csat", "window": "day", "op": ">=", "value": 100}, 0.8),
        ({"metric": "csat", "window": "day", "op": ">=", "value": 80, "least": 40}, 0.25),
        ({"metric": "csat", "window": "day", "op": "<=", "value": 40}, 0.5),
        ({"metric": "handled", "window": "day", "op": ">", "value": 12}, 0.99),
        ({"metric": "handled", "window": "day", "op": "=", "value": 24}, 0.5),
        ({"metric": "csat", "window": "day", "op": "<", "value": 0}, 0),
        ({"metric": "frt", "window": "day", "op": "<", "value": 60}, 0),
        ({"metric": "handled", "window": "day", "op": ">=", "value": 12}, 1),
    ],
)
def test_progress_is_the_part_of_the_way(
    played: Cast, leaf: dict[str, Any], progress: float
) -> None:
    row = told(leaf, played)
    assert row["progress"] == pytest.approx(progress)
    assert row["met"] == (progress == 1)


def test_progress_of_all_is_the_mean_and_of_any_the_furthest(played: Cast) -> None:
    leaves = [
        {**CSAT, "value": 100},
        {"metric": "handled", "window": "day", "op": ">=", "value": 24},
    ]
    criteria = {word: load_criteria({word: leaves}) for word in ("all", "any")}
    found = evaluate(criteria, as_of=MONDAY, subjects=[played.agent.pk])
    assert found["all"]["progress"].to_list() == [pytest.approx(0.65)]
    assert found["any"]["progress"].to_list() == [pytest.approx(0.8)]


def test_amounts_too_fine_for_floats_are_told_apart(cast: Cast, channels: list[Channel]) -> None:
    almost = Decimal("999999999999.999998")
    add_day(cast.agent, None, channels[0], order_value=almost, orders=10**12)
    add_day(
        cast.teammate, None, channels[1], order_value=almost - Decimal("0.000001"), orders=10**12
    )
    leaf = {"measure": "order_value", "window": "day", "op": ">=", "value": "999999999999.999999"}
    assert not told(leaf, cast)["met"]
    assert told({**leaf, "value": str(almost)}, cast)["met"]
    best = {"metric": "aov", "window": "day", "percentile": {"top": 50}}
    assert told(best, cast)["met"]
    assert not told(best, cast, "teammate")["met"]


def test_a_third_is_more_than_its_decimals(cast: Cast, channels: list[Channel]) -> None:
    add_day(cast.agent, None, channels[0], csat_satisfied=1, csat_count=3)
    add_day(cast.teammate, None, channels[1], csat_satisfied=2, csat_count=6)
    leaf = {"metric": "csat", "window": "day", "op": ">", "value": "33.333333"}
    assert told(leaf, cast)["met"]
    assert not told({**leaf, "value": "33.333334"}, cast)["met"]
    assert not told({**leaf, "op": "="}, cast)["met"]
    both = {"metric": "csat", "window": "day", "percentile": {"top": 1}}
    assert told(both, cast)["met"]
    assert told(both, cast, "teammate")["met"]


def test_nothing_measured_is_no_ratio_but_a_count_of_zero(played: Cast) -> None:
    none = {"metric": "infosec_breaches", "window": "month", "op": "=", "value": 0}
    assert told(none, played, "teammate")["met"]
    rate = {"metric": "complaint_rate", "window": "month", "op": "=", "value": 0}
    assert not told(rate, played, "teammate")["met"]
    assert told(rate, played)["met"]


def test_without_a_season_its_criteria_are_not_met(played: Cast) -> None:
    leaf = {"metric": "complaint_rate", "window": "season", "op": "=", "value": 0}
    assert not told(leaf, played)["met"]
    assert not told({**leaf, "metric": "infosec_breaches"}, played)["met"]
    assert told(leaf, played, season=Span(MONDAY, MONDAY + timedelta(80)))["met"]


def test_contradictory_criteria_are_met_by_nobody_and_refused_when_written(played: Cast) -> None:
    data = {"all": [{**CSAT, "op": ">"}, {"all": [{**CSAT, "op": "<="}]}]}
    frame = evaluate({"it": load_criteria(data)}, as_of=MONDAY)["it"]
    assert not frame["met"].any()
    assert messages(data) == [
        "Criterion 2.1: It contradicts criterion 1, so nobody can meet both: change one."
    ]
    for harmless in (
        {"any": data["all"]},
        {"all": [CSAT, {**CSAT, "op": "<="}]},
        {"all": [{**CSAT, "op": ">"}, {**CSAT, "op": "<=", "window": "month"}]},
        {"all": [{**CSAT, "op": ">"}, {**CSAT, "op": "<=", "streak": 2}]},
    ):
        parse_criteria(harmless)
