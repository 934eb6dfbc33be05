"""The leaderboard on an agent's home: their neighbourhood of the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from incentives.capabilities import Visit
from incentives.org.notation import joined
from scoring.boards.lists import BoardLines, lines_around
from scoring.boards.words import this_period
from scoring.figures.windows import Period, first_day
from scoring.models import Leaderboard, PointRule, Standing
from scoring.points.home import lately, worth

LEADERS_SHOWN = 2
NEIGHBOURS = 1


@dataclass(frozen=True, slots=True)
class OwnBoard:
    """The lines around someone, and how far the next place is."""

    lines: BoardLines
    period: str
    next_text: str


def own_board(visit: Visit) -> OwnBoard | None:
    """The week's points among one's own team, or the first other board of the week; one query."""
    monday = first_day(Period.WEEK, visit.today)
    own = Standing.objects.filter(
        agent=visit.person,
        board__in=Leaderboard.objects.filter(
            archived=False, subject="agent", by="points", period="week", league="all"
        ),
        starts_on__in=[monday, monday - timedelta(weeks=1)],
    ).order_by("-starts_on", "-board__within", "board_id")
    lines = lines_around(own, visit.person, shown=LEADERS_SHOWN, around=NEIGHBOURS)
    if lines is None:
        return None
    return OwnBoard(lines, this_period(lines.board), _next_place(lines, visit.once(lately).rules))


def _next_place(lines: BoardLines, rules: list[PointRule]) -> str:
    """How far the next place is, and what would bring the agent there."""
    own = lines.own
    if own is None or not own.rank or not lines.next_text:
        return lines.next_text
    ahead = [line.value for line in lines.lines if line.rank and line.rank < own.rank]
    if lines.board.by != Leaderboard.By.POINTS or not ahead:
        return lines.next_text
    return joined(lines.next_text, worth(rules, min(ahead) - own.value))
