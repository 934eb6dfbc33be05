"""What is ranked: for each board one query of values, by period and by agent or team.

Each query gives `starts_on, subject_id, value, volume, earlier, earlier_volume`: the value over
the whole period, the volume that the least volume is held against (NULL where nothing is asked),
and both once more without the last day counted, for the movement. A team's value is left out where
so few people stand behind it that it tells of one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from incentives.org.dated import covers_sql
from incentives.org.disclosure import LEAST_GROUP, cells_that_tell_nothing
from incentives.org.participation import PARTICIPATION
from scoring.boards.added import LEDGER, SUMS
from scoring.boards.periods import Stretch
from scoring.figures.metrics import Metric
from scoring.figures.query import AGENT_DAY, PERSON, TEAM_DAY, Sql
from scoring.models import Leaderboard, Score

#: An improvement is measured against the four weeks before the period.
BASELINE_DAYS = 28
SCORE = Score._meta.db_table
#: Filled by `scoring.boards.shared`: points of last days counted, and contacts handled, by agent and day.
LATE, HANDLED = "board_late", "board_handled"
#: The agents' values that a teams' board is added up from.
AGENT_VALUES = "board_agent_value"
#: Joins the team `m` in which person `{0}` takes part on the period's last day counted.
IN_TEAM = f"{PARTICIPATION} m ON m.person_id = {{0}} AND {covers_sql('m', 'p.reference')}"


@dataclass(frozen=True, slots=True)
class Task:
    """A board and the periods of it that are worked out now, as of a day.

    `kept` are all its kept periods, oldest first.
    A KPI's sums stand in the temporary table `sums`, in the columns n{column} and d{column}.
    """

    board: Leaderboard
    stretches: Sequence[Stretch]
    as_of: date
    kept: Sequence[Stretch]
    metric: Metric | None = None
    sums: str = ""
    column: int = 0

    @property
    def improved(self) -> bool:
        """Whether values are differences to the four weeks before."""
        return days_before(self.board) > 0


def days_before(board: Leaderboard) -> int:
    """How many days before a period its values rest on, too.

    What is read and what is worked out again after late facts both follow this.
    """
    return BASELINE_DAYS if board.league == Leaderboard.League.IMPROVED else 0


def add_periods(sql: Sql, stretches: Sequence[Stretch], as_of: date, *, before: int = 0) -> Sql:
    """Append `unnest(…) p(starts_on, first, last, reference)`; `first` lies `before` days earlier."""
    starts = [each.first for each in stretches]
    firsts = [each.first - timedelta(days=before) for each in stretches]
    lasts = [each.last for each in stretches]
    references = [each.reference(as_of) for each in stretches]
    return sql.add(
        "unnest(%s::date[], %s::date[], %s::date[], %s::date[])"
        " AS p(starts_on, first, last, reference)",
        starts,
        firsts,
        lasts,
        references,
    )


def read_sums(
    *,
    table: str,
    board: Leaderboard,
    metrics: Sequence[Metric],
    stretches: Sequence[Stretch],
    as_of: date,
) -> Sql:
    """The statement that fills a temporary table with KPI sums for all boards of a kind at once.

    `part` is 0 for the four weeks before the period, 1 for the period's days before the last one
    counted, 2 for that day and later ones.
    """
    whose = "agent_id" if board.of_agents else "team_id"
    sql = Sql(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT p.starts_on, f.{whose}")
    sql.add(" AS subject_id, CASE WHEN f.day < p.starts_on THEN 0")
    sql.add(" WHEN f.day < p.reference THEN 1 ELSE 2 END AS part")
    for at, metric in enumerate(metrics):
        top, bottom = metric.sums()
        sql.add(f", {top[0]} AS n{at}", *top[1]).add(f", {bottom[0]}::numeric AS d{at}", *bottom[1])
    sql.add(", NULL::int AS people" if board.of_agents else ", max(f.people) AS people")
    sql.add(" FROM ")
    add_periods(sql, stretches, as_of, before=days_before(board))
    source = AGENT_DAY if board.of_agents else TEAM_DAY
    sql.add(f" JOIN {source} f ON f.day BETWEEN p.first AND p.last AND f.{whose} IS NOT NULL")
    if board.channel_id is not None:
        sql.add(" AND f.channel_id = %s", board.channel_id)
    return sql.add(" GROUP BY 1, 2, 3")


def rests_on_agents(task: Task) -> bool:
    """Whether the board's query reads AGENT_VALUES: a guess of their number can cost minutes."""
    return task.board.by == Leaderboard.By.POINTS and not task.board.of_agents


