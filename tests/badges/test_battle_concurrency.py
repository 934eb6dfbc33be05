"""Eight workers at once, and nights that break off: damage is dealt once, victory pays once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from badges.battles import fighting, publishing, settling
from badges.battles import news as battle_news
from badges.models import Battle, BattleDamage
from incentives.org.models import Notice
from incentives.org.refusals import Refused
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


def test_a_rehearsal_waits_for_the_night_before_it_takes_the_battle(cast: Cast) -> None:
    battle = draft(cast.manager, teams=[cast.alpha])

    def rehearse() -> None:
        publishing.rehearse(battle=battle, by=cast.fresh("manager"), today=MONDAY)
        connection.close()

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE datname = current_database() AND objid = %s AND NOT granted",
                [fighting.BATTLE_LOCK],
            )
            return bool(cursor.fetchone()[0])

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            fighting.one_night_at_a_time()
            asked = pool.submit(rehearse)
            until = monotonic() + 20
            while not waits() and monotonic() < until:
                sleep(0.02)
            # As the night does; it would wait for ever for a rehearsal that waits for the night.
            assert Battle.objects.select_for_update(nowait=True).get(pk=battle.pk).is_editable
        asked.result(timeout=20)
    assert again(battle).status == "rehearsal"


def test_two_who_publish_at_once_announce_it_once(cast: Cast) -> None:
    battle = draft(cast.manager, teams=[cast.alpha])

    def announce_it(_number: int) -> None:
        with suppress(Refused):
            publishing.publish(battle=battle, by=cast.fresh("manager"), today=after(-1))

    at_once(announce_it)
    assert again(battle).status == "published"
    assert Notice.objects.filter(kind="battle_announced").count() == 2


def test_of_two_battles_of_a_team_announced_at_once_one_is_refused(cast: Cast) -> None:
    drafts = [draft(cast.manager, teams=[cast.alpha]) for _each in range(WORKERS)]
    refused: list[str] = []

    def announce_it(number: int) -> None:
        try:
            publishing.publish(battle=drafts[number], by=cast.fresh("manager"), today=after(-1))
        except Refused as error:
            refused.append(str(error))

    at_once(announce_it)
    assert Battle.objects.filter(status="published").count() == 1
    assert len(refused) == WORKERS - 1
