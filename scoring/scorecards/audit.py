"""Audit of scores: everything worked out anew, and lost points that add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incentives.capabilities import Difference
from scoring.figures.auditing import AuditNames, differences, everything, redone
from scoring.models import Score
from scoring.scorecards.compute import compute_scores
from scoring.scorecards.storing import VALUES as SCORED


def scores(cursor: Any) -> Iterator[Difference]:
    """Scores against everything worked out anew by the night's own step."""
    keys = ("agent_id", "period", "starts_on")
    names = AuditNames()
    rows = redone(cursor, "scoring_score", keys, SCORED, lambda: compute_scores(everything(cursor)))
    return differences(rows, lambda agent, period, day: f"{names.agent(agent)} {period} {day}")


def lost_points(cursor: Any) -> Iterator[Difference]:
    """Scores whose lost points do not add up to 100 − score."""
    cursor.execute(
        "SELECT s.agent_id, s.period, s.starts_on, l.lost, 100 - s.score"
        f" FROM {Score._meta.db_table} s CROSS JOIN LATERAL (SELECT"
        " round(coalesce(sum(each), 0) / 10000.0, 4) AS lost FROM unnest(s.lost) each) l"
        " WHERE l.lost <> 100 - s.score ORDER BY 1, 2, 3"
    )
    names = AuditNames()
    for agent, period, day, stored, right in cursor.fetchall():
        yield Difference(f"{names.agent(agent)} {period} {day}", f"{stored:f}", f"{right:f}")
