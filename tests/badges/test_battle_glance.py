"""A battle on the home page, and what the audit finds in battles."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from badges.battles.home import BattleGlance, Moment
from badges.models import BattleDamage
from incentives.org.models import Person
from scoring.audit import running as audit
from tests.badges.battle_data import (
    MONDAY,
    after,
    amount,
    announce,
    battle_glance,
    draft,
    level,
    night,
    work,
)
from tests.org.cast import Cast
from tests.scoring.test_audit import run

pytestmark = pytest.mark.django_db


def seen(person: Person, day: int) -> BattleGlance:
    """What someone sees so many days after the first Monday."""
    found = battle_glance(person, after(day))
    assert found
    return found


def test_the_battle_of_ones_team_is_read_by_one_question(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    announce(cast.manager, amount(100), amount(40, "resolved"), teams=[cast.alpha])
    announce(cast.manager, amount(5), teams=[cast.beta], name_en="Other")
    night(MONDAY, work(cast.agent, MONDAY, handled=20, resolved=10))
    with django_assert_num_queries(1):
        found = seen(cast.agent, 1)
        assert [int(each.target) for each in found.objectives] == [100, 40]
        assert found.battle.state.people == 1
    assert (found.moment, found.battle.name) == ("running", "Backlog Dragon")
    # A fifth of the one amount and a quarter of the other.
    assert (found.own, found.battle.state.health) == (Decimal("0.225"), Decimal("0.775"))
    assert seen(cast.teammate, 1).own == 0


def test_what_is_shown_follows_the_life_of_a_battle(cast: Cast) -> None:
    assert battle_glance(cast.agent, MONDAY) is None
    draft(cast.manager, amount(10), teams=[cast.alpha])
    assert battle_glance(cast.agent, MONDAY) is None
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    assert battle_glance(cast.agent, after(-8)) is None
    assert seen(cast.agent, -7).moment == "coming"
    night(after(4), work(cast.agent, MONDAY, handled=10))
    assert (seen(cast.agent, 4).moment, seen(cast.agent, 4).battle.state.health) == (
        Moment.RUNNING,
        Decimal(0),
    )
    assert seen(cast.agent, 5).moment == "counting"
    night(battle.counts_until)
    assert seen(cast.agent, 7).battle.outcome == "won"
    assert battle_glance(cast.agent, after(10)) is None


def test_a_running_battle_comes_first_and_outsiders_see_none(cast: Cast) -> None:
    announce(cast.manager, teams=[cast.alpha], starts_on=after(5), ends_on=after(6))
    announce(cast.manager, teams=[cast.alpha], name_en="Now")
    assert seen(cast.agent, 4).battle.name == "Now"
    assert battle_glance(cast.stranger, after(4)) is None
    assert battle_glance(cast.manager, after(4)) is None


def found(*names: str) -> list[str]:
    """What differs, as the audit says it."""
    return [
        f"{each.what}: {each.stored} → {each.right}"
        for finding in audit.audit(audit.checks(names), wait_seconds=0)
        for each in finding.differences
    ]


def test_the_audit_finds_planted_damage_states_and_pay(cast: Cast) -> None:
    announce(cast.manager, amount(10), level(90), teams=[cast.alpha], name_en="Running")
    done = {"starts_on": after(-14), "ends_on": after(-10), "name_en": "Done"}
    announce(cast.manager, amount(10), teams=[cast.beta], **done)
    days = [work(cast.agent, MONDAY, handled=3)]
    days.append(work(cast.stranger, MONDAY - timedelta(days=12), handled=10))
    night(MONDAY, *days)
    assert found("battles", "battle points") == []
    run("UPDATE badges_battlemember SET how = 'late' WHERE how = 'start'")
    assert any("how: late → start" in text for text in found("battles"))
    run("UPDATE badges_battlemember SET how = 'start' WHERE how = 'late'")
    run("UPDATE badges_battledamage SET amount = 2 WHERE amount = 3")
    assert found("battles") == ["Running 2026-03-02 agent: 0 → +1"]
    assert BattleDamage.objects.count() == 2
    run("UPDATE badges_battledamage SET amount = 3 WHERE amount = 2")
    run("UPDATE badges_battlestate SET health = 0.5 WHERE health > 0")
    assert [text.split(":")[0] for text in found("battles")] == ["Running health"]
    run("UPDATE badges_battlestate SET health = 0.85 WHERE health > 0")
    run("UPDATE scoring_pointentry SET amount = 99 WHERE kind = 'battle'")
    assert found("battle points") == ["Done: 1 × = 99 → 1 × 100 = 100"]
