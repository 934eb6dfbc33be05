"""What benchmarks share: what a piece of work costs, lines of a table, SQL, people, and commands."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from incentives.database_roles import as_owner
from incentives.embedded.postgres import postgres_pid
from incentives.org.models import Membership, Person, Team
from scoring.models import PointRule

ROOT = Path(__file__).resolve().parents[1]
SINCE = date(2020, 1, 1)
TEAM_SIZE = 20


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of processor time, which do not grow when others use the machine."""

    seconds: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    """What one run costs."""
    cpu, begun = cpu_seconds(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - begun, cpu_seconds() - cpu)


def median(costs: Sequence[Cost]) -> Cost:
    """The middle one of several, of clock and of processor apart."""
    return Cost(
        statistics.median(each.seconds for each in costs),
        statistics.median(each.cpu for each in costs),
    )


def cpu_seconds() -> float:
    """Processor seconds so far of this process, its ended children, its session in the database and
    the database's ended processes.
    """
    ours = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ticks = sum(_ticks(postgres_pid())[2:])
    if connection.connection is not None:
        ticks += sum(_ticks(connection.connection.info.backend_pid)[:2])
    return sum(each.ru_utime + each.ru_stime for each in ours) + ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int | None) -> list[int]:
    """utime, stime, and of its ended children cutime, cstime."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(each) for each in stat[11:15]]


def in_transaction(work: Callable[[], object]) -> Callable[[], object]:
    """Work as a step of the night runs it."""

    def run_step() -> object:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL work_mem = '256MB'")
            return work()

    return run_step


def row(what: str, spent: Cost, floor: Cost | None = None, remark: str = "") -> None:
    """Print a line of the table: seconds on the clock and of the processor, each also in floors."""
    cells = (
        f"{value:9.2f}{f'{value / least:7.2f} ×' if least else '':9}"
        for value, least in (
            (spent.seconds, floor and floor.seconds),
            (spent.cpu, floor and floor.cpu),
        )
    )
    print(f"{what:<44}{''.join(cells)}  {remark}".rstrip(), flush=True)


def head() -> None:
    """Print the machine and the head of the table; × are multiples of the floor."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':44}{'seconds':>9}{'':9}{'processor':>9}")


def sql(statements: str, params: Mapping[str, str] | None = None) -> None:
    """Run SQL statements one by one, as the owner of the tables."""
    with as_owner(), connection.cursor() as cursor:
        for statement in statements.strip().split(";\n"):
            if statement.strip():
                cursor.execute(statement, params)


def manage(*arguments: str) -> resource.struct_rusage:
    """Run a management command; what its process used. Ends the benchmark if it fails."""
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"manage.py {' '.join(arguments)} ended with status {status}")
    return usage


def var() -> Path:
    """The folder of this benchmark."""
    return Path(settings.VAR_DIR)


def add_people(agents: int) -> list[Person]:
    """Agents in teams of twenty, their names in no order."""
    teams = Team.objects.bulk_create(
        Team(key=f"team{n}", name=f"Team {n}") for n in range(max(1, agents // TEAM_SIZE))
    )
    people: list[Person] = Person.objects.bulk_create(
        Person(
            key=f"bench{n}",
            display_name=f"Agent {md5(str(n).encode()).hexdigest()}",
            hired_on=SINCE,
        )
        for n in range(agents)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=teams[n % len(teams)], starts_on=SINCE)
        for n, person in enumerate(people)
    )
    sql("ANALYZE")
    return people


def add_entries(entries: int, agents: int, *, days: int, last: date, nth: int = 1) -> None:
    """Points by the rules "first" and "second" for all agents in turn, over the `days` that end with
    `last`; `nth` tells them from entries that are there.
    """
    for key in ("first", "second"):
        defaults = {
            "name_en": key,
            "per": "unit",
            "expression": "handled",
            "amount": 1,
            "status": "published",
            "starts_on": SINCE,
        }
        PointRule.objects.get_or_create(key=key, defaults=defaults)
    sql(f"""
        INSERT INTO scoring_pointentry
            (agent_id, occurred_on, booked_on, amount, kind, rule_id, nth, cause)
        SELECT s.first + n % {agents}, d.day, d.day, 1 + (n * 7919::bigint) % 50, 'rule',
            r.ids[1 + (n / 7) % 2], {nth} + n / {agents * days}, '{{}}'
        FROM generate_series(0, {entries} - 1) n
            CROSS JOIN LATERAL (SELECT DATE '{last}' - (n / {agents} % {days})::int AS day) d,
            (SELECT min(id) AS first FROM org_person WHERE key LIKE 'bench%') s,
            (SELECT array_agg(id ORDER BY key) AS ids FROM scoring_pointrule
                WHERE key IN ('first', 'second')) r;
        VACUUM ANALYZE scoring_pointentry;
        ANALYZE
    """)
