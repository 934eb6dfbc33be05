"""The damage ledger: what the facts of the battle's days say now, less what stands there, is added.

Each amount is counted by one statement over the totals, whatever the number of people. A row's team
is the one that the work is credited to, so that moves between teams follow the totals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from badges.battles.capacity import WORKED
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleMember
from badges.battles.models.objectives import BattleObjective
from scoring.figures.changes import Changes
from scoring.figures.metrics import Metric
from scoring.figures.query import AGENT_DAY, Sql
from scoring.figures.windows import Span

CHANGED = "battle_changed"
_GUESTS = (
    " LEFT JOIN badges_battlemember g ON g.battle_id = %s AND g.how = 'guest'"
    " AND g.person_id = f.agent_id AND f.day >= g.joined_on"
    " AND f.day <= coalesce(g.left_on, f.day)"
)
_CHANGED = f" JOIN {CHANGED} c ON c.agent_id = {{person}} AND c.day = {{alias}}.day"


def stage_changes(cursor: Any, changes: Changes, hull: Span) -> None:
    """Put the changed agent days that lie in a span into the table that `count` reads."""
    inside = changes.days.filter(pl.col("day").is_between(pl.lit(hull.start), pl.lit(hull.end)))
    replace(changes, days=inside).stage(cursor, CHANGED)


def count(
    cursor: Any, battle: Battle, objective: BattleObjective, metric: Metric, *, only_changed: bool
) -> int:
    """Add what is missing for one amount; returns the number of new rows.

    `only_changed` looks only at the agent days in the table of `stage_changes`.
    """
    sql = Sql("WITH wanted AS (")
    _add_wanted(sql, battle, metric, only_changed=only_changed)
    sql.add("), stored AS (")
    sql.add(
        "SELECT d.day, d.person_id, coalesce(d.team_id, 0) AS team_id,"
        " sum(d.amount) AS amount, max(d.nth) AS nth FROM badges_battledamage d"
    )
    if only_changed:
        sql.add(_CHANGED.format(person="d.person_id", alias="d"))
    sql.add(" WHERE d.objective_id = %s GROUP BY 1, 2, 3)", objective.pk)
    sql.add(
        " INSERT INTO badges_battledamage"
        " (battle_id, objective_id, day, team_id, person_id, nth, amount)"
        " SELECT %s, %s, day, nullif(team_id, 0), person_id, coalesce(s.nth, 0) + 1,"
        " coalesce(w.amount, 0) - coalesce(s.amount, 0)"
        " FROM wanted w FULL JOIN stored s USING (day, person_id, team_id)"
        " WHERE coalesce(w.amount, 0) <> coalesce(s.amount, 0)"
        " ORDER BY day, person_id, team_id",
        *(battle.pk, objective.pk),
    )
    cursor.execute(sql.text, sql.params)
    return int(cursor.rowcount)


def _add_wanted(sql: Sql, battle: Battle, metric: Metric, *, only_changed: bool) -> None:
    (top, params), _bottom = metric.sums()
    sql.add("SELECT f.day, f.agent_id AS person_id, ")
    source = _counted_days(battle)
    sql.add(source.team.text, *source.team.params).add(" AS team_id, ")
    sql.add(f"{top} AS amount", *params).add(f" FROM {AGENT_DAY} f")
    if only_changed:
        sql.add(_CHANGED.format(person="f.agent_id", alias="f"))
    sql.add(source.rest.text, *source.rest.params).add(" GROUP BY 1, 2, 3")


@dataclass(frozen=True, slots=True)
class _Source:
    """Which agent days `f` count: SQL of the team (0 for none), and of the joins and conditions."""

    team: Sql
    rest: Sql


def _counted_days(battle: Battle) -> _Source:
    """Days credited to the battle's teams, whoever worked them, and a guest's own days."""
    teams = battle.team_ids
    team, rest = Sql("coalesce(f.team_id, 0)"), Sql()
    guests = teams is not None and battle.members.filter(how=BattleMember.How.GUEST).exists()
    if guests:
        team = Sql().add(
            "CASE WHEN f.team_id = ANY(%s::bigint[]) THEN f.team_id ELSE g.team_id END", teams
        )
        rest.add(_GUESTS, battle.pk)
    rest.add(" WHERE f.day BETWEEN %s AND %s", battle.starts_on, battle.ends_on)
    if guests:
        rest.add(" AND (f.team_id = ANY(%s::bigint[]) OR g.id IS NOT NULL)", teams)
    elif teams is not None:
        rest.add(" AND f.team_id = ANY(%s::bigint[])", teams)
    return _Source(team, rest)


def took_part(cursor: Any, battle: Battle) -> list[int]:
    """The ids of everyone with a day of work that counts, ascending."""
    sql = Sql(f"SELECT DISTINCT f.agent_id FROM {AGENT_DAY} f")
    rest = _counted_days(battle).rest
    sql.add(rest.text, *rest.params).add(f" AND {WORKED} ORDER BY 1")
    cursor.execute(sql.text, sql.params)
    return [person for (person,) in cursor.fetchall()]
