"""From values to standings: who is listed, competition ranks, lines in name order, differences only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.boards.figures import IN_TEAM, Task, add_periods, add_values
from scoring.boards.periods import Stretch
from scoring.figure_query import PERSON, TEAM, Sql
from scoring.models import BoardAlias, Leaderboard, Standing
from scoring.windows import ONE_DAY

#: Someone belongs to the newcomers' league in periods that begin within these first days.
NEWCOMER_DAYS = 90
STANDING = Standing._meta.db_table
ALIAS = BoardAlias._meta.db_table
_COLUMNS = ("team_id", "value", "volume", "rank", "previous_rank", "position")


@dataclass(frozen=True, slots=True)
class Written:
    """How many standings were added or changed, and how many left the board."""

    changed: int = 0
    removed: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.changed + other.changed, self.removed + other.removed)


def write_standings(cursor: Any, task: Task) -> Written:
    """Bring the standings of the task's periods up to date; rows that stay the same are not touched."""
    if not task.stretches:
        return Written()
    oldest = task.kept[0].first
    touched = [each.first for each in task.stretches]
    if _let_go(cursor, task.board, oldest):
        touched.append(oldest - ONE_DAY)
    return _write(cursor, task) + Written(changed=_follow_period_before(cursor, task, touched))


def _let_go(cursor: Any, board: Leaderboard, before: date) -> int:
    """Delete the standings of periods that began before the oldest one kept."""
    cursor.execute(
        f"DELETE FROM {STANDING} WHERE board_id = %s AND starts_on < %s", [board.pk, before]
    )
    return int(cursor.rowcount)


def _write(cursor: Any, task: Task) -> Written:
    sql = Sql("WITH p AS MATERIALIZED (SELECT * FROM ")
    add_periods(sql, task.stretches, task.as_of).add("), measured AS (")
    add_values(sql, task)
    sql.add("), listed AS (")
    _add_listed(sql, task.board)
    sql.add("), judged AS (")
    _add_judged(sql, task.board)
    sql.add("), ranked AS (")
    _add_ranked(sql, task.board)
    sql.add("), written AS (")
    _add_insert(sql, task)
    sql.add("), removed AS (")
    _add_delete(sql, task.board)
    sql.add(") SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM removed)")
    cursor.execute(sql.text, sql.params)
    return Written(*cursor.fetchone())


def _add_listed(sql: Sql, board: Leaderboard) -> None:
    """Those who belong to the board, with the names that others read."""
    sql.add("SELECT p.starts_on, v.value, v.volume, v.earlier, v.earlier_volume, ")
    if not board.of_agents:
        sql.add("NULL::bigint AS agent_id, t.id AS team_id, 0 AS pool, t.name, t.key")
        sql.add(f" FROM measured v JOIN p ON p.starts_on = v.starts_on JOIN {TEAM} t")
        sql.add(
            " ON t.id = v.subject_id AND (t.archived_on IS NULL OR t.archived_on > p.reference)"
        )
        sql.add(" WHERE v.value IS NOT NULL")
        if board.site_id is not None:
            sql.add(" AND t.site_id = %s", board.site_id)
        return
    pool = "m.team_id" if board.within == Leaderboard.Within.TEAM else "0"
    sql.add(
        f"s.id AS agent_id, m.team_id, {pool} AS pool, coalesce(a.name, s.display_name) AS name"
    )
    sql.add(f", s.key FROM measured v JOIN p ON p.starts_on = v.starts_on JOIN {PERSON} s")
    sql.add(f" ON s.id = v.subject_id LEFT JOIN {ALIAS} a ON a.person_id = s.id LEFT JOIN ")
    sql.add(IN_TEAM.format("s.id")).add(" WHERE v.value IS NOT NULL")
    sql.add(" AND (s.left_on >= p.reference OR (s.left_on IS NULL AND s.is_active))")
    _add_scope(sql, board)


def _add_scope(sql: Sql, board: Leaderboard) -> None:
    if board.within == Leaderboard.Within.TEAM:
        sql.add(" AND m.team_id IS NOT NULL")
    if board.team_id is not None:
        sql.add(" AND m.team_id = %s", board.team_id)
    if board.site_id is not None:
        sql.add(f" AND m.team_id IN (SELECT id FROM {TEAM} WHERE site_id = %s)", board.site_id)
    if board.league == Leaderboard.League.NEWCOMERS:
        sql.add(f" AND s.hired_on > p.starts_on - {NEWCOMER_DAYS} AND s.hired_on <= p.reference")


