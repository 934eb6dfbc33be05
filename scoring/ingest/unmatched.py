"""Facts of agents whom nobody has matched yet, and what a file tells about people and teams."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Count

from incentives.org.dated import covers_sql
from incentives.org.models import Person, Supervision, Team
from incentives.org.people import (
    SignInGuard,
    create_people,
    find_people,
    join_teams,
    set_supervisor,
    take_team_changes,
)
from scoring.models import Import, Source

from .directory import Directory
from .load import FACT_MODELS, Stage
from .sign_ins import sender_of
from .work import Issue

# Of each person the days from the first that differs to the last that a night has closed, as far as
# there are any data, and those with totals after it.
_MOVED = """
    WITH k AS (SELECT unnest(%s::bigint[]) AS id, unnest(%s::date[]) AS first),
    known AS (SELECT (SELECT min(day) FROM scoring_teamday) AS first,
        (SELECT settled_on FROM scoring_pointsettlement WHERE id = 1) AS last)
    INSERT INTO touched_fact
    SELECT k.id, NULL::bigint, d.day FROM k JOIN scoring_agentday d
        ON d.agent_id = k.id AND d.day >= k.first
    UNION SELECT k.id, NULL, d::date FROM k, known, generate_series(
        greatest(k.first, known.first), known.last, interval '1 day') d
