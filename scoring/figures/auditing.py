"""What checks of the audit have in common: comparing relations, names instead of ids, doing anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from incentives.capabilities import Difference
from incentives.org.models import Person, Team
from scoring.copying import copy_out
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import Channel, PointSettlement

#: So many differences are told of one check.
MOST = 10_000
Row = tuple[tuple[Any, ...], str, Any, Any]


class AuditNames:
    """Keys of agents, teams and channels instead of their ids; read once a check."""

    def __init__(self) -> None:
        self.agents = dict(Person.objects.values_list("pk", "key"))
        self.teams = dict(Team.objects.values_list("pk", "key"))
        self.channels = dict(Channel.objects.values_list("pk", "key"))

    def agent(self, pk: int | None) -> str:
        return str(self.agents.get(pk or 0, pk))

    def team(self, pk: int | None) -> str:
        return "–" if pk is None else str(self.teams.get(pk, pk))

    def channel(self, pk: int) -> str:
        return str(self.channels.get(pk, pk))


def differences(rows: Iterator[Row], name: Callable[..., str]) -> Iterator[Difference]:
    for key, column, stored, right in rows:
        what = " ".join(part for part in (name(*key), column) if part)
        yield Difference(what, _text(stored), _text(right))


def _text(value: Any) -> str:
    return "–" if value is None else str(value)


def compared(
    cursor: Any,
    *,
    stored: str,
    right: str,
    params: Sequence[Any] = (),
    keys: Sequence[str],
    values: Sequence[str],
    lenient: Collection[str] = (),
) -> Iterator[Row]:
    """(key, column, stored, right) wherever two relations differ: SQL of tables or subqueries.

    Keys may be NULL; of `lenient` columns, NULL and 0 are the same. A row that only one side has
    gives one difference with the column "" and None for the side that lacks it. `params` are
    those of `right`.
    """
    folded = ", ".join(f"coalesce({key}::text, '') AS k_{key}" for key in keys)
    columns = [f"{side}.{column}" for side in "ab" for column in values]
    shown = [f"coalesce(a.{key}, b.{key})" for key in keys]
    cursor.execute(
        f"SELECT {', '.join([*shown, 'a.here', 'b.here', *columns])}"
        f" FROM (SELECT *, TRUE AS here, {folded} FROM {stored}) a"
        f" FULL JOIN (SELECT *, TRUE AS here, {folded} FROM {right}) b"
        f" USING ({', '.join(f'k_{key}' for key in keys)})"
        f" WHERE a.here IS DISTINCT FROM b.here OR {_side('a', values, lenient)}"
        f" IS DISTINCT FROM {_side('b', values, lenient)}"
        f" ORDER BY {', '.join(str(at + 1) for at in range(len(keys)))} LIMIT {MOST + 1}",
        list(params),
    )
    for row in cursor.fetchall():
        key, here, rest = row[: len(keys)], row[len(keys) : len(keys) + 2], row[len(keys) + 2 :]
        if here[0] is None or here[1] is None:
            yield key, "", *(_("there") if each else None for each in here)
            continue
        for column, was, now in zip(values, rest[: len(values)], rest[len(values) :], strict=True):
            same = (was or 0) == (now or 0) if column in lenient else was == now
            if not same:
                yield key, column, was, now


def _side(alias: str, values: Sequence[str], lenient: Collection[str]) -> str:
    parts = [
        f"nullif({alias}.{column}, 0)" if column in lenient else f"{alias}.{column}"
        for column in values
    ]
    return f"ROW({', '.join(parts)})"


def redone(
    cursor: Any,
    table: str,
    keys: Sequence[str],
    values: Sequence[str],
    redo: Callable[[], object],
) -> Iterator[Row]:
    """What a step that does everything anew would change in a table."""
    columns = ", ".join([*keys, *values])
    cursor.execute(
        f"CREATE TEMP TABLE audit_before ON COMMIT DROP AS SELECT {columns} FROM {table}"
    )
    redo()
    return compared(cursor, stored="audit_before", right=table, keys=keys, values=values)


def everything(cursor: Any, as_of: date | None = None) -> Changes:
    """All agent days that there are."""
    days = copy_out(cursor, "SELECT DISTINCT agent_id, day FROM scoring_agentday", DAYS_SCHEMA)
    last: Any = days["day"].max()
    return Changes(as_of or PointSettlement.last_day() or last or date.max, days, everything=True)
