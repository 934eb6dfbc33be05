"""What pages keep in the cache for a person, and how it is dropped when something concerns them.

Each person has a stamp there, and everyone together has one. What is kept says under which stamps
it was made; whoever changes something gives new stamps once the change is committed, and what was
kept under others is not shown again. Stamps are read before anything else, so what was begun before
a change and is kept after it does not live either.

A stamp that is missing (it ran out, the cache was emptied) is made anew, which drops things too.
Without a cache nothing is kept and everything is worked out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import connection, transaction
from redis.exceptions import RedisError

T = TypeVar("T")

#: The last net, in seconds: nothing is shown for longer, whatever happens to a stamp.
KEPT_SECONDS = 2 * 3600
#: More people than this are everyone.
MOST = 1000
_EVERYONE = "stamp:everyone"
_logger = logging.getLogger(__name__)


def changed(people: Iterable[int]) -> None:
    """Something that these people (ids) are shown is different once this transaction is committed."""
    keys = {_stamp_of(person) for person in people}
    if len(keys) > MOST:
        everything_changed()
    elif keys:
        _renew(keys)


def everything_changed() -> None:
    """The same for everyone."""
    _renew({_EVERYONE})


def _renew(keys: set[str]) -> None:
    def renew() -> None:
        # What people did is done: a cache that is away for the moment does not undo it.
        try:
            cache.set_many({key: uuid4().hex for key in keys}, KEPT_SECONDS)
        except (RedisError, OSError):
            _logger.warning(
                "The cache was not told of a change; pages show it in two hours at most"
            )

    if connection.in_atomic_block:
        transaction.on_commit(renew)
    else:  # Committed already; a session that broke off is not asked whether it was.
        renew()


class Shelf:
    """What is kept for a person under names, in one edition (a language, a day); one question."""

    def __init__(self, person: int, names: Sequence[str], *, edition: str) -> None:
        self._keys = {name: f"kept:{person}:{edition}:{name}" for name in names}
        self._stamps, self._found = _look((_EVERYONE, _stamp_of(person)), self._keys.values())
        self._new: dict[str, Any] = {}

    def get(self, name: str, make: Callable[[], T]) -> T:
        """What is kept under the name; else what `make` makes, which `store` keeps."""
        key = self._keys[name]
        if key not in self._found:
            self._found[key] = self._new[key] = make()
        found: T = self._found[key]
        return found

    def store(self) -> None:
        """Keep what was made."""
        _keep(self._new, self._stamps)


def for_everyone(name: str, make: Callable[[], T]) -> T:
    """What is kept for everyone under a name; else what `make` makes, which is kept."""
    key = f"kept:everyone:{name}"
    stamps, found = _look((_EVERYONE,), [key])
    if key not in found:
        found[key] = make()
        _keep(found, stamps)
    value: T = found[key]
    return value


def _stamp_of(person: int) -> str:
    return f"stamp:{person}"


def _look(names: Sequence[str], keys: Iterable[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The stamps of now (none without a cache), and what is kept under them."""
    try:
        found = cache.get_many([*names, *keys])
        stamps = tuple(found.pop(name, None) or _new_stamp(name) for name in names)
    except (RedisError, OSError):
        return (), {}
    return stamps, {key: value for key, (under, value) in found.items() if under == stamps}


def _new_stamp(name: str) -> str:
    stamp = uuid4().hex
    # Who was faster has made one. If that is gone again, this one is nobody else's.
    return stamp if cache.add(name, stamp, KEPT_SECONDS) else cache.get(name) or stamp


def _keep(values: dict[str, Any], stamps: tuple[str, ...]) -> None:
    if not (values and stamps):
        return
    try:
        cache.set_many({key: (stamps, value) for key, value in values.items()}, KEPT_SECONDS)
    except (RedisError, OSError):
        return
