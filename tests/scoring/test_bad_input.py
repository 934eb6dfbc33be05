"""Impossible rules and scorecards come back as errors of the form that say which; nothing is saved."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.refusals import Refused
from scoring.models import PointRule, Scorecard
from scoring.points import rules
from scoring.points.ledger import published_rules
from scoring.points.specs import levels
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, rule
from tests.scoring.scorecards import CSAT, FRT, make_card
from tests.scoring.test_scorecard_pages import card_form

RULE = {
    "name_en": "Calls", "name_zh": "", "key": "calls", "per": "unit", "expression": "handled",
    "amount": "2", "units": "1", "cap_day": "", "cap_week": "", "starts_on": MONDAY.isoformat(),
    "ends_on": "", "people": "everyone", "publish": "1",
}  # fmt: skip


def criterion(prefix: str = "guard", **parts: str) -> dict[str, str]:
    """One row of the sentence builder."""
    row = {
        "what": "csat", "op": ">=", "value": "90", "among": "company", "window": "week",
        "days": "28", "start": "", "end": "", "least": "", "streak": "1", **parts,
    }  # fmt: skip
    return {f"{prefix}-{name}": value for name, value in row.items()}


BAD_RULES: list[tuple[dict[str, str], str]] = [
    ({"expression": "points_calls"}, "Rules count each other in a circle: calls → calls."),
    ({"expression": "points_second"}, "calls → second → calls"),
    ({"expression": "handeld"}, "There is no measure “handeld”. Did you mean handled?"),
    (criterion(what="csatt"), "There is no KPI “csatt”. Did you mean csat"),
    (criterion(what="=handeld"), "There is no measure “handeld”"),
    (criterion(what="score:any"), "points depend on one&#x27;s own work only"),
    (criterion(what="score:nothing"), "There is no published scorecard “nothing”."),
    (criterion(window="range", start="2026-03-09", end="2026-03-02"), "ends before it starts"),
    (
        {"guard-text": '{"all": [{"metric": "csat", "window": "day", "op": ">", "value": 1, "x": 1}]}'},
        "“x” is not a part of a criterion: remove it.",
    ),
    ({"guard-text": "{“all”: 1}"}, "This is no JSON: check its brackets and quotes."),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "words"), BAD_RULES)
def test_an_impossible_rule_says_what_is_wrong_and_is_not_saved(
    client: Client, cast: Cast, parts: dict[str, str], words: str
) -> None:
    rule("second", expression="points_calls", status="draft")
    before = PointRule.objects.count()
    client.force_login(cast.manager)
    answer = client.post(reverse("scoring:point_rule_new"), RULE | parts)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert PointRule.objects.count() == before


def test_overlapping_versions_of_a_rule_name_the_other_one(client: Client, cast: Cast) -> None:
    first = rule(starts_on=after(7), status="published", published_at="2026-01-01T00:00Z")
    draft = rules.new_version(rule=first, starts_on=after(30), by=None)
    client.force_login(cast.manager)
    address = reverse("scoring:point_rule_edit", args=[draft.pk])
    answer = client.post(address, RULE | {"starts_on": after(2).isoformat()})
    assert answer.status_code == 422
    assert "Version 1 holds from" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.starts_on) == ("draft", after(30))


def test_a_circle_through_a_version_that_has_ended_is_refused_as_well(cast: Cast) -> None:
    rule("second", expression="handled", ends_on=after(30))
    rule("first", expression="points_second", ends_on=after(10))
    rule("first", version=2, expression="handled", starts_on=after(11))
    second = PointRule.objects.get(key="second")
    draft = rules.new_version(rule=second, starts_on=after(31), by=None)
    draft.expression = "points_first"
    with pytest.raises(Refused, match="second → first → second"):
        rules.save_draft(rule=draft, by=None)
    assert levels(published_rules()), "the night can put the rules in order"


BAD_CARDS: list[tuple[tuple[dict[str, Any], ...], dict[str, str], str]] = [
    ((CSAT | {"weight": 55}, FRT), {}, "The weights add up to 95: 5 are missing to 100."),
    ((CSAT | {"weight": 65}, FRT), {}, "The weights add up to 105: that is 5 too many."),
    ((CSAT | {"weight": "0"}, FRT), {}, "The weight must be above 0."),
    ((), {}, "The scorecard is empty: add at least one item."),
    ((CSAT, FRT), {"item-1-kpi": "99999"}, "not one of the available choices"),
]


@pytest.mark.parametrize(("items", "fields", "words"), BAD_CARDS)
def test_an_impossible_scorecard_says_what_is_wrong_and_is_not_saved(
    client: Client, cast: Cast, items: Any, fields: dict[str, str], words: str
) -> None:
    before = Scorecard.objects.count()
    client.force_login(cast.manager)
    answer = client.post(reverse("scoring:scorecard_new"), card_form(*items) | fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Scorecard.objects.count() == before


def test_overlapping_scorecards_name_the_one_in_the_way(client: Client, cast: Cast) -> None:
    make_card(team=cast.alpha)
    second = make_card(key="second", team=cast.alpha, publish=False, starts_on=None)
    client.force_login(cast.manager)
    address = reverse("scoring:scorecard_publish", args=[second.pk])
    answer = client.post(address, {"on": date(2026, 12, 1).isoformat(), "reason": "x"})
    assert answer.status_code == 422
    assert "“Own card” (version 1) is in force" in answer.content.decode()
    second.refresh_from_db()
    assert not second.is_published
