"""Speed and memory of ingestion, beside a floor measured in the same run.

The floor is what the database needs at the least: a plain COPY of the same rows into a table
with its primary key, and one GROUP BY to agent days. Prints the table of docs/performance.md.

    make bench                      1,000,000 tickets, then 11 older months of 150,000 (some minutes)
    .venv/bin/python bench/ingest.py --rows 100000 --months 2      a quick look
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
MONTH = 30
OLDER = 150_000
CORRECTIONS = 1_000
REPEATS = 5
sys.path.insert(0, str(ROOT))
os.environ.update(
    ENVIRONMENT="development", VAR_DIR=str(VAR), DJANGO_SETTINGS_MODULE="incentives.settings"
)


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="tickets of the newest month")
    parser.add_argument("--older", type=int, default=OLDER, help="tickets of each older month")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=12)
    options = parser.parse_args()
    from django.db import connections

    from incentives import embedded

    stop_servers()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        measure(options.rows, options.older, options.agents, options.months)
    finally:
        connections.close_all()
        stop_servers()
        shutil.rmtree(VAR, ignore_errors=True)


def stop_servers() -> None:
    """Stop the benchmark's own embedded servers."""
    if VAR.exists():
        subprocess.run([sys.executable, "-m", "incentives.embedded", "stop"], cwd=ROOT, check=False)


def measure(rows: int, older: int, agents: int, months: int) -> None:
    """Measure floor, first import, repetition and corrections; print a row as each ends."""
    from bench import export

    (VAR / "bench.toml").write_text(export.MAPPING)
    manage("migrate", "--verbosity", "0")
    export.write_people(VAR / "people.csv", agents=agents)
    ingest(VAR / "people.csv", "--kind", "agents")
    end = date(2025, 12, 31)
    newest = end - timedelta(days=MONTH)
    file = write_month(rows, agents, newest, month=0)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(
        f"{rows:,} tickets of {agents:,} agents in {MONTH} days, {file.stat().st_size / 1e6:.0f} MB"
    )
    floor = sum(floor_seconds(file))
    first, memory = ingest(file)
    row("first import", first, floor, f"peak memory {memory / 1e6:.0f} MB")
    again, _memory = ingest(file)
    row("the same file again", again, floor, f"{100 * again / first:.1f} % of the first time")
    file.unlink()
    one = corrections(rows, agents, newest, round_=0)
    row(f"{CORRECTIONS:,} corrections, 1 month", one, floor, "median of 5, without start-up")
    for month in range(1, months):
        start = newest - timedelta(days=MONTH * month)
        file = write_month(older, agents, start, month=month, first=rows + older * (month - 1))
        ingest(file)
        file.unlink()
    sql("VACUUM ANALYZE")
    all_ = corrections(rows, agents, newest, round_=1)
    row(f"{CORRECTIONS:,} corrections, {months} months", all_, floor, f"{all_ / one:.2f} × 1 month")


def write_month(rows: int, agents: int, start: date, *, month: int, first: int = 0) -> Path:
    """Write one month of tickets, numbered from `first` on, and return the file."""
    from bench import export

    path = VAR / f"month-{month}.csv"
    frame = export.tickets(first=first, rows=rows, agents=agents, start=start, days=MONTH)
    frame.write_csv(path)
    return path


def corrections(rows: int, agents: int, start: date, *, round_: int) -> float:
    """Median seconds to import 1,000 corrected tickets spread over the newest month."""
    import polars as pl

    from bench import export

    frame = export.tickets(first=0, rows=rows, agents=agents, start=start, days=MONTH)
    taken = []
    for repeat in range(REPEATS):
        step = max(1, rows // CORRECTIONS)
        some = frame.gather_every(step, offset=repeat + round_ * REPEATS).head(CORRECTIONS)
        path = VAR / f"corrections-{round_}-{repeat}.csv"
        some.with_columns(Rating=pl.lit("1"), Difficulty=pl.lit(5)).write_csv(path)
        ingest(path)
        taken.append(last_run_seconds())
    return statistics.median(taken)


def floor_seconds(file: Path) -> tuple[float, float]:
    """Seconds for COPY into a table with its primary key, and for the GROUP BY."""
    from django.db import connection

    from bench import export
    from incentives.database_roles import as_owner

    setup()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_ticket, floor_agent_day")
        cursor.execute(f"CREATE TABLE floor_ticket ({export.FLOOR_COLUMNS})")
        begin = time.perf_counter()
        with file.open() as stream:
            cursor.copy_expert("COPY floor_ticket FROM STDIN (FORMAT csv, HEADER)", stream)
        copied = time.perf_counter()
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(export.FLOOR_TOTALS)
        ended = time.perf_counter()
        cursor.execute("DROP TABLE floor_ticket, floor_agent_day")
    print(f"floor: COPY {copied - begin:.1f} s + GROUP BY {ended - copied:.1f} s")
    print(f"{'':34}{'seconds':>9}{'× floor':>9}")
    row("floor", ended - begin, ended - begin)
    return copied - begin, ended - copied


def ingest(file: Path, *more: str) -> tuple[float, float]:
    """Import a file with the command; wall-clock seconds of the process and its peak bytes."""
    command = [sys.executable, "manage.py", "ingest", str(file), "--source", "bench"]
    begin = time.perf_counter()
    mapping = [] if more else ["--mapping", str(VAR / "bench.toml")]
    process = subprocess.Popen([*command, *mapping, *more], cwd=ROOT, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        sys.exit(f"the import of {file.name} ended with status {status}")
    return seconds, usage.ru_maxrss * 1024.0


def manage(*arguments: str) -> None:
    """Run a management command."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def setup() -> None:
    """Make Django ready in this process."""
    import django

    django.setup()


def sql(statement: str) -> None:
    """Run one statement as the owner of the tables."""
    from django.db import connection

    from incentives.database_roles import as_owner

    setup()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def last_run_seconds() -> float:
    """Seconds from start to end of the newest import, without the start of the process."""
    setup()
    from scoring.models import Import

    return Import.objects.latest("id").seconds or 0.0


def row(what: str, seconds: float, floor: float, remark: str = "") -> None:
    """Print one line of the table."""
    print(f"{what:34}{seconds:9.2f}{seconds / floor:9.2f}  {remark}", flush=True)


if __name__ == "__main__":
    main()
