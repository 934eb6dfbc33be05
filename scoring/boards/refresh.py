"""The night's step: every board brought up to date, at the cost of the periods that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from incentives.org import locks
from scoring.boards.added import add_up, newly_booked, start_over
from scoring.boards.figures import Task, days_before, read_sums
from scoring.boards.periods import BoardCalendar, Stretch
from scoring.boards.ranking import WrittenStandings, list_people, write_standings
from scoring.boards.renamed import Renamed, read_renamed, reorder
from scoring.boards.shared import read_shared
from scoring.figures.changes import Changes
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.statistics import renew_statistics
from scoring.models import Leaderboard
from scoring.points.ledger import settled_entry

BOARDS_LOCK = 0x0B0A5D
By = Leaderboard.By


def refresh_boards(changes: Changes) -> StepResult:
    """Work out the standings that the night's changes, its new points and its day can have moved.

    Boards that are new or were edited get all their kept periods. Only differences are written,
    so running it again writes nothing. `changes.as_of` is the last day counted.
    """
    counts: Counter[str] = Counter()
    for by in By:
        counts.update(_refresh(changes, by=by).counts)
    return StepResult(_line(counts), counts)


def refresh_point_boards(changes: Changes) -> StepResult:
    """As `refresh_boards`, of boards by points alone."""
    return _refresh(changes, by=By.POINTS)


def refresh_score_boards(changes: Changes) -> StepResult:
    """As `refresh_boards`, of boards by score alone."""
    return _refresh(changes, by=By.SCORE)


def refresh_kpi_boards(changes: Changes) -> StepResult:
    """As `refresh_boards`, of boards by KPI alone, which rest on nothing but the totals."""
    return _refresh(changes, by=By.KPI)


def _refresh(changes: Changes, *, by: Leaderboard.By) -> StepResult:
    up_to = settled_entry() if by == By.POINTS else 0
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(by)
        in_use = list(Leaderboard.objects.filter(archived=False).select_related("kpi"))
        boards = [board for board in in_use if board.by == by]
        as_of = max([changes.as_of, *(each.entered_on for each in in_use if each.entered_on)])
        renamed = read_renamed()
        tasks = _tasks(boards, changes, renamed, by=by, up_to=up_to, as_of=as_of)
        written = _write(cursor, tasks, renamed.people)
        due = [board.pk for board in boards if board.entered_on != as_of]
        Leaderboard.objects.filter(pk__in=due).update(entered_on=as_of)
    renew_statistics()  # the next refresh would plan for empty boards, and take minutes
    counts = {
        "boards": len(boards),
        "standings": written.changed,
        "removed": written.removed,
    }
    return StepResult(_line(counts), counts)


def fill_current(board: Leaderboard, *, as_of: date) -> None:
    """Work out the running period of one board, so that a new one need not wait for the night.

    The night that follows works out the other kept periods: `entered_on` stays as it was.
    """
    up_to = settled_entry()
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(By(board.by))
        calendar = BoardCalendar()
        used = Leaderboard.objects.filter(archived=False, by=By.POINTS)
        kinds = {*used.values_list("period", flat=True)}
        if board.by == By.POINTS:
            add_up({*kinds, board.period}, up_to=up_to, as_of=as_of, calendar=calendar)
        kept = calendar.kept(board.period, as_of)
        _write(cursor, _with_sums([Task(board, kept[-1:], as_of, kept)]))


def last_counted() -> date | None:
    """The last day that the boards in use count; None before the first night."""
    entered = Leaderboard.objects.filter(archived=False, entered_on__isnull=False)
    return entered.order_by("-entered_on").values_list("entered_on", flat=True).first()


def rebuild_boards(*, as_of: date) -> StepResult:
    """Work out every kept standing anew, from the ledger, the totals and the scores."""
    with transaction.atomic():
        start_over()
        Leaderboard.objects.update(entered_on=None)
        return refresh_boards(Changes(as_of=as_of))


def _lock(by: Leaderboard.By) -> None:
    """Wait until nobody else works on the boards of this kind; they share nothing with the others."""
    locks.hold(BOARDS_LOCK << 32 | By.values.index(by))


def _write(cursor: Any, tasks: Sequence[Task], renamed: Sequence[int] = ()) -> WrittenStandings:
    """Write the standings of the tasks, and the order of those who bear another name now."""
    due = [task for task in tasks if task.stretches]
    if due or renamed:
        list_people(cursor)
        read_shared(cursor, due)
    written = sum((write_standings(cursor, task) for task in due), WrittenStandings())
    partly = [task for task in tasks if len(task.stretches) < len(task.kept)]
    moved = sum(reorder(cursor, task.board, renamed) for task in partly)
    return written + WrittenStandings(changed=moved)


def _line(counts: Mapping[str, int]) -> str:
    moved = counts["standings"] + counts["removed"]
    if not moved:
        return _("The boards stay as they are.")
    lines = ngettext("%(count)d line", "%(count)d lines", moved) % {"count": moved}
    boards = counts["boards"]
    of_boards = ngettext("%(count)d board", "%(count)d boards", boards) % {"count": boards}
    return _("%(lines)s of %(boards)s brought up to date.") % {"lines": lines, "boards": of_boards}


def _tasks(
    boards: Sequence[Leaderboard],
    changes: Changes,
    renamed: Renamed,
    *,
    by: Leaderboard.By,
    up_to: int,
    as_of: date,
) -> list[Task]:
    """What each board has to work out, with the KPI sums it needs read already."""
    calendar = BoardCalendar()
    days, anew = changes.all_days, frozenset[str]()
    if by == By.POINTS:
        kinds = {board.period for board in boards}
        anew = add_up(kinds, up_to=up_to, as_of=as_of, calendar=calendar)
        days = [*days, *newly_booked(up_to=up_to)]
    tasks = []
    for board in boards:
        kept = calendar.kept(board.period, as_of)
        everything = changes.everything or board.entered_on is None or board.period in anew
        everything = everything or renamed.moves(board)
        stretches = kept if everything else _stretches(board, calendar, days, as_of)
        tasks.append(Task(board, stretches, as_of, kept))
    return _with_sums(tasks)


def _stretches(
    board: Leaderboard, calendar: BoardCalendar, days: Iterable[date], as_of: date
) -> list[Stretch]:
    """The periods that rest on one of the days, and those that the night's day has moved on."""
    entered = board.entered_on or as_of
    turned = [] if entered == as_of else [entered, as_of]
    before = days_before(board)
    return calendar.touched(board.period, [*days, *turned], as_of, before=before)


