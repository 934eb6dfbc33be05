"""The night's step that brings scores up to date: only of what changed, and what rests on it.

Touched are the agents with a changed day, and those of their teams whose score rests on the team's
figures, in the periods around those days. The former are computed from their totals; the latter
from their own stored sums and the team's new figures. What differs is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _

from incentives.capabilities import StepResult
from scoring.figures.changes import Changes
from scoring.figures.windows import Period
from scoring.scorecards.affected import PERIODS, Touched, read_touched
from scoring.scorecards.cards import Card, assign, published_cards
from scoring.scorecards.figures import Days, read_days, rows_of, with_team_figures
from scoring.scorecards.points_lost import TEAM, score_rows
from scoring.scorecards.stored import restored
from scoring.scorecards.storing import WrittenScores, write_scores


def compute_scores(changes: Changes) -> StepResult:
    """Bring the scores of changed days, weeks and months up to date, in one transaction."""
    if not changes.all_days and not changes.everything:
        return StepResult(_("Scores: nothing changed."), {"scores": 0, "written": 0, "removed": 0})
    with transaction.atomic():
        written = refresh_scores(changes)
    line = _("Scores: %(scores)d looked at, %(written)d new or changed, %(removed)d removed.")
    counts = {"scores": written.seen, "written": written.written, "removed": written.removed}
    return StepResult(line % counts, counts)


def refresh_scores(changes: Changes) -> WrittenScores:
    """As `compute_scores`, inside the caller's transaction."""
    cards = published_cards()
    total = WrittenScores()
    with connection.cursor() as cursor:
        for touched in read_touched(cursor, changes):
            agents = None if changes.everything else touched.agents
            days = read_days(cards=cards, span=touched.span, agents=agents)
            for period in PERIODS:
                total += _refresh(cursor, period, touched, days, cards)
    return total


def _refresh(
    cursor: Any, period: Period, touched: Touched, days: Days, cards: Sequence[Card]
) -> WrittenScores:
    judged, fresh = [], []
    if not (subjects := touched.own[period]).is_empty():
        rows = rows_of(days, period).join(subjects, on=["agent_id", "starts_on"], how="semi")
        fresh.append(score_rows(assign(rows, cards, period), cards))
        judged.append(subjects)
    for mates in _mates(touched, days, period, cards):
        fresh.append(score_rows(mates, cards))
        judged.append(mates.select("agent_id", "starts_on"))
    if not judged:
        return WrittenScores()
    return write_scores(cursor, period=period, subjects=pl.concat(judged), fresh=pl.concat(fresh))


def _mates(
    touched: Touched, days: Days, period: Period, cards: Sequence[Card]
) -> Iterator[pl.DataFrame]:
    """Rows of those whose own figures are as they were, with their teams' new ones; by card."""
    mates = touched.mates.filter(pl.col("period") == period.value)
    for at, card in enumerate(cards):
        rows = mates.filter(pl.col("scorecard_id") == card.id)
        if rows.height:
            rows = restored(rows, card).select(pl.exclude(f"^{TEAM}.*$"))
            rows = with_team_figures(rows, days, period)
            yield rows.with_columns(card=pl.lit(at, pl.Int64))
