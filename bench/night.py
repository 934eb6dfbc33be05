"""Speed of the night, beside the floor of ingestion measured in the same run.

The floor is what bench/ingest.py measures: a plain COPY of the month's tickets into a table with
its primary key, and one GROUP BY to agent days. The night takes the same file from the drop folder
all the way to the boards. Seconds are those of the night, without the start of its process.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bench import company, export, ingest
from bench.harness import Cost, cost, head, manage, median, row, sql, var
from scoring import models

OPTIONS = ingest.OPTIONS
# The night closes the day after the last ticket; on that day there is nothing to do again.
AFTER = (ingest.NEWEST + ingest.MONTH + timedelta(days=2)).isoformat()
REPEATS = 3


def measure(options: argparse.Namespace) -> None:
    """Floor, whole night, nothing new, and late corrections with little and with much history."""
    prepare(options.agents)
    file = ingest.write_month(0, first=0, rows=options.rows, agents=options.agents)
    head()
    print(
        f"{options.rows:,} tickets of {options.agents:,} agents in {ingest.MONTH.days} days;",
        end=" ",
    )
    print(", ".join(f"{number} {name}" for name, number in company.fill_up().items()))
    floor = ingest.least(file)
    drop(file)
    night("whole night", floor)
    night("nothing new", floor)
    one = _corrections(options, floor, "1 month", round_=0)
    for month in range(1, options.months):
        first = options.rows + options.older * (month - 1)
        drop(ingest.write_month(month, first=first, rows=options.older, agents=options.agents))
        night(f"  month {month + 1} of history", floor)
    sql("VACUUM ANALYZE")
    night(f"nothing new, {options.months} months", floor)
    all_ = _corrections(options, floor, f"{options.months} months", round_=1)
    print(f"late correction at {options.months} months ÷ at 1 month:", end=" ")
    print(f"{all_.seconds / one.seconds:.2f}, processor {all_.cpu / one.cpu:.2f}")


def prepare(agents: int) -> None:
    """People, and the mapping of the benchmark's files."""
    models.Mapping.objects.create(name="bench", kind="tickets", text=export.MAPPING)
    ingest.bring_people(agents)


def _corrections(options: argparse.Namespace, floor: Cost, history: str, *, round_: int) -> Cost:
    """The median night that follows up 1,000 corrected tickets of the newest month."""
    taken = []
    files = ingest.corrections(options.rows, options.agents, round_=round_, repeats=REPEATS)
    for number, file in enumerate(files, 1):
        drop(file)
        taken.append(night(f"  correction {number}, {history}", floor))
    middle = median(taken)
    row(f"{ingest.CORRECTIONS:,} corrections, {history}", middle, floor, f"median of {REPEATS}")
    return middle


def drop(file: Path) -> None:
    """Put a file into the drop folder, complete since a while."""
    folder = var() / "drop" / "bench" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    target = file.rename(folder / file.name)
    os.utime(target, (1_700_000_000, 1_700_000_000))


def night(what: str, floor: Cost) -> Cost:
    """Run a night and print its row."""
    whole = cost(lambda: manage("nightly", "--from", AFTER, "--to", AFTER))
    run = models.NightRun.objects.latest("id")
    spent = Cost(run.seconds or 0.0, whole.cpu)
    row(what, spent, floor, steps_in_words(run.steps))
    shutil.rmtree(var() / "drop" / "bench" / "bench" / "done", ignore_errors=True)
    return spent


def steps_in_words(steps: list[Mapping[str, float]]) -> str:
    """The seconds of each step of a night."""
    return ", ".join(f"{step['name']} {step['seconds']:.1f}" for step in steps)
