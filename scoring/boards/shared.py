"""What several boards of a night need: read once for all of them, into temporary tables.

Ledger and totals lie in the order in which they came, so that finding one day reads the month
around it: boards that look for the same days one after the other would read it again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from scoring.boards.added import LEDGER
from scoring.boards.figures import HANDLED, LATE, Task
from scoring.boards.periods import FOREVER, Stretch
from scoring.figures.query import AGENT_DAY
from scoring.figures.windows import ONE_DAY
from scoring.models import Leaderboard

#: Days closer than this are read in one go.
_NEAR = timedelta(days=31)
_RANGES = "unnest(%s::date[], %s::date[]) AS r(first, last)"


def read_shared(cursor: Any, tasks: Sequence[Task]) -> None:
    """Fill LATE and HANDLED with what the boards of these tasks look for; inside a transaction."""
    late = [task for task in tasks if _moves_by_points(task)]
    _read(
        cursor,
        LATE,
        f"SELECT e.booked_on AS day, e.agent_id, sum(e.amount)::bigint AS points FROM {_RANGES}"
        f" JOIN {LEDGER} e ON e.booked_on BETWEEN r.first AND r.last"
        " WHERE e.booked_on = ANY(%s) OR e.booked_on >= %s GROUP BY 1, 2",
        [
            Stretch(each.reference(task.as_of), each.last)
            for task in late
            for each in task.stretches
        ],
        [each.last for task in late for each in task.stretches],
        max((task.as_of for task in late), default=date.max),
    )
    asked = [each for task in tasks if _asks_for_volume(task) for each in task.stretches]
    # Days that no period parts are one row: it carries the first of them.
    ends = {min(each.last, FOREVER - ONE_DAY) + ONE_DAY for each in asked}
    cuts = sorted({each.first for each in asked} | ends)
    _read(
        cursor,
        HANDLED,
        "SELECT min(f.day) AS day, f.agent_id, sum(f.handled)::bigint AS handled"
        f" FROM {_RANGES} JOIN {AGENT_DAY} f ON f.day BETWEEN r.first AND r.last"
        " GROUP BY f.agent_id, width_bucket(f.day, %s::date[])",
        asked,
        cuts or [date.max],
    )


def _moves_by_points(task: Task) -> bool:
    return task.board.by == Leaderboard.By.POINTS and not task.improved


def _asks_for_volume(task: Task) -> bool:
    board = task.board
    return bool(board.least) and board.of_agents and board.by != Leaderboard.By.KPI


def _read(cursor: Any, table: str, query: str, days: Iterable[Stretch], *params: Any) -> None:
    ranges = _together(days)
    firsts, lasts = [each.first for each in ranges], [each.last for each in ranges]
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {query}", [firsts, lasts, *params])
    cursor.execute(f"ANALYZE {table}")


def _together(days: Iterable[Stretch]) -> list[Stretch]:
    """The stretches, those that touch or are near put together."""
    found: list[Stretch] = []
    for each in sorted(set(days)):
        if found and each.first - found[-1].last <= _NEAR:
            found[-1] = Stretch(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return found
