"""From values to standings: who is listed, competition ranks, lines in name order, differences only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incentives.org.participation import at_work_sql
from scoring.boards.figures import (
    AGENT_VALUES,
    IN_TEAM,
    Task,
    add_agent_values,
    add_periods,
    add_values,
    rests_on_agents,
)
from scoring.boards.periods import Stretch
from scoring.figures.query import PERSON, TEAM, Sql
from scoring.figures.windows import ONE_DAY
from scoring.models import BoardAlias, Leaderboard, Standing

#: Someone belongs to the newcomers' league in periods that begin within these first days.
NEWCOMER_DAYS = 90
STANDING = Standing._meta.db_table
ALIAS = BoardAlias._meta.db_table
PEOPLE = "board_person"
_COLUMNS = ("team_id", "pool", "value", "volume", "rank", "previous_rank", "position")
_TURNS = "unnest(%s::date[], %s::date[]) AS t(starts_on, before)"


@dataclass(frozen=True, slots=True)
class WrittenStandings:
    """How many standings were added or changed, and how many left the board."""

    changed: int = 0
    removed: int = 0

    def __add__(self, other: WrittenStandings) -> WrittenStandings:
        return WrittenStandings(self.changed + other.changed, self.removed + other.removed)


def list_people(cursor: Any) -> None:
    """Put everyone in the order of the names that others read, once for all boards of a night.

    Sorting by names costs far more than sorting by numbers.
    """
    _make(
        cursor,
        PEOPLE,
        Sql(
            f"CREATE TEMP TABLE {PEOPLE} ON COMMIT DROP AS"
            " SELECT s.id, s.hired_on, s.left_on, s.is_active,"
            " row_number() OVER (ORDER BY coalesce(a.name, s.display_name), s.key)::int AS place"
            f" FROM {PERSON} s LEFT JOIN {ALIAS} a ON a.person_id = s.id"
        ),
        *("id", "hired_on", "left_on"),
    )
    cursor.execute(f"CREATE UNIQUE INDEX ON {PEOPLE} (id)")


def write_standings(cursor: Any, task: Task) -> WrittenStandings:
    """Bring the standings of the task's periods up to date; rows that stay are not touched.

    `list_people` goes before, in the same transaction.
    """
    if not task.stretches:
        return WrittenStandings()
    let_go = _let_go(cursor, task)
    _fill_lines(cursor, task)
    turns = _turns(cursor, task, let_go=let_go)
    own = {each.first for each in task.stretches}
    _look_back(cursor, task.board, [turn for turn in turns if turn[0] in own], own)
    written = WrittenStandings(_write(cursor, task.board), _delete(cursor, task.board))
    later = [turn for turn in turns if turn[0] not in own]
    return written + WrittenStandings(changed=_move(cursor, task.board, later))


def _let_go(cursor: Any, task: Task) -> bool:
    """Delete the standings of periods that are kept no longer, and of seasons that begin elsewhere."""
    cursor.execute(
        f"DELETE FROM {STANDING} WHERE board_id = %s AND starts_on <> ALL(%s)",
        [task.board.pk, [each.first for each in task.kept]],
    )
    return bool(cursor.rowcount)


def _fill_lines(cursor: Any, task: Task) -> None:
    """The board's lines, in tables with statistics: a guess of their number can cost minutes."""
    sql = Sql("CREATE TEMP TABLE board_period ON COMMIT DROP AS SELECT * FROM ")
    _make(cursor, "board_period", add_periods(sql, task.stretches, task.as_of), "starts_on")
    if rests_on_agents(task):
        sql = Sql(f"CREATE TEMP TABLE {AGENT_VALUES} ON COMMIT DROP AS ")
        add_agent_values(sql, task)
        _make(cursor, AGENT_VALUES, sql, "starts_on", "subject_id")
    sql = Sql("CREATE TEMP TABLE board_measured ON COMMIT DROP AS ")
    add_values(sql, task)
    _make(cursor, "board_measured", sql, "starts_on", "subject_id")
    sql = Sql("CREATE TEMP TABLE board_line ON COMMIT DROP AS WITH listed AS (")
    _add_listed(sql, task.board)
    sql.add("), judged AS (")
    _add_judged(sql, task.board)
    sql.add(") ")
    _add_ranked(sql, task.board)
    _make(cursor, "board_line", sql, "starts_on", "agent_id", "team_id")


def _make(cursor: Any, table: str, sql: Sql, *keys: str) -> None:
    """Fill a temporary table; by its keys it is joined, so of these alone something is to be known."""
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(sql.text, sql.params)
    cursor.execute(f"ANALYZE {table} ({', '.join(keys)})")


