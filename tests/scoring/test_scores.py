"""Scores of days, weeks and months, and where their points went."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.org.models import CalendarDay, Person
from scoring.figures.item_scores import item_score
from scoring.models import AgentDay, Kpi, Score, TeamDay
from scoring.scorecards.cards import scale_of
from scoring.scorecards.lookups import worst_of_items
from scoring.scorecards.stored import items_of
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.scorecards import (
    CSAT,
    FRT,
    MONDAY,
    add_totals,
    compute,
    item_of,
    lost_in_all,
    make_card,
    score_of,
)

RATINGS: dict[str, Any] = {"csat_satisfied": 17, "csat_count": 20}
REPLIES: dict[str, Any] = {"first_response_seconds": 1180, "first_response_count": 20}


@pytest.fixture
def played(cast: Cast) -> Cast:
    """Alpha's agent: 85 % satisfied, 59 s to reply; the teammate is better at both."""
    make_card(team=cast.alpha)
    add_totals(cast.agent, cast.alpha, handled=30, **RATINGS, **REPLIES)
    add_totals(
        cast.teammate,
        cast.alpha,
        handled=30,
        csat_satisfied=19,
        csat_count=20,
        first_response_seconds=560,
        first_response_count=20,
    )
    return cast


def test_a_score_is_the_weighted_mean_of_its_items(played: Cast) -> None:
    compute()
    score = score_of(played.agent)
    # 85 % is 75 points, 59 s is 50 points: 0.6 × 75 + 0.4 × 50.
    assert score.score == 65
    items = items_of(score)
    assert [(item["kpi"], item["item_score"], item["lost"]) for item in items] == [
        ("csat", 75, 15),
        ("frt", 50, 20),
    ]
    assert (item_of(score, "csat")["n"], item_of(score, "csat")["d"]) == (17, 20)
    assert {each.period for each in Score.objects.filter(agent=played.agent)} == {
        "day",
        "week",
        "month",
    }
    assert score_of(played.agent, "month", date(2026, 11, 1)).score == 65


def test_points_above_the_target_are_negative_losses_and_everything_adds_up(played: Cast) -> None:
    compute()
    score = score_of(played.teammate)
    assert item_of(score, "csat")["lost"] == -7.5
    assert score.score == Decimal("107.5")
    for each in Score.objects.all():
        assert lost_in_all(each.lost) == 100 - each.score


def test_an_item_without_data_leaves_its_weight_to_the_others(played: Cast) -> None:
    AgentDay.objects.filter(agent=played.agent).update(first_response_count=None)
    compute()
    score = score_of(played.agent)
    assert score.score == 75
    assert (item_of(score, "frt")["share"], item_of(score, "frt")["value"]) == (0, None)
    assert item_of(score, "csat")["share"] == 100


def test_nobody_gets_a_score_without_any_data(played: Cast) -> None:
    add_totals(played.former, played.beta, learning_units=1)
    compute()
    assert not Score.objects.filter(agent=played.former).exists()


def test_small_samples_move_towards_the_team_and_say_so(played: Cast) -> None:
    make_card(CSAT | {"least": 20, "weight": 100}, key="beta", team=played.beta)
    add_totals(played.stranger, played.beta, csat_satisfied=2, csat_count=5)
    add_totals(played.former, played.beta, csat_satisfied=20, csat_count=20)
    compute()
    item = item_of(score_of(played.stranger), "csat")
    # The team has 22 of 25: (5 × 40 + 15 × 88) ÷ 20.
    assert (item["small"], item["value"], item["team_value"], item["used"]) == (
        True,
        40,
        88,
        76,
    )
    assert item["item_score"] == 30
    assert not item_of(score_of(played.former), "csat")["small"]


def test_small_samples_can_be_shared_out_instead(played: Cast) -> None:
    small = CSAT | {"least": 21, "small_sample": "share"}
    make_card(small, FRT, key="beta", team=played.beta)
    add_totals(played.stranger, played.beta, **RATINGS, **REPLIES)
    compute()
    score = score_of(played.stranger)
    assert score.score == 50
    assert item_of(score, "csat") | {"share": 0, "small": True, "lost": 0, "value": 85} == item_of(
        score, "csat"
    )


def test_a_teammate_resting_on_the_team_follows_its_changes(played: Cast) -> None:
    make_card(CSAT | {"least": 20, "weight": 100}, key="beta", team=played.beta)
    add_totals(played.stranger, played.beta, csat_satisfied=2, csat_count=5)
    add_totals(played.former, played.beta, csat_satisfied=20, csat_count=20)
    compute()
    before = score_of(played.stranger).score
    AgentDay.objects.filter(agent=played.former).update(csat_satisfied=10)
    TeamDay.objects.filter(team=played.beta).update(csat_satisfied=12)
    compute((played.former.pk, MONDAY))
    assert score_of(played.stranger).score < before
    changed = {(each.agent_id, each.period): each.score for each in Score.objects.all()}
    compute(everything=True)
    assert changed == {(each.agent_id, each.period): each.score for each in Score.objects.all()}


