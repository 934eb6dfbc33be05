"""All boards at a glance: who leads, and where the reader stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q

from incentives.org.models import Person
from scoring.boards.lists import BoardLine, line_of, open_lines, size_of_list, visible_boards
from scoring.boards.periods import BoardCalendar
from scoring.boards.words import this_period, unit_in_words
from scoring.models import Leaderboard, Standing

LEADERS = 3


@dataclass(slots=True)
class BoardCard:
    """A board with its leaders in the running period, and the reader's own line."""

    board: Leaderboard
    period: str
    unit: str
    leaders: list[BoardLine] = field(default_factory=list)
    own: BoardLine | None = None


def overview(viewer: Person) -> list[BoardCard]:
    """The boards that the viewer may look at, by two queries for all their lines."""
    calendar = BoardCalendar()
    cards: dict[int, BoardCard] = {}
    wanted = Q(pk__in=[])
    team = viewer.memberships.active(on=viewer.company_today).values_list("team", flat=True).first()
    for board in visible_boards(viewer):
        cards[board.pk] = BoardCard(board, this_period(board), unit_in_words(board))
        kept = calendar.kept(board.period, board.entered_on or viewer.company_today)
        if kept:
            wanted |= _wanted(board, kept[-1].first, viewer, team)
    rows = Standing.objects.filter(wanted).annotate(
        shown_name=F("agent__display_name"),
        alias=F("agent__board_alias__name"),
        team_name=F("team__name"),
        size=size_of_list(),
    )
    for row in rows.order_by("position", "pk"):
        _put(cards[row.board_id], row, viewer, team)
    return list(cards.values())


def _wanted(board: Leaderboard, starts_on: date, viewer: Person, team: int | None) -> Q:
    """The leaders of the list that the viewer is in, and the viewer's own line."""
    alone = board.within == Leaderboard.Within.TEAM
    leaders = Q(position__lte=LEADERS, rank__isnull=False, pool=(team or -1) if alone else 0)
    own = Q(agent=viewer.pk) if board.of_agents else Q(agent=None, team=team)
    return Q(board=board.pk, starts_on=starts_on) & (leaders | own)


def _put(card: BoardCard, row: Standing, viewer: Person, team: int | None) -> None:
    own = row.agent_id == viewer.pk if card.board.of_agents else row.team_id == team
    if not card.board.of_agents:
        row.shown_name = row.team_name  # type: ignore[attr-defined]
    line = line_of(row, card.board, me=own)
    if own:
        card.own = line
    shown = min(LEADERS, open_lines(card.board, row.size))  # type: ignore[attr-defined]
    if row.position <= shown and row.rank is not None:
        card.leaders.append(line)
