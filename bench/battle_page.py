"""The page of a battle under load while nights run: gunicorn as in production, ten thousand agents.

A third of the teams fights; another process brings one day after the other, everyone's work and some
corrections, and runs the whole night after it, again and again. "Server time" and "waiting time" are
what bench/home.py says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from badges.models import Battle, BattleMember
from bench import load, play
from bench.harness import ROOT, head
from bench.night import steps_in_words
from incentives.nightly import steps
from scoring.models import ChangedDay, NightRun
from scoring.nights import runner

OPTIONS: dict[str, tuple[float | str, str]] = {
    "agents": (10_000, "people"),
    "requests": (600, "how many of each way"),
    "rate": (10.0, "people who come, a second"),
}
PEOPLE = 500
LIMIT_MS = 50


def measure(options: argparse.Namespace) -> None:
    """Five first nights, then the table: without and with nights beside it."""
    play.prepare(options.agents)
    head()
    for number in range(5):
        play.step("battles", play.one_day(play.MONDAY + timedelta(days=number)))
    battle = Battle.objects.order_by("pk")[0]
    members = BattleMember.objects.filter(battle=battle).select_related("person").order_by("pk")
    cookies = [load.session_of(each.person) for each in members[:PEOPLE]]
    path = f"/battles/{battle.pk}/"
    with load.served() as server:
        server.warm_up(path, cookies)
        server.at_a_time(1, path, cookies, requests=options.requests)
        with _nights():
            # Few enough that no connection is idle for as long as gunicorn keeps one open.
            p95 = server.arriving(
                options.rate, path, cookies, requests=options.requests, connections=6
            )
        print(f"server time, p95, while nights run: {p95:.1f} ms; limit {LIMIT_MS} ms")


@contextmanager
def _nights() -> Iterator[None]:
    """Nights in another process, until the end."""
    script = "import django; django.setup(); from bench.battle_page import run; run()"
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    try:
        yield
        if process.poll() is not None:
            sys.exit("The nights ended before the measurement: see their message above.")
    finally:
        process.terminate()
        process.wait()


def run() -> None:
    """One day after the other until the process is ended; the first week begins anew each time."""
    for number in count():
        day = play.MONDAY + timedelta(days=number % 7)
        changed = play.one_day(day).days.iter_rows()
        ChangedDay.objects.bulk_create(
            (ChangedDay(agent_id=agent, day=when) for agent, when in changed),
            ignore_conflicts=True,
        )
        begun = runner.start(as_of=day, origin=NightRun.Origin.COMMAND)
        done = runner.perform(begun, steps=steps(), wait_seconds=60)
        print(f"  a night of {done.seconds or 0:.1f} s: {steps_in_words(done.steps)}", flush=True)
        if done.status != NightRun.Status.DONE:
            sys.exit(done.message)