def _add_listed(sql: Sql, board: Leaderboard) -> None:
    """Those who belong to the board, with the names that others read."""
    sql.add("SELECT p.starts_on, v.value, v.volume, v.earlier, v.earlier_volume, ")
    if not board.of_agents:
        sql.add(
            "NULL::bigint AS agent_id, t.id AS team_id, 0::bigint AS pool, row_number() OVER (ORDER BY"
        )
        sql.add(" t.name, t.key) AS place")
        sql.add(
            f" FROM board_measured v JOIN board_period p ON p.starts_on = v.starts_on JOIN {TEAM} t"
        )
        sql.add(
            " ON t.id = v.subject_id AND (t.archived_on IS NULL OR t.archived_on > p.reference)"
        )
        sql.add(" WHERE v.value IS NOT NULL")
        if board.site_id is not None:
            sql.add(" AND t.site_id = %s", board.site_id)
        return
    pool = "m.team_id" if board.within == Leaderboard.Within.TEAM else "0::bigint"
    sql.add(f"s.id AS agent_id, m.team_id, {pool} AS pool, s.place")
    sql.add(
        f" FROM board_measured v JOIN board_period p ON p.starts_on = v.starts_on JOIN {PEOPLE} s"
    )
    sql.add(" ON s.id = v.subject_id LEFT JOIN ").add(IN_TEAM.format("s.id"))
    sql.add(f" WHERE v.value IS NOT NULL AND {at_work_sql('s', 'p.reference')}")
    _add_scope(sql, board)


def _add_scope(sql: Sql, board: Leaderboard) -> None:
    if board.within == Leaderboard.Within.TEAM:
        sql.add(" AND m.team_id IS NOT NULL")
    if board.team_id is not None:
        sql.add(" AND m.team_id = %s", board.team_id)
    if board.site_id is not None:
        sql.add(f" AND m.team_id IN (SELECT id FROM {TEAM} WHERE site_id = %s)", board.site_id)
    if board.league == Leaderboard.League.NEWCOMERS:
        sql.add(f" AND s.hired_on > p.starts_on - {NEWCOMER_DAYS}")


def _add_judged(sql: Sql, board: Leaderboard) -> None:
    """Whether the volume is enough, now and without the last day; values by which to sort."""
    enough, earlier = "TRUE", "TRUE"
    params: tuple[int, ...] = ()
    if board.least:
        enough, earlier = "coalesce(volume >= %s, FALSE)", "coalesce(earlier_volume >= %s, FALSE)"
        params = (board.least, board.least)
    sql.add("SELECT starts_on, agent_id, team_id, pool, place, volume")
    sql.add(", round(value, 10) AS value, round(earlier, 10) AS earlier")
    sql.add(f", {enough} AS enough, earlier IS NOT NULL AND {earlier} AS earlier_enough", *params)
    sql.add(" FROM listed")


def _add_ranked(sql: Sql, board: Leaderboard) -> None:
    better = "DESC" if board.sign > 0 else "ASC"
    among = "PARTITION BY starts_on, pool"
    sql.add(
        "SELECT starts_on, agent_id, team_id, pool, value, volume, CASE WHEN enough THEN rank()"
    )
    sql.add(f" OVER ({among}, enough ORDER BY value {better}) END AS rank, row_number() OVER")
    sql.add(f" ({among} ORDER BY enough DESC, CASE WHEN enough THEN value END {better}, place)")
    sql.add(" AS position, CASE WHEN earlier_enough THEN rank()")
    sql.add(f" OVER ({among}, earlier_enough ORDER BY earlier {better}) END AS previous_rank")
    sql.add(" FROM judged")


def _write(cursor: Any, board: Leaderboard) -> int:
    """Change lines that differ and add new ones; the others are not even locked."""
    whose, rest = _subject(board)
    names = ", ".join(_COLUMNS)
    stored, wanted = (", ".join(f"{of}.{name}" for name in _COLUMNS) for of in ("s", "l"))
    same = (
        f"s.board_id = %s AND s.starts_on = l.starts_on AND s.{whose} = l.{whose}"
        f" AND s.agent_id {rest}"
    )
    # Two statements: an upsert would insert and look for conflicts row by row.
    cursor.execute(
        f"UPDATE {STANDING} s SET ({names}) = ({wanted}) FROM board_line l"
        f" WHERE {same} AND ({stored}) IS DISTINCT FROM ({wanted})",
        [board.pk],
    )
    changed = int(cursor.rowcount)
    cursor.execute(
        f"INSERT INTO {STANDING} (board_id, starts_on, agent_id, {names})"
        f" SELECT %s, l.starts_on, l.agent_id, {wanted} FROM board_line l"
        f" WHERE NOT EXISTS (SELECT FROM {STANDING} s WHERE {same})",
        [board.pk, board.pk],
    )
    return changed + int(cursor.rowcount)


