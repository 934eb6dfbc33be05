"""`make demo` beside another one, or on a port that it cannot have, says so before it starts anything."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def refused(folder: Path, port: int | str) -> str:
    """What the demo says when it does not start."""
    done = subprocess.run(
        [sys.executable, "bin/demo"],
        cwd=ROOT,
        env=os.environ | {"VAR_DIR": str(folder), "PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert not (folder / "postgres").exists()
    return done.stderr


def test_a_second_demo_says_where_the_first_is_whatever_its_port(
    tmp_path: Path, taken: int
) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"http://127.0.0.1:{taken}/ 4711")
        lock.flush()
        for port in (taken, 8001):
            told = refused(tmp_path, port)
            assert f"runs in this folder already: http://127.0.0.1:{taken}/ (process 4711" in told


def test_a_demo_that_is_being_prepared_is_told_from_one_that_runs(
    tmp_path: Path, taken: int
) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "just being started in this folder" in refused(tmp_path, taken)
        lock.write("http://127.0.0.1:1/ 4711")
        lock.flush()
        assert "is being prepared in this folder: http://127.0.0.1:1/" in refused(tmp_path, taken)


def test_a_port_that_cannot_be_had_is_named_with_one_that_can(tmp_path: Path, taken: int) -> None:
    told = refused(tmp_path, taken)
    assert f"Port {taken}: is in use" in told
    free = int(told.rpartition("PORT=")[2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free))
    assert "PORT is “many”: give a number" in refused(tmp_path, "many")
