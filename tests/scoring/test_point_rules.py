"""Writing rules: what is refused and why, publishing, sentences, previews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.refusals import Refused
from scoring.models import PointRule, PointRuleChange
from scoring.points import rules
from scoring.points.checks import problems
from scoring.points.preview import preview
from scoring.points.words import rule_sentence
from tests.org.cast import Cast
from tests.scoring.points_data import (
    MONDAY,
    after,
    closed_through_monday,
    no_shipped_rules,
    rule,
    team_days,
    work,
)

__all__ = ["no_shipped_rules"]
pytestmark = pytest.mark.django_db
TOP = {"all": [{"metric": "csat", "window": "week", "percentile": {"top": 5}}]}


def draft(**fields: Any) -> PointRule:
    given: dict[str, Any] = {
        "key": "calls", "name_en": "Calls", "per": "unit", "expression": "handled", "amount": 2,
        "starts_on": MONDAY, **fields,
    }  # fmt: skip
    return PointRule(**given)


def leaf(**parts: Any) -> dict[str, Any]:
    return {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 90, **parts}]}


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown measure": ({"expression": "handld"}, "expression", "“handld”"),
    "near names": ({"expression": "handld"}, "expression", "handled"),
    "unknown rule": ({"expression": "points_hard_cas"}, "expression", "points_hard_case"),
    "counts itself": ({"expression": "points_calls"}, "expression", "calls → calls"),
    "unknown KPI": ({"guard": leaf(metric="csatt")}, "guard", "“csatt”"),
    "a season": ({"guard": leaf(window="season")}, "guard", "season"),
    "a percentage": ({"guard": TOP}, "guard", "own work"),
    "limits": ({"cap_day": 9, "cap_week": 5}, "cap_week", "below the daily one"),
    "days": ({"ends_on": date(2026, 3, 1)}, "ends_on", "before the first day"),
    "rolling threshold": (
        {"per": "threshold", "expression": "", "threshold": leaf(window={"rolling_days": 7})},
        "threshold",
        "day, week, month or quarter",
    ),
    "channels of a threshold": (
        {
            "per": "threshold",
            "expression": "",
            "threshold": leaf(),
            "applies_to": {"channels": [1]},
        },
        "channels",
        "no channel",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_impossible_rule_is_refused_with_a_sentence_that_says_which(name: str) -> None:
    fields, place, words = REFUSED[name]
    found = problems(draft(**fields))
    assert list(found) == [place]
    assert words in " ".join(found[place])
    with pytest.raises(Refused):
        rules.save_draft(rule=draft(**fields), by=None)
    assert not PointRule.objects.filter(key="calls").exists()


def test_rules_that_count_each_other_are_a_circle_named_from_end_to_end() -> None:
    rule("first", expression="handled")
    rule("second", expression="points_first")
    third = draft(key="third", expression="points_second")
    rules.save_draft(rule=third, by=None)
    version = rules.new_version(rule=PointRule.objects.get(key="first"), starts_on=MONDAY, by=None)
    version.expression = "points_third"
    text = problems(version)["expression"][0]
    assert "first → third → second → first" in text
    assert "points_third" in text


def test_overlapping_days_name_the_version_they_overlap_with() -> None:
    first = rule(starts_on=after(7))
    version = rules.new_version(rule=first, starts_on=after(2), by=None)
    assert "Version 1" in problems(version)["starts_on"][0]
    version.ends_on = after(6)
    assert problems(version) == {}


def test_closed_days_stay_closed() -> None:
    closed_through_monday()
    assert "are closed" in problems(draft())["starts_on"][0]


def test_publishing_ends_the_version_before_and_leaves_word_for_the_night(cast: Cast) -> None:
    first = rule(starts_on=MONDAY)
    version = rules.new_version(rule=first, starts_on=after(7), by=None)
    rules.publish(rule=version, by=cast.manager)
    first.refresh_from_db()
    assert first.ends_on == after(6)
    days = set(PointRuleChange.objects.values_list("rule__version", "first_day", "last_day"))
    assert days == {(1, after(7), None), (2, after(7), None)}
    assert rules.publish(rule=version, by=cast.manager).published_by == cast.manager


def test_a_rule_that_has_not_begun_is_withdrawn(cast: Cast) -> None:
    coming = rule(starts_on=after(7))
    rules.end(rule=coming, on=after(9), today=MONDAY, by=None)
    coming.refresh_from_db()
    assert coming.is_withdrawn
    assert not problems(rules.new_version(rule=coming, starts_on=after(7), by=None))


def test_a_rule_is_told_in_both_languages() -> None:
    found = PointRule.objects.get(key="volume")
    english, chinese = rule_sentence(found, "en"), rule_sentence(found, "zh-hans")
    assert english.startswith("1 point for each of “Tickets handled”, at most 40 a day")
    assert "at least 90 % in the last 28 days" in english
    assert "每个“接待量”得 1 分" in chinese
    assert "最近 28 天" in chinese


@pytest.mark.usefixtures("no_shipped_rules")
def test_the_preview_counts_people_points_and_what_is_cut_and_saves_nothing(cast: Cast) -> None:
    from scoring.models import PointEntry

    work(cast.agent, after(0), handled=9)
    work(cast.agent, after(1), handled=2, csat_count=1)
    work(cast.stranger, after(1), handled=3, csat_count=1, csat_satisfied=1)
    team_days(after(1))
    shown = preview(draft(cap_day=10), viewer=cast.manager)
    assert shown is not None
    assert (shown.agents, shown.points, shown.cut) == (2, 10 + 4 + 6, 8)
    assert shown.people == [("Agent", 14), ("Stranger", 6)]
    guarded = preview(draft(guard=leaf(window="day")), viewer=cast.manager)
    assert guarded is not None
    assert (guarded.points, guarded.withheld) == (6, 22)
    mine = preview(draft(), viewer=cast.supervisor)
    assert mine is not None
    assert mine.agents == 1
    assert not PointEntry.objects.exists()


FORM = {
    "name_en": "Calls", "name_zh": "", "key": "calls", "per": "unit", "expression": "handled",
    "amount": "2", "units": "1", "cap_day": "", "cap_week": "", "starts_on": "2026-03-02",
    "ends_on": "", "people": "everyone",
}  # fmt: skip


def send(client: Client, cast: Cast, **fields: str) -> Any:
    client.force_login(cast.manager)
    return client.post(reverse("scoring:point_rule_new"), {**FORM, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expression": "handld"}, "There is no measure “handld”"),
        ({"expression": ""}, "This field is required"),
        ({"key": "hard_case"}, "This key is taken"),
        ({"key": "Hard case"}, "Use small letters"),
        ({"amount": "0"}, "greater than or equal to 1"),
        ({"cap_day": "9", "cap_week": "5"}, "The weekly limit is below the daily one"),
        ({"ends_on": "2026-03-01"}, "The last day is before the first day"),
        ({"per": "threshold"}, "Add at least one criterion"),
        ({"guard-what": "csat", "guard-value": "high"}, "Correct the criteria"),
    ],
)
def test_the_form_says_what_is_wrong_and_saves_nothing(
    cast: Cast, client: Client, fields: dict[str, str], words: str
) -> None:
    row = {f"guard-{name}": "" for name in ("what", "value", "start", "end", "least")}
    row |= {"guard-op": ">=", "guard-among": "company", "guard-window": "week"}
    row |= {"guard-days": "28", "guard-streak": "1"}
    answer = send(client, cast, **{**row, **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PointRule.objects.filter(key="calls").exists()


def test_a_manager_writes_previews_and_publishes_a_rule(cast: Cast, client: Client) -> None:
    shown = send(client, cast, preview="1").content.decode()
    assert "2 points for each of “Tickets handled”." in shown
    assert not PointRule.objects.filter(key="calls").exists()
    answer = send(client, cast, publish="1")
    saved = PointRule.objects.get(key="calls")
    assert answer["Location"] == reverse("scoring:point_rule", args=[saved.pk])
    assert (saved.is_published, saved.published_by) == (True, cast.manager)
