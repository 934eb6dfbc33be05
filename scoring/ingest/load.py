"""Facts into the database: staged by COPY, then merged by one statement.

Staging is a temporary table, so a file that turns out bad, or a process that dies, leaves
nothing behind. The merge writes only the fields that the mapping fills; a row whose version is
older than the stored one, or that says nothing new, changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from scoring.models import Activity, Import, QueueInterval, Ticket
from scoring.models.sources import FactKind

from .convert import ORDER
from .directory import Directory
from .errors import Refused
from .fields import FIELDS, Type
from .mapping import Mapping
from .table import LINE

FACT_MODELS = {
    FactKind.TICKETS: Ticket,
    FactKind.ACTIVITIES: Activity,
    FactKind.QUEUES: QueueInterval,
}
_STAGE_TYPES = {
    Type.TEXT: "text",
    Type.TIME: "timestamptz",
    Type.DAY: "date",
    Type.DURATION: "bigint",
    Type.FLAG: "boolean",
    Type.INTEGER: "bigint",
    Type.NUMBER: "numeric",
    Type.RATING: "numeric",
    Type.SCORE: "numeric",
    Type.VERSION: "bigint",
}
_CARDINALITY_VIOLATION = "21000"  # one statement would write a row twice: duplicate ids


@dataclass(frozen=True, slots=True)
class Merged:
    """How many staged rows were new, changed a stored fact, or said nothing new."""

    new: int
    changed: int
    same: int


class Stage:
    """The staging table of one import, inside the caller's transaction."""

    def __init__(self, cursor: Any, mapping: Mapping) -> None:
        self.cursor = cursor
        self.mapping = mapping
        self.known = FIELDS[mapping.kind]
        self.columns: list[str] = []
        self.rows = 0

    def add(self, payload: bytes, columns: list[str], rows: int) -> None:
        """Append rows in COPY's CSV format; the first call fixes the columns."""
        if not self.columns:
            self._create(columns)
        copy = f"COPY stage ({', '.join(self.columns)}) FROM STDIN (FORMAT csv)"
        self.cursor.copy_expert(copy, io.BytesIO(payload))
        self.rows += rows

    def _create(self, columns: list[str]) -> None:
        self.columns = columns
        typed = ", ".join(f"{name} {self._type(name)}" for name in columns)
        self.cursor.execute(f"CREATE TEMP TABLE stage ({typed}) ON COMMIT DROP")

    def _type(self, name: str) -> str:
        if name in ("extra", LINE, ORDER):
            order = {"time": "bigint", "number": "double precision", "text": "text"}
            kinds = {"extra": "jsonb", LINE: "bigint"}
            return (
                kinds.get(name)
                or order[self.mapping.reduce.type if self.mapping.reduce else "text"]
            )
        kind = _STAGE_TYPES[self.known[name].type]
        return f'{kind} COLLATE "C"' if name == "external_id" else kind


def csv_payload(frame: pl.DataFrame) -> bytes:
    """A frame as COPY's CSV: null is nothing, moments are UTC without saying so."""
    naive = [
        pl.col(name).dt.replace_time_zone(None)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
    ]
    text = frame.with_columns(naive).write_csv(include_header=False)
    # PostgreSQL's text holds every character but NUL.
    return text.encode().replace(b"\x00", b"")


def merge(stage: Stage, run: Import, directory: Directory) -> Merged:
    """Write the staged rows to the facts and list what they touch in `touched_fact`.

    Raises Refused when two rows with one id contradict each other and the mapping does not say
    which of them counts.
    """
    cursor = stage.cursor
    cursor.execute("ANALYZE stage")
    table = FACT_MODELS[FactKind(stage.mapping.kind)]._meta.db_table
    cursor.execute(
        "CREATE TEMP TABLE before ON COMMIT DROP AS"
        " SELECT f.external_id, f.agent_id, f.team_id, f.day"
        f" FROM {table} f JOIN (SELECT DISTINCT external_id FROM stage) s"
        " ON f.source_id = %s AND f.external_id = s.external_id",
        [run.source_id],
    )
    _upsert(stage, run, directory, table)
    cursor.execute(
        "INSERT INTO touched_fact SELECT DISTINCT agent_id, team_id, day FROM merged"
        " UNION ALL SELECT DISTINCT b.agent_id, b.team_id, b.day"
        " FROM before b JOIN merged m ON m.external_id = b.external_id AND NOT m.fresh"
    )
    cursor.execute("SELECT count(*) FILTER (WHERE fresh), count(*) FROM merged")
    new, written = cursor.fetchone()
    cursor.execute("DROP TABLE before, merged")
    return Merged(new=new, changed=written - new, same=stage.rows - written)


