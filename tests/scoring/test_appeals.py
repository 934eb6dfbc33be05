"""Granted appeals take effect: on totals, scores and points, and through later imports."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from incentives.org.refusals import Refused
from scoring.appeals import operations as appeals
from scoring.appeals.operations import decide
from scoring.appeals.settling import settle_now
from scoring.models import (
    AgentDay,
    ChangedDay,
    Correction,
    PointEntry,
    Source,
    Ticket,
)
from tests import databases
from tests.org.cast import Cast
from tests.scoring.appeal_data import (
    appeal_again,
    contest,
    give,
    grant,
    month,
    points,
    today_of,
    void,
)
from tests.scoring.true_totals import assert_totals_are_true
from tests.scoring.truth import MONDAY, SUNDAY, bring_in, night, ticket, tickets_of_a_day


def test_a_granted_rating_counts_no_more_and_the_score_follows_at_once(week: Cast) -> None:
    before = month(week.agent).score
    appeal = grant(contest(week), week.supervisor, void())
    assert settle_now(appeal)
    fact = Ticket.objects.get(external_id="T11")
    assert (fact.csat, fact.satisfied, fact.praise) == (None, None, None)
    assert month(week.agent).score > before
    assert appeal.effect[0]["score_before"] == str(before)
    assert appeal.effect[0]["score_after"] == str(month(week.agent).score)
    assert_totals_are_true()


def test_a_ticket_given_to_another_agent_moves_its_points_with_the_appeal_as_cause(
    week: Cast,
) -> None:
    before = points(week.agent), points(week.teammate)
    appeal = contest(week, 0, part="", claimed_for=week.teammate)
    settle_now(grant(appeal, week.supervisor, give(week.teammate)))
    moved = before[0] - points(week.agent)
    assert moved == 53  # hard case 50, first contact 2, handled 1; reviews are at their cap
    assert points(week.teammate) - before[1] == moved
    causes = PointEntry.objects.filter(cause__appeal=appeal.pk)
    assert {entry.cause["why"] for entry in causes if entry.reverses_id} == {"appeal"}
    assert {row["agent"]: row["points"] for row in appeal_again(appeal).effect} == {
        week.agent.pk: -moved,
        week.teammate.pk: causes.filter(agent=week.teammate).aggregate(n=Sum("amount"))["n"] or 0,
    }


def test_a_night_after_it_finds_nothing_more_to_post(week: Cast) -> None:
    settle_now(grant(contest(week), week.supervisor, void()))
    # Badges and quests look at the day for the first time then.
    entries = PointEntry.objects.filter(kind="rule")
    posted = entries.count()
    night(everything=True)
    assert entries.count() == posted
    assert not ChangedDay.objects.exists()


def test_the_night_settles_what_could_not_be_settled_at_once(week: Cast) -> None:
    before = points(week.agent)
    appeal = grant(contest(week, 0, part="", claimed_for=None), week.supervisor, give(None))
    assert appeal.settled_at is None
    run = night()
    assert appeal_again(appeal).settled_at is not None
    assert points(week.agent) < before
    told = next(step for step in run.steps if step["name"] == "appeals")
    assert told["counts"] == {"settled": 1, "escalated": 0}
    assert PointEntry.objects.filter(cause__appeal=appeal.pk).exists()


def test_settling_twice_is_settling_once(week: Cast) -> None:
    appeal = grant(contest(week), week.supervisor, void())
    assert settle_now(appeal)
    entries = PointEntry.objects.count()
    assert not settle_now(appeal)
    assert PointEntry.objects.count() == entries


def test_importing_the_same_ticket_again_changes_nothing(week: Cast, tmp_path: Path) -> None:
    settle_now(grant(contest(week), week.supervisor, void()))
    other = contest(week, 0, part="", claimed_for=week.teammate)
    settle_now(grant(other, week.supervisor, give(week.teammate)))
    stored = list(Ticket.objects.order_by("external_id").values())
    ChangedDay.objects.all().delete()
    bring_in(tmp_path, [*tickets_of_a_day(), ticket(99)], name="again.csv")
    kept = Ticket.objects.exclude(external_id="T99").order_by("external_id")
    assert list(kept.values()) == stored
    assert set(ChangedDay.objects.values_list("agent", flat=True)) == {week.agent.pk}
    assert_totals_are_true()


def test_a_newer_version_of_the_ticket_does_not_undo_the_correction(
    week: Cast, tmp_path: Path
) -> None:
    settle_now(grant(contest(week), week.supervisor, void()))
    other = contest(week, 0, part="", claimed_for=week.teammate)
    settle_now(grant(other, week.supervisor, give(week.teammate)))
    newer = [ticket(11, version=2, rating=2, handle=555), ticket(0, version=2, handle=777)]
    bring_in(tmp_path, newer, name="newer.csv")
    rated, moved = Ticket.objects.get(external_id="T11"), Ticket.objects.get(external_id="T0")
    assert [rated.csat, rated.satisfied, rated.handle_seconds] == [None, None, 555]
    assert [moved.agent, moved.held_for, moved.handle_seconds] == [week.teammate, None, 777]
    assert_totals_are_true()


def test_a_ticket_that_is_nobodys_stays_the_teams(week: Cast, tmp_path: Path) -> None:
    appeal = contest(week, 0, part="", claimed_for=None)
    settle_now(grant(appeal, week.supervisor, give(None)))
    bring_in(tmp_path, [ticket(0, version=3)], name="again.csv")
    fact = Ticket.objects.get(external_id="T0")
    assert (fact.agent, fact.held_for, fact.team) == (None, None, week.alpha)
    assert_totals_are_true()


def test_corrections_tell_an_import_nothing_about_teams(week: Cast, tmp_path: Path) -> None:
    """The file's team is that of the agent whom it names, not of the one whom the appeal names."""
    appeal = contest(week, 0, part="", claimed_for=week.stranger)
    settle_now(grant(appeal, week.manager, give(week.stranger)))
    mapping = _with_team()
    bring_in(tmp_path, [ticket(0, version=2) | {"team": "alpha"}], mapping=mapping, name="x.csv")
    assert week.stranger.memberships.get().team == week.beta
    assert Ticket.objects.get(external_id="T0").agent == week.stranger