def _delete(cursor: Any, board: Leaderboard) -> int:
    """Remove who is no longer listed; looked for only where there are more rows than lines."""
    cursor.execute(
        "WITH n AS (SELECT starts_on, count(*) AS lines FROM board_line GROUP BY 1)"
        " SELECT p.starts_on FROM board_period p WHERE"
        f" (SELECT count(*) FROM {STANDING} s WHERE s.board_id = %s AND s.starts_on = p.starts_on)"
        " > coalesce((SELECT n.lines FROM n WHERE n.starts_on = p.starts_on), 0)",
        [board.pk],
    )
    longer = [starts_on for (starts_on,) in cursor.fetchall()]
    if not longer:
        return 0
    whose, _rest = _subject(board)
    cursor.execute(
        f"DELETE FROM {STANDING} s WHERE s.board_id = %s AND s.starts_on = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM board_line l"
        f" WHERE l.starts_on = s.starts_on AND l.{whose} = s.{whose})",
        [board.pk, longer],
    )
    return int(cursor.rowcount)


def _subject(board: Leaderboard) -> tuple[str, str]:
    """The column that tells lines apart, and what `agent_id` is: the index goes by both."""
    return ("agent_id", "IS NOT NULL") if board.of_agents else ("team_id", "IS NULL")


def _follows(task: Task, stretch: Stretch) -> bool:
    """Whether movement in a period is against the period before: no day before was counted."""
    return not task.board.moves_daily or stretch.reference(task.as_of) == stretch.first


def _turns(cursor: Any, task: Task, *, let_go: bool) -> list[tuple[date, date | None]]:
    """Periods whose movement is against the period before, each with that one's first day.

    The worked-out ones, and later ones that come right after a period that was worked out or let
    go. Periods without lines are passed over.
    """
    firsts = [each.first for each in task.kept]
    own = {each.first for each in task.stretches}
    cursor.execute(
        f"SELECT d FROM unnest(%s::date[]) d WHERE EXISTS (SELECT FROM {STANDING} s"
        " WHERE s.board_id = %s AND s.starts_on = d)"
        " UNION SELECT DISTINCT starts_on FROM board_line",
        [[first for first in firsts if first not in own], task.board.pk],
    )
    present = {first for (first,) in cursor.fetchall()}
    gone = {firsts[0] - ONE_DAY} if let_go else set()
    changed = own | gone
    turns: list[tuple[date, date | None]] = []
    for each in task.kept:
        known = [day for day in present | changed if day < each.first]
        reached = each.first in own or bool(known and max(known) in changed)
        if each.first in present and reached and _follows(task, each):
            turns.append((each.first, max(set(known) & present, default=None)))
    return turns


def _look_back(
    cursor: Any, board: Leaderboard, turns: Sequence[tuple[date, date | None]], own: set[date]
) -> None:
    """Fill in the previous ranks of lines whose period before is among them, or is stored."""
    whose, rest = _subject(board)
    for source, condition, chosen in (
        ("board_line", "TRUE", [turn for turn in turns if turn[1] in own]),
        (
            STANDING,
            f"b.agent_id {rest} AND b.board_id = {int(board.pk)}",
            [turn for turn in turns if turn[1] not in own],
        ),
    ):
        if chosen:
            cursor.execute(
                f"UPDATE board_line l SET previous_rank = b.rank FROM {_TURNS} JOIN {source} b"
                f" ON b.starts_on = t.before WHERE l.starts_on = t.starts_on"
                f" AND b.{whose} = l.{whose} AND {condition}",
                [list(column) for column in zip(*chosen, strict=True)],
            )


def _move(cursor: Any, board: Leaderboard, turns: Sequence[tuple[date, date | None]]) -> int:
    """Correct the previous ranks in stored periods that come after a changed one."""
    if not turns:
        return 0
    whose, rest = _subject(board)
    cursor.execute(
        f"""
        UPDATE {STANDING} s SET previous_rank = f.rank FROM (
            SELECT n.id, b.rank FROM {_TURNS}
            JOIN {STANDING} n ON n.board_id = %s AND n.starts_on = t.starts_on
            LEFT JOIN {STANDING} b ON b.board_id = n.board_id AND b.starts_on = t.before
                AND b.{whose} = n.{whose} AND b.agent_id {rest}) f
        WHERE s.id = f.id AND s.previous_rank IS DISTINCT FROM f.rank""",
        [*(list(column) for column in zip(*turns, strict=True)), board.pk],
    )
    return int(cursor.rowcount)
