"""The night's step that brings scores up to date: only of what changed, and what rests on it.

Touched are the agents with a changed day, and those of their teams whose score rests on the team's
figures, in the periods around those days. Scores are computed anew and written where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _

from scoring.figure_query import AGENT_DAY, MEMBERSHIP
from scoring.models import Score
from scoring.nights import Changes, StepResult
from scoring.scorecards.cards import Card, assign, published_cards
from scoring.scorecards.figures import read_rows
from scoring.scorecards.points_lost import score_rows
from scoring.scorecards.storing import Written, copy_frame, write_scores
from scoring.windows import Period, Span, last_day

PERIODS = (Period.DAY, Period.WEEK, Period.MONTH)
_SCORE = Score._meta.db_table
_CUT = {
    Period.DAY: "c.day",
    Period.WEEK: "date_trunc('week', c.day)::date",
    Period.MONTH: "date_trunc('month', c.day)::date",
}
# Touched periods with at most this many days between them are read together.
_NEAR = timedelta(days=10)
# Nor more days than this at once, so that memory stays bounded when everything is recomputed.
_MOST = timedelta(days=62)
# A stretch is read at once when at least this share of its agents and periods is touched.
_DENSE = 0.4


def compute_scores(changes: Changes) -> StepResult:
    """Bring the scores of changed days, weeks and months up to date, in one transaction."""
    if changes.is_empty and not changes.everything:
        return StepResult(_("Scores: nothing changed."), {"scores": 0, "written": 0, "removed": 0})
    with transaction.atomic():
        written = refresh_scores(changes)
    line = _("Scores: %(scores)d looked at, %(written)d new or changed, %(removed)d removed.")
    counts = {"scores": written.seen, "written": written.written, "removed": written.removed}
    return StepResult(line % counts, counts)


def refresh_scores(changes: Changes) -> Written:
    """As `compute_scores`, inside the caller's transaction."""
    cards = published_cards()
    total = Written()
    with connection.cursor() as cursor:
        changes.stage(cursor)
        for period in PERIODS:
            touched = _touched(cursor, period, everything=changes.everything)
            for run in _runs(touched, period):
                total += _refresh(cursor, period, run, cards)
    return total


@dataclass(frozen=True, slots=True)
class _Run:
    """Touched (agent_id, starts_on) whose periods lie near each other, and their days."""

    subjects: pl.DataFrame
    span: Span


def _touched(cursor: Any, period: Period, *, everything: bool) -> pl.DataFrame:
    """agent_id, starts_on of all scores that may differ now.

    The teams of a changed day: those credited with it now, the membership of that day, and those
    of the scores stored so far. With `everything` also what is stored and has no totals any more.
    """
    cut = _CUT[period]
    cursor.execute("DROP TABLE IF EXISTS touched_score")
    cursor.execute(
        "CREATE TEMP TABLE touched_score ON COMMIT DROP AS"
        f" WITH own AS (SELECT DISTINCT c.agent_id, {cut} AS starts_on FROM changed_agent_day c),"
        " teams AS ("
        f" SELECT f.team_id, {cut} AS starts_on FROM changed_agent_day c"
        f" JOIN {AGENT_DAY} f ON f.agent_id = c.agent_id AND f.day = c.day"
        f" UNION SELECT m.team_id, {cut} FROM changed_agent_day c"
        f" JOIN {MEMBERSHIP} m ON m.person_id = c.agent_id AND m.starts_on <= c.day"
        " AND (m.ends_on IS NULL OR m.ends_on >= c.day)"
        f" UNION SELECT s.team_id, s.starts_on FROM own o JOIN {_SCORE} s"
        " ON s.agent_id = o.agent_id AND s.period = %s AND s.starts_on = o.starts_on)"
        " SELECT agent_id, starts_on FROM own"
        f" UNION SELECT s.agent_id, s.starts_on FROM teams t JOIN {_SCORE} s ON s.period = %s"
        " AND s.starts_on = t.starts_on AND s.team_id = t.team_id AND s.rests_on_team"
        f" UNION SELECT s.agent_id, s.starts_on FROM {_SCORE} s WHERE %s AND s.period = %s",
        [period.value, period.value, everything, period.value],
    )
    return copy_frame(
        cursor,
        "SELECT agent_id, starts_on FROM touched_score",
        {"agent_id": pl.Int64, "starts_on": pl.Date},
    )


def _runs(touched: pl.DataFrame, period: Period) -> Iterator[_Run]:
    """The touched periods in stretches that are worth one read each.

    A stretch in which few agents are touched in each period is read period by period: reading it
    whole would read mostly what nobody asked for.
    """
    for starts in _stretches(touched["starts_on"].unique().sort().to_list(), period):
        subjects = touched.filter(pl.col("starts_on").is_between(starts[0], starts[-1]))
        whole = subjects["agent_id"].n_unique() * len(starts)
        if subjects.height >= _DENSE * whole:
            yield _Run(subjects, Span(starts[0], last_day(period, starts[-1])))
            continue
        for start in starts:
            own = subjects.filter(pl.col("starts_on") == start)
            yield _Run(own, Span(start, last_day(period, start)))


def _stretches(starts: Sequence[date], period: Period) -> Iterator[list[date]]:
    """Ascending first days, cut where they lie far apart or the stretch gets long."""
    stretch: list[date] = []
    for start in starts:
        far = stretch and start - last_day(period, stretch[-1]) > _NEAR
        if far or (stretch and start - stretch[0] >= _MOST):
            yield stretch
            stretch = []
        stretch.append(start)
    if stretch:
        yield stretch


def _refresh(cursor: Any, period: Period, run: _Run, cards: Sequence[Card]) -> Written:
    rows = read_rows(
        cards=cards,
        span=run.span,
        period=period,
        agents=run.subjects["agent_id"].unique().to_list(),
    )
    rows = rows.join(run.subjects, on=["agent_id", "starts_on"], how="semi")
    fresh = score_rows(assign(rows, cards, period), cards)
    return write_scores(cursor, period=period, subjects=run.subjects, fresh=fresh)
