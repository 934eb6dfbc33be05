"""How good, quick and warm each agent is, and how that changes."""

from __future__ import annotations

from random import Random

import polars as pl

from .company import DemoPerson
from .plan import Plan

# Some agents have a story: a star, a climber, one who tires, one who hurries.
_STORIES: dict[int, dict[str, float]] = {
    1: {"skill": 1.6, "speed": 0.8, "warmth": 1.5, "care": 1.2},
    9: {"skill": -0.8, "drift": 2.2},
    17: {"skill": 0.9, "warmth": 0.8, "drift": -1.8},
    23: {"speed": 2.0, "skill": -0.9, "warmth": -1.4, "care": -1.3},
}


def agent_traits(plan: Plan, agents: list[DemoPerson]) -> pl.DataFrame:
    """One row an agent: number, key, name, share, hired_on, and traits in standard deviations.

    `drift` is by how much skill changes over the days of the plan; that newcomers learn comes on
    top (see `shifts`).
    """
    rows = [
        {
            "number": agent.number,
            "agent": agent.key,
            "agent_name": agent.name,
            "share": float(agent.share),
            "hired_on": agent.hired_on,
            **_traits(plan.random("traits", agent.number), agent.number),
        }
        for agent in agents
    ]
    return pl.DataFrame(rows, schema_overrides={"number": pl.UInt64})


def _traits(random: Random, number: int) -> dict[str, float]:
    skill = random.gauss(0, 0.8)
    drawn = {
        "skill": skill,
        "speed": 0.3 * skill + random.gauss(0, 0.8),
        "warmth": 0.4 * skill + random.gauss(0, 0.8),
        "care": 0.3 * skill + random.gauss(0, 0.8),
        "sales": random.gauss(0, 1),
        "drift": random.gauss(0.2, 0.3),
    }
    return drawn | _STORIES.get(number % 30, {})
