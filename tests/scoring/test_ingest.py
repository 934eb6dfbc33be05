"""What an import changes: versions, deletions, moves, held agents, duplicates, hostile values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from incentives.org.models import Alias, Membership, Person, Supervision, Team
from incentives.org.people import join_team
from scoring.ingest import held
from scoring.ingest.mapping import parse
from scoring.ingest.runs import catch_up, perform, start
from scoring.models import Activity, AgentDay, Channel, Import, QueueInterval, TeamDay, Ticket
from tests.factories import PersonFactory, TeamFactory
from tests.scoring.imports import TICKETS, import_file, import_rows, totals_of
from tests.scoring.true_totals import assert_totals_are_true, stored_totals

pytestmark = pytest.mark.django_db

DONE, UNCHANGED, REFUSED = Import.Status.DONE, Import.Status.UNCHANGED, Import.Status.REFUSED
RATINGS = """
kind = "tickets"
[fields]
external_id = "ticket"
csat = { column = "stars", scale = "1-5" }
"""
ACTIVITIES = """
kind = "activities"
optional = true
[fields]
external_id = "id"
kind = "kind"
agent = "agent"
team = "team"
day = "day"
deleted = "deleted"
quantity = "n"
score = "score"
"""
QUEUES = """
kind = "queues"
optional = true
[fields]
external_id = "id"
agent = "agent"
team = "team"
channel = "channel"
day = "day"
offered = "offered"
answered = "answered"
handled = "handled"
concurrent_sum = "concurrent"
"""
PEOPLE = """
kind = "agents"
optional = true
[fields]
key = "key"
team = "team"
starts_on = "from"
"""


def ticket(id_: str = "T1", **more: Any) -> dict[str, Any]:
    """A row as the test mapping reads it."""
    row = {"id": id_, "opened": "2026-03-02 09:00:00", "agent": "ann", "channel": "chat"}
    return {**row, **{name.rstrip("_"): value for name, value in more.items()}}


def only(model: Any, **where: Any) -> Any:
    """The one object."""
    return model.objects.get(**where)


def reasons(run: Import) -> list[tuple[str, str]]:
    """Field and code of each issue."""
    return list(run.issues.values_list("field", "code"))


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


# Impossible and missing values


def test_an_impossible_value_is_counted_and_the_rest_of_the_row_stays(tmp_path: Path) -> None:
    bad = ticket(rating=9, handle=-5, replied="2026-03-02 08:00:00", closed="2026-03-02 10:00:00")
    run = import_rows(tmp_path, [bad, ticket("T2", rating=4)])
    assert (run.status, run.rows_new, run.rows_rejected, run.fields_rejected) == (DONE, 2, 0, 3)
    assert sorted(reasons(run)) == [
        ("csat", "outside_scale"),
        ("first_response_at", "before_request"),
        ("handle_seconds", "negative"),
    ]
    day = totals_of(AgentDay)["ann", "2026-03-02", "chat"]
    assert [day[name] for name in ("csat_sum", "csat_count", "handled")] == [4, 1, 2]
    assert "handle_seconds" not in day
    assert "first_response_seconds" not in day
    assert day["resolution_seconds"] == 3600


def test_missing_is_stored_as_nothing_not_as_zero(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket(rating="", handle="", value="")])
    day = only(AgentDay)
    assert day.csat_sum is day.handle_seconds is day.order_value is day.csat_count is None
    assert day.handled == 1


def test_when_no_row_can_be_taken_the_first_rejected_row_is_named(tmp_path: Path) -> None:
    # Rejected fields fill what is kept for a refusal before the first rejected row comes.
    rows = [ticket("", rating=9, handle=-1, difficulty=77) for _ in range(400)]
    run = import_rows(tmp_path, rows)
    assert run.status == REFUSED
    assert "None of 400 rows could be taken. Line 2: The row has no id." in run.message


# Values that a database cannot hold


HOSTILE = [
    pytest.param({"id": "x" * 900}, ("external_id", "key_too_long"), id="long id"),
    pytest.param({"agent": "y" * 400}, ("agent", "key_too_long"), id="long agent"),
    pytest.param({"team": "z" * 400}, ("team", "key_too_long"), id="long team"),
    pytest.param({"channel": "c" * 400}, ("channel", "key_too_long"), id="long channel"),
    pytest.param({"status": "s" * 5000}, ("status", "too_long"), id="long text"),
    pytest.param({"version": "9" * 30}, ("version", "not_a_time"), id="huge version"),
    pytest.param({"contacts": "3000000000"}, ("contacts", "outside_limits"), id="huge count"),
    pytest.param({"contacts": "1e300"}, ("contacts", None), id="count with exponent"),
    pytest.param({"difficulty": "40000"}, ("difficulty", "outside_limits"), id="beyond smallint"),
    pytest.param({"value": "1e15"}, ("order_value", "outside_limits"), id="huge amount"),
    pytest.param({"value": "1e-20000"}, None, id="tiny exponent"),
    pytest.param({"value": "1e-99999999999999999999"}, None, id="absurd exponent"),
    pytest.param({"value": "0." + "0" * 20_000 + "1"}, None, id="twenty thousand digits"),
    pytest.param({"handle": "1e30"}, ("handle_seconds", None), id="huge duration"),
    pytest.param({"closed": "9999-12-31 00:00:00"}, ("closed_at", "not_a_time"), id="year 9999"),
    pytest.param({"opened": "0001-01-01 00:00:00"}, ("opened_at", "not_a_time"), id="year 1"),
    pytest.param({"closed": "2199-12-31 00:00:00"}, None, id="far closing"),
    pytest.param({"rating": "4." + "9" * 3000}, None, id="rating of many digits"),
]


@pytest.mark.parametrize(("values", "issue"), HOSTILE)
def test_a_value_beyond_the_database_never_fails_the_run(
    tmp_path: Path, values: dict[str, str], issue: tuple[str, str | None] | None
) -> None:
    run = import_rows(tmp_path, [ticket("T0"), ticket() | values])
    assert run.status == DONE, run.message
    assert Ticket.objects.filter(external_id="T0").exists()
    found = reasons(run)
    if issue is not None:
        assert [field for field, _code in found if field] == [issue[0]]
        assert issue[1] is None or issue in found
        assert all(each.reason for each in run.issues.all())
    assert_totals_are_true()


def test_a_long_but_possible_id_is_stored(tmp_path: Path) -> None:
    # Different characters: the index cannot compress them.
    name = "".join(chr(0x4E00 + 37 * n % 20_000) for n in range(500))
    run = import_rows(tmp_path, [ticket(name, agent=name[:200], team=name[100:300])])
    assert (run.status, run.rows_new) == (DONE, 1), run.message


@pytest.mark.parametrize("column", ["id", "agent", "team", "channel", "status", "rating"])
def test_nul_characters_never_fail_the_run(tmp_path: Path, column: str) -> None:
    path = tmp_path / "nul.ndjson"
    row = {name: str(value) for name, value in ticket(rating=4, team="red", status="ok").items()}
    row[column] = "a\\u0000b"
    fields = ", ".join(f'"{name}": "{value}"' for name, value in row.items())
    path.write_text(f"{{{fields}}}\n")
    mapping = TICKETS + '[extra]\nnote = "status"\n'
    run = import_file(path, mapping=mapping)
    assert run.status in (DONE, REFUSED), run.message
    if run.status == DONE:
        assert_totals_are_true()


@pytest.mark.parametrize("name", ["100 % sure", "%s", "%(source)s", "a'b\"c;--", "{x}", "\\."])
def test_names_with_signs_of_sql_and_formatting_are_only_names(tmp_path: Path, name: str) -> None:
    rows = [ticket(name, agent=name, team=name, channel=name), ticket("T2", agent=name)]
    run = import_rows(tmp_path, rows, source=name)
    assert (run.status, run.rows_new) == (DONE, 2), run.message
    assert only(Ticket, external_id=name).agent.key == name
    assert Team.objects.filter(key=name).exists()
    clash = import_rows(tmp_path, [ticket(name, rating=1), ticket(name, rating=2)], source=name)
    assert clash.status == REFUSED
    assert name in clash.message
    assert_totals_are_true()


def test_a_backslash_and_a_dot_alone_on_a_line_do_not_end_the_data(tmp_path: Path) -> None:
    rows = [ticket("T1", status="one\n\\.\ntwo"), *[ticket(f"A{n}") for n in range(3)]]
    assert import_rows(tmp_path, rows).rows_new == 4


def test_a_column_of_thousands_of_channels_is_refused(tmp_path: Path) -> None:
    before = Channel.objects.count()
    run = import_rows(tmp_path, [ticket(f"T{n}", channel=f"subject {n}") for n in range(1_500)])
    assert run.status == REFUSED
    assert "channel" in run.message
    assert Channel.objects.count() == before


def test_many_channels_and_teams_count_apart(tmp_path: Path) -> None:
    rows = [ticket(f"T{n}", channel=f"c{n % 300}", team=f"t{n % 400}") for n in range(1_200)]
    assert import_rows(tmp_path, rows).status == DONE
    assert TeamDay.objects.count() == 1_200
    assert_totals_are_true()


# Several rows with one id


def test_identical_rows_count_once(tmp_path: Path) -> None:
    run = import_rows(tmp_path, [ticket(rating=4), ticket("T2"), ticket(rating=4)])
    assert (run.status, run.rows_new, run.rows_same) == (DONE, 2, 1)
    assert_totals_are_true()


def test_contradicting_rows_refuse_the_file_and_name_their_lines(tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket("T0")])
    before = stored_totals()
    rows = [ticket("T2"), ticket(rating=4), ticket("T3"), ticket(rating=2)]
    run = import_rows(tmp_path, rows)
    assert run.status == REFUSED
    assert "T1 stands in lines 3 and 5" in run.message
    assert (run.rows_new, run.days_touched) == (0, 0)
    assert stored_totals() == before
    assert Ticket.objects.count() == 1


def test_the_newest_of_several_versions_in_one_file_counts(tmp_path: Path) -> None:
    rows = [ticket(version=2, rating=2), ticket(version=3, rating=3), ticket(version=1, rating=1)]
    assert import_rows(tmp_path, rows).status == DONE
    assert only(Ticket).csat == 3


@pytest.mark.parametrize(
    ("keep", "type_", "at", "rating"),
    [
        ("last", "time", ["2026-03-02 10:00", "2026-03-02 12:00", "2026-03-02 11:00"], 2),
        ("first", "time", ["2026-03-02 10:30", "2026-03-02 12:00", "2026-03-02 10:00"], 3),
        ("last", "number", ["9", "10", ""], 2),
        ("first", "number", ["9", "10", "2"], 3),
        ("last", "text", ["b", "a", "c"], 3),
    ],
)
def test_reduce_keeps_the_row_that_the_order_says(
    tmp_path: Path, keep: str, type_: str, at: list[str], rating: int
) -> None:
    mapping = f'{TICKETS}[reduce]\nkeep = "{keep}"\norder = "at"\ntype = "{type_}"\n'
    rows = [ticket(rating=n, at=moment) for n, moment in enumerate(at, start=1)]
    assert import_rows(tmp_path, rows, mapping=mapping).status == DONE
    assert only(Ticket).csat == rating


@pytest.mark.parametrize(("keep", "rating"), [("first", 1), ("last", 3)])
def test_reduce_without_an_order_goes_by_line(tmp_path: Path, keep: str, rating: int) -> None:
    rows = [ticket(rating=n) for n in (1, 2, 3)]
    import_rows(tmp_path, rows, mapping=f'{TICKETS}[reduce]\nkeep = "{keep}"\n')
    assert only(Ticket).csat == rating


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
