"""Daily totals, recomputed from the facts for the agent days that changed, and only for those.

The caller names what changed by filling the temporary table `touched_fact` (agent, the fact's
own team, day; before and after the change); `recompute` then replaces the agent days and the
team days that follow from it, with a fixed number of set-based statements.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from incentives.org import locks
from incentives.org.dated import covers_sql
from scoring.figures.bulk import MANY, indexes_at_the_end
from scoring.figures.custom import custom_columns
from scoring.figures.measures import MEASURES
from scoring.models import CountedMeasure, TeamDay

# Writers of facts and totals take this lock until their transaction ends: totals are a sum over
# facts that no other transaction may be changing meanwhile.
FACTS_LOCK = 0x1F4C75

# The own measures of both rows, key by key; NULL when neither has any.
_CUSTOM_SUM = (
    "(SELECT jsonb_object_agg(e.key, e.value) FROM (SELECT key, sum(value::numeric) AS value"
    " FROM (SELECT * FROM jsonb_each_text(total.custom)"
    " UNION ALL SELECT * FROM jsonb_each_text(excluded.custom)) both_rows GROUP BY key) e)"
)
_KEYS = ("agent_id", "team_id", "day", "channel_id")
_FACTS = {
    "ticket": ("t", "scoring_ticket"),
    "activity": ("a", "scoring_activity"),
    "queue": ("q", "scoring_queueinterval"),
}


def lock_facts() -> None:
    """Wait until this transaction is the only one that writes facts and totals."""
    locks.hold(FACTS_LOCK)


def open_touched(cursor: Any) -> None:
    """Create the empty table of what changed, for this transaction."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS touched_fact"
        " (agent_id bigint, team_id bigint, day date) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE touched_fact")


def touch_everything(cursor: Any) -> None:
    """Name every agent day and team day that has facts or totals as changed."""
    parts = [
        f"SELECT DISTINCT agent_id, team_id, day FROM {table} WHERE day IS NOT NULL"
        for _alias, table in _FACTS.values()
    ]
    parts.append("SELECT DISTINCT agent_id, team_id, day FROM scoring_agentday")
    parts.append("SELECT DISTINCT NULL::bigint, team_id, day FROM scoring_teamday")
    cursor.execute(f"INSERT INTO touched_fact {' UNION ALL '.join(parts)}")


def recompute(cursor: Any) -> int:
    """Replace the totals of everything in `touched_fact`; returns the number of agent days.

    Runs inside the caller's transaction, after `lock_facts`.
    """
    # Some fifty aggregates make a group's state large: sorted groups need one at a time, hashed
    # ones all at once, and spill.
    cursor.execute("SET LOCAL enable_hashagg = off; ANALYZE touched_fact")
    days = _list_agent_days(cursor)
    _list_team_days(cursor)
    _tell_the_night(cursor)
    # Whether the table is empty is asked before anything is deleted: days that are replaced are
    # read by others meanwhile, and taking the indexes away would lock them out.
    with indexes_at_the_end(cursor, "scoring_agentday", rows=days):
        cursor.execute(
            "WITH gone AS (DELETE FROM scoring_agentday d USING touched_agent k"
            " WHERE d.agent_id = k.agent_id AND d.day = k.day RETURNING d.team_id, d.day)"
            " INSERT INTO touched_team SELECT DISTINCT team_id, day FROM gone"
        )
        period = _period(cursor, days)
        _look_up(cursor, "off" if period else "on")
        _add_agent_days(cursor, "ticket", period)
    for kind in ("activity", "queue"):
        _add_agent_days(cursor, kind, period)
    _look_up(cursor, "on")
    _replace_team_days(cursor)
    cursor.execute(
        "INSERT INTO scoring_changedteamday (team_id, day) SELECT team_id, day FROM touched_team_day"
    )
    cursor.execute(
        "DROP TABLE touched_agent, touched_team, touched_team_day; SET LOCAL enable_hashagg = on"
    )
    return days


