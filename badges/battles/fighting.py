"""The night's step: the facts of the battle's days become damage, health, and in the end points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.battles import damage, settling
from badges.battles import news as battle_news
from badges.battles.levels import read_levels
from badges.battles.members import enrol, enrol_helpers
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from badges.battles.state import refresh
from incentives.capabilities import StepResult
from incentives.org import locks
from scoring.figures.changes import Changes
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import ONE_DAY, Span
from scoring.points.decisions import one_at_a_time

BATTLE_LOCK = 0xBA77
_Fought = dict[Battle, list[BattleObjective]]


def fight(changes: Changes) -> StepResult:
    """Follow every battle that is not settled; running it again adds nothing.

    One process at a time works on battles; of eight at once seven find everything done.
    """
    last = max(changes.as_of, changes.last_day or changes.as_of)
    with transaction.atomic(), connection.cursor() as cursor:
        one_night_at_a_time()
        battles = list(Battle.objects.unsettled(as_of=last).select_for_update(of=("self",)))
        if any(battle.counts_until <= changes.as_of for battle in battles):
            one_at_a_time()
        rows = settled = 0
        if battles:
            rows, settled = _follow(cursor, battles, changes)
        battle_news.begins(_about_to_begin(changes.as_of), as_of=changes.as_of)
    counts = {"battles": len(battles), "damage": rows, "settled": settled}
    return StepResult(_line(len(battles), settled), counts)


def one_night_at_a_time() -> None:
    """Wait for whoever else works on battles, until the transaction ends.

    To be taken before any battle is locked, as the night does: else both could wait for each other.
    """
    locks.hold(BATTLE_LOCK)


def follow(battles: Sequence[Battle], *, as_of: date) -> None:
    """Look at all days of these battles now, as a rehearsal asks for."""
    with transaction.atomic(), connection.cursor() as cursor:
        one_night_at_a_time()
        BattleState.objects.filter(battle__in=battles).update(recount=True)
        _follow(cursor, battles, Changes(as_of))


def follow_again(battles: Sequence[Battle], *, as_of: date) -> None:
    """Count these battles anew without telling or settling anything, as an audit asks for."""
    with transaction.atomic(), connection.cursor() as cursor:
        fought, metrics = _terms_of(battles)
        rows = deal(cursor, fought, metrics, Changes(as_of, everything=True))
        stand(fought, metrics, dict.fromkeys(rows, 1), as_of=as_of)


def _terms_of(battles: Sequence[Battle]) -> tuple[_Fought, Mapping[str, Metric]]:
    prefetch_related_objects(battles, "objectives", "teams")
    fought = {battle: list(battle.objectives.all()) for battle in battles}
    return fought, find_metrics(each.key for many in fought.values() for each in many)


def _line(battles: int, settled: int) -> str:
    if not battles:
        return _("no battle")
    line = ngettext("%(n)d battle", "%(n)d battles", battles) % {"n": battles}
    return line + (_(", %(n)d settled") % {"n": settled} if settled else "")


def _follow(cursor: Any, battles: Sequence[Battle], changes: Changes) -> tuple[int, int]:
    """Damage, state, news and settlement; returns new rows of damage and battles settled."""
    fought, metrics = _terms_of(battles)
    rows = deal(cursor, fought, metrics, changes)
    states = stand(fought, metrics, rows, as_of=changes.as_of)
    settled = 0
    for battle, objectives in fought.items():
        if battle.counts_until <= changes.as_of:
            state = states[battle]
            settling.settle(cursor, battle, state, objectives=objectives, as_of=changes.as_of)
            settled += 1
        elif not battle.is_hidden:
            battle_news.follow(battle, states[battle])
    return sum(rows.values()), settled


def deal(
    cursor: Any, fought: _Fought, metrics: Mapping[str, Metric], changes: Changes
) -> dict[Battle, int]:
    """Bring fighters and damage up to date; returns the new rows by battle."""
    recount = BattleState.objects.filter(battle__in=fought, recount=True)
    anew = set(recount.values_list("pk", flat=True))
    hull = Span(min(each.starts_on for each in fought), max(each.ends_on for each in fought))
    damage.stage_changes(cursor, changes, hull)
    rows: dict[Battle, int] = {}
    for battle, objectives in fought.items():
        everything = changes.everything or battle.pk in anew
        enrol(battle, as_of=changes.as_of)
        rows[battle] = sum(
            damage.count(cursor, battle, each, metrics[each.key], only_changed=not everything)
            for each in objectives
            if each.is_amount
        )
        if rows[battle]:
            enrol_helpers(battle)
    return rows


def stand(
    fought: _Fought, metrics: Mapping[str, Metric], rows: Mapping[Battle, int], *, as_of: date
) -> dict[Battle, BattleState]:
    """Work out how the battles stand after new damage."""
    levels = read_levels(fought, metrics)
    return {
        battle: refresh(
            battle, objectives=objectives, levels=levels, as_of=as_of, damaged=bool(rows[battle])
        )
        for battle, objectives in fought.items()
    }


def _about_to_begin(as_of: date) -> list[Battle]:
    """Battles of tomorrow, whose night is this one; announced long enough ago to be told again."""
    tomorrow = as_of + ONE_DAY
    coming = Battle.objects.filter(status=Battle.Status.PUBLISHED, starts_on=tomorrow)
    return list(coming.filter(published_on__lt=tomorrow - timedelta(days=1)))