def _with_sums(tasks: Sequence[Task]) -> list[Task]:
    """Read the sums of boards that rank KPIs over the same periods together, once."""
    ranked = [task for task in tasks if task.board.kpi and task.stretches]
    others = [task for task in tasks if task not in ranked]
    keys = {task.board.kpi.key for task in ranked if task.board.kpi}
    metrics = find_metrics(sorted(keys))
    ready = []
    ranked.sort(key=_shared)
    for number, (_key, group) in enumerate(groupby(ranked, key=_shared)):
        ready += _read_group(list(group), metrics, f"board_sums_{number}")
    return [*others, *ready]


def _shared(task: Task) -> tuple[str, str, int, bool]:
    board = task.board
    return board.subject, board.period, board.channel_id or 0, task.improved


def _read_group(group: list[Task], metrics: Mapping[str, Metric], table: str) -> list[Task]:
    used = list(dict.fromkeys(task.board.kpi.key for task in group if task.board.kpi))
    stretches = sorted({each for task in group for each in task.stretches})
    statement = read_sums(
        table=table,
        board=group[0].board,
        metrics=[metrics[key] for key in used],
        stretches=stretches,
        as_of=group[0].as_of,
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(statement.text, statement.params)
        cursor.execute(f"ANALYZE {table}")
    return [
        replace(task, metric=metrics[kpi.key], sums=table, column=used.index(kpi.key))
        for task in group
        if (kpi := task.board.kpi)
    ]