def add_agent_values(sql: Sql, task: Task) -> None:
    """Append the query of the agents' points, in the columns of `add_values`."""
    _add_points(sql, replace(task, board=_agents_of(task.board)))


def add_values(sql: Sql, task: Task) -> None:
    """Append the query of a board's values over the periods in the table `board_period`."""
    board = task.board
    if board.by == Leaderboard.By.KPI:
        _add_kpi(sql, task)
    elif board.by == Leaderboard.By.SCORE:
        _add_score(sql, task)
    elif board.of_agents:
        _add_points(sql, task)
    else:
        _add_team_points(sql, task)


def _add_points(sql: Sql, task: Task) -> None:
    value, earlier = "g.now", "nullif(g.now - coalesce(g.late, 0), 0)"
    if task.improved:
        value = f"g.now - g.base * (p.reference - p.starts_on + 1) / {BASELINE_DAYS}.0"
        earlier = "NULL::numeric"
    parts = [
        _part("now", "v.points", f"{SUMS} v ON v.starts_on = p.starts_on AND v.period = %s", "v"),
        _part("late", "v.points", f"{LATE} v ON v.day BETWEEN p.reference AND p.last", "v"),
    ]
    if task.improved:  # only of people who were there all that time
        parts[1] = _part(
            "base",
            "e.amount",
            f"{LEDGER} e ON e.booked_on >= p.starts_on - {BASELINE_DAYS} AND e.booked_on <"
            f" p.starts_on JOIN {PERSON} s ON s.id = e.agent_id AND (s.hired_on IS NULL"
            f" OR s.hired_on <= p.starts_on - {BASELINE_DAYS})",
            "e",
        )
    _add_parts(sql, task, parts, value=value, earlier=earlier)


def _add_score(sql: Sql, task: Task) -> None:
    if not task.board.of_agents:
        sql.add("SELECT p.starts_on, v.team_id AS subject_id, avg(v.score) AS value")
        sql.add(", NULL::numeric AS volume, NULL::numeric AS earlier, NULL::numeric AS")
        sql.add(f" earlier_volume FROM board_period p JOIN {SCORE} v ON v.starts_on = p.starts_on")
        sql.add(" AND v.period = %s AND v.team_id IS NOT NULL GROUP BY 1, 2", task.board.period)
        sql.add(f" HAVING count(*) >= {LEAST_GROUP}")
        return
    parts = [
        _part("now", "v.score", f"{SCORE} v ON v.starts_on = p.starts_on AND v.period = %s", "v")
    ]
    if task.improved:
        weeks = f"v.starts_on BETWEEN p.starts_on - {BASELINE_DAYS} AND p.starts_on - 7"
        parts.append(_part("base", "v.score", f"{SCORE} v ON v.period = 'week' AND {weeks}", "v"))
    value = "g.now - g.mean" if task.improved else "g.now"
    _add_parts(sql, task, parts, value=value, earlier="NULL::numeric")


_PARTS = ("now", "late", "base", "bases", "handled")


def _part(name: str, figure: str, source: str, alias: str) -> str:
    """An agent's sum of one figure in each period, beside empty columns for the others.

    Added up before it becomes a numeric: adding those up costs several times as much.
    """
    own = {name: f"sum({figure})"} | ({"bases": f"count({figure})"} if name == "base" else {})
    columns = ", ".join(f"{own.get(each, 'NULL')}::numeric AS {each}" for each in _PARTS)
    return (
        f"SELECT p.starts_on, {alias}.agent_id, {columns} FROM board_period p JOIN {source}"
        " GROUP BY 1, 2"
    )


def _add_parts(sql: Sql, task: Task, parts: list[str], *, value: str, earlier: str) -> None:
    """The figures of an agent put together by one grouping.

    Joining them would let the database guess how many there are, and guess badly.
    """
    volume = "NULL::numeric"
    if task.board.least:
        volume = "g.handled"
        days = f"{HANDLED} f ON f.day BETWEEN p.first AND p.last"
        parts = [*parts, _part("handled", "f.handled", days, "f")]
    sql.add(f"SELECT p.starts_on, g.agent_id AS subject_id, {value} AS value, {volume} AS volume")
    sql.add(f", {earlier} AS earlier, {volume} AS earlier_volume FROM (SELECT starts_on, agent_id")
    sql.add(", ".join(["", *(f"sum({each}) AS {each}" for each in _PARTS)]))
    sql.add(", sum(base) / sum(bases) AS mean FROM (").add(
        " UNION ALL ".join(parts), task.board.period
    )
    sql.add(") parts GROUP BY 1, 2 HAVING count(now) > 0")
    if task.improved:
        sql.add(" AND count(base) > 0")
    sql.add(") g JOIN board_period p ON p.starts_on = g.starts_on")