"""
_TABLES = [model._meta.db_table for model in FACT_MODELS.values()]


def count(cursor: Any, run: Import) -> int:
    """How many facts that this run wrote wait for their agent."""
    total = 0
    for table in _TABLES:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE held_for IS NOT NULL AND run_id = %s", [run.pk]
        )
        total += cursor.fetchone()[0]
    return total


def waiting() -> list[tuple[Source, str, int]]:
    """The agents nobody has matched: source, the key in its files, how many facts wait."""
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    for model in FACT_MODELS.values():
        rows = model._default_manager.exclude(held_for=None).values("source_id", "held_for")
        for row in rows.annotate(facts=Count("external_id")).order_by():
            found[row["source_id"], row["held_for"] or ""] += row["facts"]
    sources = Source.objects.in_bulk({source_id for source_id, _key in found})
    listed = [(sources[source_id], key, n) for (source_id, key), n in found.items()]
    return sorted(listed, key=lambda row: (row[0].name, row[1]))


def match(cursor: Any) -> None:
    """Give held facts to agents who are known by now, and list the days in `touched_fact`."""
    for table in _TABLES:
        cursor.execute(f"SELECT DISTINCT source_id, held_for FROM {table} WHERE held_for <> ''")
        keys: defaultdict[int, set[str]] = defaultdict(set)
        for source_id, key in cursor.fetchall():
            keys[source_id].add(key)
        for source_id, held_for in keys.items():
            source = Source.objects.get(pk=source_id)
            found = find_people(source.name, held_for)
            if found:
                _give(cursor, table, source_id, found)


def _give(cursor: Any, table: str, source_id: int, found: dict[str, int]) -> None:
    cursor.execute(
        f"WITH given AS (UPDATE {table} f SET agent_id = k.id, held_for = NULL"
        " FROM (SELECT unnest(%s::text[]) AS key, unnest(%s::bigint[]) AS id) k"
        " WHERE f.source_id = %s AND f.held_for = k.key"
        " RETURNING f.agent_id, f.team_id, f.day)"
        " INSERT INTO touched_fact SELECT agent_id, team_id, day FROM given"
        " UNION ALL SELECT NULL, team_id, day FROM given",
        [list(found), list(found.values()), source_id],
    )


def touch_moved_people(cursor: Any) -> None:
    """List the days of people whose team changed since the last time in `touched_fact`.

    Also days without totals that nights have closed: a team's share of people, and who is in it
    on the last day of a week, depend on no one's work.
    """
    changed = take_team_changes()
    if not changed:
        return
    cursor.execute(_MOVED, [list(changed), list(changed.values())])


def give_teams(cursor: Any, stage: Stage, run: Import, directory: Directory) -> list[Issue]:
    """Let a file of facts tell who is in which team, and who supervises it.

    Returns what was not taken of it: see `incentives.org.sign_ins`.

    With team_of = "agent" the file's team is the agent's from each day on which it changes.
    Otherwise the team is the ticket's own, and only people whom this file made, and who appear
    with a single team, join that team.
    """
    if not {"agent", "team", "day"} <= set(stage.columns):
        return []
    sender = sender_of(run)
    if stage.mapping.team_of == "agent":
        _join([move for move in _changes(cursor) if move[0] != sender.outsider])
    elif directory.created:
        _join(_single_teams(cursor, list(directory.created.values())))
    if not directory.supervisors:
        return []
    guard = SignInGuard.of(sender)
    issues = _set_supervisors(cursor, run.source, directory, guard)
    run.sign_ins = [asdict(change) for change in guard.made]
    return issues


def _join(joins: list[tuple[int, int, date]]) -> None:
    # A move on a page locks the person too: neither overwrites what the other has just read.
    people = Person.objects.filter(pk__in={person for person, _team, _day in joins})
    list(people.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    join_teams(joins)


def _changes(cursor: Any) -> list[tuple[int, int, date]]:
    """The moves of agents of whom the file says another team than we know, on any day.

    These are the days on which the file's team differs from its team before, or on which what
    we knew changes although the file's team stays.
    """
    cursor.execute(
        "WITH said AS (SELECT d.*, lag(d.team) OVER w AS before, lag(d.day) OVER w AS day_before"
        "  FROM (SELECT da.id AS agent, s.day,"
        "    (array_agg(dt.id ORDER BY s.__line__ DESC))[1] AS team"
        "   FROM stage s JOIN stage_agent da ON da.key = s.agent"
        "   JOIN stage_team dt ON dt.key = s.team"
        "   WHERE s.day IS NOT NULL GROUP BY da.id, s.day) d"
        "  WINDOW w AS (PARTITION BY d.agent ORDER BY d.day)),"
        " moved AS (SELECT DISTINCT p.agent FROM said p LEFT JOIN org_membership m"
        f"  ON m.person_id = p.agent AND {covers_sql('m', 'p.day')}"
        "  WHERE m.team_id IS DISTINCT FROM p.team)"
        " SELECT p.agent, p.team, p.day FROM said p JOIN moved USING (agent)"
        " WHERE p.before IS DISTINCT FROM p.team OR EXISTS (SELECT FROM org_membership m"
        "  WHERE m.person_id = p.agent AND m.starts_on > p.day_before AND m.starts_on <= p.day)"
        " ORDER BY p.agent, p.day"
    )
    return list(cursor.fetchall())


def _single_teams(cursor: Any, created: list[int]) -> list[tuple[int, int, date]]:
    cursor.execute(
        "SELECT da.id, min(dt.id), min(s.day) FROM stage s"
        " JOIN stage_agent da ON da.key = s.agent JOIN stage_team dt ON dt.key = s.team"
        " WHERE da.id = ANY(%s) AND s.day IS NOT NULL"
        " GROUP BY da.id HAVING count(DISTINCT dt.id) = 1",
        [created],
    )
    return list(cursor.fetchall())


def _set_supervisors(
    cursor: Any, source: Source, directory: Directory, guard: SignInGuard
) -> list[Issue]:
    """The supervisor named with a team supervises it from the team's first day in the file."""
    cursor.execute(
        "SELECT s.team, dt.id, min(s.day) FROM stage s JOIN stage_team dt ON dt.key = s.team"
        " WHERE s.day IS NOT NULL GROUP BY s.team, dt.id"
    )
    first_days = {name: (team_id, day) for name, team_id, day in cursor.fetchall()}
    keys = set(directory.supervisors.values())
    known = find_people(source.name, keys)
    if directory.mapping.unknown_agents == "create":
        known |= create_people(dict.fromkeys(keys - known.keys(), ""))
    issues: list[Issue] = []
    for name, key in directory.supervisors.items():
        if name not in first_days or key not in known:
            continue
        team_id, day = first_days[name]
        if not Supervision.objects.filter(team_id=team_id, person_id=known[key]).exists():
            team, person = Team.objects.get(pk=team_id), Person.objects.get(pk=known[key])
            ending = list(Supervision.objects.filter(team=team).active(on=day))
            if why := guard.refused_supervisors(team.name, gone=ending, added=[person.pk]):
                issues.append(
                    Issue(1, "people", field="supervisor", value=key, detail=why, external_id=name)
                )
            else:
                set_supervisor(team=team, person=person, on=day)
    return issues
