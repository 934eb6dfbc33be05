"""Processes of the embedded servers: where they live, how they start, answer and end."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
START_SECONDS = 120
# The kernel's limit for a Unix socket's path is 108 bytes; the longest name put behind it is 22.
LONGEST_SOCKET_FOLDER = 84


class EmbeddedServerError(RuntimeError):
    """An embedded server did not start or stop; the message says which log to read."""


def var_dir() -> Path:
    """The folder for everything that is made while running: databases, uploads, logs."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def socket_folder(server: str) -> Path:
    """The server's own folder, or a short one under /tmp when that is too long or would be read as two.

    Not the folder that TMPDIR names: it may be long itself, and shells that differ must find one server.
    """
    folder = var_dir() / server
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and "," not in str(folder):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"incentives-{os.getuid()}-{digest}"  # noqa: S108


def is_durable() -> bool:
    """Whether data must outlive a crash of the machine; tests say no (EMBEDDED_DURABLE=0)."""
    return os.environ.get("EMBEDDED_DURABLE", "1") == "1"


def package_folder(package: str, variable: str) -> Path:
    """Where a package lies. Only its binaries are wanted: importing it would patch and start things."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"{package} is not installed: run make setup, or set {variable}.")
    return Path(spec.origin).parent


def spawn(command: list[str], *, log: Path, cwd: Path) -> subprocess.Popen[bytes]:
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


def await_answer(
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
    raise EmbeddedServerError(
        f"The embedded {name} did not start: see {log}, or set "
        f"{'DATABASE_URL' if name == 'PostgreSQL' else 'REDIS_URL'} to a server of your own."
        + last_words(log)
    )


def last_words(log: Path) -> str:
    """The last line of a log, in brackets behind a sentence about it; empty when there is none."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f" ({lines[-1].strip()})" if lines else ""


def terminate(pid: int | None, sig: signal.Signals) -> None:
    """Send a signal and wait until the process has ended; no process is none to wait for."""
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, sig)
    deadline = time.monotonic() + START_SECONDS
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    if is_alive(pid):
        raise EmbeddedServerError(f"Process {pid} did not stop: end it by hand and try again.")


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent to notice does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def pid_in(file: Path, *, mark: str, read: Callable[[Path], str] = Path.read_text) -> int | None:
    """The process a pid file names, if it lives and its command line names `mark`.

    After a crash the number may belong to some other program by now.
    """
    try:
        pid = int(read(file).split(maxsplit=1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return pid if os.fsencode(mark) in command else None
