"""Eight workers at once, and nights that break off: damage is dealt once, victory pays once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from badges import battle_news, battles
from badges.battles import fighting, settling
from badges.models import Battle, BattleDamage
from incentives.org.models import Notice
from scoring.models import PointEntry
from tests.badges.battle_data import MONDAY, after, again, amount, announce, draft, night, work
from tests.org.cast import Cast
from tests.scoring.test_point_concurrency import WORKERS, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def fought(cast: Cast) -> tuple[Any, list[Any]]:
    """A battle that is won by its fifth day, and the days worked."""
    battle = announce(cast.manager, amount(50), amount(5, "resolved"), teams=[cast.alpha])
    days = [
        work(person, after(day), handled=10, resolved=1)
        for person in (cast.agent, cast.teammate)
        for day in range(5)
    ]
    return battle, days


def settled_once(battle: Any) -> None:
    """What an undisturbed night leaves behind."""
    assert BattleDamage.objects.count() == 20
    assert sorted(PointEntry.objects.values_list("amount", flat=True)) == [100, 100]
    assert Notice.objects.filter(kind="battle_won").count() == 2
    assert again(battle).outcome == "won"


def test_eight_nights_at_once_deal_and_pay_once(cast: Cast) -> None:
    battle, days = fought(cast)
    at_once(lambda _number: night(after(6), *days))
    settled_once(battle)


def test_a_night_that_breaks_off_anywhere_is_made_up_for(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    battle, days = fought(cast)
    places: list[tuple[Any, str]] = [
        (fighting, "enrol_helpers"),
        (fighting, "refresh"),
        (settling, "pay"),
        (battle_news, "settled"),
    ]
    for module, name in places:
        real = getattr(module, name)

        def breaks(*given: Any, _real: Any = real, **named: Any) -> None:
            _real(*given, **named)
            raise RuntimeError("the worker is gone")

        with monkeypatch.context() as patch:
            patch.setattr(module, name, breaks)
            with pytest.raises(RuntimeError):
                night(after(6), *days)
        assert not BattleDamage.objects.exists()
        assert not PointEntry.objects.exists()
    night(after(6), *days)
    settled_once(battle)


def test_two_who_publish_at_once_announce_it_once(cast: Cast) -> None:
    battle = draft(cast.manager, teams=[cast.alpha])

    def announce_it(_number: int) -> None:
        with suppress(battles.BattleRefused):
            battles.publish(battle=battle, by=cast.fresh("manager"), today=MONDAY)

    at_once(announce_it)
    assert again(battle).status == "published"
    assert Notice.objects.filter(kind="battle_announced").count() == 2


def test_of_two_battles_of_a_team_announced_at_once_one_is_refused(cast: Cast) -> None:
    drafts = [draft(cast.manager, teams=[cast.alpha]) for _each in range(WORKERS)]
    refused: list[str] = []

    def announce_it(number: int) -> None:
        try:
            battles.publish(battle=drafts[number], by=cast.fresh("manager"), today=MONDAY)
        except battles.BattleRefused as error:
            refused.append(str(error))

    at_once(announce_it)
    assert Battle.objects.filter(status="published").count() == 1
    assert len(refused) == WORKERS - 1
