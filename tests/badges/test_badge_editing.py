"""Writing badges: what is refused and why, versions, who would win, how rare it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from badges.awards.checks import problems
from badges.awards.preview import preview
from badges.awards.rarity import rarity
from badges.awards.sets import save_set
from badges.awards.versions import archive, new_version, publish, save_draft
from badges.models import Award, Badge, BadgeSet, BadgeVersion
from incentives.org.refusals import Refused
from scoring.criteria import evaluate_periods, load_criteria
from scoring.criteria.many_days import Sitting
from scoring.figures.windows import Period, Span
from tests.badges.award_data import DAILY, badge, held, night
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, team_days, work

pytestmark = pytest.mark.django_db
ROLLING = {"metric": "handled", "window": {"rolling_days": 7}, "op": ">=", "value": 5}
FIXED = {"metric": "handled", "window": {"from": "2026-01-01", "to": "2026-01-31"}, "op": ">=", "value": 5}  # fmt: skip


@pytest.fixture(autouse=True)
def no_shipped_badges(cast: Cast) -> None:
    """Only the test's own badges."""
    BadgeVersion.objects.filter(status="published").update(ends_on=date(1999, 12, 31))


def tier(leaf: dict[str, Any] | None, name: str = "bronze", points: Any = 10) -> dict[str, Any]:
    return {"tier": name, "criteria": {"all": [leaf]} if leaf else None, "points": points}


@pytest.mark.parametrize(
    ("identity", "terms", "field", "message"),
    [
        ({}, {"tiers": []}, "tiers", "at least one tier"),
        ({}, {"tiers": [tier(DAILY, "gold"), tier(DAILY)]}, "tiers", "in this order"),
        ({}, {"tiers": [tier(DAILY, points=-5)]}, "bronze", "from 0 to"),
        ({}, {"tiers": [tier({**DAILY, "metric": "nothing"})]}, "bronze", "no KPI"),
        ({}, {"tiers": [tier(None)]}, "bronze", "begin with"),
        ({"way": "granted"}, {}, "bronze", "remove the criteria"),
        ({"repeats": "period"}, {"tiers": [tier(ROLLING)]}, "bronze", "what “again” means"),
        ({}, {"tiers": [tier(FIXED)]}, "bronze", "nobody could win it"),
        ({}, {"expires_with_next": True}, "bronze", "choose a number of days"),
        ({}, {"applies_to": {"channels": [1]}}, "applies_to", "choose no channel"),
        ({}, {"ends_on": date(2026, 1, 1)}, "ends_on", "swap them"),
        ({"name_en": " "}, {}, "name_en", "English name"),
    ],
)
def test_what_cannot_work_is_refused_with_a_reason(
    identity: dict[str, Any], terms: dict[str, Any], field: str, message: str
) -> None:
    draft = Badge(**{"name_en": "Quick", "group": "customer", **identity})
    version = BadgeVersion(**{"starts_on": MONDAY, "tiers": [tier(DAILY)], **terms})
    with pytest.raises(Refused) as refused:
        save_draft(badge=draft, version=version)
    assert message in " ".join(refused.value.by_field[field])
    assert not Badge.objects.filter(name_en="Quick").exists()


def test_a_new_version_begins_after_what_was_judged_and_takes_nothing_away(cast: Cast) -> None:
    made = badge(DAILY)
    work(cast.agent, MONDAY, handled=5)
    night(after(3))
    draft = new_version(badge=made, starts_on=after(3))
    assert new_version(badge=made, starts_on=after(9)) == draft
    draft.tiers = [tier({**DAILY, "value": 50})]
    assert "judged up to" in problems(made, draft)["starts_on"][0]
    draft.starts_on = after(4)
    publish(version=save_draft(badge=made, version=draft), by=cast.manager)
    assert made.versions.get(version=1).ends_on == after(3)
    night(after(6), everything=True)
    assert held(cast.agent) == [("quick", "bronze", MONDAY)]
    archive(badge=made, on=after(6))
    work(cast.teammate, after(8), handled=60)
    night(after(9), (cast.teammate, after(8)))
    assert held(cast.teammate) == []


def test_the_preview_names_those_whom_the_viewer_sees(cast: Cast) -> None:
    for person in (cast.agent, cast.stranger):
        work(person, MONDAY, handled=5)
    team_days(after(2))
    draft = Badge(name_en="Quick", group="customer")
    version = BadgeVersion(starts_on=after(9), tiers=[tier(DAILY), tier(ROLLING, "silver")])
    for viewer, asked, winners in ((cast.supervisor, 3, 1), (cast.manager, 4, 2)):
        found = preview(badge=draft, version=version, viewer=viewer)
        assert found is not None
        assert (found.asked, found.winners, found.tiers[0].count) == (asked, winners, winners)
    assert not Award.objects.exists()


def test_rarity_counts_people_at_work_and_names_nobody(cast: Cast) -> None:
    made = badge(DAILY, {**DAILY, "value": 6})
    work(cast.agent, MONDAY, handled=9)
    night(MONDAY)
    found = rarity(made, on=after(1))
    assert (found.holders, found.people) == (1, 4)
    assert found.by_tier == {"bronze": 1, "silver": 1}


def test_a_set_needs_badges_that_have_its_tier() -> None:
    one, two = badge(DAILY, key="one"), badge(DAILY, key="two")
    for badges, least, field in (([one], "bronze", "badges"), ([one, two], "gold", "least_tier")):
        made = BadgeSet(key="pair", name_en="Pair", starts_on=MONDAY, least_tier=least)
        with pytest.raises(Refused) as refused:
            save_set(badge_set=made, badges=badges)
        assert field in refused.value.by_field


@pytest.mark.parametrize(
    "node",
    [
        {"all": [ROLLING, {"metric": "complaint_rate", "window": "day", "op": "=", "value": 0}]},
        {"any": [{"measure": "complaints", "window": "week", "op": "=", "value": 0}, DAILY]},
        {"all": [{"measure": "complaints", "window": "day", "op": "<=", "value": 0}, ROLLING]},
        {"all": [{**DAILY, "streak": 2}]},
        {"all": [{"metric": "handled", "window": "day", "percentile": {"top": 50}}]},
    ],
)
def test_pairs_that_meet_criteria_are_those_that_periods_meet(
    cast: Cast, node: dict[str, Any]
) -> None:
    for at, handled in enumerate((5, 0, 3, 7, 5, 9)):
        work(cast.agent, after(at), handled=handled, complaints=at % 2)
        work(cast.teammate, after(2 * at), handled=handled + 1, complaints=1 - at % 2)
    criteria, span = {"it": load_criteria(node)}, Span(MONDAY, after(13))
    frame = evaluate_periods(criteria, period=Period.DAY, span=span)["it"].filter("met")
    pairs = Sitting(criteria, days=[after(at) for at in range(14)]).met("it")
    assert set(pairs.iter_rows()) == set(frame.select("subject_id", "starts_on").iter_rows())
    assert not pairs.is_empty()
