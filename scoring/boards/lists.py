"""Who sees which lines of a board: the top, one's own neighbourhood, a leader's own team.

Nobody but its leaders sees the end of a list (`incentives.org.disclosure`): whoever stands there
sees the top and their own line. A name on boards replaces the real one for everyone but its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from incentives.org.access import may_change
from incentives.org.disclosure import LAST_PART, LEAST_REST, named
from incentives.org.models import Person, Role, Team
from scoring.boards.words import movement_in_words, next_place_in_words, value_in_words
from scoring.models import Leaderboard, Standing

AROUND = 2


def moved(rank: int | None, before: int | None) -> int | None:
    """Places gained (positive) or lost; None when one of the ranks is missing."""
    return None if rank is None or before is None else before - rank


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line as a reader sees it. `agent_id` is None behind a name on boards."""

    rank: int | None
    position: int
    name: str
    agent_id: int | None
    team_id: int | None
    value: Decimal
    text: str
    previous_rank: int | None
    me: bool = False

    @property
    def moved(self) -> int | None:
        """Places gained (positive) or lost since before; None when one of the ranks is missing."""
        return moved(self.rank, self.previous_rank)

    @property
    def movement(self) -> tuple[str, str]:
        """The movement as a tone (up, down, same, new) and words for screen readers."""
        return movement_in_words(self.moved, ranked=self.rank is not None)


@dataclass(frozen=True, slots=True)
class BoardLines:
    """What one reader sees of a board in one period.

    `size` counts all lines (of the own team, where each team is ranked by itself); no more than
    the first `open` of them are shown to those who lead nobody on it.
    """

    board: Leaderboard
    starts_on: date
    top: list[BoardLine]
    near: list[BoardLine]
    own: BoardLine | None
    size: int
    open: int = 0
    next_text: str = ""

    @property
    def ends_early(self) -> bool:
        """Whether the list goes on behind the last line that others see: then it says so."""
        return self.size > self.open

    @property
    def gap(self) -> bool:
        """Whether lines are left out between the top and the neighbourhood."""
        return bool(self.near) and bool(self.top) and self.near[0].position > len(self.top) + 1

    @property
    def lines(self) -> list[BoardLine]:
        """Top and neighbourhood in one list, without repetitions."""
        return [*self.top, *self.near]


def visible_boards(viewer: Person) -> QuerySet[Leaderboard]:
    """The boards in use that a person may look at: boards of a team or site only by those in it."""
    boards = Leaderboard.objects.filter(archived=False).select_related("kpi")
    if viewer.sees_everyone:
        return boards
    teams = Team.objects.visible_to(viewer)
    return boards.filter(
        Q(team=None) | Q(team__in=teams.values("pk")),
        Q(site=None) | Q(site__in=teams.exclude(site=None).values("site")),
    )


def may_change_board(person: Person, board: Leaderboard) -> bool:
    """Whether someone may change or archive a board as it is (or as it would be)."""
    return may_change(person, teams=[board.team_id] if board.team_id else [], site=board.site_id)


def changeable_boards(person: Person) -> QuerySet[Leaderboard]:
    """The boards that a person may change: all, or those of teams and sites that they manage."""
    boards = Leaderboard.objects.all()
    if person.runs_the_company:
        return boards
    sites = person.role_grants.filter(role=Role.MANAGER, site__isnull=False).values("site")
    managed = Team.objects.managed_by(person).values("pk")
    return boards.filter(Q(team__in=managed) | Q(team=None, site__in=sites))


def top(
    board: Leaderboard, count: int, *, starts_on: date, team: int | None = None
) -> QuerySet[Standing]:
    """The first `count` lines; `team` names the list where each team is ranked by itself."""
    rows = _rows(board, starts_on, team).filter(position__lte=count, rank__isnull=False)
    return rows.order_by("position")


def open_lines(board: Leaderboard, size: int) -> int:
    """How many lines of a list others see at most; its end is for those who lead the people.

    Teams may be last in turn: their lines are figures of groups, which ranking takes care of.
    """
    return named(size) if board.of_agents else size - size // LAST_PART


def own_line(board: Leaderboard, agent: Person, *, starts_on: date) -> Standing | None:
    """The agent's line (on teams' boards: of the team the agent is in), with the list's `size`."""
    rows = Standing.objects.filter(board=board, starts_on=starts_on)
    if board.of_agents:
        rows = rows.filter(agent=agent)
    else:
        own_teams = agent.memberships.active(on=agent.company_today)
        rows = rows.filter(agent=None, team__in=own_teams.values("team"))
    return rows.annotate(size=size_of_list()).first()


def lines_for(
    board: Leaderboard, viewer: Person, *, starts_on: date, shown: int | None = None
) -> BoardLines:
    """The top and the viewer's neighbourhood of a board in two queries, four for those who lead."""
    own = own_line(board, viewer, starts_on=starts_on)
    wanted = board.shown if shown is None else shown
    return _around(board, viewer, own, starts_on, wanted, leads=_leads_some(viewer))


def lines_around(
    own: QuerySet[Standing], viewer: Person, *, shown: int, around: int = AROUND
) -> BoardLines | None:
    """The same around the first of the viewer's lines in `own`, on a board of agents; one query."""
    line = own[:1]
    where = {name: Subquery(line.values(name)) for name in ("board", "starts_on", "pool")}
    place = Subquery(line.values("position"))
    near = Q(position__range=(place - around, place + around))
    rows = _named_agents(Standing.objects.filter(**where))
    found: list[Any] = list(
        rows.filter(near | Q(position__lte=shown, rank__isnull=False))
        .annotate(size=size_of_list())
        .select_related("board__kpi")
        .order_by("position")
    )
    mine = next((row for row in found if row.agent_id == viewer.pk), None)
    if mine is None:
        return None
    limit = open_lines(mine.board, mine.size)
    return _drawn(mine.board, mine.starts_on, found, mine, shown, limit, mine.size)


