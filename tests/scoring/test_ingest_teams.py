"""Whose a fact is: teams, agents whom nobody knows, activities and queue intervals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.models import Alias, Membership, Person, Supervision, Team
from incentives.org.people import join_team
from scoring.ingest import unmatched as held
from scoring.ingest.runs import catch_up
from scoring.models import Activity, AgentDay, QueueInterval, TeamDay, Ticket
from tests.factories import PersonFactory, TeamFactory
from tests.scoring.imports import TICKETS, import_rows, totals_of
from tests.scoring.small_files import (
    ACTIVITIES,
    DONE,
    PEOPLE,
    QUEUES,
    only,
    reasons,
    ticket,
)
from tests.scoring.true_totals import assert_totals_are_true

pytestmark = pytest.mark.django_db


# Teams


def test_history_follows_the_team_of_the_day(tmp_path: Path) -> None:
    red, blue = TeamFactory(key="red"), TeamFactory(key="blue")
    ann = PersonFactory(key="ann", team=red)
    days = {"T1": "2026-03-02 09:00:00", "T2": "2026-03-10 09:00:00"}
    join_team(person=ann, team=blue, on=date(2026, 3, 5))
    own = ticket("T3", opened="2026-03-10 09:00:00", team="red")
    import_rows(tmp_path, [*[ticket(k, opened=day) for k, day in days.items()], own])
    expected = {("red", "2026-03-02"): 1, ("blue", "2026-03-10"): 1, ("red", "2026-03-10"): 1}
    found = {key[:2]: row["handled"] for key, row in totals_of(TeamDay).items()}
    assert found == expected
    # Learnt afterwards: it was the first of March already.
    join_team(person=ann, team=blue, on=date(2026, 3, 1))
    assert catch_up() == 2
    found = {key[:2]: row["handled"] for key, row in totals_of(TeamDay).items()}
    expected["blue", "2026-03-02"] = expected.pop(("red", "2026-03-02"))
    assert found == expected
    assert catch_up() == 0
    assert_totals_are_true()


def test_a_people_file_moves_the_totals_of_days_gone_by(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket()])
    moved = [{"key": "ann", "team": "red", "from": "2026-03-01"}]
    run = import_rows(tmp_path, moved, mapping=PEOPLE)
    assert run.days_touched == 1
    assert [key[0] for key in totals_of(TeamDay)] == ["red"]
    assert_totals_are_true()


TEAM_OF_AGENT = TICKETS.replace('kind = "tickets"', 'kind = "tickets"\nteam_of = "agent"')


def days_in(*teams: str) -> list[dict[str, Any]]:
    """A ticket on each day from 1 March on, with the agent's team of that day."""
    return [
        ticket(f"D{n}", opened=f"2026-03-{n:02} 09:00:00", team=team)
        for n, team in enumerate(teams, start=1)
        if team
    ]


def teams_by_day() -> list[str]:
    """The team credited with each day, as the totals have it."""
    return [row.team.key if row.team else "" for row in TeamDay.objects.order_by("day")]


@pytest.mark.parametrize(
    "known",
    [
        [],
        [("blue", "2026-01-01")],
        [("red", "2026-01-01")],
        [("red", "2026-01-01"), ("blue", "2026-03-02")],
        [("blue", "2026-01-01"), ("red", "2026-03-03"), ("green", "2026-03-05")],
    ],
)
def test_with_team_of_agent_every_day_is_the_teams_that_the_file_says(
    tmp_path: Path, known: list[tuple[str, str]]
) -> None:
    ann = PersonFactory(key="ann")
    for team, day in known:
        key, _new = Team.objects.get_or_create(key=team, defaults={"name": team})
        join_team(person=ann, team=key, on=date.fromisoformat(day))
    said = ["red", "red", "red", "blue", "blue", "red"]
    import_rows(tmp_path, days_in(*said), mapping=TEAM_OF_AGENT)
    assert teams_by_day() == said
    assert not Ticket.objects.exclude(team=None).exists()
    assert_totals_are_true()
    stored = list(Membership.objects.values_list())
    import_rows(tmp_path, [*days_in(*said), ticket("N")], mapping=TEAM_OF_AGENT)
    assert list(Membership.objects.values_list()) == stored


def test_the_supervisor_of_a_ticket_file_supervises_the_team(tmp_path: Path) -> None:
    mapping = TICKETS + 'supervisor = "boss"\n'
    for _ in range(2):
        import_rows(tmp_path, [ticket(team="red", boss="eve")], mapping=mapping)
        found = only(Supervision)
        assert (found.team.key, found.person.key) == ("red", "eve")
        assert found.starts_on == date(2026, 3, 2)


# Agents whom nobody knows


