"""How far a night's present step is, for those who watch: kept in the cache, and never in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from django.core.cache import cache
from redis.exceptions import RedisError

KEPT_SECONDS = 3600
_EVERY_SECONDS = 0.5

Listener = Callable[[int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("night_progress", default=None)


def report(done: int, total: int) -> None:
    """Tell whoever watches the night that `done` of `total` of the present step are done.

    For long steps; does nothing outside a night.
    """
    listener = _listener.get()
    if listener is not None:
        listener(done, total)


def percent(run_id: int) -> int | None:
    """How much of the present step is done, 0 to 100; None when nothing is known."""
    try:
        found = cache.get(_key(run_id))
    except (RedisError, OSError):
        return None
    return int(found) if found is not None else None


@contextmanager
def watched(run_id: int, also: Listener) -> Iterator[None]:
    """Pass on what steps report, to the cache and to `also`, a few times a second at most."""
    last = 0.0

    def listen(done: int, total: int) -> None:
        nonlocal last
        now = monotonic()
        if now - last < _EVERY_SECONDS and done < total:
            return
        last = now
        _remember(run_id, min(100, 100 * done // total) if total else 0)
        also(done, total)

    token = _listener.set(listen)
    try:
        yield
    finally:
        _listener.reset(token)


def forget(run_id: int) -> None:
    """Begin a step: nothing of it is done."""
    _remember(run_id, None)


def _remember(run_id: int, share: int | None) -> None:
    # A night does not stop because nobody can watch it.
    try:
        cache.set(_key(run_id), share, KEPT_SECONDS)
    except (RedisError, OSError):
        return


def _key(run_id: int) -> str:
    return f"night-progress:{run_id}"
