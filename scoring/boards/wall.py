"""Leaderboards on a wall: the upper half of a list, under the names people chose for boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from incentives.org.models import Team
from scoring.boards.lists import BoardLine, line_of, open_lines, top
from scoring.boards.periods import BoardCalendar, Stretch
from scoring.boards.words import period_in_words, unit_in_words
from scoring.models import Leaderboard

BOARD = "board:"
#: More lines cannot be read from five metres.
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class BoardScene:
    """A leaderboard as a picture."""

    title: str
    period: str
    unit: str
    lines: list[BoardLine]


def boards_for(team: Team | None) -> QuerySet[Leaderboard]:
    """The boards that a screen about this team (None: the company) can show.

    A team's screen names nobody of another team: lists of people are the team's own.
    """
    boards = Leaderboard.objects.filter(archived=False).select_related("kpi").order_by("pk")
    alone = Q(within=Leaderboard.Within.TEAM)
    if team is None:
        return boards.exclude(alone).filter(team=None, site=None)
    whole = Q(subject=Leaderboard.Subject.TEAM)
    boards = boards.filter(Q(team=team) | Q(team=None), alone | whole | Q(team=team))
    return boards.filter(Q(site=None) | Q(site=team.site_id))


def board_scene(board: Leaderboard, team: Team | None, *, on: date) -> BoardScene | None:
    """The best of the running period; None while nobody has a place."""
    stretch = current(board, on=on)
    if stretch is None:
        return None
    lines = best_lines(board, starts_on=stretch.first, team=team)
    if not lines:
        return None
    return BoardScene(board.name, period_in_words(board, stretch), unit_in_words(board), lines)


def current(board: Leaderboard, *, on: date) -> Stretch | None:
    """The period of the last day that the night has counted."""
    kept = BoardCalendar().kept(board.period, board.entered_on or on)
    return kept[-1] if kept else None


def best_lines(board: Leaderboard, *, starts_on: date, team: Team | None) -> list[BoardLine]:
    """At most the upper half of a list, so that nobody on the wall is near its end.

    Who may no longer sign in is left out at once, and does not wait for the night.
    """
    pool = team.pk if team and board.within == Leaderboard.Within.TEAM else None
    size = board.standings.filter(starts_on=starts_on, pool=pool or 0).count()
    most = min(board.shown, MOST_LINES, (size + 1) // 2, open_lines(board, size))
    rows = top(board, most, starts_on=starts_on, team=pool)
    return [line_of(row, board, me=False) for row in rows.exclude(agent__is_active=False)]


def offered(team: Team | None) -> list[tuple[str, str]]:
    """The boards that a screen may show: keys and names."""
    return [(f"{BOARD}{board.pk}", board.name) for board in boards_for(team)]


def draw(key: str, team: Team | None, on: date) -> BoardScene | None:
    """The picture of the board with this key.

    Boards are chosen anew from those that the screen may show: one that was archived, or has come
    to list other people since, is gone from the wall too.
    """
    boards = {f"{BOARD}{board.pk}": board for board in boards_for(team)}
    return board_scene(boards[key], team, on=on) if key in boards else None