def test_team_kpis_give_everyone_the_teams_figure(played: Cast) -> None:
    nps = {"kpi": "nps", "weight": 100, "floor": -20, "target": 10}
    make_card(nps, key="beta", team=played.beta)
    add_totals(played.stranger, played.beta, nps_promoters=0, nps_detractors=1, nps_count=1)
    add_totals(played.former, played.beta, nps_promoters=2, nps_detractors=1, nps_count=9)
    compute()
    assert score_of(played.stranger).score == score_of(played.former).score
    assert item_of(score_of(played.stranger), "nps")["value"] == 0


def test_counts_are_judged_per_day_worked(played: Cast) -> None:
    make_card(
        {"kpi": "handled", "weight": 100, "floor": 0, "target": 40}, key="beta", team=played.beta
    )
    for offset, handled in ((0, 30), (1, 40), (2, 20)):
        add_totals(played.stranger, played.beta, MONDAY + timedelta(days=offset), handled=handled)
    compute()
    assert score_of(played.stranger).score == 75
    week = score_of(played.stranger, "week")
    assert week.score == 75
    assert (item_of(week, "handled")["n"], item_of(week, "handled")["d"]) == (90, 3)


GUARD = {"kpi": "handled", "metric": "csat", "op": ">=", "value": "85", "least": 5, "at_most": "50"}


@pytest.mark.parametrize(
    ("satisfied", "ratings", "points", "held"),
    [(17, 20, 100, False), (16, 20, 50, True), (1, 4, 100, False), (None, None, 100, False)],
)
def test_volume_counts_fully_only_while_the_guard_holds(
    played: Cast, satisfied: int | None, ratings: int | None, points: int, held: bool
) -> None:
    item = {"kpi": "handled", "weight": 100, "floor": 0, "target": 40}
    make_card(item, key="beta", team=played.beta, guards=[GUARD])
    add_totals(
        played.stranger, played.beta, handled=40, csat_satisfied=satisfied, csat_count=ratings
    )
    compute()
    score = score_of(played.stranger)
    assert score.score == points
    guard = item_of(score, "handled")["guard"]
    assert (guard is not None) == held
    if held:
        assert guard == {"metric": "csat", "op": ">=", "value": 85, "actual": 80, "at_most": 50}
    assert lost_in_all(score.lost) == 100 - score.score


def test_what_is_told_of_an_item_gives_its_stored_points(played: Cast) -> None:
    handled = {"kpi": "handled", "weight": 30, "floor": 0, "target": 40}
    make_card(CSAT | {"weight": 30, "least": 50}, FRT, handled, key="beta", team=played.beta)
    add_totals(played.stranger, played.beta, handled=31, **RATINGS, **REPLIES)
    add_totals(played.former, played.beta, csat_satisfied=60, csat_count=90)
    CalendarDay.objects.create(day=MONDAY, name_en="x", treatment="relaxed", factor="0.9")
    compute()
    score = score_of(played.stranger, "week")
    scales = {item.kpi.key: scale_of(item) for item in score.scorecard.items.all()}
    for item in items_of(score):
        points = item_score(item["used"], scales[item["kpi"]], factor=Decimal("0.9"))
        assert item["item_score"] == pytest.approx(points, abs=Decimal("0.001"))
        lost = item["share"] * (100 - item["item_score"]) / 100
        assert item["lost"] == pytest.approx(lost, abs=Decimal("0.001"))


def test_left_out_days_have_no_score_and_do_not_count(played: Cast) -> None:
    add_totals(
        played.agent, played.alpha, MONDAY + timedelta(days=1), csat_satisfied=0, csat_count=9
    )
    compute()
    assert score_of(played.agent, "week").score < 65
    CalendarDay.objects.create(day=MONDAY + timedelta(days=1), name_en="x", treatment="excluded")
    compute()
    assert score_of(played.agent, "week").score == 65
    assert not Score.objects.filter(period="day", starts_on=MONDAY + timedelta(days=1)).exists()


def test_relaxed_days_shorten_the_way_by_their_share_of_the_window(played: Cast) -> None:
    CalendarDay.objects.create(day=MONDAY, name_en="x", treatment="relaxed", factor="0.5")
    compute()
    # Half the way: 80 % gives 100 points, 84 % gives 120; 59 s is exactly half.
    assert score_of(played.agent).score == Decimal("0.6") * 120 + Decimal("0.4") * 100
    add_totals(played.agent, played.alpha, MONDAY + timedelta(days=1), **RATINGS, **REPLIES)
    compute()
    # One relaxed day of two: three quarters of the way.
    week = score_of(played.agent, "week")
    assert item_of(week, "csat")["item_score"] == 100
    assert item_of(week, "frt")["item_score"] == Decimal("66.6667")


