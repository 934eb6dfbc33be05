"""The battle of an agent's teams on the home page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any, TypeVar

from django.db import connection, models

from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from incentives.org.dated import covers_sql
from incentives.org.models import Person
from incentives.org.participation import PARTICIPATION

#: For how many days before its first day a battle is shown, and after it was settled.
SHOWN_BEFORE, SHOWN_AFTER = 7, 3
_SHARE = Decimal("0.0001")
_M = TypeVar("_M", bound=models.Model)

# Announced battles of the teams someone is in that day, of the whole company, and those they have
# fought in; with state, objectives and their own part of the health. By index, sent as one.
_CONCERNING = f"""
    SELECT (to_jsonb(b) - ARRAY['difficulty', 'story_en', 'story_zh'])::json AS battle,
        (to_jsonb(s) - ARRAY['teams', 'days', 'course'])::json AS state,
        (SELECT json_agg(to_json(o) ORDER BY o."order", o.id)
            FROM badges_battleobjective o WHERE o.battle_id = b.id) AS objectives,
        (SELECT sum(d.amount / o.target) FROM badges_battledamage d
            JOIN badges_battleobjective o ON o.id = d.objective_id
            WHERE d.person_id = %(person)s AND d.battle_id = b.id)
        / (SELECT count(*) FROM badges_battleobjective o
            WHERE o.battle_id = b.id AND o.kind = 'amount') AS own
    FROM badges_battle b JOIN badges_battlestate s ON s.battle_id = b.id
    WHERE (b.status = 'published' AND b.starts_on <= %(soon)s
            OR b.status = 'settled' AND b.settled_on >= %(lately)s)
        AND (NOT EXISTS (SELECT FROM badges_battle_teams t WHERE t.battle_id = b.id)
            OR EXISTS (SELECT FROM badges_battle_teams t
                JOIN {PARTICIPATION} m ON m.team_id = t.team_id AND m.person_id = %(person)s
                    AND {covers_sql("m", "%(today)s")}
                WHERE t.battle_id = b.id)
            OR EXISTS (SELECT FROM badges_battlemember f
                WHERE f.battle_id = b.id AND f.person_id = %(person)s))
"""


class Moment(StrEnum):
    """Where a battle is in its life, in the order in which home shows them."""

    RUNNING = "running"
    COUNTING = "counting"
    OVER = "over"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class BattleGlance:
    """One battle as an agent sees it first.

    `health` and `own` (their own part of the boss) are shares from 0 to 1; `days_left` counts today,
    0 once the last day is over. Without health the boss is down: won, but until `battle.counts_until`
    corrections still count.
    """

    battle: Battle
    moment: Moment
    health: Decimal
    own: Decimal
    days_left: int
    phase_en: str
    phase_zh: str


def battles_at_home(person: Person, today: date) -> tuple[str, dict[str, Any]]:
    """What `glance_of` is made from, as SQL: for pages that read several things at once."""
    return _CONCERNING, {
        "person": person.pk,
        "today": today,
        "soon": today + timedelta(days=SHOWN_BEFORE),
        "lately": today - timedelta(days=SHOWN_AFTER),
    }


def glance_of(rows: Sequence[Mapping[str, Any]], today: date) -> BattleGlance | None:
    """The battle to show among the rows of `battles_at_home`, the running one first."""
    found = [_Found(**row) for row in rows]
    if not found:
        return None
    battles = [(_moment(each.battle, today), each) for each in found]
    order = list(Moment)
    moment, first = min(battles, key=lambda pair: (order.index(pair[0]), pair[1].battle.starts_on))
    battle, state = first.battle, first.state
    phase = battle.phases[state.phase] if 0 <= state.phase < len(battle.phases) else {}
    return BattleGlance(
        battle=battle,
        moment=moment,
        health=state.health,
        own=(first.own or Decimal(0)).quantize(_SHARE, ROUND_DOWN),
        days_left=max((battle.ends_on - max(today, battle.starts_on)).days + 1, 0),
        phase_en=phase.get("name_en", ""),
        phase_zh=phase.get("name_zh", ""),
    )


class _Found:
    """A row of the query as models, so that whoever shows the battle asks nothing more."""

    def __init__(self, battle: Any, state: Any, objectives: Any, own: Decimal | None) -> None:
        self.own = own if own is None else Decimal(own)
        self.battle = _model(Battle, battle)
        self.state = _model(BattleState, state)
        self.battle.state = self.state
        known = self.battle.objectives.all()
        known._result_cache = [_model(BattleObjective, row) for row in objectives]
        # Where prefetch_related would put them.
        self.battle._prefetched_objects_cache = {"objectives": known}  # type: ignore[attr-defined]


def _model(kind: type[_M], row: Mapping[str, Any]) -> _M:
    """An instance from a row as JSON; columns that are not in it are loaded when asked for."""
    fields = {each.attname: each for each in kind._meta.concrete_fields if each.attname in row}
    values = [each.to_python(row[name]) for name, each in fields.items()]
    return kind.from_db(connection.alias, list(fields), values)


def _moment(battle: Battle, today: date) -> Moment:
    if battle.status == Battle.Status.SETTLED:
        return Moment.OVER
    if today < battle.starts_on:
        return Moment.COMING
    return Moment.RUNNING if today <= battle.ends_on else Moment.COUNTING
