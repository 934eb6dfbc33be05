"""What comes of a battle once its corrections are in: victory pays, defeat says by how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from badges.battles import news as battle_news
from badges.battles.damage import took_part
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from badges.battles.state import text
from incentives.org.wording import named
from scoring.points.decisions import decision_of, release
from scoring.points.occasions import Occasion, post_all


def settle(
    cursor: Any,
    battle: Battle,
    state: BattleState,
    *,
    objectives: Sequence[BattleObjective],
    as_of: date,
) -> int:
    """End a battle for good and pay everyone who took part once; returns the points entries made.

    Everyone with work that counts took part, whatever it added. A rehearsal only keeps what came
    of it.
    """
    won = not state.health
    people = took_part(cursor, battle)
    each = battle.points if won else consolation_of(battle, state.health)
    battle.outcome = Battle.Outcome.WON if won else Battle.Outcome.LOST
    battle.settled_on = as_of
    battle.result = {
        "health": f"{state.health:f}",
        "people": len(people),
        "points": each,
        "objectives": state.objectives,
        "missing": missing(objectives, state),
    }
    if battle.status == Battle.Status.REHEARSAL:
        battle.save()
        return 0
    battle.status = Battle.Status.SETTLED
    battle.save()
    posted = pay(battle, people, each)
    release("battle", [battle.pk])
    battle_news.settled(battle, state, people)
    return posted


def pay(battle: Battle, people: Sequence[int], points: int) -> int:
    """Post the same points for each person (an id), once and for all; how many were new."""
    cause = {"battle": battle.pk, "outcome": str(battle.outcome), "said": named(battle)}
    decision = decision_of("battle", battle.pk)
    return post_all(
        (
            Occasion(
                agent=person,
                amount=points,
                on=battle.ends_on,
                key=f"battle:{battle.pk}:{person}",
                cause=cause,
                decision=decision.pk if decision else None,
            )
            for person in people
        ),
        kind="battle",
    )


def pay_again(pk: int) -> None:
    """Pay those of a settled battle (its id) who waited because the budget lacked it."""
    battle = Battle.objects.get(pk=pk)
    if battle.status == Battle.Status.SETTLED:
        with connection.cursor() as cursor:
            pay(battle, took_part(cursor, battle), int(battle.result["points"]))


def consolation_of(battle: Battle, health: Decimal) -> int:
    """The points that a defeat leaves to everyone: a share by what was taken, rounded down."""
    share = battle.points * battle.consolation * (1 - health) / 100
    return max(int(share), battle.consolation_floor)


def missing(objectives: Sequence[BattleObjective], state: BattleState) -> list[dict[str, Any]]:
    """By how much each objective was missed: {"objective": id, "by": amount}, exact as text.

    For a level that failed on its least volume also {"volume": how much was missing}.
    """
    found = []
    for each in objectives:
        figures = state.objectives[str(each.pk)]
        if figures["met"]:
            continue
        row: dict[str, Any] = {"objective": each.pk}
        if each.is_amount:
            row["by"] = text(each.target - Decimal(figures["done"]))
        else:
            volume = each.least - Decimal(figures["volume"])
            row |= {"volume": text(volume)} if volume > 0 else {}
            if figures["value"] is not None:
                row["by"] = abs(float(each.target) - figures["value"])
        found.append(row)
    return found
