"""Values and rows that cannot be taken, and several rows with one id."""

from __future__ import annotations

from pathlib import Path

import pytest

from incentives.org.models import Team
from scoring.models import AgentDay, Channel, TeamDay, Ticket
from tests.scoring.imports import TICKETS, import_file, import_rows, totals_of
from tests.scoring.small_files import (
    DONE,
    REFUSED,
    only,
    reasons,
    ticket,
)
from tests.scoring.true_totals import assert_totals_are_true, stored_totals

pytestmark = pytest.mark.django_db


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
