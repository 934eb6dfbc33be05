"""A granted appeal takes effect: facts, totals, scores and points follow, with the appeal as cause.

At once where that is possible (one or two agent days are milliseconds), else by the next night;
both end in the same state. The boards follow with the night.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pglock
import polars as pl
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.capabilities import StepResult
from incentives.stamps import everything_changed
from scoring.appeals.operations import escalate_overdue
from scoring.figures import totals
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.figures.night_lock import NightBusy, night_lock
from scoring.figures.windows import Period, first_day
from scoring.ingest.corrections import apply
from scoring.models import Appeal, PointEntry, PointSettlement, Score
from scoring.points.ledger import reconcile
from scoring.scorecards.compute import compute_scores


def settle_now(appeal: Appeal) -> bool:
    """Let a granted appeal take effect unless a night or an import is under way.

    Returns whether it has; if not, the next night does it. Before the first night there is
    nothing to correct.
    """
    as_of = PointSettlement.last_day()
    if as_of is None or not _facts_are_free():
        return False
    try:
        with night_lock(wait_seconds=0):
            return settle(appeal, as_of=as_of)
    except NightBusy:
        return False


def settle_appeals(changes: Changes) -> StepResult:
    """The night's step: hand on what is overdue, and let waiting granted appeals take effect."""
    escalated = escalate_overdue(today=changes.as_of)
    waiting = Appeal.objects.filter(status=Appeal.Status.GRANTED, settled_at=None)
    settled = sum(settle(appeal, as_of=changes.as_of) for appeal in waiting.order_by("pk"))
    line = _("%(settled)d appeals took effect, %(escalated)d handed on to managers.")
    counts = {"settled": settled, "escalated": escalated}
    return StepResult(line % counts, counts)


def settle(appeal: Appeal, *, as_of: date) -> bool:
    """Change the facts and post what follows, in one transaction; twice is once.

    What was to be posted for these days anyway is posted first, so that only the appeal's own
    effect carries its name. Needs the lock of nights.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        current = Appeal.objects.select_for_update().get(pk=appeal.pk)
        if current.status != Appeal.Status.GRANTED or current.settled_at is not None:
            return False
        totals.lock_facts()
        days = _days(current)
        _follow(Changes(as_of, days))
        before = _scores(days)
        _correct(cursor, current)
        _follow(Changes(as_of, days), because={"why": "appeal", "appeal": current.pk})
        current.effect = list(_effect(current, days, before, _scores(days)))
        current.settled_at = timezone.now()
        current.save(update_fields=["effect", "settled_at"])
        everything_changed()  # Scores rest on their team's figures too.
    appeal.refresh_from_db()
    return True


def _facts_are_free() -> bool:
    """Whether no import is writing: a page does not wait for one."""
    with transaction.atomic():
        return pglock.advisory(totals.FACTS_LOCK, xact=True, timeout=0).acquire()


def _days(appeal: Appeal) -> pl.DataFrame:
    """The agent days that the corrections touch, on both sides."""
    rows = {
        (agent, correction.day)
        for correction in appeal.corrections.all()
        for agent in (correction.agent_id, correction.agent_before_id)
        if agent is not None
    }
    return pl.DataFrame(sorted(rows), schema=DAYS_SCHEMA, orient="row")


def _correct(cursor: Any, appeal: Appeal) -> None:
    totals.open_touched(cursor)
    for correction in appeal.corrections.order_by("pk"):
        apply(cursor, correction)
    totals.recompute(cursor)


def _follow(changes: Changes, *, because: dict[str, Any] | None = None) -> None:
    compute_scores(changes)
    reconcile(changes, because=because)


def _scores(days: pl.DataFrame) -> dict[int, Decimal]:
    """The agents' scores of the month that the first touched day of each lies in."""
    found: dict[int, Decimal] = {}
    for agent, day in days.sort("day", descending=True).iter_rows():
        score = Score.objects.filter(
            agent=agent, period=Score.Period.MONTH, starts_on=first_day(Period.MONTH, day)
        ).first()
        if score is not None:
            found[agent] = score.score
    return found


def _effect(
    appeal: Appeal, days: pl.DataFrame, before: dict[int, Decimal], after: dict[int, Decimal]
) -> Iterable[dict[str, Any]]:
    entries = PointEntry.objects.filter(cause__appeal=appeal.pk, agent__in=days["agent_id"])
    points = dict(entries.order_by().values_list("agent").annotate(Sum("amount")))
    for agent in days["agent_id"].unique().sort():
        yield {
            "agent": agent,
            "points": points.get(agent, 0),
            "score_before": str(before[agent]) if agent in before else None,
            "score_after": str(after[agent]) if agent in after else None,
        }
