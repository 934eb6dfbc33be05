"""What criteria are refused for when they are written, in one sentence each."""

import json
from typing import Any

import pytest

from scoring.criteria import (
    CriteriaError,
    load_criteria,
    parse_criteria,
)
from tests.scoring.criteria_data import CSAT, messages


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metric": "csta"}, "There is no KPI “csta”. Did you mean csat"),
        (
            {"metric": None, "measure": "praise"},
            "There is no measure “praise”. Did you mean praises",
        ),
        ({"metric": None, "measure": "praises *"}, "The expression ends too early"),
        ({"metric": None}, "Choose what is compared."),
        ({"measure": "praises"}, "Name only one of metric, measure, score and points."),
        ({"score": "any"}, "Name only one of metric, measure, score and points."),
        ({"metric": None, "score": "phon"}, "There is no published scorecard “phon”."),
        ({"metric": None, "score": 3}, "“score” is a text"),
        ({"metric": None, "score": "any", "window": "quarter"}, "Scores are given for days, weeks"),
        (
            {"metric": None, "score": "any", "window": {"rolling_days": 7}},
            "Scores are given for days, weeks and months: choose one of these.",
        ),
        ({"metric": None, "score": "any", "least": 3}, "A score has no least volume"),
        ({"treshold": 3}, "“treshold” is not a part of a criterion: remove it."),
        ({"leest": 3}, "“leest” is not a part of a criterion: remove it. Did you mean least?"),
        ({"op": None}, "Choose how it is compared."),
        ({"op": "=>"}, "A comparison is one of >=, <=, >, <, = and !=."),
        ({"value": None}, "Fill in the value to compare with."),
        ({"value": "many"}, "“value” is a number, such as 90 or 2.5."),
        ({"value": "NaN"}, "“value” is a number, such as 90 or 2.5."),
        ({"value": True}, "“value” is a number, such as 90 or 2.5."),
        ({"value": "1e40"}, "“value” has too many digits"),
        ({"least": -1}, "“least” cannot be negative: write 0 or more."),
        ({"window": "mnth"}, "There is no window “mnth”. Did you mean month"),
        ({"window": {"rolling_days": 0}}, "The number of last days is a whole number from 1 to"),
        ({"window": {"from": "2026-02-30", "to": "2026-03-01"}}, "“2026-02-30” is no day: write"),
        (
            {"window": {"from": "2026-03-02", "to": "2026-03-01"}},
            "The window ends before it starts",
        ),
        ({"window": {"days": 3}}, "A window is day, week, month, quarter, season, all, a number"),
        ({"window": {"period": "moon"}}, "The window's period is one of day, week"),
        ({"streak": 0}, "The number in a row is a whole number, 1 or more."),
        ({"streak": 101, "window": "day"}, "At most 100 in a row can be asked for"),
        (
            {"streak": 2, "window": {"rolling_days": 7}},
            "Only days, weeks, months and quarters come",
        ),
        ({"streak": 2, "window": "season"}, "Only days, weeks, months and quarters come in a row"),
        ({"percentile": {"top": 5}}, "A top percentage takes no comparison and no value"),
        (
            {"op": None, "value": None, "percentile": {"top": 0}},
            "A top percentage is more than 0 and less than 100",
        ),
        (
            {"op": None, "value": None, "percentile": {"top": 5, "among": "world"}},
            "A top percentage is more than 0 and less than 100, among “team” or “company”.",
        ),
        (
            {"op": None, "value": None, "metric": "occupancy", "percentile": {"top": 5}},
            "“occupancy” is best inside a band, so it has no top",
        ),
        (
            {"metric": "praise_count", "op": "<=", "value": 2, "least": 20},
            "“praise_count” is a plain sum, so its least volume is the sum itself",
        ),
        ({"value": 150}, "“csat” lies between 0 and 100 per cent: choose such a level."),
        ({"value": -1}, "“csat” lies between 0 and 100 per cent"),
        ({"op": ">", "value": 100}, "“csat” lies between 0 and 100 per cent"),
        ({"op": "<", "value": 0}, "“csat” lies between 0 and 100 per cent"),
        (
            {"metric": None, "score": "any", "value": 121},
            "Scores lie between 0 and 120: choose such a value.",
        ),
    ],
)
def test_bad_criteria_say_what_is_wrong(change: dict[str, Any], message: str) -> None:
    leaf = {key: value for key, value in {**CSAT, **change}.items() if value is not None}
    (found,) = messages({"all": [CSAT, {"any": [leaf]}]})
    assert found.startswith(f"Criterion 2.1: {message}")


