"""Speed of leaderboards, beside plain SQL measured in the same run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, timedelta

from bench.harness import Cost, add_entries, add_people, cost, head, median, row, sql
from scoring.boards.refresh import rebuild_boards, refresh_boards
from scoring.figures.changes import Changes
from scoring.models import Leaderboard

OPTIONS = {"entries": (1_000_000, "of the ledger"), "agents": (10_000, "people")}
AS_OF = date(2025, 12, 31)
NEXT = AS_OF + timedelta(days=1)
# What anyone would write by hand: the sums, the competition ranks, the lines in name order, kept
# in a table that can be read by line and by agent.
PLAIN = """
    DROP TABLE IF EXISTS plain;
    CREATE TABLE plain (id bigserial PRIMARY KEY, agent_id bigint, points numeric, rank int,
                        line int);
    CREATE UNIQUE INDEX ON plain (agent_id);
    CREATE INDEX ON plain (line);
    INSERT INTO plain (agent_id, points, rank, line)
    SELECT s.id, t.points, rank() OVER (ORDER BY t.points DESC),
           row_number() OVER (ORDER BY t.points DESC, s.display_name, s.key)
    FROM (SELECT agent_id, sum(amount) AS points FROM scoring_pointentry GROUP BY 1) t
    JOIN org_person s ON s.id = t.agent_id;
"""


def measure(options: argparse.Namespace) -> None:
    """The rebuild of an all-time board, then a usual night and a night with nothing new."""
    entries, agents = options.entries, options.agents
    Leaderboard.objects.all().delete()
    _add_board("all-time", "all")
    add_people(agents)
    add_entries(entries, agents, days=365, last=AS_OF)
    head()
    print(f"{entries:,} entries of {agents:,} agents in a year")
    floor = _middle(lambda: sql(PLAIN))
    row("plain SQL: sums, ranks, lines into a table", floor, floor)
    row("rebuild of the all-time board", _middle(lambda: rebuild_boards(as_of=AS_OF)), floor)
    row("nothing new", _middle(lambda: refresh_boards(Changes(as_of=AS_OF))), floor)
    for period in ("day", "week", "month"):
        _add_board(period, period)
        _add_board(f"{period}-team", period, within="team")
    row("six new boards (day, week, month)", cost(lambda: refresh_boards(Changes(as_of=AS_OF))))
    add_entries(agents * 8, agents, days=1, last=NEXT, nth=2)
    night = cost(lambda: refresh_boards(Changes(as_of=NEXT)))
    row(f"the next day: {agents * 8:,} entries, seven boards", night)
    add_entries(1000, agents, days=30, last=AS_OF, nth=100)
    late = cost(lambda: refresh_boards(Changes(as_of=NEXT)))
    row("1,000 late entries in 30 days, seven boards", late)


def _add_board(key: str, period: str, **more: str) -> None:
    Leaderboard.objects.create(key=key, name_en=key, by="points", period=period, **more)


def _middle(work: Callable[[], object]) -> Cost:
    """What the middle one of three runs costs."""
    return median([cost(work) for _ in range(3)])
