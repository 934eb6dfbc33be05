"""Facts into the database: staged by COPY, then merged by one statement.

Staging is a temporary table, so a file that turns out bad, or a process that dies, leaves
nothing behind. The merge writes only the fields that the mapping fills; a row whose version is
older than the stored one, or that says nothing new, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.utils import DatabaseError

from scoring.copying import copy_csv_in
from scoring.figures.bulk import MANY, indexes_at_the_end
from scoring.figures.statistics import analyse
from scoring.models import Activity, Import, QueueInterval, Ticket
from scoring.models.sources import FactKind

from .convert import ORDER
from .directory import Directory
from .duplicates import reduce_to_one_row_each
from .fields import FIELDS, Field, Type
from .mapping import FileMapping
from .table import LINE

FACT_MODELS = {
    FactKind.TICKETS: Ticket,
    FactKind.ACTIVITIES: Activity,
    FactKind.QUEUES: QueueInterval,
}
# Of fields that are not stored; the others are staged as they are stored.
_HELPER_TYPES = {Type.TEXT: "text", Type.DURATION: "numeric"}
# Fact columns that are not the staged value as it is.
_SQL = {"deleted": "coalesce(s.deleted, false)"}
# Two new rows, or two updates, with one id: unique violation, cardinality violation.
_DUPLICATE_IDS = ("23505", "21000")


@dataclass(frozen=True, slots=True)
class Merged:
    """How many staged rows were new, changed a stored fact, or said nothing new."""

    new: int
    changed: int
    same: int


class Stage:
    """The staging table of one import, inside the caller's transaction."""

    def __init__(self, cursor: Any, mapping: FileMapping) -> None:
        self.cursor = cursor
        self.mapping = mapping
        self.known = FIELDS[mapping.kind]
        self.columns: list[str] = []
        self.rows = 0

    def add(self, payload: bytes, columns: list[str], rows: int) -> None:
        """Append rows in COPY's CSV format; the first call fixes the columns."""
        if not self.columns:
            self._create(columns)
        copy_csv_in(self.cursor, "stage", self.columns, payload)
        self.rows += rows

    def _create(self, columns: list[str]) -> None:
        self.columns = columns
        typed = ", ".join(f"{name} {self._type(name)}" for name in columns)
        self.cursor.execute(
            f"DROP TABLE IF EXISTS stage; CREATE TEMP TABLE stage ({typed}) ON COMMIT DROP"
        )

    def _type(self, name: str) -> str:
        if name in ("extra", LINE, ORDER):
            order = {"time": "bigint", "number": "double precision", "text": "text"}
            kinds = {"extra": "jsonb", LINE: "bigint"}
            return (
                kinds.get(name)
                or order[self.mapping.reduce.type if self.mapping.reduce else "text"]
            )
        if not self.known[name].stored:
            return _HELPER_TYPES[self.known[name].type]
        # The fact's own type: values are brought into it while the file is still being read.
        model = FACT_MODELS[FactKind(self.mapping.kind)]
        kind = str(model._meta.get_field(name).db_type(connection))
        return f'{kind} COLLATE "C"' if name == "external_id" else kind


def csv_payload(frame: pl.DataFrame, known: dict[str, Field]) -> bytes:
    """A frame as COPY's CSV: null is nothing, moments are UTC without saying so."""
    naive = [
        pl.col(name).dt.replace_time_zone(None)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
    ]
    # The columns have six decimals, which are what floats say of microseconds within 285 years.
    seconds = [
        pl.col(name) / 1_000_000
        for name in frame.columns
        if name in known and known[name].type is Type.DURATION
    ]
    return frame.with_columns(*naive, *seconds).write_csv(include_header=False).encode()


def merge(stage: Stage, run: Import, directory: Directory) -> Merged:
    """Write the staged rows to the facts and list what they touch in `touched_fact`.

    Needs the facts lock. Rows with unknown ids are inserted plainly, which costs half of an
    upsert; only rows whose ids are stored are compared and updated. Raises Refused when two
    rows with one id contradict each other and the mapping does not say which of them counts.
    """
    cursor = stage.cursor
    cursor.execute(f"ANALYZE stage ({', '.join(_analysed(stage))})")
    statements = _Statements(stage, run, directory)
    cursor.execute(statements.before, statements.params)
    stored = cursor.rowcount
    try:
        # Duplicate ids are rare: looking for them costs only those files that have them.
        with transaction.atomic():
            merged = _write(stage, statements, stored)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", None) not in _DUPLICATE_IDS:
            raise
        reduce_to_one_row_each(stage)
        merged = _write(stage, statements, stored)
    cursor.execute("DROP TABLE before")
    if merged.new > MANY:
        # Without statistics of a large new table the totals would be joined row by row.
        analyse(cursor, statements.table, "agent_id", "team_id", "day", "channel_id", "held_for")
    return merged


