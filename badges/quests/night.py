"""The night's step: judge what runs, pay what was done, close what is over, open what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.quests import news as quest_news
from badges.quests.evaluation import Case, judge
from badges.quests.members import members_of
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import Quest
from badges.quests.paying import Paid, pay, pay_people
from badges.quests.rotation import open_quests
from badges.quests.storing import fail, known_done, store
from incentives.capabilities import StepResult
from incentives.org import locks
from scoring.figures.changes import Changes
from scoring.figures.windows import ONE_DAY
from scoring.points.decisions import one_at_a_time, release

QUEST_LOCK = 0x9E575


def run_quests(changes: Changes) -> StepResult:
    """The step; running it again changes nothing. One at a time: an advisory lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.hold(QUEST_LOCK)
        started = Quest.objects.filter(status=Quest.Status.OPEN, starts_on__lte=changes.as_of)
        # Approvals lock the quest, too: a completion is paid by one of the two.
        quests = list(started.select_for_update().order_by("pk"))
        one_at_a_time()
        due = [each.pk for each in quests if Case(each, changes.as_of).is_due(changes)]
        turned = review(cursor, quests, changes)
        over = [quest for quest in quests if quest.closes_on <= changes.as_of]
        closed = _close(cursor, over, changes.as_of)
        paid = _pay(quests, due, over, turned)
        release("quest", _without_claims(closed))
        opened = open_quests(on=changes.as_of + ONE_DAY)
        quest_news.paid(paid)
        quest_news.closed(closed, on=changes.as_of)
    counts = {
        "quests": len(quests),
        "turned": turned.height,
        "done": sum(each.is_won for each in paid),
        "closed": len(closed),
        "opened": len(opened),
    }
    return StepResult(_line(counts), counts)


def review(cursor: Any, quests: Sequence[Quest], changes: Changes) -> pl.DataFrame:
    """Judge the quests that figures decide and write down what came out.

    Returns the completions that turned: quest_id and subject_id.
    """
    automatic = [quest for quest in quests if not quest.is_claimed]
    cases = [case for each in automatic if (case := Case(each, changes.as_of)).is_due(changes)]
    due = [case.quest for case in cases]
    known = known_done(cursor, due)
    outcomes = judge(cases, members=members_of(due), changes=changes, known=known)
    turned = store(cursor, outcomes, due, known=known, on=changes.as_of)
    _note_judged(cases)
    return turned


def _pay(
    quests: Sequence[Quest], due: Sequence[int], over: Sequence[Quest], turned: pl.DataFrame
) -> list[Paid]:
    """People are paid for what turned; teams whenever they are judged, and at the end: who is in
    them may be another one, as it turns out.
    """
    of_teams = {quest.pk for quest in quests if quest.for_team}
    closing = {quest.pk for quest in over}
    results = turned.filter(~pl.col("quest_id").is_in(list(of_teams)))
    return pay_people(results.rows()) + pay(of_teams & {*due, *closing})


def _without_claims(closed: Sequence[Quest]) -> list[int]:
    """Ids of closed quests for which nothing has still to be decided, so that no more can be due."""
    waiting = QuestClaim.objects.filter(
        quest__in=closed, status=QuestClaim.Status.WAITING
    ).values_list("quest", flat=True)
    return sorted({quest.pk for quest in closed} - set(waiting))


def _note_judged(cases: Sequence[Case]) -> None:
    by_day: dict[date, list[int]] = {}
    for case in cases:
        if case.quest.judged_on != case.last:
            by_day.setdefault(case.last, []).append(case.quest.pk)
    for day, ids in by_day.items():
        Quest.objects.filter(pk__in=ids).update(judged_on=day)


def _close(cursor: Any, over: Sequence[Quest], on: date) -> list[Quest]:
    if over:
        fail(cursor, over)
        ids = [quest.pk for quest in over]
        Quest.objects.filter(pk__in=ids).update(status=Quest.Status.CLOSED, closed_on=on)
    return list(over)


def _line(counts: dict[str, int]) -> str:
    many = counts["quests"]
    line = ngettext("%(quests)d quest", "%(quests)d quests", many) % counts
    return line + _(": done %(done)d times, %(closed)d closed, %(opened)d opened.") % counts
