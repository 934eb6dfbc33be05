"""The agent's home page under load: gunicorn as in production, ten thousand agents, twelve months.

"Server time" is what gunicorn notes in its access log, from the request's head to the answer's end;
"waiting time" is what the load generator measures, the queue included. Prints both.

    make bench-home                                     makes the company first (half an hour)
    .venv/bin/python bench/home.py --keep               keeps the data, and uses what was kept
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import company, ingest, load, night

VAR = ingest.VAR
LOG = VAR / "access.log"
PORT = int(os.environ.get("BENCH_PORT", "8011"))
PEOPLE = 500
LIMIT_MS = 50


def main() -> None:
    """Make or find the company, serve it, load it, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000, help="tickets a month")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--path", default="/")
    parser.add_argument("--requests", type=int, default=1_500)
    parser.add_argument("--rate", type=float, default=20, help="people who come, a second")
    parser.add_argument("--keep", action="store_true", help="keep the data, use what was kept")
    options = parser.parse_args()
    company.start(VAR)
    from django.db import connections

    from incentives import embedded

    if not (options.keep and (VAR / "postgres").exists()):
        ingest.stop_servers()
        shutil.rmtree(VAR, ignore_errors=True)
        VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        ingest.setup()
        make_company(options)
        measure(options)
    finally:
        connections.close_all()
        ingest.stop_servers()
        if not options.keep:
            shutil.rmtree(VAR, ignore_errors=True)


def make_company(options: argparse.Namespace) -> None:
    """Months of tickets, each followed by its night, unless they are there already."""
    company.manage("migrate", "--verbosity", "0")
    from scoring.models import NightRun

    if not NightRun.objects.filter(status="done").exists():
        night.prepare(options.agents)
        company.fill_up()
        for month in reversed(range(options.months)):
            start = night.NEWEST - timedelta(days=ingest.MONTH * month)
            first = month * options.rows
            night.drop(
                ingest.write_month(options.rows, options.agents, start, month=month, first=first)
            )
            company.manage("nightly", "--from", night.AFTER, "--to", night.AFTER)
        ingest.sql("VACUUM ANALYZE")
    company.manage("collectstatic", "--noinput", "--verbosity", "0")


def measure(options: argparse.Namespace) -> None:
    """Serve, warm up, load, and print the table."""
    cookies = sign_in(PEOPLE)
    server = serve()
    try:
        await_server(server)
        print(f"{os.cpu_count()} cores, gunicorn as in bin/gunicorn.py; page {options.path}")
        print(f"{'':34}{'a second':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
        asyncio.run(_closed(options, cookies, connections=4, requests=200))
        report("one at a time", options, cookies, connections=1)
        report("four at a time", options, cookies, connections=4)
        p95 = report(f"{options.rate:g} people a second", options, cookies, rate=options.rate)
        print(f"server time, p95, at {options.rate:g} a second: {p95:.1f} ms; limit {LIMIT_MS} ms")
    finally:
        server.terminate()
        server.wait()


def report(
    what: str,
    options: argparse.Namespace,
    cookies: list[str],
    *,
    connections: int = 16,
    rate: float = 0,
) -> float:
    """One way of loading: two lines of the table; returns p95 of the server's time in ms."""
    LOG.write_text("")
    if rate:
        arriving = load.paced(
            options.path,
            cookies,
            port=PORT,
            connections=connections,
            rate=rate,
            requests=options.requests,
        )
        answers = asyncio.run(arriving)
    else:
        answers = asyncio.run(
            _closed(options, cookies, connections=connections, requests=options.requests)
        )
    if answers.failed:
        sys.exit(f"{answers.failed} of {len(answers.seconds)} answers were not 200.")
    served = [int(line.split()[0]) / 1e6 for line in LOG.read_text().splitlines()]
    _row(f"{what}: waiting time", answers.per_second, answers.seconds)
    _row("  server time", answers.per_second, served)
    return load.percentile(served, 0.95) * 1000


async def _closed(
    options: argparse.Namespace, cookies: list[str], *, connections: int, requests: int
) -> load.Answers:
    return await load.closed(
        options.path, cookies, port=PORT, connections=connections, requests=requests
    )


def _row(what: str, rate: float, seconds: list[float]) -> None:
    shares = (load.percentile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
    print(f"{what:34}{rate:9.1f}" + "".join(f"{value:9.1f}" for value in shares), flush=True)


def sign_in(people: int) -> list[str]:
    """Cookies of agents spread over the company, each with a session as after signing in."""
    from incentives.org.models import Person

    every = max(1, Person.objects.count() // people)
    return [session_of(person) for person in Person.objects.order_by("pk")[::every][:people]]


def session_of(person: Any) -> str:
    """The cookie of someone as after signing in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    session: Any = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def serve() -> subprocess.Popen[bytes]:
    """gunicorn with the settings of production, which notes microseconds and the path."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    notes = [
        "--log-level",
        "warning",
        "--access-logfile",
        str(LOG),
        "--access-logformat",
        "%(D)s %(s)s %(U)s",
    ]
    gunicorn = [sys.executable, "-m", "gunicorn"]
    bind = ["--config", "bin/gunicorn.py", "--bind", f"127.0.0.1:{PORT}"]
    return subprocess.Popen([*gunicorn, *bind, *notes, "incentives.wsgi"], cwd=company.ROOT)


def await_server(server: subprocess.Popen[bytes]) -> None:
    """Return when the server takes connections."""
    import socket

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("gunicorn did not start: see its message above.")


if __name__ == "__main__":
    main()
