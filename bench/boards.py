"""Speed of leaderboards, beside plain SQL measured in the same run.

.venv/bin/python bench/boards.py                         1,000,000 entries of 10,000 agents
.venv/bin/python bench/boards.py --entries 100000 --agents 1000
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench-boards"
REPEATS = 3
AS_OF = date(2025, 12, 31)
sys.path.insert(0, str(ROOT))
os.environ.update(
    ENVIRONMENT="development", VAR_DIR=str(VAR), DJANGO_SETTINGS_MODULE="incentives.settings"
)

# What anyone would write by hand: the sums, the competition ranks, the lines in name order, kept
# in a table that can be read by line and by agent.
PLAIN = """
    DROP TABLE IF EXISTS plain;
    CREATE TABLE plain (id bigserial PRIMARY KEY, agent_id bigint, points numeric, rank int,
                        line int);
    CREATE UNIQUE INDEX ON plain (agent_id);
    CREATE INDEX ON plain (line);
    INSERT INTO plain (agent_id, points, rank, line)
    SELECT s.id, t.points, rank() OVER (ORDER BY t.points DESC),
           row_number() OVER (ORDER BY t.points DESC, s.display_name, s.key)
    FROM (SELECT agent_id, sum(amount) AS points FROM scoring_pointentry GROUP BY 1) t
    JOIN org_person s ON s.id = t.agent_id;
"""


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=10_000)
    options = parser.parse_args()
    from django.db import connections

    from incentives import embedded

    stop_servers()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        measure(options.entries, options.agents)
    finally:
        connections.close_all()
        stop_servers()
        shutil.rmtree(VAR, ignore_errors=True)


def stop_servers() -> None:
    """Stop the benchmark's own embedded servers."""
    if VAR.exists():
        subprocess.run([sys.executable, "-m", "incentives.embedded", "stop"], cwd=ROOT, check=False)


def measure(entries: int, agents: int) -> None:
    """The rebuild of an all-time board, then a usual night and a night with nothing new."""
    import django

    django.setup()
    from django.core.management import call_command

    from scoring.boards.refresh import rebuild_boards, refresh_boards
    from scoring.figures.changes import Changes
    from scoring.models import Leaderboard

    call_command("migrate", verbosity=0)
    Leaderboard.objects.all().delete()
    Leaderboard.objects.create(key="all-time", name_en="All time", by="points", period="all")
    add_people(agents)
    add_entries(entries, agents, days=365, last=AS_OF)
    print(f"{entries:,} entries of {agents:,} agents in a year")
    plain = middle(lambda: run(PLAIN))
    row("plain SQL: sums, ranks and lines into a table", plain)
    rebuilt = middle(lambda: rebuild_boards(as_of=AS_OF))
    row("rebuild of the all-time board", rebuilt, plain)
    row("nothing new", middle(lambda: refresh_boards(Changes(as_of=AS_OF))), plain)
    for kind in ("day", "week", "month"):
        Leaderboard.objects.create(key=kind, name_en=kind, by="points", period=kind)
        Leaderboard.objects.create(
            key=f"{kind}-team", name_en=kind, by="points", period=kind, within="team"
        )
    row("six new boards (day, week, month)", timed(lambda: refresh_boards(Changes(as_of=AS_OF))))
    add_entries(agents * 8, agents, days=1, last=AS_OF + timedelta(days=1))
    night = timed(lambda: refresh_boards(Changes(as_of=AS_OF + timedelta(days=1))))
    row(f"the next day: {agents * 8:,} entries, seven boards", night)
    add_entries(1000, agents, days=30, last=AS_OF)
    late = timed(lambda: refresh_boards(Changes(as_of=AS_OF + timedelta(days=1))))
    row("1,000 late entries in 30 days, seven boards", late)


def add_people(agents: int) -> None:
    """Agents with names, in teams of twenty."""
    from incentives.org.models import Membership, Person, Team

    since = date(2020, 1, 1)
    teams = Team.objects.bulk_create(
        Team(key=f"team{n}", name=f"Team {n}") for n in range(max(1, agents // 20))
    )
    people = Person.objects.bulk_create(
        Person(
            key=f"bench{n}",
            display_name=f"Agent {md5(str(n).encode()).hexdigest()}",
            hired_on=since,
        )
        for n in range(agents)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=teams[n % len(teams)], starts_on=since)
        for n, person in enumerate(people)
    )
    run("ANALYZE")


def add_entries(entries: int, agents: int, *, days: int, last: date) -> None:
    """Entries of all agents in turn over the `days` that end with `last`."""
    run(f"""
        INSERT INTO scoring_pointentry (agent_id, occurred_on, booked_on, amount, kind, source_key,
            cause)
        SELECT s.first + n % {agents}, DATE '{last}' - (n / {agents} % {days})::int,
            DATE '{last}' - (n / {agents} % {days})::int, 1 + (n * 7919::bigint) % 50, 'collaboration',
            gen_random_uuid()::text, '{{}}'
        FROM generate_series(0, {entries} - 1) n,
            (SELECT min(id) AS first FROM org_person WHERE key LIKE 'bench%') s;
        VACUUM ANALYZE scoring_pointentry;
    """)


def run(statements: str) -> None:
    """Run SQL statements one by one, as the owner of the tables."""
    from django.db import connection

    from incentives.database_roles import as_owner

    with as_owner(), connection.cursor() as cursor:
        for statement in statements.strip().split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def middle(work: Callable[[], object]) -> float:
    """The median of several runs."""
    return statistics.median(timed(work) for _ in range(REPEATS))


def row(what: str, seconds: float, beside: float | None = None) -> None:
    """Print a line of the table."""
    times = "" if beside is None else f"{seconds / beside:5.2f} ×"
    print(f"{what:<52}{seconds * 1000:8.0f} ms {times}", flush=True)


if __name__ == "__main__":
    main()