def _add_kpi(sql: Sql, task: Task) -> None:
    if task.metric is None:
        raise ValueError("A board by KPI needs its metric: see scoring.boards.refresh.")
    ratio = task.metric.bottom is not None
    volume, earlier_volume = ("g.d", "g.d1") if ratio else ("g.n", "g.n1")
    value = _improvement(task.metric) if task.improved else _value(task.metric, "g.n", "g.d")
    begun = "g.n1" if ratio or task.board.sign < 0 else "nullif(g.n1, 0)"
    earlier = "NULL::numeric" if task.improved else _value(task.metric, begun, "g.d1")
    if task.board.normalised:
        value, earlier = (f"{each} / w.share" for each in (value, earlier))
    sql.add(f"SELECT p.starts_on, g.subject_id, {value} AS value, {volume}::numeric AS volume")
    sql.add(
        f", {earlier} AS earlier, {earlier_volume}::numeric AS earlier_volume FROM board_period p JOIN ("
    )
    sql.add("SELECT starts_on, subject_id")
    for name, part in (("", "> 0"), ("1", "= 1"), ("0", "= 0")):
        for column in "nd":
            sql.add(f", sum({column}{task.column}) FILTER (WHERE part {part}) AS {column}{name}")
    sql.add(f" FROM {task.sums} GROUP BY 1, 2")
    if not task.board.of_agents:
        enough = cells_that_tell_nothing("max(people) FILTER (WHERE part > 0)")
        sql.add(f" HAVING {enough}")
    sql.add(") g ON g.starts_on = p.starts_on")
    if task.board.normalised:
        sql.add(" JOIN (").add(_SHARES).add(") w ON w.starts_on = p.starts_on")
        sql.add(" AND w.team_id = g.subject_id")
    sql.add(" WHERE ")
    if task.improved:
        base = "g.d0" if ratio else "g.n0"
        sql.add(f"{base} > 0 AND {base} >= %s AND ", task.board.least)
    if ratio:
        sql.add("g.d <> 0")
    else:  # whoever has not begun is not at the end of a list
        sql.add("g.n <> 0" if task.board.sign > 0 or task.improved else "g.n IS NOT NULL")


def _value(metric: Metric, top: str, bottom: str) -> str:
    if metric.bottom is None:
        return f"{top}::numeric"
    return f"({top}::numeric * {metric.factor} / nullif({bottom}, 0))"


def _improvement(metric: Metric) -> str:
    """How much better than before; a plain sum is held against as many days of the time before."""
    now, before = _value(metric, "g.n", "g.d"), _value(metric, "g.n0", "g.d0")
    if metric.bottom is None:
        before = f"{before} * (p.reference - p.starts_on + 1) / {BASELINE_DAYS}.0"
    return f"({before} - {now})" if metric.direction == "lower" else f"({now} - {before})"


#: The employment of each team on the last day counted, in full-time people.
_SHARES = (
    "SELECT p.starts_on, m.team_id, sum(s.employment_share) AS share"
    f" FROM board_period p CROSS JOIN {PERSON} s JOIN " + IN_TEAM.format("s.id") + " GROUP BY 1, 2"
)


def _add_team_points(sql: Sql, task: Task) -> None:
    """The points of the people who are in the team on the last day counted, and their number."""
    per = " / w.share" if task.board.normalised else ""
    sql.add(f"SELECT w.starts_on, w.team_id AS subject_id, sum(v.value){per} AS value")
    sql.add(
        f", w.share AS volume, sum(v.earlier){per} AS earlier, w.share AS earlier_volume FROM ("
    )
    sql.add(_SHARES).add(") w JOIN board_period p ON p.starts_on = w.starts_on JOIN ")
    sql.add(f"{AGENT_VALUES} v ON v.starts_on = w.starts_on JOIN ")
    sql.add(IN_TEAM.format("v.subject_id")).add(" AND m.team_id = w.team_id")
    sql.add(f" GROUP BY w.starts_on, w.team_id, w.share HAVING count(*) >= {LEAST_GROUP}")


def _agents_of(board: Leaderboard) -> Leaderboard:
    """The same board with agents as its subject and no least volume."""
    return Leaderboard(by=board.by, period=board.period)
