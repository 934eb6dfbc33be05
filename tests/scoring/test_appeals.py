"""Appeals from raising to taking effect: who may decide, deadlines, and what imports do to them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from incentives.org.models import CalendarDay, Person, RoleGrant, Supervision
from scoring import appeals
from scoring.appeals import AppealError, decide, due_on, may_decide, to_decide, withdraw
from scoring.corrections import Remedy
from scoring.models import (
    AgentDay,
    Appeal,
    ChangedDay,
    Correction,
    PointEntry,
    Score,
    Source,
    Ticket,
)
from scoring.settling import settle_now
from tests.org.cast import Cast
from tests.scoring.true_totals import assert_totals_are_true
from tests.scoring.truth import MONDAY, SUNDAY, bring_in, night, ticket, tickets_of_a_day


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    """A week that a night has closed."""
    bring_in(tmp_path)
    night()
    return cast


def today_of(person: Person) -> date:
    return person.company_today


def contest(cast: Cast, number: int = 11, **how: object) -> Appeal:
    how.setdefault("part", "csat")
    return appeals.raise_about_fact(
        agent=cast.agent,
        kind="tickets",
        source_id=Source.objects.get().pk,
        external_id=f"T{number}",
        text="The customer meant the courier.",
        on=today_of(cast.agent),
        **how,  # type: ignore[arg-type]
    )


def void(number: int = 11, *parts: str) -> Remedy:
    return Remedy("tickets", Source.objects.get().pk, f"T{number}", parts=parts or ("csat",))


def give(agent: Person | None, number: int = 0) -> Remedy:
    source = Source.objects.get().pk
    return Remedy("tickets", source, f"T{number}", reassigns=True, agent=agent)


def grant(appeal: Appeal, by: Person, *remedies: Remedy) -> Appeal:
    return decide(appeal=appeal, by=by, granted=True, reason="It is true.", remedies=remedies)


def points(agent: Person) -> int:
    return PointEntry.objects.filter(agent=agent).aggregate(n=Sum("amount"))["n"] or 0


def month(agent: Person) -> Score:
    return Score.objects.get(agent=agent, period="month", starts_on=date(2026, 11, 1))


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


def appeal_again(appeal: Appeal) -> Appeal:
    return Appeal.objects.get(pk=appeal.pk)


def test_a_night_after_it_finds_nothing_more_to_post(week: Cast) -> None:
    settle_now(grant(contest(week), week.supervisor, void()))
    # Badges and quests look at the day for the first time then.
    entries = PointEntry.objects.filter(kind=PointEntry.Kind.RULE)
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
    with pytest.raises(AppealError, match="Choose at least one ticket"):
        grant(appeal, week.supervisor)
    with pytest.raises(AppealError, match="Only tickets that the appeal is about"):
        grant(appeal, week.supervisor, void(20))
    settle_now(grant(appeal, week.supervisor, void(11, "whole")))
    assert Ticket.objects.get(external_id="T11").deleted
    assert AgentDay.objects.get(agent=week.agent).handled == 11


def test_what_a_granted_appeal_needs(week: Cast) -> None:
    appeal = contest(week)
    for remedies, message in (
        ([], "Choose at least one ticket"),
        ([void(10)], "Only tickets that the appeal is about"),
        ([give(week.teammate, 11)], "Only tickets that the appeal is about"),
        ([void(11, "nonsense")], "Choose what of the ticket counts no more"),
    ):
        with pytest.raises(AppealError, match=message):
            grant(appeal, week.supervisor, *remedies)
    with pytest.raises(AppealError, match="Write the reason"):
        decide(appeal=appeal, by=week.supervisor, granted=False, reason="  ")
    assert appeal_again(appeal).is_open
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("agent", "not yours to decide"),
        ("teammate", "not yours to decide"),
        ("other_supervisor", "not yours to decide"),
        ("hr", "not yours to decide"),
        ("executive", "not yours to decide"),
        ("administrator", "not yours to decide"),
    ],
)
def test_nobody_else_decides(week: Cast, who: str, message: str) -> None:
    appeal = contest(week)
    with pytest.raises(AppealError, match=message):
        decide(appeal=appeal, by=week.fresh(who), granted=False, reason="No.")
    assert appeal_again(appeal).is_open


@pytest.mark.parametrize("who", ["supervisor", "site_manager", "manager"])
def test_those_who_lead_the_agent_decide(week: Cast, who: str) -> None:
    appeal = contest(week)
    decide(appeal=appeal, by=week.fresh(who), granted=False, reason="The rating is for the call.")
    stored = appeal_again(appeal)
    assert (stored.status, stored.decided_by) == ("rejected", getattr(week, who))


def test_nobody_decides_their_own(week: Cast) -> None:
    Supervision.objects.create(team=week.alpha, person=week.agent, starts_on=date(2025, 1, 1))
    RoleGrant.objects.create(person=week.agent, role="manager")
    appeal = contest(week)
    with pytest.raises(AppealError, match="not yours to decide"):
        decide(appeal=appeal, by=week.fresh("agent"), granted=False, reason="No.")
    with pytest.raises(IntegrityError, match="appeal_not_by_oneself"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(decided_by=week.agent)


def test_nobody_decides_about_a_ticket_that_would_be_theirs(week: Cast) -> None:
    appeal = contest(week, 0, part="", claimed_for=week.supervisor)
    with pytest.raises(AppealError, match="not yours to decide"):
        grant(appeal, week.supervisor, give(week.supervisor))
    other = contest(week, 1, part="", claimed_for=None)
    with pytest.raises(AppealError, match="cannot be given to whoever decides"):
        grant(other, week.supervisor, give(week.supervisor, 1))


def test_a_supervisor_gives_tickets_only_to_own_people(week: Cast) -> None:
    appeal = contest(week, 0, part="", claimed_for=None)
    with pytest.raises(AppealError, match="Choose someone of your own teams"):
        grant(appeal, week.supervisor, give(week.stranger))
    settle_now(grant(appeal, week.manager, give(week.stranger)))
    assert Ticket.objects.get(external_id="T0").agent == week.stranger


def test_what_moves_between_teams_goes_to_a_manager(week: Cast) -> None:
    appeal = contest(week, 0, part="", claimed_for=week.stranger)
    assert appeal.escalated_at is not None
    assert not may_decide(appeal, week.supervisor)
    assert may_decide(appeal, week.manager)


def test_after_the_deadline_a_manager_decides(week: Cast) -> None:
    appeal = contest(week)
    Appeal.objects.update(due_on=today_of(week.agent) - timedelta(days=1))
    assert not may_decide(appeal, week.supervisor)
    assert may_decide(appeal, week.site_manager)
    assert not may_decide(appeal, week.administrator)
    night(as_of=today_of(week.agent))
    assert appeal_again(appeal).escalated_at is not None


def test_without_a_manager_an_administrator_decides_what_is_overdue(week: Cast) -> None:
    appeal = contest(week)
    RoleGrant.objects.filter(role="manager").delete()
    assert not may_decide(appeal, week.administrator)
    Appeal.objects.update(due_on=today_of(week.agent) - timedelta(days=1))
    assert may_decide(appeal, week.administrator)


def test_on_the_last_day_the_supervisor_still_decides(week: Cast) -> None:
    appeal = contest(week)
    Appeal.objects.update(due_on=today_of(week.agent))
    assert may_decide(appeal, week.supervisor)


def test_a_supervisor_hands_an_appeal_on(week: Cast) -> None:
    appeal = appeals.hand_on(appeal=contest(week), by=week.supervisor)
    assert not may_decide(appeal, week.supervisor)
    assert list(to_decide(week.manager)) == [appeal]


def test_deadlines_are_in_working_days(cast: Cast) -> None:
    friday = date(2026, 11, 6)
    assert due_on(friday, days=5) == date(2026, 11, 13)
    CalendarDay.objects.create(day=date(2026, 11, 10), name_en="A holiday", kind="holiday")
    CalendarDay.objects.create(day=date(2026, 11, 11), name_en="Double 11", kind="promotion")
    assert due_on(friday, days=5) == date(2026, 11, 16)
    assert due_on(date(2026, 11, 7), days=1) == date(2026, 11, 9)


def test_the_number_of_days_is_a_setting(cast: Cast, settings: object) -> None:
    settings.APPEAL_WORKING_DAYS = 2  # type: ignore[attr-defined]
    assert due_on(date(2026, 11, 6)) == date(2026, 11, 10)


def test_an_appeal_is_decided_once(week: Cast) -> None:
    appeal = contest(week)
    decide(appeal=appeal, by=week.supervisor, granted=False, reason="No.")
    for again in (True, False):
        with pytest.raises(AppealError, match="decided already"):
            decide(appeal=appeal, by=week.manager, granted=again, reason="Yes.", remedies=[void()])
    with pytest.raises(AppealError, match="decided already"):
        withdraw(appeal=appeal, by=week.agent)
    assert appeal_again(appeal).reason == "No."


def test_an_appeal_taken_back_is_not_decided(week: Cast) -> None:
    appeal = contest(week)
    with pytest.raises(AppealError, match="Only the person who raised"):
        withdraw(appeal=appeal, by=week.teammate)
    withdraw(appeal=appeal, by=week.agent)
    with pytest.raises(AppealError, match="decided already"):
        decide(appeal=appeal, by=week.supervisor, granted=False, reason="No.")


def test_the_same_thing_is_contested_once_at_a_time(week: Cast) -> None:
    appeal = contest(week)
    with pytest.raises(AppealError, match="contested this already"):
        contest(week)
    decide(appeal=appeal, by=week.supervisor, granted=False, reason="No.")
    assert contest(week).pk != appeal.pk


def test_what_cannot_be_contested(week: Cast) -> None:
    cases: list[tuple[Callable[[], Appeal], str]] = [
        (lambda: contest(week, 404), "There is no ticket"),
        (lambda: contest(week, 20), "no such rating of yours"),
        (lambda: contest(week, part="nps"), "no such rating of yours"),
        (lambda: contest(week, part="", claimed_for=week.agent), "yours already"),
        (lambda: contest(week, 20, part="", claimed_for=None), "only claim it for yourself"),
        (
            lambda: appeals.raise_about_score(
                agent=week.agent, score=month(week.teammate), text="x", on=MONDAY
            ),
            "one's own score",
        ),
    ]
    for attempt, message in cases:
        with pytest.raises(AppealError, match=message):
            attempt()
    assert not Appeal.objects.exists()


def test_a_ticket_of_a_teammate_can_be_claimed(week: Cast) -> None:
    appeal = contest(week, 20, part="", claimed_for=week.agent)
    assert appeal.escalated_at is None
    settle_now(grant(appeal, week.supervisor, give(week.agent, 20)))
    assert Ticket.objects.get(external_id="T20").agent == week.agent


def test_corrections_are_never_edited(week: Cast) -> None:
    grant(contest(week), week.supervisor, void())
    for statement in (
        "UPDATE scoring_correction SET voided = '{}'",
        "DELETE FROM scoring_correction",
    ):
        with (
            pytest.raises(IntegrityError, match="never edited"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


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
        except AppealError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide_as, ("supervisor", "manager"), (True, False)))
    stored = appeal_again(appeal)
    assert sum("decided already" in answer for answer in answers) == 1
    assert stored.status in answers
    assert stored.corrections.count() == (1 if stored.status == "granted" else 0)


def test_the_companys_manager_decides_for_people_without_a_team(week: Cast) -> None:
    appeal = contest(week)
    week.agent.memberships.all().delete()
    assert may_decide(appeal, week.manager)
    assert not may_decide(appeal, week.site_manager)