HOLD = TICKETS.replace('kind = "tickets"', 'kind = "tickets"\nunknown_agents = "hold"')


@pytest.mark.parametrize("way", ["alias", "created", "people file", "same file again"])
def test_held_facts_count_nowhere_until_their_agent_is_known(tmp_path: Path, way: str) -> None:
    rows = [ticket(rating=5, team="red"), ticket("T2")]
    run = import_rows(tmp_path, rows, mapping=HOLD)
    assert (run.rows_new, run.rows_held) == (2, 2)
    assert [(source.name, key, n) for source, key, n in held.waiting()] == [("helpdesk", "ann", 2)]
    assert totals_of(AgentDay) == totals_of(TeamDay) == {}
    assert_totals_are_true()
    assert catch_up() == 0
    if way == "people file":
        import_rows(tmp_path, [{"key": "ann"}], mapping=PEOPLE, name="people.csv")
    else:
        person = PersonFactory(key="ann-2" if way == "alias" else "ann")
        if way == "alias":
            Alias.objects.create(person=person, source="helpdesk", key="ann")
        if way == "same file again":
            import_rows(tmp_path, rows, mapping=HOLD)
        else:
            assert catch_up() == 1
    assert held.waiting() == []
    assert sum(row["handled"] for row in totals_of(AgentDay).values()) == 2
    assert {key[0] for key in totals_of(TeamDay)} == {"red", "None"}
    assert catch_up() == 0
    assert_totals_are_true()


def test_facts_of_a_key_that_looks_like_someone_elses_wait_for_a_person_to_match_them(
    tmp_path: Path, client: Client
) -> None:
    ann = PersonFactory(key="ann", display_name="Ann")
    run = import_rows(tmp_path, [ticket(agent="аnn"), ticket("T2", agent="ａnn"), ticket("T3")])
    assert (run.rows_new, run.rows_held) == (3, 2)
    other, manager = PersonFactory(), PersonFactory(role="manager")
    client.force_login(manager)

    def match(key: str, person: Person) -> None:
        client.post(
            reverse("scoring:held_match"),
            {"source": run.source_id, "key": key, "person": person.pk},
        )

    match("ａnn", other)
    match("аnn", manager)  # nobody takes facts for themselves
    assert not Alias.objects.exists()
    client.post(reverse("scoring:held_create"), {"all": "1"})
    assert Person.objects.count() == 3
    match("ａnn", ann)
    catch_up()
    assert [key for _source, key, _n in held.waiting()] == ["аnn"]
    assert_totals_are_true()


# Activities and queue intervals


def test_activities_and_intervals_add_to_the_days_of_tickets(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket(channel="other")])
    activity = {"id": "L1", "kind": "learning", "agent": "ann", "day": "2026-03-02", "n": "2.5"}
    nobodys = {"id": "L2", "kind": "praise", "team": "red", "day": "2026-03-02", "n": ""}
    import_rows(tmp_path, [activity, nobodys], mapping=ACTIVITIES)
    queue = {"id": "Q1", "agent": "ann", "day": "2026-03-02", "offered": 9, "answered": 7}
    total = {"id": "Q2", "team": "red", "day": "2026-03-02", "offered": 4, "answered": 4}
    import_rows(tmp_path, [queue, total], mapping=QUEUES)
    day = totals_of(AgentDay)["ann", "2026-03-02", "other"]
    assert day == {
        "handled": 8, "learning_units": Decimal("2.5"), "offered": 9, "answered": 7, "abandoned": 2
    }  # fmt: skip
    red = totals_of(TeamDay)["red", "2026-03-02", "other"]
    assert red == {"praises": 1, "offered": 4, "answered": 4, "handled": 4}
    assert_totals_are_true()


def test_an_activity_is_deleted_only_where_the_file_says_so(tmp_path: Path) -> None:
    rows = [
        {"id": f"L{n}", "kind": "learning", "agent": "ann", "day": "2026-03-02", "deleted": deleted}
        for n, deleted in enumerate(["", "no", "yes"])
    ]
    assert import_rows(tmp_path, rows, mapping=ACTIVITIES).status == DONE
    assert totals_of(AgentDay)["ann", "2026-03-02", "other"]["learning_units"] == 2
    assert Activity.objects.filter(deleted=True).count() == 1


def test_a_sum_beyond_its_column_is_rejected_alone(tmp_path: Path) -> None:
    row = {"id": "Q", "agent": "ann", "day": "2026-03-02", "offered": 3, "concurrent": "5000000"}
    run = import_rows(tmp_path, [row], mapping=QUEUES)
    assert (run.status, reasons(run)) == (DONE, [("concurrent_sum", "outside_limits")])
    assert (only(QueueInterval).offered, only(QueueInterval).concurrent_sum) == (3, None)
