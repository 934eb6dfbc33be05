"""A small load generator: signed-in people ask for a page over kept-open connections of loopback."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Answers:
    """What came back: seconds of each answer as the browser waits for it, and how many failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    bytes_read: int = 0
    took: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took if self.took else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0 to 1) of the values lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


async def closed(
    path: str, cookies: Sequence[str], *, port: int, connections: int, requests: int
) -> Answers:
    """Each connection asks again as soon as it is answered: what the server can do at most."""
    answers = Answers()
    chosen = iter(random.Random(1).choices(cookies, k=requests))
    begin = time.perf_counter()
    await asyncio.gather(*(_client(path, chosen, port, answers) for _ in range(connections)))
    answers.took = time.perf_counter() - begin
    return answers


async def paced(
    path: str, cookies: Sequence[str], *, port: int, connections: int, rate: float, requests: int
) -> Answers:
    """People arrive at random, `rate` a second, whether the ones before are answered or not."""
    answers = Answers()
    chance = random.Random(2)
    waiting: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    clients = [
        asyncio.create_task(_queue_client(path, waiting, port, answers)) for _ in range(connections)
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


async def _client(path: str, cookies: object, port: int, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for cookie in cookies:  # type: ignore[attr-defined]
        begin = time.perf_counter()
        await _ask(path, cookie, reader, writer, answers)
        answers.seconds.append(time.perf_counter() - begin)
    writer.close()


async def _queue_client(
    path: str,
    waiting: asyncio.Queue[tuple[float, str] | None],
    port: int,
    answers: Answers,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
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
    body = await reader.readexactly(length)
    answers.bytes_read += len(body)
    answers.failed += status != 200