def recompute_everything() -> int:
    """Recompute all totals from all facts in one transaction; returns the agent days."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock_facts()
        open_touched(cursor)
        touch_everything(cursor)
        days = recompute(cursor)
        _note_counted()
        return days


def count_new_measures() -> int:
    """Recompute all totals when a measure was never counted in them; returns the agent days."""
    counted = set(CountedMeasure.objects.values_list("key", flat=True))
    return 0 if counted.issuperset(MEASURES) else recompute_everything()


def add_counted_measures() -> None:
    """Where there are no totals yet, no measure has a past that it was not counted in."""
    if not TeamDay.objects.exists():
        _note_counted()


def _note_counted() -> None:
    CountedMeasure.objects.bulk_create(
        (CountedMeasure(key=key) for key in MEASURES), ignore_conflicts=True
    )


def _list_agent_days(cursor: Any) -> int:
    cursor.execute(
        "CREATE TEMP TABLE touched_agent ON COMMIT DROP AS"
        " SELECT k.agent_id, k.day, m.team_id FROM"
        " (SELECT DISTINCT agent_id, day FROM touched_fact"
        "   WHERE agent_id IS NOT NULL AND day IS NOT NULL) k"
        " LEFT JOIN org_membership m ON m.person_id = k.agent_id"
        f"  AND {covers_sql('m', 'k.day')}"
    )
    days = int(cursor.rowcount)
    cursor.execute("CREATE INDEX ON touched_agent (agent_id, day)")
    cursor.execute("ANALYZE touched_agent")
    return days


def _tell_the_night(cursor: Any) -> None:
    """Note the agent days that change, and those that rest on a team whose own facts change."""
    cursor.execute(
        "INSERT INTO scoring_changedday (agent_id, day) SELECT agent_id, day FROM touched_agent"
        " UNION ALL SELECT d.agent_id, d.day FROM scoring_agentday d"
        " JOIN touched_team k ON d.team_id = k.team_id AND d.day = k.day"
    )


def _list_team_days(cursor: Any) -> None:
    cursor.execute(
        "CREATE TEMP TABLE touched_team ON COMMIT DROP AS"
        " SELECT DISTINCT team_id, day FROM touched_fact"
        " WHERE agent_id IS NULL AND day IS NOT NULL"
    )


def _period(cursor: Any, days: int) -> tuple[date, date] | None:
    """The first and the last touched day, if most agent days between them are touched."""
    if days < MANY:
        return None
    cursor.execute("SELECT min(day), max(day) FROM touched_agent")
    period: tuple[date, date] = cursor.fetchone()
    cursor.execute("SELECT count(*) FROM scoring_agentday WHERE day BETWEEN %s AND %s", period)
    return period if cursor.fetchone()[0] <= days else None


def _look_up(cursor: Any, switch: str) -> None:
    """Let the facts of a few days be looked up, or ("off") those of a period be read in one go.

    The planner would always look them up, because it takes a page that was read once for free.
    """
    for way in ("nestloop", "mergejoin", "indexscan"):
        cursor.execute(f"SET LOCAL enable_{way} = {switch}")


def _add_agent_days(cursor: Any, kind: str, period: tuple[date, date] | None) -> None:
    """Add what one kind of fact contributes to the touched agent days; tickets come first."""
    alias, table = _FACTS[kind]
    columns, sums, params = _contribution(kind)
    team = f"coalesce({alias}.team_id, k.team_id)"
    cursor.execute(
        f"WITH made AS (INSERT INTO scoring_agentday AS total ({', '.join((*_KEYS, *columns))})"
        f" SELECT {alias}.agent_id, {team}, {alias}.day, {alias}.channel_id, {', '.join(sums)}"
        f" FROM {table} {alias}"
        f" JOIN touched_agent k ON {alias}.agent_id = k.agent_id AND {alias}.day = k.day"
        f" JOIN scoring_channel c ON c.id = {alias}.channel_id"
        f" WHERE NOT {alias}.deleted AND {alias}.held_for IS NULL"
        f" {f'AND {alias}.day BETWEEN %s AND %s' if period else ''}"
        f" GROUP BY {alias}.agent_id, {alias}.day, {alias}.channel_id, {team}"
        f" {'' if kind == 'ticket' else _added('agent_id, day, channel_id, team_id', columns)}"
        " RETURNING team_id, day) INSERT INTO touched_team SELECT DISTINCT team_id, day FROM made",
        [*params, *(period or ())],
    )


def _contribution(kind: str) -> tuple[list[str], list[str], list[Any]]:
    """Columns, their aggregates over one kind of fact, and the aggregates' parameters."""
    found = {key: getattr(measure, kind) for key, measure in MEASURES.items()}
    columns = [key for key, sql in found.items() if sql]
    sums = [_or_null(sql) for sql in found.values() if sql]
    params: list[Any] = []
    if kind == "ticket":
        sql, params = custom_columns()
        if params:
            columns.append("custom")
            sums.append(sql)
    return columns, sums, params


