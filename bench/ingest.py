"""Speed and memory of ingestion, beside a floor measured in the same run.

The floor is what the database needs at the least: a plain COPY of the same rows into a table
with its primary key, and one GROUP BY to agent days.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from django.db import connection

from bench import export
from bench.harness import Cost, cost, head, manage, median, row, sql, var
from incentives.database_roles import as_owner
from scoring.models import Import

OPTIONS: dict[str, tuple[float | str, str]] = {
    "rows": (1_000_000, "tickets of the newest month"),
    "older": (150_000, "tickets of each older month"),
    "agents": (10_000, "people"),
    "months": (12, "months of history"),
}
MONTH = timedelta(days=30)
NEWEST = date(2025, 12, 31) - MONTH
CORRECTIONS = 1_000


def measure(options: argparse.Namespace) -> None:
    """Floor, first import, repetition, and corrections with little and with much history."""
    (var() / "bench.toml").write_text(export.MAPPING)
    bring_people(options.agents)
    file = write_month(0, first=0, rows=options.rows, agents=options.agents)
    head()
    print(f"{options.rows:,} tickets of {options.agents:,} agents in {MONTH.days} days,", end=" ")
    print(f"{file.stat().st_size / 1e6:.0f} MB")
    floor = least(file)
    usages: list[resource.struct_rusage] = []
    first = cost(lambda: usages.append(bring(file)))
    row("first import", first, floor, f"peak memory {usages[0].ru_maxrss * 1024 / 1e6:.0f} MB")
    again = cost(lambda: bring(file))
    share = 100 * again.seconds / first.seconds
    row("the same file again", again, floor, f"{share:.1f} % of the first time")
    one = _corrections(options, round_=0)
    row(f"{CORRECTIONS:,} corrections, 1 month", one, floor, "without start-up")
    for month in range(1, options.months):
        first_number = options.rows + options.older * (month - 1)
        bring(write_month(month, first=first_number, rows=options.older, agents=options.agents))
    sql("VACUUM ANALYZE")
    all_ = _corrections(options, round_=1)
    ratio = f"{all_.seconds / one.seconds:.2f} × 1 month"
    row(f"{CORRECTIONS:,} corrections, {options.months} months", all_, floor, ratio)


def bring_people(agents: int) -> None:
    """Import agents in teams of twenty."""
    path = var() / "people.csv"
    export.write_people(path, agents=agents)
    manage("ingest", str(path), "--source", "bench", "--kind", "agents")


def bring(file: Path) -> resource.struct_rusage:
    """Import a file of tickets with the command; what the process used."""
    mapping = str(var() / "bench.toml")
    return manage("ingest", str(file), "--source", "bench", "--mapping", mapping)


def write_month(month: int, *, first: int, rows: int, agents: int) -> Path:
    """Write the tickets of a month, so many before the newest, numbered from `first` on."""
    path = var() / f"month-{month}.csv"
    start = NEWEST - MONTH * month
    export.tickets(first=first, rows=rows, agents=agents, start=start, days=MONTH.days).write_csv(
        path
    )
    return path


def corrections(rows: int, agents: int, *, round_: int, repeats: int) -> Iterator[Path]:
    """Files of 1,000 corrected tickets each, spread over the newest month; no ticket twice."""
    frame = export.tickets(first=0, rows=rows, agents=agents, start=NEWEST, days=MONTH.days)
    step = max(1, rows // CORRECTIONS)
    for repeat in range(repeats):
        some = frame.gather_every(step, offset=repeat + round_ * repeats).head(CORRECTIONS)
        path = var() / f"corrections-{round_}-{repeat}.csv"
        some.with_columns(Rating=pl.lit("1"), Difficulty=pl.lit(5)).write_csv(path)
        yield path


def _corrections(options: argparse.Namespace, *, round_: int) -> Cost:
    """The median of five; seconds are those of the import, without the start of the process."""
    files = corrections(options.rows, options.agents, round_=round_, repeats=5)
    return median([_import(file) for file in files])


def _import(file: Path) -> Cost:
    spent = cost(lambda: bring(file))
    return Cost(Import.objects.latest("id").seconds or 0.0, spent.cpu)


def least(file: Path) -> Cost:
    """The floor: COPY into a table with its primary key, and the GROUP BY."""

    with as_owner(), connection.cursor() as cursor, file.open() as stream:
        cursor.execute("DROP TABLE IF EXISTS floor_ticket, floor_agent_day")
        cursor.execute(f"CREATE TABLE floor_ticket ({export.FLOOR_COLUMNS})")
        into = "COPY floor_ticket FROM STDIN (FORMAT csv, HEADER)"
        copied = cost(lambda: cursor.copy_expert(into, stream))
        cursor.execute("SET work_mem = '256MB'")
        grouped = cost(lambda: cursor.execute(export.FLOOR_TOTALS))
        cursor.execute("DROP TABLE floor_ticket, floor_agent_day")
    floor = Cost(copied.seconds + grouped.seconds, copied.cpu + grouped.cpu)
    row("floor", floor, floor, f"COPY {copied.seconds:.1f} s + GROUP BY {grouped.seconds:.1f} s")
    return floor
