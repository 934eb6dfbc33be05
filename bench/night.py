"""Speed of the night, beside the floor of ingestion measured in the same run.

The floor is what bench/ingest.py measures: a plain COPY of the month's tickets into a table with
its primary key, and one GROUP BY to agent days. The night takes the same file from the drop folder
all the way to the boards. Prints the table of docs/performance.md.

    make bench-night                1,000,000 tickets, then 11 older months (a quarter of an hour)
    .venv/bin/python bench/night.py --rows 100000 --agents 1000 --months 2     a quick look
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import company, export, ingest

VAR = ingest.VAR
DROP = VAR / "drop" / "bench" / "bench"
END = date(2025, 12, 31)
NEWEST = END - timedelta(days=ingest.MONTH)
# The night closes the day after the last ticket; on that day there is nothing to do again.
AFTER = (END + timedelta(days=2)).isoformat()
CORRECTIONS, REPEATS = 1_000, 3


@dataclass(frozen=True)
class Floor:
    """What the database needs at the least: seconds on the clock, and of processor time."""

    seconds: float
    cpu: float


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="tickets of the newest month")
    parser.add_argument("--older", type=int, default=ingest.OLDER, help="of each older month")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--keep", action="store_true", help="leave the data for bench/home.py")
    options = parser.parse_args()
    company.start(VAR)
    from django.db import connections

    from incentives import embedded

    ingest.stop_servers()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        measure(options.rows, options.older, options.agents, options.months)
    finally:
        connections.close_all()
        ingest.stop_servers()
        if not options.keep:
            shutil.rmtree(VAR, ignore_errors=True)


def measure(rows: int, older: int, agents: int, months: int) -> None:
    """Measure floor, whole night, nothing new, and late corrections; print a row as each ends."""
    from django.db import connection

    prepare(agents)
    file = ingest.write_month(rows, agents, NEWEST, month=0)
    print(
        f"{os.cpu_count()} cores; {rows:,} tickets of {agents:,} agents in {ingest.MONTH} days;",
        end=" ",
    )
    print(", ".join(f"{number} {name}" for name, number in company.fill_up().items()))
    begin = company.cpu_seconds()
    floor = Floor(sum(ingest.floor_seconds(file)), 0)
    connection.close()
    time.sleep(1)  # until the server has noticed
    floor = Floor(floor.seconds, company.cpu_seconds() - begin)
    print(f"processor time of the floor: {floor.cpu:.1f} s")
    drop(file)
    night("whole night", floor)
    night("nothing new", floor)
    one = corrections(rows, agents, floor, "1 month", round_=0)
    for month in range(1, months):
        start = NEWEST - timedelta(days=ingest.MONTH * month)
        first = rows + older * (month - 1)
        drop(ingest.write_month(older, agents, start, month=month, first=first))
        night(f"  month {month + 1} of history", floor)
    ingest.sql("VACUUM ANALYZE")
    night(f"nothing new, {months} months", floor)
    all_ = corrections(rows, agents, floor, f"{months} months", round_=1)
    print(f"late correction at {months} months ÷ at 1 month: {all_ / one:.2f}")


def prepare(agents: int) -> None:
    """An empty company with its people, and the mapping of the benchmark's files."""
    company.manage("migrate", "--verbosity", "0")
    ingest.setup()
    from scoring.models import Mapping

    Mapping.objects.create(name="bench", kind="tickets", text=export.MAPPING)
    export.write_people(VAR / "people.csv", agents=agents)
    company.manage("ingest", str(VAR / "people.csv"), "--source", "bench", "--kind", "agents")


def corrections(rows: int, agents: int, floor: Floor, history: str, *, round_: int) -> float:
    """Median seconds of a night that follows up 1,000 corrected tickets of the newest month."""
    import polars as pl

    frame = export.tickets(first=0, rows=rows, agents=agents, start=NEWEST, days=ingest.MONTH)
    taken = []
    for repeat in range(REPEATS):
        step = max(1, rows // CORRECTIONS)
        some = frame.gather_every(step, offset=repeat + round_ * REPEATS).head(CORRECTIONS)
        path = VAR / f"corrections-{round_}-{repeat}.csv"
        some.with_columns(Rating=pl.lit("1"), Difficulty=pl.lit(5)).write_csv(path)
        drop(path)
        taken.append(night(f"  correction {repeat + 1}, {history}", floor))
    median = statistics.median(taken)
    what = f"{CORRECTIONS:,} corrections, {history}"
    ingest.row(what, median, floor.seconds, f"median of {REPEATS}")
    return median


def drop(file: Path) -> None:
    """Put a file into the drop folder, complete since a while."""
    DROP.mkdir(parents=True, exist_ok=True)
    target = file.rename(DROP / file.name)
    os.utime(target, (1_700_000_000, 1_700_000_000))


def night(what: str, floor: Floor) -> float:
    """Run a night and print its row; the seconds without the start of the process."""
    begin = company.cpu_seconds()
    whole = company.manage("nightly", "--from", AFTER, "--to", AFTER)
    seconds, steps = company.last_night()
    time.sleep(1)
    cpu = company.cpu_seconds() - begin
    remark = f"processor {cpu:.1f} s = {cpu / floor.cpu:.1f} × floor; process {whole:.1f} s"
    ingest.row(what, seconds, floor.seconds, f"{remark}; {company.told(steps)}")
    shutil.rmtree(DROP / "done", ignore_errors=True)
    return seconds


if __name__ == "__main__":
    main()
