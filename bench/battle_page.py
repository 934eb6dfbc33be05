"""The page of a battle under load while nights run: gunicorn as in production, ten thousand agents.

A third of the teams fights; another process brings one day after the other, everyone's work and some
corrections, and runs the whole night after it, again and again. "Server time" and "waiting time" are what
bench/home.py says.

    make bench-battle-page
    .venv/bin/python bench/battle_page.py --agents 1000     a quick look
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import company, home, play

VAR = company.ROOT / "var" / "bench-battle-page"
PEOPLE = 500
LIMIT_MS = 50


def main() -> None:
    """Make the company, serve it, run nights beside it, load it, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--rate", type=float, default=10, help="people who come, a second")
    parser.add_argument("--nights", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    company.start(VAR)
    if options.nights:
        run_nights()
        return
    from django.db import connections

    from incentives import embedded

    stop()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        play.prepare(options.agents)
        measure(options)
    finally:
        connections.close_all()
        stop()
        shutil.rmtree(VAR, ignore_errors=True)


def stop() -> None:
    """Stop the servers of this measurement."""
    if VAR.exists():
        command = [sys.executable, "-m", "incentives.embedded", "stop"]
        subprocess.run(command, cwd=company.ROOT, check=False)


def run_nights() -> None:
    """One day after the other until the process is ended; the first week begins anew each time."""
    import django

    django.setup()
    from incentives.nightly import steps
    from scoring.models import ChangedDay, NightRun
    from scoring.nights import runner

    for number in count():
        day = play.MONDAY + timedelta(days=number % 7)
        changed = play.one_day(day).days.iter_rows()
        ChangedDay.objects.bulk_create(
            (ChangedDay(agent_id=agent, day=when) for agent, when in changed),
            ignore_conflicts=True,
        )
        run = runner.start(as_of=day, origin=NightRun.Origin.COMMAND)
        done = runner.perform(run, steps=steps(), wait_seconds=60)
        told = {step["name"]: step["seconds"] for step in done.steps}
        print(f"  a night of {done.seconds or 0:.1f} s: {company.told(told)}", flush=True)
        if done.status != NightRun.Status.DONE:
            sys.exit(done.message)


def measure(options: argparse.Namespace) -> None:
    """A first night, then the table: without and with nights beside it."""
    from badges.battles.fighting import fight
    from badges.models import Battle

    company.manage("collectstatic", "--noinput", "--verbosity", "0")
    for number in range(5):
        play.timed(fight, play.one_day(play.MONDAY + timedelta(days=number)))
    battle = Battle.objects.order_by("pk")[0]
    options.path = f"/battles/{battle.pk}/"
    cookies = fighters(battle)
    home.LOG = VAR / "access.log"
    server = home.serve()
    nights = None
    try:
        home.await_server(server)
        print(f"{os.cpu_count()} cores, gunicorn as in bin/gunicorn.py; page {options.path}")
        print(f"{'':34}{'a second':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
        home.report("one at a time", options, cookies, connections=1)
        nights = subprocess.Popen(
            [sys.executable, "bench/battle_page.py", "--nights"], cwd=company.ROOT
        )
        # Few enough that no connection is idle for as long as gunicorn keeps one open.
        p95 = home.report("while nights run", options, cookies, connections=6, rate=options.rate)
        if nights.poll() is not None:
            sys.exit("The nights ended before the measurement: see their message above.")
        print(f"server time, p95, while nights run: {p95:.1f} ms; limit {LIMIT_MS} ms")
    finally:
        for process in (nights, server):
            if process is not None:
                process.terminate()
                process.wait()


def fighters(battle: object) -> list[str]:
    """Cookies of people who fight in the battle."""
    from badges.models import BattleMember

    members = BattleMember.objects.filter(battle=battle).select_related("person").order_by("pk")
    return [home.session_of(each.person) for each in members[:PEOPLE]]


if __name__ == "__main__":
    main()
