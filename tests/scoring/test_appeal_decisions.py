"""Who may decide an appeal, until when, once, and about what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from incentives.org.models import CalendarDay, RoleGrant, Supervision
from incentives.org.refusals import Refused
from scoring.appeals import operations as appeals
from scoring.appeals.operations import decide, due_on, may_decide, to_decide, withdraw
from scoring.appeals.settling import settle_now
from scoring.models import (
    Appeal,
    Correction,
    Ticket,
)
from tests.org.cast import Cast
from tests.scoring.appeal_data import (
    appeal_again,
    contest,
    give,
    grant,
    month,
    today_of,
    void,
)
from tests.scoring.truth import MONDAY, night


def test_what_a_granted_appeal_needs(week: Cast) -> None:
    appeal = contest(week)
    for remedies, message in (
        ([], "Choose at least one ticket"),
        ([void(10)], "Only tickets that the appeal is about"),
        ([give(week.teammate, 11)], "Only tickets that the appeal is about"),
        ([void(11, "nonsense")], "Choose what of the ticket counts no more"),
    ):
        with pytest.raises(Refused, match=message):
            grant(appeal, week.supervisor, *remedies)
    with pytest.raises(Refused, match="Write the reason"):
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
    with pytest.raises(Refused, match=message):
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
    with pytest.raises(Refused, match="not yours to decide"):
        decide(appeal=appeal, by=week.fresh("agent"), granted=False, reason="No.")
    with pytest.raises(IntegrityError, match="appeal_not_by_oneself"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(decided_by=week.agent)


def test_nobody_decides_about_a_ticket_that_would_be_theirs(week: Cast) -> None:
    appeal = contest(week, 0, part="", claimed_for=week.supervisor)
    with pytest.raises(Refused, match="not yours to decide"):
        grant(appeal, week.supervisor, give(week.supervisor))
    other = contest(week, 1, part="", claimed_for=None)
    with pytest.raises(Refused, match="cannot be given to whoever decides"):
        grant(other, week.supervisor, give(week.supervisor, 1))


def test_a_supervisor_gives_tickets_only_to_own_people(week: Cast) -> None:
    appeal = contest(week, 0, part="", claimed_for=None)
    with pytest.raises(Refused, match="Choose someone of your own teams"):
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
        with pytest.raises(Refused, match="decided already"):
            decide(appeal=appeal, by=week.manager, granted=again, reason="Yes.", remedies=[void()])
    with pytest.raises(Refused, match="decided already"):
        withdraw(appeal=appeal, by=week.agent)
    assert appeal_again(appeal).reason == "No."


def test_an_appeal_taken_back_is_not_decided(week: Cast) -> None:
    appeal = contest(week)
    with pytest.raises(Refused, match="Only the person who raised"):
        withdraw(appeal=appeal, by=week.teammate)
    withdraw(appeal=appeal, by=week.agent)
    with pytest.raises(Refused, match="decided already"):
        decide(appeal=appeal, by=week.supervisor, granted=False, reason="No.")


def test_the_same_thing_is_contested_once_at_a_time(week: Cast) -> None:
    appeal = contest(week)
    with pytest.raises(Refused, match="contested this already"):
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
        with pytest.raises(Refused, match=message):
            attempt()
    assert not Appeal.objects.exists()


def test_a_ticket_of_a_teammate_can_be_claimed(week: Cast) -> None:
    appeal = contest(week, 20, part="", claimed_for=week.agent)
    assert appeal.escalated_at is None
    settle_now(grant(appeal, week.supervisor, give(week.agent, 20)))
    assert Ticket.objects.get(external_id="T20").agent == week.agent


def test_the_companys_manager_decides_for_people_without_a_team(week: Cast) -> None:
    appeal = contest(week)
    week.agent.memberships.all().delete()
    assert may_decide(appeal, week.manager)
    assert not may_decide(appeal, week.site_manager)
