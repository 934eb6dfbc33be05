"""Audit of leaderboards: standings, and the sums behind them, against boards built anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incentives.capabilities import Difference
from scoring.boards.refresh import rebuild_boards
from scoring.figures.auditing import AuditNames, compared, differences, redone
from scoring.models import Leaderboard


def boards(cursor: Any) -> Iterator[Difference]:
    """Standings, and the sums of points behind them, against boards built anew."""
    entered = Leaderboard.objects.filter(archived=False, entered_on__isnull=False)
    as_of = entered.order_by("-entered_on").values_list("entered_on", flat=True).first()
    if as_of is None:
        return
    names = AuditNames()
    keys = ("board_id", "starts_on", "agent_id", "team_id")
    cursor.execute(
        "CREATE TEMP TABLE audit_period_points ON COMMIT DROP AS SELECT * FROM scoring_periodpoints"
    )
    standings = redone(
        cursor,
        "scoring_standing",
        keys,
        ("pool", "value", "volume", "rank", "previous_rank", "position"),
        lambda: rebuild_boards(as_of=as_of),
    )
    keys_of_boards = dict(Leaderboard.objects.values_list("pk", "key"))
    yield from differences(
        standings,
        lambda board, day, agent, team: (
            f"{keys_of_boards.get(board, board)} {day} "
            + (names.team(team) if agent is None else names.agent(agent))
        ),
    )
    sums = compared(
        cursor,
        stored="audit_period_points",
        right="scoring_periodpoints",
        keys=("agent_id", "period", "starts_on"),
        values=("points",),
    )
    yield from differences(sums, lambda agent, period, day: f"{names.agent(agent)} {period} {day}")