def _with_team() -> str:
    from tests.scoring.imports import TICKETS

    return 'team_of = "agent"\n' + TICKETS


def test_a_correction_holds_before_it_has_taken_effect(week: Cast, tmp_path: Path) -> None:
    appeal = grant(contest(week), week.supervisor, void())
    bring_in(tmp_path, [ticket(11, version=2, rating=3)], name="newer.csv")
    assert Ticket.objects.get(external_id="T11").csat is None
    night()
    assert appeal_again(appeal).settled_at is not None
    assert_totals_are_true()


def test_the_newest_of_two_decisions_says_whose_it_is(week: Cast, tmp_path: Path) -> None:
    first = contest(week, 0, part="", claimed_for=week.teammate)
    settle_now(grant(first, week.supervisor, give(week.teammate)))
    back = appeals.raise_about_fact(
        agent=week.teammate,
        kind="tickets",
        source_id=Source.objects.get().pk,
        external_id="T0",
        text="Not mine either.",
        on=today_of(week.agent),
        claimed_for=week.agent,
    )
    settle_now(grant(back, week.supervisor, give(week.agent)))
    bring_in(tmp_path, [ticket(0, version=4)], name="again.csv")
    assert Ticket.objects.get(external_id="T0").agent == week.agent
    assert Correction.objects.filter(external_id="T0").count() == 2


def test_a_score_is_corrected_through_its_tickets(week: Cast) -> None:
    appeal = appeals.raise_about_score(
        agent=week.agent,
        score=month(week.agent),
        text="The line was down.",
        on=today_of(week.agent),
    )
    with pytest.raises(Refused, match="Choose at least one ticket"):
        grant(appeal, week.supervisor)
    with pytest.raises(Refused, match="Only tickets that the appeal is about"):
        grant(appeal, week.supervisor, void(20))
    settle_now(grant(appeal, week.supervisor, void(11, "whole")))
    assert Ticket.objects.get(external_id="T11").deleted
    assert AgentDay.objects.get(agent=week.agent).handled == 11


def test_corrections_are_never_edited(week: Cast) -> None:
    grant(contest(week), week.supervisor, void())
    for statement in (
        "UPDATE scoring_correction SET voided = '{}'",
        "DELETE FROM scoring_correction",
    ):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            databases.as_owner(statement)


def test_points_of_a_closed_season_come_back_in_the_open_one(week: Cast) -> None:
    from scoring.models import Season

    Season.objects.update(starts_on=MONDAY, ends_on=SUNDAY, closed_at="2026-11-09T00:00Z")
    appeal = contest(week, 0, part="", claimed_for=None)
    settle_now(grant(appeal, week.supervisor, give(None)))
    entries = PointEntry.objects.filter(cause__appeal=appeal.pk)
    assert {entry.occurred_on for entry in entries} == {MONDAY}
    assert {entry.booked_on for entry in entries} == {SUNDAY + timedelta(days=1)}


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    week = request.getfixturevalue("cast")
    bring_in(tmp_path)
    night()
    appeal, start = contest(week), Barrier(2)

    def decide_as(who: str, granted: bool) -> str:
        try:
            by = week.fresh(who)
            start.wait(120)
            decided = decide(
                appeal=appeal, by=by, granted=granted, reason="So it is.", remedies=[void()]
            )
            return decided.status
        except Refused as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide_as, ("supervisor", "manager"), (True, False)))
    stored = appeal_again(appeal)
    assert sum("decided already" in answer for answer in answers) == 1
    assert stored.status in answers
    assert stored.corrections.count() == (1 if stored.status == "granted" else 0)
