"""What boards show of people and teams beside figures: names, sites, shares of employment.

No fact changes with them, so that no list of changed days tells of them. The history that the
database keeps of people and teams does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from scoring.boards.ranking import PEOPLE, STANDING
from scoring.figures.history import NOT_NEW, is_another, last_night
from scoring.models import Leaderboard

_SINCE = "pgh_created_at >= %(since)s"
_RENAMED = f"""
    SELECT pgh_obj_id FROM org_personevent WHERE {_SINCE} AND {NOT_NEW}
    UNION SELECT person_id FROM scoring_boardaliasevent WHERE {_SINCE}
"""
_TEAMS = f"SELECT EXISTS (SELECT FROM org_teamevent WHERE {_SINCE} AND {NOT_NEW})"
# Within a rank people stand in the order of names; those without a rank likewise, at the end.
_REORDER = f"""
    UPDATE {STANDING} s SET position = f.position FROM (
        SELECT t.id, min(t.position) OVER w - 1
            + row_number() OVER (w ORDER BY p.place) AS position
        FROM (SELECT DISTINCT starts_on, pool, rank FROM {STANDING}
            WHERE board_id = %(board)s AND agent_id = ANY(%(people)s)) g
        JOIN {STANDING} t ON t.board_id = %(board)s AND t.starts_on = g.starts_on
            AND t.pool = g.pool AND t.rank IS NOT DISTINCT FROM g.rank
        JOIN {PEOPLE} p ON p.id = t.agent_id
        WINDOW w AS (PARTITION BY t.starts_on, t.pool, t.rank)) f
    WHERE s.id = f.id AND s.position <> f.position
"""

_EMPLOYMENT = ("employment_share", "hired_on", "left_on", "is_active")


@dataclass(frozen=True, slots=True)
class Renamed:
    """What has changed since the night before.

    `people` are ids of those who may bear another name now; `shares` says whether someone's
    employment is another one, `teams` whether a team is.
    """

    people: list[int]
    shares: bool
    teams: bool

    def moves(self, board: Leaderboard) -> bool:
        """Whether every kept period of a board is to be worked out again."""
        of_teams = not board.of_agents or board.site_id is not None
        return (self.teams and of_teams) or (self.shares and board.normalised)


def read_renamed() -> Renamed:
    """What has changed since the last night."""
    since = {"since": last_night()}
    with connection.cursor() as cursor:
        cursor.execute(_RENAMED, since)
        people = sorted(pk for (pk,) in cursor.fetchall())
        cursor.execute(_TEAMS, since)
        teams = bool(cursor.fetchone()[0])
        return Renamed(people, is_another(cursor, "org_personevent", *_EMPLOYMENT), teams)


def reorder(cursor: Any, board: Leaderboard, people: Sequence[int]) -> int:
    """Put stored lines of equals into the order of the names of now, where these people stand.

    `list_people` goes before. Returns how many lines moved.
    """
    if not people or not board.of_agents:
        return 0
    cursor.execute(_REORDER, {"board": board.pk, "people": list(people)})
    return int(cursor.rowcount)
