"""Audit of the totals: what agents, teams and hours are said to have, counted anew from the facts.

One statement over all facts; which days, teams and facts they belong to is worked out here once more,
without the bookkeeping of what changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from incentives.capabilities import Difference
from incentives.org.dated import covers_sql
from scoring.figures.auditing import AuditNames, compared, differences
from scoring.figures.custom import custom_columns
from scoring.figures.hours import KEYS, VALUES, hours_from_facts, stored_hours
from scoring.figures.measures import MEASURES

# How many agents have totals where a team has.
_PEOPLE = (
    "SELECT t.team_id, t.day, t.channel_id, count(d.id) AS people FROM scoring_teamday t"
    " LEFT JOIN scoring_agentday d ON d.day = t.day AND d.channel_id = t.channel_id"
    " AND coalesce(d.team_id, 0) = coalesce(t.team_id, 0) GROUP BY 1, 2, 3"
)
_FACTS = {
    "ticket": ("t", "scoring_ticket"),
    "activity": ("a", "scoring_activity"),
    "queue": ("q", "scoring_queueinterval"),
}


def lenient() -> set[str]:
    """Counts: stored as NULL where nothing was counted."""
    return {
        key
        for key, measure in MEASURES.items()
        if any((getattr(measure, kind) or "").startswith("count") for kind in _FACTS)
    }


def totals_from_facts(*, of_teams: bool) -> tuple[str, list[Any]]:
    """SELECT of every agent's (team's) day and channel with all measures and own measures."""
    whose = () if of_teams else ("agent_id",)
    keys = ", ".join((*whose, "team_id", "day", "channel_id"))
    sums = ", ".join(f"sum({key}) AS {key}" for key in MEASURES)
    parts, params = [], list[Any]()
    for kind in _FACTS:
        text, own = _of_kind(kind, whose)
        parts.append(text)
        params += own
    # Only tickets have own measures: one of the rows that are added up has them, or none.
    text = (
        f"SELECT {keys}, {sums}, (array_agg(custom) FILTER (WHERE custom IS NOT NULL))[1] AS custom"
        f" FROM ({' UNION ALL '.join(parts)}) u GROUP BY {keys}"
    )
    return text, params


def _of_kind(kind: str, whose: tuple[str, ...]) -> tuple[str, list[Any]]:
    alias, table = _FACTS[kind]
    custom, params = custom_columns() if kind == "ticket" else ("NULL::jsonb", [])
    columns = [
        f"({getattr(measure, kind) or 'NULL'})::numeric AS {key}"
        for key, measure in MEASURES.items()
    ]
    keys = [f"{alias}.{key} AS {key}" for key in whose]
    keys += [
        f"coalesce({alias}.team_id, m.team_id) AS team_id",
        f"{alias}.day AS day",
        f"{alias}.channel_id AS channel_id",
    ]
    text = (
        f"SELECT {', '.join([*keys, *columns])}, {custom} AS custom FROM {table} {alias}"
        f" JOIN scoring_channel c ON c.id = {alias}.channel_id"
        f" LEFT JOIN org_membership m ON m.person_id = {alias}.agent_id"
        f" AND {covers_sql('m', f'{alias}.day')}"
        f" WHERE NOT {alias}.deleted AND {alias}.held_for IS NULL AND {alias}.day IS NOT NULL"
        + (f" AND {alias}.agent_id IS NOT NULL" if whose else "")
        + f" GROUP BY {', '.join(str(at + 1) for at in range(len(keys)))}"
    )
    return text, params


def agent_days(cursor: Any) -> Iterator[Difference]:
    """Agents' totals against their facts, counted anew by one statement."""
    names = AuditNames()
    text, params = totals_from_facts(of_teams=False)
    rows = compared(
        cursor,
        stored="scoring_agentday",
        right=f"({text}) t",
        params=params,
        keys=("agent_id", "day", "channel_id", "team_id"),
        values=[*MEASURES, "custom"],
        lenient=lenient(),
    )
    return differences(
        rows,
        lambda agent, day, channel, team: (
            f"{names.agent(agent)} {day} {names.channel(channel)} {names.team(team)}"
        ),
    )


def team_days(cursor: Any) -> Iterator[Difference]:
    """Teams' totals against the facts, those without an agent included."""
    names = AuditNames()
    text, params = totals_from_facts(of_teams=True)
    rows = compared(
        cursor,
        stored="scoring_teamday",
        right=f"({text}) t",
        params=params,
        keys=("team_id", "day", "channel_id"),
        values=[*MEASURES, "custom"],
        lenient=lenient(),
    )
    people = compared(
        cursor,
        stored="scoring_teamday",
        right=f"({_PEOPLE}) t",
        keys=("team_id", "day", "channel_id"),
        values=["people"],
    )
    return differences(
        chain(rows, people),
        lambda team, day, channel: f"{names.team(team)} {day} {names.channel(channel)}",
    )


def hours(cursor: Any) -> Iterator[Difference]:
    """Teams' totals by hour of the week against their tickets, counted anew."""
    names = AuditNames()
    text, params = hours_from_facts()
    rows = compared(
        cursor,
        stored=f"({stored_hours()}) s",
        right=f"({text}) t",
        params=params,
        keys=(*KEYS, "hour"),
        values=VALUES,
    )
    return differences(
        rows,
        lambda team, day, channel, hour: (
            f"{names.team(team)} {day} {names.channel(channel)} {hour // 24 + 1}/{hour % 24}:00"
        ),
    )
