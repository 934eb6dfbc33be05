"""Drafts, publication, and what a published scorecard refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from incentives.org.refusals import Refused
from scoring.models import ChangedDay, Kpi, Scorecard, ScorecardItem
from scoring.scorecards import versions
from scoring.scorecards.checks import problems_of
from scoring.scorecards.notices import acknowledge, unread_versions
from scoring.scorecards.shipped import add_scorecards
from scoring.scorecards.words import card_changes, in_both_languages
from tests.org.cast import Cast
from tests.scoring.scorecards import CSAT, FRT, MONDAY, add_totals, compute, make_card

DECEMBER = date(2026, 12, 1)


def draft(*items: Any, **fields: Any) -> Scorecard:
    return make_card(*items, publish=False, **({"starts_on": None} | fields))


@pytest.mark.django_db
def test_the_shipped_cards_can_be_published_as_they_are() -> None:
    shipped = Scorecard.objects.filter(shipped=True)
    assert {card.key for card in shipped} == {
        "general",
        "phone",
        "chat",
        "social",
        "technical_support",
    }
    for card in shipped:
        assert problems_of(card, list(card.items.select_related("kpi"))) == []
        assert card.status == Scorecard.Status.PUBLISHED
    support = ScorecardItem.objects.get(scorecard__key="technical_support", kpi__key="fcr")
    assert support.weight == 30


@pytest.mark.django_db
def test_seeding_again_adds_nothing() -> None:

    add_scorecards()
    assert Scorecard.objects.count() == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda card: Scorecard.objects.filter(pk=card.pk).update(name_en="Other"),
        lambda card: Scorecard.objects.filter(pk=card.pk).update(status="draft"),
        lambda card: Scorecard.objects.filter(pk=card.pk).update(guards=[{}]),
        lambda card: Scorecard.objects.filter(pk=card.pk).delete(),
        lambda card: card.items.update(weight=1),
        lambda card: card.items.all().delete(),
        lambda card: ScorecardItem.objects.create(
            scorecard=card, kpi=Kpi.objects.get(key="aht"), weight=1
        ),
        lambda card: ScorecardItem.objects.filter(scorecard__key="spare").update(scorecard=card),
    ],
)
def test_the_database_keeps_a_published_card_as_it_is(cast: Cast, change: Any) -> None:
    card = make_card(team=cast.alpha)
    draft({"kpi": "aht", "weight": 100}, key="spare")
    with pytest.raises(IntegrityError, match="published scorecard"), transaction.atomic():
        change(card)
    card.refresh_from_db()
    assert (card.name_en, card.status, card.items.count()) == ("Own card", "published", 2)


def test_the_end_of_a_published_card_only_comes_nearer(cast: Cast) -> None:
    cards = Scorecard.objects.filter(pk=make_card(team=cast.alpha).pk)
    cards.update(ends_on=DECEMBER)
    cards.update(ends_on=MONDAY)
    for later in (DECEMBER, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            cards.update(ends_on=later)


def test_two_cards_for_the_same_agents_at_once_are_refused_by_the_database_too(cast: Cast) -> None:
    make_card(team=cast.alpha)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_card(team=cast.alpha, key="second")


def test_a_new_version_ends_the_one_before_and_is_a_copy_first(cast: Cast) -> None:
    card = make_card(team=cast.alpha)
    follower = card.new_version(starts_on=None)
    assert (follower.version, follower.is_published, follower.items.count()) == (2, False, 2)
    assert card.new_version(starts_on=None) == follower
    done = versions.publish(card=follower, on=DECEMBER, by=cast.manager, reason="Clearer")
    card.refresh_from_db()
    assert (card.ends_on, done.starts_on, done.published_by) == (
        date(2026, 11, 30),
        DECEMBER,
        cast.manager,
    )
    assert list(versions.in_force(on=MONDAY).filter(key="own")) == [card]
    assert list(versions.in_force(on=DECEMBER).filter(key="own")) == [done]


@pytest.mark.parametrize(
    ("items", "part"),
    [
        ([], "is empty"),
        ([CSAT | {"weight": 55}, FRT], "add up to 95: 5 are missing"),
        ([CSAT | {"weight": 65}, FRT], "add up to 105: that is 5 too many"),
        ([CSAT | {"target": 60}, FRT], "Higher is better here"),
        ([CSAT, FRT | {"floor": 10}], "Lower is better here"),
        ([CSAT | {"stretch": 85}, FRT], "must be better than the target"),
        ([CSAT | {"target": None, "stretch": None}, FRT], "which value gives 0 points"),
        (
            [{"kpi": "aht", "weight": 100, "outer_low": 60, "low": 300, "high": 200}],
            "A band needs this limit",
        ),
        (
            [{"kpi": "handled", "weight": 100, "floor": 0, "target": 9, "least": 3}],
            "has no sample size",
        ),
    ],
)
def test_a_wrong_card_is_not_published_and_says_why(
    cast: Cast, items: list[Any], part: str
) -> None:
    card = draft(*items) if items else Scorecard.objects.create(key="own", name_en="Own")
    with pytest.raises(Refused, match=part):
        versions.publish(card=card, on=DECEMBER, by=None)
    card.refresh_from_db()
    assert not card.is_published


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"metric": "csatt"}, "no KPI “csatt”"),
        ({"op": "~"}, "how the guard compares"),
        ({"value": "many"}, "needs a value"),
        ({"at_most": "130"}, "0 to 120"),
        ({"kpi": "aht"}, "not in the scorecard"),
    ],
)
def test_a_wrong_guard_is_named(cast: Cast, change: dict[str, str], part: str) -> None:
    guard = {"kpi": "frt", "metric": "csat", "op": ">=", "value": "85", "at_most": "50"} | change
    card = draft(guards=[guard])
    with pytest.raises(Refused, match=part):
        versions.publish(card=card, on=DECEMBER, by=None)


def test_overlapping_dates_name_the_card_that_is_in_the_way(cast: Cast) -> None:
    other = make_card(team=cast.alpha, key="older", name_en="Old card")
    card = draft(team=cast.alpha)
    with pytest.raises(Refused, match=r"“Old card” \(version 1\) is in force"):
        versions.publish(card=card, on=DECEMBER, by=None)
    versions.retire(card=other, after=date(2026, 11, 30))
    assert versions.publish(card=card, on=DECEMBER, by=None).status == "published"


def test_a_version_cannot_begin_before_the_one_it_follows(cast: Cast) -> None:
    card = make_card(starts_on=DECEMBER, team=cast.alpha)
    with pytest.raises(Refused, match="Version 1 is in force from"):
        versions.publish(card=card.new_version(starts_on=None), on=DECEMBER, by=None)


def test_publishing_has_the_scores_from_then_on_looked_at_again(cast: Cast) -> None:
    for day in (date(2026, 10, 31), MONDAY, date(2026, 11, 20)):
        add_totals(cast.agent, cast.alpha, day, handled=1)
    card = make_card(team=cast.alpha)
    versions.publish(card=card.new_version(starts_on=None), on=date(2026, 11, 18), by=None)
    days = set(ChangedDay.objects.values_list("day", flat=True))
    assert days == {MONDAY, date(2026, 11, 20)}


def test_a_jobs_card_becomes_a_teams_card(cast: Cast) -> None:
    job = Scorecard.objects.get(key="technical_support")
    card = versions.copy_for_team(card=job, team=cast.alpha)
    assert (card.team, card.role) == (cast.alpha, "")
    assert versions.publish(card=card, on=DECEMBER, by=None).key == "technical_support-alpha"


def test_changes_are_told_in_words(cast: Cast) -> None:
    card = make_card(team=cast.alpha)
    follower = card.new_version(starts_on=None)
    follower.items.filter(kpi__key="csat").update(weight=Decimal("50"), target=92)
    follower.items.filter(kpi__key="frt").delete()
    fcr = {"floor": 60, "target": 80, "least": 20}
    ScorecardItem.objects.create(
        scorecard=follower, kpi=Kpi.objects.get(key="fcr"), weight=50, **fcr
    )
    assert card_changes(card, follower) == [
        "New: First-contact resolution (50 %): 0 points at 60 %, 100 at 80 %."
        " With fewer than 20 behind it, it moves towards the team's value.",
        "“Mean first response time” no longer counts.",
        "Customer satisfaction (share satisfied): weight (%) 50 instead of 60.",
        "Customer satisfaction (share satisfied): 100 points at 92 % instead of 90 %.",
    ]
    english, chinese = in_both_languages(follower.items.select_related("kpi").get(kpi__key="fcr"))
    assert "First-contact resolution" in english
    assert "首次解决率" in chinese


def test_agents_are_told_what_changes_until_they_have_read_it(cast: Cast) -> None:
    card = make_card(team=cast.alpha)
    add_totals(cast.agent, cast.alpha, csat_satisfied=9, csat_count=10)
    compute()
    done = versions.publish(card=card.new_version(starts_on=None), on=DECEMBER, by=None)
    today = date(2026, 11, 20)
    assert unread_versions(cast.agent, on=today) == [done]
    assert unread_versions(cast.stranger, on=today) == []
    acknowledge(card=done, agent=cast.agent)
    acknowledge(card=done, agent=cast.agent)
    assert unread_versions(cast.agent, on=today) == []
    assert unread_versions(cast.teammate, on=date(2027, 2, 1)) == []