def _upsert(stage: Stage, run: Import, directory: Directory, table: str) -> None:
    sql = _upsert_sql(stage, directory, table)
    params = {"source": run.source_id, "run": run.pk, "channel": directory.other_channel}
    try:
        # Duplicate ids are rare: looking for them costs only those files that have them.
        with transaction.atomic():
            stage.cursor.execute(sql, params)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", None) != _CARDINALITY_VIOLATION:
            raise
        _reduce(stage)
        stage.cursor.execute(sql, params)


def _upsert_sql(stage: Stage, directory: Directory, table: str) -> str:
    values = _values(stage)
    given = [name for name in values if name not in ("source_id", "external_id", "run_id")]
    kept = {"channel_id"} if "channel" not in stage.columns else set()
    written = [name for name in given if name not in kept]
    changed = ", ".join(f"{name} = excluded.{name}" for name in [*written, "run_id"])
    stored = ", ".join(f"f.{name}" for name in written)
    excluded = ", ".join(f"excluded.{name}" for name in written)
    newer = (
        "(f.version IS NULL OR excluded.version IS NULL OR excluded.version >= f.version) AND "
        if "version" in values
        else ""
    )
    return (
        'CREATE TEMP TABLE merged ON COMMIT DROP AS SELECT NULL::text COLLATE "C" AS external_id,'
        " NULL::bigint AS agent_id, NULL::bigint AS team_id, NULL::date AS day, TRUE AS fresh"
        " WHERE FALSE;"
        f"WITH up AS (INSERT INTO {table} AS f ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM stage s {directory.joins(stage.columns)}"
        " ON CONFLICT (source_id, external_id) DO UPDATE"
        f" SET {changed} WHERE {newer}ROW({stored}) IS DISTINCT FROM ROW({excluded})"
        " RETURNING f.external_id, f.agent_id, f.team_id, f.day, f.xmax = 0)"
        " INSERT INTO merged SELECT * FROM up"
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
        exact = wanted.type is Type.DURATION
        values[name] = f"s.{name} / 1000000.0" if exact else f"s.{name}"
    if "extra" in stage.columns:
        values["extra"] = "s.extra"
    return values


def _reduce(stage: Stage) -> None:
    """Leave one row for each id, as the mapping says; refuse rows that contradict each other."""
    cursor, reduce = stage.cursor, stage.mapping.reduce
    if reduce is not None:
        direction = "DESC NULLS LAST" if reduce.keep == "last" else "ASC NULLS LAST"
        by = [f"{ORDER} {direction}"] if reduce.order else []
        by.append(f"{LINE} {'DESC' if reduce.keep == 'last' else 'ASC'}")
        _keep_first(cursor, ", ".join(by))
        return
    told_apart = [name for name in stage.columns if name != LINE]
    if "version" in stage.columns:
        cursor.execute(
            "DELETE FROM stage s USING (SELECT external_id, max(version) AS version FROM stage"
            " GROUP BY external_id HAVING count(*) > 1) d"
            " WHERE s.external_id = d.external_id AND s.version < d.version"
        )
    cursor.execute(
        "SELECT external_id, min(line), max(line) FROM (SELECT external_id,"
        f" min({LINE}) AS line FROM stage GROUP BY {', '.join(told_apart)}) d"
        " GROUP BY external_id HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
    )
    contradiction = cursor.fetchone()
    if contradiction is not None:
        raise Refused(
            _(
                "The id %(id)s stands in lines %(first)s and %(last)s with different values: add"
                ' [reduce] with keep = "last" or "first" to the mapping to say which row counts.'
            )
            % dict(zip(("id", "first", "last"), contradiction, strict=True))
        )
    _keep_first(cursor, LINE)


def _keep_first(cursor: Any, order: str) -> None:
    cursor.execute(
        "DELETE FROM stage WHERE ctid IN (SELECT ctid FROM (SELECT ctid, row_number()"
        f" OVER (PARTITION BY external_id ORDER BY {order}) AS place FROM stage) d"
        " WHERE place > 1)"
    )


def staged_columns(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """The frame's columns that go to the stage, in a fixed order."""
    wanted = set(names) | {"extra", LINE, ORDER}
    return [name for name in frame.columns if name in wanted]
