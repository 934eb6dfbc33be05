"""PostgreSQL and Redis for a checkout that has neither.

Both servers live under the folder ``var/`` (VAR_DIR moves it), listen on Unix sockets only, and let in
only the operating-system user who started them. Their addresses follow from the folder, so settings can
name them before they run. Every process that uses them holds a shared lock; `stop_if_unused` stops them
only when no such process is left, however the others ended.

    python -m incentives.embedded start|stop|status
"""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

from incentives.embedded.postgres import (
    APPLICATION,
    DATABASE,
    OWNER,
    PORT,
    postgres_lets_in,
    postgres_pid,
    start_postgres,
)
from incentives.embedded.processes import EmbeddedServerError, socket_folder, terminate, var_dir
from incentives.embedded.redis_server import redis_answers, redis_pid, redis_socket, start_redis

__all__ = [
    "EmbeddedServerError",
    "database_url",
    "ensure",
    "ensure_missing",
    "owner_url",
    "redis_url",
    "status",
    "stop",
    "stop_if_unused",
    "var_dir",
]

# The descriptor whose shared lock says that this process uses the servers. A number, not a file
# object: it is meant to stay open to the end, and the kernel closes it then, however that comes.
_held: list[int] = []


def database_url() -> str:
    """Address of the embedded PostgreSQL for the application, whether it runs or not."""
    return _postgres_url(APPLICATION)


def owner_url() -> str:
    """The same for the owner of the tables, who migrates, copies and restores them."""
    return _postgres_url(OWNER)


def _postgres_url(role: str) -> str:
    # Not as the host of the address: a host is read in small letters, a folder must not be.
    folder = quote(str(socket_folder("postgres")), safe="")
    return f"postgresql://{role}@:{PORT}/{DATABASE}?host={folder}"


def redis_url() -> str:
    """Address of the embedded Redis, whether it runs or not."""
    return f"unix://{quote(str(redis_socket()))}"


def ensure(*, postgres: bool = True, redis: bool = True) -> None:
    """Start what is asked for and not yet running, and hold it in use until this process ends.

    Raises EmbeddedServerError, one line that says what to do, when a server does not come up within two minutes.
    """
    with _exclusive():
        _hold()
        if postgres and not postgres_lets_in(APPLICATION):
            start_postgres()
        if redis and not redis_answers():
            start_redis()


def ensure_missing() -> None:
    """Start the servers that the environment does not name; does nothing outside development."""
    if os.environ.get("ENVIRONMENT") != "development":
        return
    postgres, redis = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if postgres or redis:
        ensure(postgres=postgres, redis=redis)


def stop() -> None:
    """Stop both servers, whoever uses them. Committed data stay."""
    with _exclusive():
        _stop_both()


def stop_if_unused() -> bool:
    """Stop both servers unless another process uses them; tells whether they were stopped."""
    _let_go()
    with _exclusive(), (var_dir() / "in-use.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _stop_both()
    return True


def _stop_both() -> None:
    terminate(postgres_pid(), signal.SIGINT)  # SIGINT is PostgreSQL's "fast": roll back, stop
    terminate(redis_pid(), signal.SIGTERM)
    for folder in map(socket_folder, ("postgres", "redis")):
        with suppress(OSError):
            folder.rmdir()  # an empty one is a socket's alone, outside our own folder


@contextmanager
def _exclusive() -> Iterator[None]:
    """One process at a time starts or stops servers; the kernel frees the lock of a killed one."""
    try:
        var_dir().mkdir(parents=True, exist_ok=True)
        with (var_dir() / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EmbeddedServerError(
            f"The embedded servers cannot be used: {error.strerror or error}{where}. "
            "Mend that, or set VAR_DIR to a folder of your own."
        ) from None


def _hold() -> None:
    if not _held:
        lock = os.open(var_dir() / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held.append(lock)


def _let_go() -> None:
    while _held:
        os.close(_held.pop())


def status() -> str:
    """Both servers in a line each: process and address."""
    return "\n".join(
        f"{name}: {'process ' + str(pid) if pid else 'stopped'} {url}"
        for name, pid, url in (
            ("PostgreSQL", postgres_pid(), owner_url()),
            ("Redis", redis_pid(), redis_url()),
        )
    )
