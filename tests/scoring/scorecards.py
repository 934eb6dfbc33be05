"""Scorecards and totals for tests of scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from incentives.capabilities import StepResult
from incentives.org.models import Person, Team
from scoring.figures.changes import Changes
from scoring.models import AgentDay, Channel, Kpi, Score, Scorecard, ScorecardItem, TeamDay
from scoring.scorecards.compute import compute_scores
from scoring.scorecards.stored import items_of

MONDAY = date(2026, 11, 2)
CSAT = {"kpi": "csat", "weight": 60, "floor": 70, "target": 90, "stretch": 98}
FRT = {"kpi": "frt", "weight": 40, "floor": 90, "target": 28, "stretch": 15}


def make_card(*items: Mapping[str, Any], publish: bool = True, **fields: Any) -> Scorecard:
    """A card with items ({"kpi": key, "weight": …, …}); published from 2020 unless said otherwise."""
    fields = {"key": "own", "name_en": "Own card", "starts_on": date(2020, 1, 1)} | fields
    card = Scorecard.objects.create(**fields)
    for position, item in enumerate(items or (CSAT, FRT)):
        values = dict(item) | {"kpi": Kpi.objects.get(key=item["kpi"]), "position": position}
        ScorecardItem.objects.create(scorecard=card, **values)
    if publish:
        Scorecard.objects.filter(pk=card.pk).update(
            status="published", published_at="2026-01-01T00:00Z"
        )
    card.refresh_from_db()
    return card


def add_totals(
    agent: Person | None,
    team: Team | None,
    day: date = MONDAY,
    channel: str = "phone",
    **measures: Any,
) -> None:
    """A day's totals of an agent and the same added to the team's."""
    where = {"team": team, "day": day, "channel": Channel.objects.get(key=channel)}
    if agent is not None:
        AgentDay.objects.create(agent=agent, **where, **measures)
    row, new = TeamDay.objects.get_or_create(**where, defaults=measures)
    if not new:
        for name, value in measures.items():
            setattr(row, name, (getattr(row, name) or 0) + value)
        row.save()


def compute(*days: tuple[int, date], everything: bool = False) -> StepResult:
    """Run the step for these (agent id, day); without any for all agent days."""
    rows = list(days) or list(AgentDay.objects.values_list("agent_id", "day").distinct())
    schema = {"agent_id": pl.Int64, "day": pl.Date}
    frame = pl.DataFrame(rows, schema=schema, orient="row").unique()
    return compute_scores(
        Changes(as_of=MONDAY + timedelta(days=27), days=frame, everything=everything)
    )


def score_of(agent: Person, period: str = "day", starts_on: date = MONDAY) -> Score:
    """A stored score."""
    return Score.objects.get(agent=agent, period=period, starts_on=starts_on)


def item_of(score: Score, kpi: str) -> dict[str, Any]:
    """What there is to say about one item of a stored score."""
    return next(item for item in items_of(score) if item["kpi"] == kpi)


def lost_in_all(lost: Iterable[int]) -> Decimal:
    """The sum of stored lost points, exactly."""
    return Decimal(sum(lost)) / 10_000
