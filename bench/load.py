"""Pages under load: gunicorn as in production, and signed-in people who ask it over loopback."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from bench.harness import ROOT, manage, var
from incentives.org.models import Person

PORT = int(os.environ.get("BENCH_PORT", "8011"))


@dataclass
class Answers:
    """What came back: seconds of each answer as the browser waits for it, and failed ones by status."""

    seconds: list[float] = field(default_factory=list)
    failed: Counter[int] = field(default_factory=Counter)
    took: float = 0.0


def session_of(person: Person) -> str:
    """The cookie of someone as after signing in."""
    session: Any = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@dataclass(frozen=True)
class Server:
    """gunicorn at work; `log` has a line of microseconds for each answer."""

    log: Path

    def warm_up(self, path: str, cookies: Sequence[str]) -> None:
        """Ask some hundred times, and print the head of the table."""
        asyncio.run(closed(path, _anybody(cookies, 200), connections=4))
        print(f"page {path}")
        print(f"{'':34}{'a second':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")

    def at_a_time(self, many: int, path: str, cookies: Sequence[str], *, requests: int) -> float:
        """So many people, each of whom asks again when answered; p95 of the server's time in ms."""
        load = closed(path, _anybody(cookies, requests), connections=many)
        return self._report(f"{many} at a time", load)

    def everybody_once(self, path: str, cookies: Sequence[str]) -> float:
        """Everybody's first visit, one after the other; p95 of the server's time in ms."""
        return self._report("first visits", closed(path, cookies, connections=1))

    def arriving(
        self,
        rate: float,
        path: str,
        cookies: Sequence[str],
        *,
        requests: int,
        connections: int = 16,
    ) -> float:
        """So many people a second, arriving by chance; p95 of the server's time in ms."""
        load = paced(path, cookies, connections=connections, rate=rate, requests=requests)
        return self._report(f"{rate:g} people a second", load)

    def _report(self, what: str, load: Coroutine[Any, Any, Answers]) -> float:
        self.log.write_text("")
        answers = asyncio.run(load)
        if answers.failed:
            sys.exit(
                f"Of {len(answers.seconds)} answers these were not 200: {dict(answers.failed)}"
            )
        served = [int(line.split()[0]) / 1e6 for line in self.log.read_text().splitlines()]
        rate = len(answers.seconds) / answers.took
        for name, seconds in (
            (f"{what}: waiting time", answers.seconds),
            ("  server time", served),
        ):
            shares = (percentile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
            print(
                f"{name:34}{rate:9.1f}" + "".join(f"{value:9.1f}" for value in shares), flush=True
            )
        return percentile(served, 0.95) * 1000


@contextmanager
def served() -> Iterator[Server]:
    """gunicorn with the settings of production, until the end; it notes microseconds and the path."""
    manage("collectstatic", "--noinput", "--verbosity", "0")
    log = var() / "access.log"
    options = {
        "config": "bin/gunicorn.py",
        "bind": f"127.0.0.1:{PORT}",
        "log-level": "warning",
        "access-logfile": str(log),
        "access-logformat": "%(D)s %(s)s %(U)s",
    }
    told = [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *told, "incentives.wsgi"], cwd=ROOT
    )
    try:
        _await(process)
        yield Server(log)
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes]) -> None:
    """Return when the server takes connections."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    sys.exit("gunicorn did not start: see its message above.")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0 to 1) of the values lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def _anybody(cookies: Sequence[str], requests: int) -> list[str]:
    """The same people by chance in every run."""
    return random.Random(1).choices(cookies, k=requests)


async def closed(path: str, cookies: Sequence[str], *, connections: int) -> Answers:
    """Each connection asks as the next person when it is answered: what the server can do at most."""
    answers, chosen = Answers(), iter(cookies)
    begin = time.perf_counter()
    await asyncio.gather(*(_client(path, chosen, answers) for _ in range(connections)))
    answers.took = time.perf_counter() - begin
    return answers


async def paced(
    path: str, cookies: Sequence[str], *, connections: int, rate: float, requests: int
) -> Answers:
    """People arrive at random, `rate` a second, whether the ones before are answered or not."""
    answers = Answers()
    chance = random.Random(2)
    waiting: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    clients = [
        asyncio.create_task(_queue_client(path, waiting, answers)) for _ in range(connections)
    ]
    begin = time.perf_counter()
    for _ in range(requests):
        await asyncio.sleep(chance.expovariate(rate))
        waiting.put_nowait((time.perf_counter(), chance.choice(cookies)))
    for _ in clients:
        waiting.put_nowait(None)
    await asyncio.gather(*clients)
    answers.took = time.perf_counter() - begin
    return answers


async def _client(path: str, cookies: Iterator[str], answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    for cookie in cookies:
        begin = time.perf_counter()
        await _ask(path, cookie, reader, writer, answers)
        answers.seconds.append(time.perf_counter() - begin)
    writer.close()


async def _queue_client(
    path: str,
    waiting: asyncio.Queue[tuple[float, str] | None],
    answers: Answers,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    while (next_ := await waiting.get()) is not None:
        arrived, cookie = next_
        await _ask(path, cookie, reader, writer, answers)
        # The time in the queue counts: that is what a person waits.
        answers.seconds.append(time.perf_counter() - arrived)
    writer.close()


async def _ask(
    path: str,
    cookie: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answers: Answers,
) -> None:
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        "Accept: text/html\r\nAccept-Encoding: identity\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    length = next(
        (int(line.split(":")[1]) for line in head.split("\r\n") if line[:15] == "content-length:"),
        0,
    )
    await reader.readexactly(length)
    if status != 200:
        answers.failed[status] += 1