def lines_of_team(board: Leaderboard, team: Team, *, starts_on: date) -> list[BoardLine]:
    """All lines of a team's people, for those who lead them; names on boards stay in place."""
    pool = team.pk if board.within == Leaderboard.Within.TEAM else None
    rows = _rows(board, starts_on, pool).filter(team=team).order_by("position")
    return [line_of(row, board, me=False) for row in rows]


def _leads_some(viewer: Person) -> bool:
    """Whether someone sees the lines of some people in full, and not those of everyone."""
    return not viewer.sees_everyone and viewer.has_role("supervisor", "manager")


def _around(
    board: Leaderboard,
    viewer: Person,
    own: Standing | None,
    starts_on: date,
    shown: int,
    *,
    leads: bool,
) -> BoardLines:
    team = own.pool if own else _own_list(board, viewer)
    if own is None and board.within == Leaderboard.Within.TEAM and team is None:
        return BoardLines(board, starts_on, [], [], None, 0)
    size: int = getattr(own, "size", None) or _largest(board, starts_on, team)
    limit = open_lines(board, size)
    if leads and board.of_agents:
        limit = min(limit, _open_to_leader(board, viewer, starts_on, team))
    shown = min(shown, limit)
    wanted = Q(position__lte=shown, rank__isnull=False)
    if own:
        wanted |= Q(position__range=(own.position - AROUND, own.position + AROUND))
    rows = list(_rows(board, starts_on, team).filter(wanted).order_by("position"))
    return _drawn(board, starts_on, rows, own, shown, limit, size)


def _drawn(
    board: Leaderboard,
    starts_on: date,
    rows: Sequence[Standing],
    own: Standing | None,
    shown: int,
    limit: int,
    size: int,
) -> BoardLines:
    """The lines of a list among `rows`: the first `shown`, and those near one's own up to `limit`."""
    shown = min(shown, limit)
    mine = own.pk if own else None
    first = [line_of(r, board, me=r.pk == mine) for r in rows if r.position <= shown and r.rank]
    upper = {line.position for line in first}
    near = [
        line_of(row, board, me=row.pk == mine)
        for row in rows
        if own and row.position not in upper and (row.position <= limit or row.pk == mine)
    ]
    own_drawn = next((line for line in [*first, *near] if line.me), None)
    text = _next_place(board, own, rows) if own and _may_measure(board, size) else ""
    return BoardLines(board, starts_on, first, near, own_drawn, size, limit, text)


def _may_measure(board: Leaderboard, size: int) -> bool:
    """Whether the distance to the next place says nothing of the only other one on the list."""
    return not board.of_agents or size > LEAST_REST


def _open_to_leader(board: Leaderboard, viewer: Person, starts_on: date, team: int | None) -> int:
    """Where a list has to end for a leader, who sees some of its last people elsewhere.

    Those whom they do not lead must not be one person alone behind the last line shown.
    """
    known = Person.objects.led_by(viewer).order_by().values("pk")
    others = Standing.objects.filter(board=board, starts_on=starts_on, pool=team or 0)
    others = others.exclude(Q(agent=viewer.pk) | Q(agent__in=known)).order_by("-position")
    last = list(others.values_list("position", flat=True)[:LEAST_REST])
    return (last[-1] - 1) if last else _largest(board, starts_on, team)


def _rows(board: Leaderboard, starts_on: date, team: int | None) -> QuerySet[Standing]:
    rows = Standing.objects.filter(board=board, starts_on=starts_on, pool=team or 0)
    return _named_agents(rows) if board.of_agents else rows.annotate(shown_name=F("team__name"))


def _named_agents(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    return rows.annotate(shown_name=F("agent__display_name"), alias=F("agent__board_alias__name"))


def _own_list(board: Leaderboard, viewer: Person) -> int | None:
    if board.within != Leaderboard.Within.TEAM:
        return None
    current = viewer.memberships.active(on=viewer.company_today)
    return current.values_list("team_id", flat=True).first()


def size_of_list() -> Subquery:
    """For `annotate(size=…)`: how many lines the list has that a standing is in."""
    others = Standing.objects.filter(
        board=OuterRef("board"), starts_on=OuterRef("starts_on"), pool=OuterRef("pool")
    )
    largest = others.order_by().values("board").annotate(most=Max("position")).values("most")
    return Subquery(largest)


def _largest(board: Leaderboard, starts_on: date, team: int | None) -> int:
    rows = Standing.objects.filter(board=board, starts_on=starts_on, pool=team or 0)
    largest: int | None = rows.aggregate(most=Max("position"))["most"]
    return largest or 0


def line_of(row: Standing, board: Leaderboard, *, me: bool) -> BoardLine:
    alias = getattr(row, "alias", None)
    return BoardLine(
        rank=row.rank,
        position=row.position,
        name=row.shown_name if me or not alias else alias,  # type: ignore[attr-defined]
        agent_id=None if alias and not me else row.agent_id,
        team_id=row.team_id,
        value=row.value,
        text=value_in_words(board, row.value),
        previous_rank=row.previous_rank,
        me=me,
    )


def _next_place(board: Leaderboard, own: Standing, rows: Sequence[Standing]) -> str:
    """How far the next place is, for boards on which that is a plain number."""
    better = _better(own, rows)
    if own.rank is None or better is None:
        return ""
    return next_place_in_words(board, abs(better.value - own.value))


def _better(own: Standing, rows: Iterable[Standing]) -> Standing | None:
    ahead = [row for row in rows if row.rank and own.rank and row.rank < own.rank]
    return max(ahead, key=lambda row: row.position, default=None)
