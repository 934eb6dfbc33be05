"""Daily totals: sums of facts, own measures included, true after any sequence of imports."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.capabilities import ShippedRows, declared
from incentives.org.models import Alias, Person, Team
from incentives.org.people import join_team
from scoring.figures.measures import MEASURES
from scoring.figures.totals import recompute_everything
from scoring.ingest.night import bring_totals_up_to_date
from scoring.ingest.runs import catch_up
from scoring.models import (
    AgentDay,
    ChangedDay,
    Channel,
    CountedMeasure,
    CustomMeasure,
    Import,
    TeamDay,
)
from tests.scoring.imports import TICKETS, import_rows, totals_of
from tests.scoring.true_totals import assert_totals_are_true

pytestmark = pytest.mark.django_db

KEPT = TICKETS + '[extra]\nfee = { column = "fee", type = "number" }\n'


def measure(key: str, **definition: Any) -> CustomMeasure:
    """A measure of the company's own."""
    return CustomMeasure.objects.create(key=key, name_en=key, definition={"all": [], **definition})


def ticket(id_: str, **more: Any) -> dict[str, Any]:
    """A row as the test mapping reads it."""
    row = {"id": id_, "opened": "2026-03-02 09:00:00", "agent": "ann", "team": "red"}
    return {**row, "channel": "chat", **more}


def test_own_measures_of_a_team_day_include_tickets_with_and_without_agent(
    tmp_path: Path,
) -> None:
    measure("all_tickets", measure="count")
    measure("rated", all=[{"field": "csat", "op": ">=", "value": 4}], measure="count")
    measure("fees", measure="sum", of="extra.fee")
    rows = [
        ticket("T1", rating=5, fee="1.25"),
        ticket("T2", agent="bob", rating=1, fee=""),
        ticket("T3", agent="", rating=4, fee="2.5"),
        ticket("T4", agent="", rating="", fee=""),
    ]
    import_rows(tmp_path, rows, mapping=KEPT)
    found = TeamDay.objects.get()
    assert found.custom == {"all_tickets": 4, "rated": 2, "fees": 3.75}
    assert AgentDay.objects.get(agent__key="bob").custom == {"all_tickets": 1}
    assert_totals_are_true()


def test_an_own_measure_counts_the_past_after_a_recomputation(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket("T1"), ticket("T2", agent="")])
    assert TeamDay.objects.get().custom is None
    measure("all_tickets", measure="count")
    recompute_everything()
    assert TeamDay.objects.get().custom == {"all_tickets": 2}
    assert_totals_are_true()


def test_a_changed_target_takes_effect_with_the_recomputation(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket("T1", replied="2026-03-02 09:00:50")])
    assert AgentDay.objects.get().first_response_within is None
    Channel.objects.filter(key="chat").update(first_response_target=60)
    assert recompute_everything() == 1
    assert AgentDay.objects.get().first_response_within == 1
    assert TeamDay.objects.get().first_response_within == 1


def add_shipped() -> None:
    for rows in declared(ShippedRows):
        rows.add()


def counted() -> set[str]:
    return set(CountedMeasure.objects.values_list("key", flat=True))


def test_a_measure_that_was_never_counted_is_counted_for_the_past_by_one_night(
    tmp_path: Path,
) -> None:
    import_rows(tmp_path, [ticket("T1"), ticket("T2", agent="")])
    AgentDay.objects.update(handled=None)
    TeamDay.objects.update(handled=None)
    CountedMeasure.objects.get(key="handled").delete()
    ChangedDay.objects.all().delete()
    assert bring_totals_up_to_date(None).counts == {"agent_days": 1}
    assert (AgentDay.objects.get().handled, TeamDay.objects.get().handled) == (1, 2)
    assert counted() == {*MEASURES}
    assert ChangedDay.objects.exists()
    ChangedDay.objects.all().delete()
    assert bring_totals_up_to_date(None).counts == {"agent_days": 0}
    assert not ChangedDay.objects.exists()


def test_where_nothing_has_been_counted_yet_no_measure_waits_for_a_night(tmp_path: Path) -> None:
    CountedMeasure.objects.all().delete()
    add_shipped()
    assert counted() == {*MEASURES}
    import_rows(tmp_path, [ticket("T1")])
    CountedMeasure.objects.get(key="handled").delete()
    add_shipped()
    assert "handled" not in counted()