def _add_judged(sql: Sql, board: Leaderboard) -> None:
    """Whether the volume is enough, now and without the last day; values by which to sort."""
    enough, earlier = "TRUE", "TRUE"
    params: tuple[int, ...] = ()
    if board.least:
        enough, earlier = "coalesce(volume >= %s, FALSE)", "coalesce(earlier_volume >= %s, FALSE)"
        params = (board.least, board.least)
    sql.add("SELECT starts_on, agent_id, team_id, pool, name, key, volume")
    sql.add(", round(value, 10) AS value, round(earlier, 10) AS earlier")
    sql.add(f", {enough} AS enough, earlier IS NOT NULL AND {earlier} AS earlier_enough", *params)
    sql.add(" FROM listed")


def _add_ranked(sql: Sql, board: Leaderboard) -> None:
    better = "DESC" if board.sign > 0 else "ASC"
    among = "PARTITION BY starts_on, pool"
    sql.add("SELECT starts_on, agent_id, team_id, value, volume, CASE WHEN enough THEN rank()")
    sql.add(f" OVER ({among}, enough ORDER BY value {better}) END AS rank, row_number() OVER")
    sql.add(f" ({among} ORDER BY enough DESC, CASE WHEN enough THEN value END {better}, name, key)")
    sql.add(" AS position, CASE WHEN earlier_enough THEN rank()")
    sql.add(f" OVER ({among}, earlier_enough ORDER BY earlier {better}) END AS previous_rank")
    sql.add(" FROM judged")


def _add_insert(sql: Sql, task: Task) -> None:
    """Movement against the period before is kept here: `_follow_period_before` brings it up to date."""
    of_agent, of_team = "agent_id) WHERE agent_id IS NOT NULL", "team_id) WHERE agent_id IS NULL"
    target = of_agent if task.board.of_agents else of_team
    following = [each.first for each in task.stretches if _follows(task, each)]
    previous = (
        "CASE WHEN s.starts_on = ANY(%s::date[]) THEN s.previous_rank"
        " ELSE excluded.previous_rank END"
    )
    columns = [name for name in _COLUMNS if name != "previous_rank"]
    sql.add(f"INSERT INTO {STANDING} AS s (board_id, starts_on, agent_id, {', '.join(_COLUMNS)})")
    sql.add(f" SELECT %s, starts_on, agent_id, {', '.join(_COLUMNS)} FROM ranked", task.board.pk)
    sql.add(f" ON CONFLICT (board_id, starts_on, {target} DO UPDATE SET ")
    sql.add(", ".join(f"{name} = excluded.{name}" for name in columns))
    sql.add(f", previous_rank = {previous} WHERE (s.previous_rank, ", following)
    sql.add(", ".join(f"s.{name}" for name in columns))
    sql.add(f") IS DISTINCT FROM ({previous}, ", following)
    sql.add(", ".join(f"excluded.{name}" for name in columns)).add(") RETURNING 1")


def _add_delete(sql: Sql, board: Leaderboard) -> None:
    whose = "agent_id" if board.of_agents else "team_id"
    sql.add(f"DELETE FROM {STANDING} s USING p WHERE s.board_id = %s", board.pk)
    sql.add(" AND s.starts_on = p.starts_on AND NOT EXISTS (SELECT FROM ranked r")
    sql.add(f" WHERE r.starts_on = s.starts_on AND r.{whose} = s.{whose}) RETURNING 1")


def _follows(task: Task, stretch: Stretch) -> bool:
    """Whether movement in a period is against the period before: no day before was counted."""
    return not task.board.moves_daily or stretch.reference(task.as_of) == stretch.first


def _follow_period_before(cursor: Any, task: Task, touched: Sequence[date]) -> int:
    """Take the previous rank from the last period before that has standings.

    In the touched periods (their first days), and in the next one after each that has standings.
    """
    following = [each.first for each in task.kept if _follows(task, each)]
    if not following:
        return 0
    whose = "agent_id" if task.board.of_agents else "team_id"
    statement = f"""
        WITH touched AS (SELECT unnest(%s::date[]) AS starts_on),
        p AS (
            SELECT starts_on FROM touched UNION
            SELECT (SELECT min(n.starts_on) FROM {STANDING} n
                    WHERE n.board_id = %s AND n.starts_on > t.starts_on) FROM touched t),
        found AS (
            SELECT n.id, b.rank FROM p
            JOIN {STANDING} n ON n.board_id = %s AND n.starts_on = p.starts_on
            LEFT JOIN {STANDING} b ON b.board_id = n.board_id AND b.{whose} = n.{whose}
                AND b.starts_on = (SELECT max(e.starts_on) FROM {STANDING} e
                                   WHERE e.board_id = %s AND e.starts_on < p.starts_on)
            WHERE p.starts_on = ANY(%s::date[]))
        UPDATE {STANDING} s SET previous_rank = found.rank FROM found
        WHERE s.id = found.id AND s.previous_rank IS DISTINCT FROM found.rank"""
    pk = task.board.pk
    cursor.execute(statement, [list(touched), pk, pk, pk, following])
    return int(cursor.rowcount)
