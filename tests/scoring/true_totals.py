"""Whether the stored totals are what the facts say: recomputed from scratch, and counted by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.org.models import Membership
from scoring.figures.measures import MEASURES
from scoring.figures.totals import recompute_everything
from scoring.models import Activity, AgentDay, QueueInterval, TeamDay, Ticket

Key = tuple[int | None, int | None, date | None, int]  # agent, team, day, channel
Counted = dict[Key, dict[str, Decimal]]


def assert_totals_are_true() -> None:
    """Fail unless every total equals its recomputation, and a naive count of the facts."""
    stored = stored_totals()
    assert _some(stored[0]) == _by_hand(with_agent=True)
    assert _some(stored[1]) == _by_hand(with_agent=False)
    recompute_everything()
    assert stored == stored_totals()


def stored_totals() -> tuple[dict[Key, dict[str, Any]], dict[Key, dict[str, Any]]]:
    """All agent days and all team days, every measure, empty ones as None."""
    return (
        {(row.agent_id, *_place(row)): _measures(row) for row in AgentDay.objects.all()},
        {(None, *_place(row)): _measures(row) for row in TeamDay.objects.all()},
    )


def _place(row: AgentDay | TeamDay) -> tuple[int | None, date, int]:
    return (row.team_id, row.day, row.channel_id)


def _measures(row: AgentDay | TeamDay) -> dict[str, Any]:
    return {name: getattr(row, name) for name in [*MEASURES, "custom"]}


def _some(stored: dict[Key, dict[str, Any]]) -> Counted:
    return {
        key: {name: Decimal(row[name]) for name in _COUNTED if row[name]}
        for key, row in stored.items()
    }


_COUNTED = ("handled", "resolved", "csat_sum", "handle_seconds", "learning_units", "offered")


def _by_hand(*, with_agent: bool) -> Counted:
    found: Counted = defaultdict(lambda: defaultdict(Decimal))
    for model in (Ticket, Activity, QueueInterval):
        for fact in model.objects.filter(deleted=False, held_for=None).exclude(day=None):
            if with_agent and fact.agent_id is None:
                continue
            agent = fact.agent_id if with_agent else None
            row = found[agent, _team_of(fact), fact.day, fact.channel_id]
            for name, value in _adds(fact).items():
                row[name] += value
    return {
        key: {name: value for name, value in row.items() if value} for key, row in found.items()
    }


def _team_of(fact: Any) -> int | None:
    own: int | None = fact.team_id
    if own is not None or fact.agent_id is None:
        return own
    for membership in Membership.objects.filter(person_id=fact.agent_id):
        if membership.starts_on <= fact.day <= (membership.ends_on or date.max):
            return membership.team_id
    return None


def _adds(fact: Any) -> dict[str, Decimal]:
    if isinstance(fact, Activity):
        return {"learning_units": fact.quantity if fact.kind == "learning" else Decimal(0)}
    if isinstance(fact, QueueInterval):
        return {
            "handled": Decimal(fact.handled or 0),
            "offered": Decimal(fact.offered or 0),
            "handle_seconds": fact.handle_seconds or Decimal(0),
        }
    return {
        "handled": Decimal(fact.handled),
        "resolved": Decimal(fact.resolved),
        "csat_sum": fact.csat or Decimal(0),
        "handle_seconds": fact.handle_seconds or Decimal(0),
        "offered": Decimal(fact.answered is not None),
    }
