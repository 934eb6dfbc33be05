"""Versions, deletions, and the same file again: what a second file does to stored facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from incentives.org.models import Membership, Person, Team
from scoring.ingest.mapping import parse
from scoring.ingest.runs import perform, start
from scoring.models import AgentDay, Channel, Import, TeamDay, Ticket
from tests.scoring.imports import TICKETS, import_file, import_rows, totals_of
from tests.scoring.small_files import (
    DONE,
    PEOPLE,
    RATINGS,
    UNCHANGED,
    only,
    reasons,
    ticket,
)
from tests.scoring.true_totals import assert_totals_are_true, stored_totals

pytestmark = pytest.mark.django_db


# Versions


def test_a_newer_version_replaces_an_older_is_ignored_the_same_changes_nothing(
    tmp_path: Path,
) -> None:
    first = import_rows(tmp_path, [ticket(version=2, rating=3)])
    older = import_rows(tmp_path, [ticket(version=1, rating=1)])
    same = import_rows(tmp_path, [ticket(version=2, rating=3), ticket("T2", version=1)])
    assert (first.rows_new, older.rows_changed, older.rows_same) == (1, 0, 1)
    assert (same.rows_new, same.rows_changed, same.rows_same) == (1, 0, 1)
    assert only(Ticket, external_id="T1").csat == 3
    newer = import_rows(tmp_path, [ticket(version=3, rating=5)])
    assert newer.rows_changed == 1
    assert only(Ticket, external_id="T1").csat == 5
    assert_totals_are_true()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_row_without_version_is_older_than_any_with_one(
    tmp_path: Path, order: tuple[int, int]
) -> None:
    rows = [ticket(version="", rating=1), ticket(version=7, rating=4)]
    for at in order:
        import_rows(tmp_path, [rows[at]])
    assert only(Ticket).csat == 4
    assert only(Ticket).version == 7
    import_rows(tmp_path, [rows[at] for at in order], source="both at once")
    assert only(Ticket, source__name="both at once").csat == 4


@pytest.mark.parametrize("ratings_first", [False, True])
def test_a_mapping_writes_only_the_fields_it_fills(tmp_path: Path, ratings_first: bool) -> None:
    steps: list[Callable[[], Import]] = [
        lambda: import_rows(tmp_path, [ticket(difficulty=4, handle="10")]),
        lambda: import_rows(tmp_path, [{"ticket": "T1", "stars": 5}], mapping=RATINGS),
    ]
    for step in reversed(steps) if ratings_first else steps:
        assert step().status == DONE
        assert_totals_are_true()
    found = only(Ticket)
    assert (found.csat, found.difficulty, found.handle_seconds) == (5, 4, 10)
    assert (found.agent.key, found.channel.key, found.day) == ("ann", "chat", date(2026, 3, 2))
    assert totals_of(AgentDay)["ann", "2026-03-02", "chat"]["csat_sum"] == 5


def test_a_deletion_takes_a_ticket_out_and_a_newer_version_brings_it_back(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket(version=1)])
    import_rows(tmp_path, [ticket(version=2, deleted="yes")])
    assert totals_of(AgentDay) == totals_of(TeamDay) == {}
    late = import_rows(tmp_path, [ticket(version=1, rating=2)])
    assert late.rows_changed == 0
    assert totals_of(AgentDay) == {}
    import_rows(tmp_path, [ticket(version=3, deleted="no")])
    assert totals_of(AgentDay)["ann", "2026-03-02", "chat"] == {"handled": 1}
    assert_totals_are_true()


@pytest.mark.parametrize(
    "change",
    [
        {"opened": "2026-03-05 09:00:00"},
        {"agent": "bob"},
        {"agent": "bob", "opened": "2026-03-05 09:00:00"},
        {"agent": "", "team": "blue"},
        {"team": "blue"},
        {"channel": "email"},
        {"agent": "", "team": "", "opened": "2026-03-06 00:00:00"},
    ],
)
def test_what_moves_a_ticket_moves_its_totals(tmp_path: Path, change: dict[str, str]) -> None:
    stays = ticket("T2", version=1, team="red")
    import_rows(tmp_path, [ticket(version=1, team="red", rating=4), stays])
    moved = ticket(version=2, team="red", rating=4) | change
    assert import_rows(tmp_path, [moved]).rows_changed == 1
    assert_totals_are_true()
    where = (moved["team"] or "None", moved["opened"][:10], moved["channel"])
    found = {key: int(row["handled"]) for key, row in totals_of(TeamDay).items()}
    stayed = ("red", "2026-03-02", "chat")
    assert found == ({stayed: 2} if where == stayed else {stayed: 1, where: 1})
    agents = [key for key in totals_of(AgentDay) if key[0] == moved["agent"]]
    assert bool(agents) == bool(moved["agent"])


def test_two_sources_may_use_the_same_ids(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket(rating=1)], source="old")
    import_rows(tmp_path, [ticket(rating=5)], source="new")
    assert Ticket.objects.count() == 2
    assert totals_of(AgentDay)["ann", "2026-03-02", "chat"]["csat_sum"] == 6
    assert_totals_are_true()


# The same file again


def test_the_same_file_again_is_told_and_changes_nothing(tmp_path: Path) -> None:
    rows = [ticket(rating=3)]
    import_rows(tmp_path, rows)
    before = stored_totals()
    again = import_rows(tmp_path, rows)
    assert (again.status, again.rows_same) == (UNCHANGED, 1)
    assert stored_totals() == before


def test_a_file_applies_again_after_another_one_has_followed(tmp_path: Path) -> None:
    for rating in (3, 5, 3):
        assert import_rows(tmp_path, [ticket(rating=rating)]).status == DONE
    assert only(Ticket).csat == 3
    assert_totals_are_true()


def test_a_file_applies_again_after_one_that_was_queued_earlier_but_ended_later(
    tmp_path: Path,
) -> None:
    waiting = tmp_path / "waiting.csv"
    waiting.write_text("id,opened,agent,channel,rating\nT1,2026-03-02 09:00:00,ann,chat,5\n")
    queued = start(path=waiting, source="helpdesk", mapping=parse(TICKETS), mapping_text=TICKETS)
    import_rows(tmp_path, [ticket(rating=3)])
    perform(queued)
    assert only(Ticket).csat == 5
    assert import_rows(tmp_path, [ticket(rating=3)]).status == DONE
    assert only(Ticket).csat == 3


def test_another_mapping_of_the_same_file_is_another_import(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket(rating=3)])
    other = TICKETS.replace('scale = "1-5"', 'scale = "0-10"')
    assert import_rows(tmp_path, [ticket(rating=3)], mapping=other).status == DONE
    assert only(Ticket).csat == Decimal("2.2")


def test_a_people_file_applies_again_after_an_edit_by_hand(tmp_path: Path) -> None:
    rows = [{"key": "ann", "team": "red", "from": "2026-01-01"}]
    import_rows(tmp_path, rows, mapping=PEOPLE)
    Membership.objects.all().delete()
    assert import_rows(tmp_path, rows, mapping=PEOPLE).status == DONE
    assert only(Membership).team.key == "red"


def test_a_dry_run_stores_nothing_and_tells_what_it_would_reject(tmp_path: Path) -> None:
    path = tmp_path / "dry.csv"
    path.write_text("id,opened,agent,channel,team,rating\nT1,2026-03-02,new,carrier,nest,9\n")
    people = Person.objects.count()
    run = start(path=path, source="dry", mapping=parse(TICKETS), mapping_text=TICKETS, dry_run=True)
    perform(run)
    assert (run.status, run.rows_new, run.fields_rejected) == (DONE, 1, 1)
    assert reasons(run) == [("csat", "outside_scale")]
    assert not Ticket.objects.exists()
    assert not AgentDay.objects.exists()
    assert not Channel.objects.filter(key="carrier").exists()
    assert not Team.objects.filter(key="nest").exists()
    assert Person.objects.count() == people
    assert import_file(path, source="dry").status == DONE