def _write(stage: Stage, statements: _Statements, stored: int) -> Merged:
    cursor, changed = stage.cursor, 0
    with indexes_at_the_end(cursor, statements.table, rows=stage.rows):
        cursor.execute(statements.insert(all_new=stored == 0), statements.params)
        new = cursor.fetchone()[0]
    if stored:
        cursor.execute(statements.update, statements.params)
        changed = cursor.rowcount
        cursor.execute(
            "INSERT INTO touched_fact SELECT agent_id, team_id, day FROM changed"
            " UNION ALL SELECT b.agent_id, b.team_id, b.day"
            " FROM before b JOIN changed c ON c.external_id = b.external_id"
        )
        cursor.execute("DROP TABLE changed")
    return Merged(new=new, changed=changed, same=stage.rows - new - changed)


def _analysed(stage: Stage) -> list[str]:
    joined = ("external_id", "agent", "team", "channel", "day")
    return [name for name in joined if name in stage.columns]


class _Statements:
    """The SQL that takes one stage to its fact table."""

    def __init__(self, stage: Stage, run: Import, directory: Directory) -> None:
        self.table = FACT_MODELS[FactKind(stage.mapping.kind)]._meta.db_table
        self.params = {"source": run.source_id, "run": run.pk, "channel": directory.other_channel}
        self.values = _values(stage)
        self.stage = f"stage s {directory.joins(stage.columns)}"
        self.keeps_channel = "channel" not in stage.columns

    @property
    def before(self) -> str:
        """The stored facts that the stage is about, as they are before the merge."""
        return (
            "CREATE TEMP TABLE before ON COMMIT DROP AS"
            " SELECT f.external_id, f.agent_id, f.team_id, f.day"
            f" FROM {self.table} f JOIN (SELECT DISTINCT external_id FROM stage) s"
            " ON f.source_id = %(source)s AND f.external_id = s.external_id"
        )

    def _new(self, *, all_new: bool) -> str:
        if all_new:
            return self.stage
        return (
            f"{self.stage} LEFT JOIN before b ON b.external_id = s.external_id"
            " WHERE b.external_id IS NULL"
        )

    def insert(self, *, all_new: bool) -> str:
        """Insert the rows whose ids are not stored, list their agent days, and count them."""
        empty = {"agent_id": "NULL::bigint", "team_id": "NULL::bigint", "day": "NULL::date"}
        keys = [name if name in self.values else nothing for name, nothing in empty.items()]
        return (
            f"WITH new AS (INSERT INTO {self.table} ({', '.join(self.values)})"
            f" SELECT {', '.join(self.values.values())} FROM {self._new(all_new=all_new)}"
            f" RETURNING {', '.join(keys)}), touched AS (INSERT INTO touched_fact"
            f" SELECT DISTINCT * FROM new) SELECT count(*) FROM new"
        )

    @property
    def update(self) -> str:
        """Update the stored rows that the stage says something new about, and note which."""
        given = set(self.values) - {"source_id", "external_id", "run_id"}
        if self.keeps_channel:
            given.discard("channel_id")
        written = sorted(given)
        changes = ", ".join(f"{name} = excluded.{name}" for name in [*written, "run_id"])
        stored = ", ".join(f"f.{name}" for name in written)
        excluded = ", ".join(f"excluded.{name}" for name in written)
        newer = (
            # A row without a version is older than any with one.
            "(f.version IS NULL OR excluded.version >= f.version) AND "
            if "version" in self.values
            else ""
        )
        return (
            'CREATE TEMP TABLE changed (external_id text COLLATE "C", agent_id bigint,'
            " team_id bigint, day date) ON COMMIT DROP;"
            f"WITH up AS (INSERT INTO {self.table} AS f ({', '.join(self.values)})"
            f" SELECT {', '.join(self.values.values())} FROM {self.stage}"
            " JOIN before b ON b.external_id = s.external_id"
            " ON CONFLICT (source_id, external_id) DO UPDATE"
            f" SET {changes} WHERE {newer}ROW({stored}) IS DISTINCT FROM ROW({excluded})"
            " RETURNING f.external_id, f.agent_id, f.team_id, f.day)"
            " INSERT INTO changed SELECT * FROM up"
        )


def _values(stage: Stage) -> dict[str, str]:
    """Fact column → SQL over the stage `s` and the directory's joins."""
    values = {
        "source_id": "%(source)s",
        "external_id": "s.external_id",
        "run_id": "%(run)s",
        "channel_id": "coalesce(dc.id, %(channel)s)"
        if "channel" in stage.columns
        else "%(channel)s",
    }
    if "agent" in stage.columns:
        values["agent_id"] = "da.id"
        values["held_for"] = "CASE WHEN da.id IS NULL THEN s.agent END"
    if "team" in stage.columns and stage.mapping.team_of == "ticket":
        values["team_id"] = "dt.id"
    for name in stage.columns:
        wanted = stage.known.get(name)
        if wanted is None or not wanted.stored or name == "external_id":
            continue
        values[name] = _SQL.get(name, f"s.{name}")
    if "extra" in stage.columns:
        values["extra"] = "s.extra"
    return values


def staged_columns(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """The frame's columns that go to the stage, in a fixed order."""
    wanted = set(names) | {"extra", LINE, ORDER}
    return [name for name in frame.columns if name in wanted]
