"""Battles are counted again: damage against the facts, the state against the damage, pay against both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Q

from badges.battles.fighting import follow_again
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleDamage, BattleState
from incentives.capabilities import Difference
from scoring.figures.auditing import compared
from scoring.points.audit import waiting_for_budget
from scoring.points.decisions import standing_behind

_PAID = """
    SELECT b.id, b.name_en, coalesce((b.result->>'people')::int, 0),
        coalesce((b.result->>'points')::int, 0), count(e.id),
        coalesce(sum(e.amount + coalesce((e.cause->>'withheld')::int, 0)), 0)
    FROM badges_battle b LEFT JOIN scoring_pointentry e
        ON e.source_key >= 'battle:' || b.id || ':' AND e.source_key < 'battle:' || b.id || ';'
    GROUP BY b.id ORDER BY b.id
"""
#: What stands behind its entries `e` of the ledger: see LedgerKind.
BEHIND = standing_behind("battle", "e.source_key = 'battle:' || d.subject || ':' || e.agent_id")
_VALUES = ("health", "phase", "people", "objectives", "teams", "days")


def damage(cursor: Any) -> Iterator[Difference]:
    """Damage of battles that are not settled, and how they stand, against the totals of today."""
    unsettled = list(
        BattleState.objects.exclude(as_of=None).filter(_open()).select_related("battle")
    )
    names = {state.pk: state.battle.name_en for state in unsettled}
    last = BattleDamage.objects.aggregate(last=Max("pk"))["last"] or 0
    cursor.execute(
        f"CREATE TEMP TABLE audit_battles ON COMMIT DROP AS SELECT battle_id, {', '.join(_VALUES)}"
        " FROM badges_battlestate;"
        " CREATE TEMP TABLE audit_fighters ON COMMIT DROP AS SELECT * FROM badges_battlemember"
    )
    for state in unsettled:
        follow_again([state.battle], as_of=state.as_of or state.battle.starts_on)
    added = BattleDamage.objects.filter(pk__gt=last).select_related("person")
    for row in added.order_by("battle", "day", "person"):
        what = f"{names[row.battle_id]} {row.day} {row.person.key}"
        yield Difference(what, "0", f"{row.amount.normalize():+f}")
    differing = compared(
        cursor,
        stored="audit_battles",
        right="badges_battlestate",
        keys=("battle_id",),
        values=_VALUES,
    )
    for (battle,), column, was, now in differing:
        yield Difference(f"{names.get(battle, battle)} {column}", str(was), str(now))
    fighters = compared(
        cursor,
        stored="audit_fighters",
        right="badges_battlemember",
        keys=("battle_id", "person_id"),
        values=("team_id", "how", "joined_on", "left_on"),
    )
    for (battle, person), column, was, now in fighters:
        yield Difference(
            f"{names.get(battle, battle)} person #{person} {column}", str(was), str(now)
        )


def points(cursor: Any) -> Iterator[Difference]:
    """What settled battles paid against the ledger; others have paid nothing."""
    settled = set(Battle.objects.filter(status=Battle.Status.SETTLED).values_list("pk", flat=True))
    waiting = waiting_for_budget("battle")
    cursor.execute(_PAID)
    for pk, name, people, each, entries, paid in cursor.fetchall():
        due = (people if each else 0, people * each) if pk in settled else (0, 0)
        if (entries, paid) != due and pk not in waiting:
            yield Difference(name, f"{entries} × = {paid}", f"{due[0]} × {each} = {due[1]}")


def _open() -> Q:
    return Q(battle__status=Battle.Status.PUBLISHED) | Q(
        battle__status=Battle.Status.REHEARSAL, battle__settled_on=None
    )
