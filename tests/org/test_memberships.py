"""Joining and leaving in the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.memberships import read_spans
from incentives.org.models import Company, Membership, Person, Supervision
from incentives.org.people import join_team, leave_company, set_supervisor, take_team_changes
from tests.factories import MembershipFactory, PersonFactory, TeamFactory
from tests.org.cast import Cast

DAY = date(2026, 3, 2)


def spans(person: Person) -> list[tuple[str, date, date | None]]:
    rows = person.memberships.order_by("starts_on")
    return list(rows.values_list("team__key", "starts_on", "ends_on"))


def test_moving_closes_the_membership_before_and_keeps_it(cast: Cast) -> None:
    assert join_team(person=cast.agent, team=cast.beta, on=DAY) == DAY
    assert spans(cast.agent) == [
        ("alpha", date(2024, 1, 1), date(2026, 3, 1)),
        ("beta", DAY, None),
    ]


def test_a_second_move_on_the_same_day_replaces_the_first(cast: Cast) -> None:
    join_team(person=cast.agent, team=cast.beta, on=DAY)
    assert join_team(person=cast.agent, team=cast.alpha, on=DAY) == DAY
    assert spans(cast.agent)[-1] == ("alpha", DAY, None)


def test_team_changes_wait_for_the_totals_once_with_the_earliest_day(cast: Cast) -> None:
    take_team_changes()
    join_team(person=cast.agent, team=cast.beta, on=DAY)
    join_team(person=cast.agent, team=cast.beta, on=date(2026, 2, 1))
    assert take_team_changes() == {cast.agent.pk: date(2026, 2, 1)}
    assert take_team_changes() == {}


def test_the_database_refuses_two_teams_on_a_day(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="org_one_team_on_a_day"), transaction.atomic():
        MembershipFactory(person=cast.agent, team=cast.beta, starts_on=DAY)
    for start, end in ((date(2023, 1, 1), date(2024, 1, 1)), (DAY, DAY)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(
                person=cast.agent, team=cast.beta, starts_on=start, ends_on=end
            )
    Membership.objects.create(
        person=cast.agent,
        team=cast.beta,
        starts_on=date(2023, 1, 1),
        ends_on=date(2023, 12, 31),
    )


def test_the_database_refuses_dates_in_the_wrong_order(cast: Cast) -> None:
    for model in (Membership, Supervision):
        with pytest.raises(IntegrityError, match="dates"), transaction.atomic():
            model.objects.create(
                person=cast.hr, team=cast.beta, starts_on=DAY, ends_on=date(2026, 3, 1)
            )


@pytest.mark.parametrize("share", ["0", "-0.5", "1.001"])
def test_the_database_refuses_an_impossible_employment_share(cast: Cast, share: str) -> None:
    with pytest.raises(IntegrityError, match="org_employment_share"):
        Person.objects.filter(pk=cast.agent.pk).update(employment_share=share)


def test_there_is_one_company(db: None) -> None:
    Company.current()
    with pytest.raises(IntegrityError, match="org_one_company"):
        Company.objects.create(pk=2, name="Another")


def test_logins_are_unique_in_any_case(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        PersonFactory(login="AGENT")


def test_leaving_ends_access_memberships_and_supervision_and_keeps_history(cast: Cast) -> None:
    set_supervisor(team=cast.beta, person=cast.agent, on=DAY, alongside=True)
    assert leave_company(person=cast.agent, on=date(2026, 4, 30)) == date(2026, 5, 1)
    gone = cast.fresh("agent")
    assert (gone.is_active, gone.left_on) == (False, date(2026, 4, 30))
    assert not gone.has_usable_password()
    assert spans(gone) == [("alpha", date(2024, 1, 1), date(2026, 4, 30))]
    assert list(gone.supervisions.values_list("starts_on", "ends_on")) == [(DAY, date(2026, 4, 30))]


def test_nobody_leaves_before_being_hired(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        leave_company(person=cast.agent, on=date(2020, 1, 1))
    assert cast.fresh("agent").is_active


def test_the_last_administrator_cannot_leave(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="last administrator"):
        leave_company(person=cast.administrator, on=DAY)
    PersonFactory(key="second", role="administrator")
    leave_company(person=cast.administrator, on=DAY)
    assert not cast.fresh("administrator").is_staff


def test_a_new_supervisor_takes_over_the_day_after_the_last_day_of_the_old_one(cast: Cast) -> None:
    set_supervisor(team=cast.alpha, person=cast.other_supervisor, on=DAY)
    rows = cast.alpha.supervisions.order_by("starts_on")
    assert list(rows.values_list("person__key", "starts_on", "ends_on")) == [
        ("supervisor", date(2024, 1, 1), date(2026, 3, 1)),
        ("other_supervisor", DAY, None),
    ]
    assert set_supervisor(team=cast.alpha, person=cast.other_supervisor, on=DAY) is not None
    assert cast.alpha.supervisions.count() == 2


moves = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 2)), unique_by=lambda each: each[0], max_size=6
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves, st.integers(0, 20))
def test_any_order_of_joins_is_stored_as_the_naive_history(
    db: None, events: list[tuple[int, int]], leaves: int
) -> None:
    with transaction.atomic():
        person = PersonFactory(hired_on=None)
        teams = [TeamFactory() for _ in range(3)]
        for day, team in events:
            join_team(person=person, team=teams[team], on=DAY + timedelta(days=day))
        leave_company(person=person, on=DAY + timedelta(days=leaves))
        stored = read_spans([person.pk])[person.pk]
        for n in range(25):
            past = [event for event in events if event[0] <= n]
            wanted = teams[max(past)[1]].pk if past and n <= leaves else None
            held = [span.held for span in stored if span.covers(DAY + timedelta(days=n))]
            assert held == ([wanted] if wanted else [])
        transaction.set_rollback(True)


def test_the_database_writes_down_who_was_moved(cast: Cast) -> None:
    before = Membership.pgh_event_model.objects.count()  # type: ignore[attr-defined]
    join_team(person=cast.agent, team=cast.beta, on=DAY)
    events = Membership.pgh_event_model.objects.order_by("pgh_id")[before:]  # type: ignore[attr-defined]
    assert [(event.pgh_label, event.team.key) for event in events] == [
        ("update", "alpha"),
        ("insert", "beta"),
    ]


def test_history_never_holds_a_password(cast: Cast) -> None:
    columns = {field.name for field in Person.pgh_event_model._meta.fields}  # type: ignore[attr-defined]
    assert "login" in columns
    assert not {"password", "last_login"} & columns


def test_a_team_with_history_cannot_be_deleted(cast: Cast) -> None:
    with pytest.raises(ProtectedError):
        cast.alpha.delete()