def test_totals_without_facts_go(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket("T1")])
    stray = AgentDay.objects.get()
    stray.pk, stray.day = None, date(2020, 1, 1)
    stray.save()
    TeamDay.objects.create(day=date(2020, 1, 2), channel_id=stray.channel_id, handled=7)
    recompute_everything()
    assert list(totals_of(AgentDay)) == [("ann", "2026-03-02", "chat")]
    assert list(totals_of(TeamDay)) == [("red", "2026-03-02", "chat")]


# Any sequence of changes


AGENTS, TEAMS = ("ann", "bob", "eve"), ("red", "blue")
FIRST = date(2026, 3, 1)
HOLD = TICKETS.replace('kind = "tickets"', 'kind = "tickets"\nunknown_agents = "hold"')
ACTIVITIES = """
kind = "activities"
unknown_agents = "hold"
[fields]
external_id = "id"
kind = "kind"
agent = "agent"
team = "team"
channel = "channel"
day = "day"
deleted = "deleted"
"""
QUEUES = """
kind = "queues"
[fields]
external_id = "id"
agent = "agent"
team = "team"
day = "day"
offered = "offered"
handle_seconds = "seconds"
"""
PEOPLE = """
kind = "agents"
[fields]
key = "key"
team = "team"
starts_on = "from"
"""
days = st.integers(0, 4).map(lambda n: (FIRST + timedelta(days=n)).isoformat())


def either(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


whose = {"agent": either(*AGENTS), "team": either(*TEAMS), "channel": either("chat", "phone")}
ids = st.sampled_from(["1", "2", "3", "4"])


def rows(**columns: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    """One to four rows, no id twice."""
    row = st.fixed_dictionaries({"id": ids, **columns})
    return st.lists(row, min_size=1, max_size=4, unique_by=lambda row: row["id"])


ticket_rows = rows(
    opened=days, deleted=either("yes"), rating=either("1", "5", "8"), handle=either("7"), **whose
)
activity_rows = rows(
    kind=st.sampled_from(["learning", "praise"]), day=days, deleted=either("yes"), **whose
)
queue_rows = rows(
    day=days, agent=either(*AGENTS), team=either(*TEAMS), offered=either("3"), seconds=either("9")
)
people_rows = st.lists(
    st.fixed_dictionaries(
        {"key": st.sampled_from(AGENTS), "team": st.sampled_from(TEAMS), "from": days}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row["key"],
)
steps = st.one_of(
    st.tuples(st.just(TICKETS), ticket_rows),
    st.tuples(st.just(HOLD), ticket_rows),
    st.tuples(st.just(ACTIVITIES), activity_rows),
    st.tuples(st.just(QUEUES), queue_rows),
    st.tuples(st.just(PEOPLE), people_rows),
    st.tuples(st.just("move"), st.tuples(st.sampled_from(AGENTS), st.sampled_from(TEAMS), days)),
    st.tuples(st.just("alias"), st.sampled_from(AGENTS)),
)


@given(sequence=st.lists(steps, min_size=2, max_size=7))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_any_sequence_of_changes_the_totals_are_true(sequence: list[Any]) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        measure("all_tickets", measure="count")
        for what, how in sequence:
            _take(Path(folder), what, how)
        catch_up()
        assert_totals_are_true()
        transaction.set_rollback(True)


def _take(folder: Path, what: str, how: Any) -> None:
    if what == "move":
        agent, team, day = how
        person = Person.objects.filter(key=agent).first()
        if person is not None:
            found, _new = Team.objects.get_or_create(key=team, defaults={"name": team})
            join_team(person=person, team=found, on=date.fromisoformat(day))
    elif what == "alias":
        if not Person.objects.filter(key=how).exists():
            person, _new = Person.objects.get_or_create(key="other", display_name="Other")
            Alias.objects.get_or_create(source="helpdesk", key=how, defaults={"person": person})
    else:
        run = import_rows(folder, how, mapping=what)
        assert run.status in (Import.Status.DONE, Import.Status.UNCHANGED), run.message


def test_a_team_fact_without_agent_tells_the_night_of_the_teams_agents(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket("T1"), ticket("T2", agent="bob", team="blue")])
    ChangedDay.objects.all().delete()
    import_rows(tmp_path, [ticket("T3", agent="")], name="later.csv")
    assert list(ChangedDay.objects.values_list("agent__key", "day")) == [("ann", date(2026, 3, 2))]