@pytest.mark.usefixtures("refund_rate")
@pytest.mark.parametrize(
    "change",
    [
        {"metric": "csat", "value": 100},
        {"metric": "csat", "op": "=", "value": 0},
        {"score": "any", "value": 120},
        {"metric": "aht", "value": 600},
        {"metric": "nps", "value": -20},
        {"metric": "refund_rate", "value": 110},
    ],
)
def test_values_at_the_edge_and_of_what_is_no_share_are_taken(change: dict[str, Any]) -> None:
    parse_criteria({"all": [{"window": "week", "op": ">=", **change}]})


@pytest.mark.django_db
def test_criteria_stored_before_values_were_checked_are_still_read() -> None:
    load_criteria({"all": [{**CSAT, "value": 150}]})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "This is no JSON: check its brackets and quotes."),
        ([CSAT], "Criteria begin with “all” or “any”, followed by a list of criteria."),
        (CSAT, "Criteria begin with “all” or “any”, followed by a list of criteria."),
        ({"all": []}, "There is no criterion: add at least one."),
        ({"all": [CSAT] * 21}, "There can be at most 20 criteria: remove some."),
        ({"all": [{"any": [CSAT] * 11}, {"any": [CSAT] * 11}]}, "There can be at most 20 criteria"),
        ({"all": [CSAT], "any": [CSAT]}, "Use either “all” or “any”, with a list of criteria."),
        ({"all": [CSAT], "none": []}, "“none” is not a part of a criterion: remove it."),
        ({"all": "csat"}, "A criterion is written as {…}"),
        (
            {"all": [{"any": [{"all": [{"any": [{"all": [CSAT]}]}]}]}]},
            "Groups stand inside each other more than 4 deep: make it simpler.",
        ),
    ],
)
def test_bad_groups_say_what_is_wrong(data: Any, message: str) -> None:
    assert messages(data)[0].removeprefix("Criterion 1: ").startswith(message)


@pytest.mark.django_db
def test_each_wrong_criterion_is_named_once_by_its_place() -> None:
    with pytest.raises(CriteriaError) as caught:
        parse_criteria(
            {"all": [{**CSAT, "metric": "nope"}, CSAT, {**CSAT, "value": "x", "op": "~"}]}
        )
    assert list(caught.value.by_place) == [(2,)]
    assert len(caught.value.by_place[2,]) == 2


@pytest.mark.django_db
def test_teams_are_not_compared_within_a_team() -> None:
    leaf = {"metric": "csat", "window": "week", "percentile": {"top": 5, "among": "team"}}
    assert messages({"all": [leaf]}, by="team") == [
        "Criterion 1: Teams are compared within the company: choose “company”."
    ]
    parse_criteria({"all": [leaf]}, by="agent")


@pytest.mark.django_db
def test_criteria_are_stored_in_one_form() -> None:
    data = {
        "any": [
            {"metric": "csat", "window": {"period": "month"}, "op": ">=", "value": "92.50"},
            {"measure": "praises", "window": "season", "op": ">", "value": 3.0, "streak": 1},
            {
                "metric": "handled",
                "window": {"period": "week", "back": 1},
                "percentile": {"top": 5},
                "least": 0,
            },
        ]
    }
    stored = parse_criteria(data).as_data()
    assert stored == {
        "any": [
            {"metric": "csat", "window": "month", "op": ">=", "value": 92.5},
            {"measure": "praises", "window": "season", "op": ">", "value": 3},
            {
                "metric": "handled",
                "window": {"period": "week", "back": 1},
                "percentile": {"top": 5, "among": "company"},
            },
        ]
    }
    assert load_criteria(json.dumps(stored)).as_data() == stored


@pytest.mark.parametrize("text", ["[" * 10_000, '{"all":[' * 10_000, f'{{"all": [{"9" * 5_000}]}}'])
def test_json_that_is_deep_or_endless_is_told_as_no_criteria(text: str) -> None:
    with pytest.raises(CriteriaError):
        parse_criteria(text)