@pytest.mark.parametrize(
    ("channel", "team", "expected"),
    [("phone", None, "phone"), ("email", None, "general"), ("phone", "beta", "own")],
)
def test_the_teams_card_goes_before_the_channels_and_that_before_the_general_one(
    played: Cast, channel: str, team: str | None, expected: str
) -> None:
    make_card(key="for-beta", team=played.beta)
    person = PersonFactory()
    add_totals(
        person, played.beta if team else None, channel=channel, handled=5, **RATINGS, **REPLIES
    )
    add_totals(person, played.beta if team else None, channel="chat", handled=4, **RATINGS)
    compute()
    wanted = {"own": "for-beta"}.get(expected, expected)
    assert score_of(person).scorecard.key == wanted


def test_the_version_of_the_periods_last_day_counts(played: Cast) -> None:
    first = score_card_from(played, date(2026, 11, 4))
    add_totals(played.agent, played.alpha, date(2026, 11, 4), **RATINGS)
    compute()
    assert score_of(played.agent).scorecard_id != first.pk
    for period, starts_on in (("day", date(2026, 11, 4)), ("week", MONDAY)):
        assert score_of(played.agent, period, starts_on).scorecard_id == first.pk


def score_card_from(played: Cast, day: date) -> Any:
    """A second version of alpha's card."""
    from scoring.scorecards.versions import publish, published

    card = published(key="own").get()
    return publish(card=card.new_version(starts_on=None), on=day, by=None)


def test_a_second_run_writes_nothing(played: Cast) -> None:
    assert compute().counts["written"] == 6
    again = compute()
    assert (again.counts["scores"], again.counts["written"]) == (6, 0)


def test_scores_go_when_their_facts_go(played: Cast) -> None:
    compute()
    AgentDay.objects.filter(agent=played.agent).delete()
    assert compute((played.agent.pk, MONDAY)).counts["removed"] == 3
    assert not Score.objects.filter(agent=played.agent).exists()


def test_only_touched_periods_are_looked_at(played: Cast) -> None:
    add_totals(played.agent, played.alpha, MONDAY - timedelta(days=200), **RATINGS)
    assert compute((played.agent.pk, MONDAY)).counts["scores"] == 3


def test_the_number_of_queries_does_not_grow_with_agents(played: Cast) -> None:
    compute()
    with CaptureQueriesContext(connection) as few:
        compute()
    for _number in range(20):
        add_totals(PersonFactory(team=played.alpha), played.alpha, **RATINGS)
    with CaptureQueriesContext(connection) as many:
        compute()
    assert len(many) == len(few)


def test_an_archived_kpi_still_counts_on_published_cards(played: Cast) -> None:
    Kpi.objects.filter(key="csat").update(archived=True)
    compute()
    assert score_of(played.agent).score == 65


def test_exactly_on_the_target_is_exactly_100(played: Cast) -> None:
    people: list[Person] = [PersonFactory(team=played.beta) for _ in range(40)]
    make_card(CSAT | {"weight": 100}, key="beta", team=played.beta)
    for many, person in enumerate(people, start=1):
        add_totals(person, played.beta, csat_satisfied=9 * many, csat_count=10 * many)
    compute()
    assert {score_of(person).score for person in people} == {Decimal(100)}


def test_the_tickets_that_cost_most_add_up_to_the_lost_points(worked: Cast) -> None:
    make_card(CSAT | {"weight": 100}, team=worked.alpha)
    compute()
    score = score_of(worked.agent)
    item = item_of(score, "csat")
    costs = worst_of_items(score, [item])["csat"]
    # Three of four are satisfied, 25 points short: the one that was not costs more than that.
    assert (item["value"], item["lost"]) == (75, 75)
    assert [cost.fact.external_id for cost in costs] == ["A3"]
    assert (int(costs[0].n), int(costs[0].d), costs[0].kind) == (0, 1, "tickets")
    assert costs[0].lost == pytest.approx(Decimal("112.5"))
    CalendarDay.objects.create(day=MONDAY, name_en="x", treatment="excluded")
    assert worst_of_items(score, [item]) == {}


def test_an_item_that_lost_nothing_has_no_worst_tickets(worked: Cast) -> None:
    make_card(CSAT | {"weight": 100, "floor": 10, "target": 50, "stretch": None}, team=worked.alpha)
    compute()
    score = score_of(worked.agent)
    assert worst_of_items(score, [item_of(score, "csat")]) == {}