def _or_null(sql: str) -> str:
    # Nothing counted is stored as NULL: it keeps rows small, and zero sums are no different.
    return f"nullif({sql}, 0)" if sql.startswith("count") else sql


def _added(key: str, columns: list[str]) -> str:
    """On a row that another kind of fact has begun: add to it."""
    parts = [
        f"{c} = CASE WHEN total.{c} IS NULL THEN excluded.{c}"
        f" WHEN excluded.{c} IS NULL THEN total.{c} ELSE total.{c} + excluded.{c} END"
        for c in columns
        if c != "custom"
    ]
    if "custom" in columns:
        parts.append(f"custom = {_CUSTOM_SUM}")
    return f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(parts)}"


def _replace_team_days(cursor: Any) -> None:
    cursor.execute(
        "CREATE TEMP TABLE touched_team_day ON COMMIT DROP AS"
        " SELECT DISTINCT team_id, day FROM touched_team"
    )
    cursor.execute("ANALYZE touched_team_day")
    for same_team in ("d.team_id = k.team_id", "d.team_id IS NULL AND k.team_id IS NULL"):
        cursor.execute(
            "DELETE FROM scoring_teamday d USING touched_team_day k"
            f" WHERE {same_team} AND d.day = k.day"
        )
    columns = [*MEASURES]
    sums = ", ".join(f"sum(d.{c})" for c in columns)
    for same_team in ("d.team_id = k.team_id", "d.team_id IS NULL AND k.team_id IS NULL"):
        cursor.execute(
            f"INSERT INTO scoring_teamday (team_id, day, channel_id, people, {', '.join(columns)})"
            f" SELECT d.team_id, d.day, d.channel_id, count(*), {sums}"
            f" FROM scoring_agentday d JOIN touched_team_day k ON {same_team} AND d.day = k.day"
            " GROUP BY d.team_id, d.day, d.channel_id"
        )
    _add_custom_to_teams(cursor)
    for kind in _FACTS:
        _add_team_days(cursor, kind)


def _add_custom_to_teams(cursor: Any) -> None:
    """Sum the own measures of the touched team days key by key."""
    if not custom_columns()[1]:
        return
    cursor.execute(
        "UPDATE scoring_teamday d SET custom = s.custom FROM ("
        " SELECT team_id, day, channel_id, jsonb_object_agg(key, value) AS custom FROM ("
        "  SELECT d.team_id, d.day, d.channel_id, e.key, sum(e.value::numeric) AS value"
        "  FROM scoring_agentday d"
        "  JOIN touched_team_day k"
        "   ON coalesce(d.team_id, 0) = coalesce(k.team_id, 0) AND d.day = k.day"
        "  CROSS JOIN LATERAL jsonb_each_text(d.custom) e WHERE d.custom IS NOT NULL"
        "  GROUP BY d.team_id, d.day, d.channel_id, e.key) each"
        " GROUP BY team_id, day, channel_id) s"
        " WHERE coalesce(d.team_id, 0) = coalesce(s.team_id, 0)"
        " AND d.day = s.day AND d.channel_id = s.channel_id"
    )


def _add_team_days(cursor: Any, kind: str) -> None:
    """Add the facts that belong to no agent."""
    alias, table = _FACTS[kind]
    columns, sums, params = _contribution(kind)
    for same_team in (
        f"{alias}.team_id = k.team_id",
        f"{alias}.team_id IS NULL AND k.team_id IS NULL",
    ):
        cursor.execute(
            f"INSERT INTO scoring_teamday AS total ({', '.join((*_KEYS[1:], *columns))})"
            f" SELECT {alias}.team_id, {alias}.day, {alias}.channel_id, {', '.join(sums)}"
            f" FROM {table} {alias}"
            f" JOIN touched_team_day k ON {same_team} AND {alias}.day = k.day"
            f" JOIN scoring_channel c ON c.id = {alias}.channel_id"
            f" WHERE {alias}.agent_id IS NULL AND NOT {alias}.deleted"
            f" AND {alias}.held_for IS NULL"
            f" GROUP BY {alias}.team_id, {alias}.day, {alias}.channel_id"
            f" {_added('team_id, day, channel_id', columns)}",
            params,
        )
