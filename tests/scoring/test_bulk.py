"""Filling an empty table with its indexes away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from scoring.figures import bulk, totals
from scoring.ingest import load
from scoring.models import AgentDay, Import, Source, TeamDay
from tests.scoring.imports import import_rows, totals_of

pytestmark = pytest.mark.django_db
TABLES = ["scoring_ticket", "scoring_agentday", "scoring_score"]


@pytest.fixture
def reader() -> Iterator[Any]:
    """A second session."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def test_indexes_and_keys_come_back_as_they_were() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            before = _indexes(cursor, table)
            with transaction.atomic(), bulk.indexes_at_the_end(cursor, table, rows=bulk.MANY):
                assert not _indexes(cursor, table)
            assert _indexes(cursor, table) == before
            assert before


def test_a_small_import_leaves_them_alone() -> None:
    with connection.cursor() as cursor:
        before = _indexes(cursor, TABLES[0])
        with bulk.indexes_at_the_end(cursor, TABLES[0], rows=bulk.MANY - 1):
            assert _indexes(cursor, TABLES[0]) == before


def test_a_table_that_holds_something_keeps_them() -> None:
    with connection.cursor() as cursor:
        _insert(cursor, "T-1")
        before = _indexes(cursor, TABLES[0])
        with bulk.indexes_at_the_end(cursor, TABLES[0], rows=bulk.MANY):
            assert _indexes(cursor, TABLES[0]) == before


def test_a_table_that_someone_reads_keeps_them(reader: Any) -> None:
    reader.execute("BEGIN; SELECT FROM scoring_ticket")
    with connection.cursor() as cursor:
        before = _indexes(cursor, TABLES[0])
        with bulk.indexes_at_the_end(cursor, TABLES[0], rows=bulk.MANY):
            assert _indexes(cursor, TABLES[0]) == before
    reader.execute("ROLLBACK")


def test_a_key_that_stands_twice_is_found_at_the_end_and_nothing_stays() -> None:
    with connection.cursor() as cursor:
        before = _indexes(cursor, TABLES[0])
        with pytest.raises(IntegrityError):
            _insert_twice(cursor)
        assert _indexes(cursor, TABLES[0]) == before


def test_a_large_import_gives_the_same_facts_and_totals_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bulk, load, totals):
        monkeypatch.setattr(module, "MANY", 1)
    rows = [_row(number) for number in range(40)]
    # The same row twice is found when the key is built; the second try takes it once.
    run = import_rows(tmp_path, [*rows, rows[7]])
    assert (run.status, run.rows_new, run.message) == (Import.Status.DONE, 40, "")
    large = totals_of(AgentDay), totals_of(TeamDay)
    for module in (bulk, load, totals):
        monkeypatch.setattr(module, "MANY", 20_000)
    totals.recompute_everything()
    assert large == (totals_of(AgentDay), totals_of(TeamDay))
    assert sum(day["handled"] for day in large[0].values()) == 40


def test_days_that_are_all_replaced_stay_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_rows(tmp_path, [_row(number) for number in range(40)])
    for module in (bulk, totals):
        monkeypatch.setattr(module, "MANY", 1)
    assert totals.recompute_everything() > 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
            " AND mode = 'AccessExclusiveLock' AND relation = 'scoring_agentday'::regclass"
        )
        assert cursor.fetchone() == (0,)


def _row(number: int) -> dict[str, str]:
    day = f"2026-03-{1 + number % 9:02}"
    return {
        "id": f"T{number}",
        "agent": f"agent-{number % 5}",
        "team": f"team-{number % 2}",
        "channel": "chat",
        "status": "solved",
        "opened": f"{day} 09:00:00",
        "replied": f"{day} 09:01:02.5",
        "closed": f"{day} 10:00:00",
        "handle": str(number * 1.25),
        "value": "12.34",
    }


def _insert_twice(cursor: Any) -> None:
    with transaction.atomic(), bulk.indexes_at_the_end(cursor, TABLES[0], rows=bulk.MANY):
        _insert(cursor, "T-1")
        _insert(cursor, "T-1")


def _insert(cursor: Any, external_id: str) -> None:
    source, _created = Source.objects.get_or_create(name="crm")
    cursor.execute(
        "INSERT INTO scoring_ticket (source_id, external_id, channel_id) VALUES (%s, %s, 1)",
        [source.pk, external_id],
    )


def _indexes(cursor: Any, table: str) -> set[tuple[str, str, str]]:
    cursor.execute(
        "SELECT i.relname, pg_get_indexdef(i.oid), coalesce(pg_get_constraintdef(k.oid), '')"
        " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " LEFT JOIN pg_constraint k ON k.conindid = i.oid WHERE x.indrelid = %s::regclass",
        [table],
    )
    return set(cursor.fetchall())
