"""Files are read in a process of their own, which may die of one: no page and no worker does.

`opened` is the one door to the rows of a file; whoever needs them comes through it.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import polars as pl
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import BaseModel

from . import reader_messages as messages
from .byte_stream import file_size
from .errors import UnreadableFile
from .limits import DEFAULT_LIMITS, MIB, Limits
from .reader_messages import Gone, Kind, Request, Wanted
from .reading import BLOCK_BYTES
from .spec import FileSpec
from .table import Batch, Table

_logger = logging.getLogger(__name__)


class ReaderDied(UnreadableFile):
    """The process that read the file ended in the middle of it."""


@contextmanager
def opened(path: Path, spec: FileSpec | None = None, *, name: str | None = None) -> Iterator[Table]:
    """The table in the file at `path`; its rows can be read once, inside the block.

    As `reading.open_table`, in another process. Raises UnreadableFile; ReaderDied, one of them,
    when that process ends.
    """
    with _reader(path, spec or FileSpec(), name or path.name) as reader:
        columns, total_bytes = json.loads(reader.expect(Kind.COLUMNS))
        yield _GuardedTable(reader, columns=columns, total_bytes=total_bytes)


def sheets_of(path: Path, *, name: str | None = None) -> list[str]:
    """The names of a workbook's visible sheets, none for other formats; raises UnreadableFile."""
    with _reader(path, FileSpec(), name or path.name, sheets=True) as reader:
        names: list[str] = json.loads(reader.expect(Kind.SHEETS))
        return names


def columns_of(path: Path, spec: FileSpec | None = None, *, name: str | None = None) -> list[str]:
    """The names of the file's columns; raises UnreadableFile."""
    with opened(path, spec, name=name) as table:
        return table.columns


def limits() -> Limits:
    """The limits of this installation."""
    return DEFAULT_LIMITS.model_copy(
        update={
            "memory_bytes": settings.INGEST_MEMORY_MB * MIB,
            "seconds": settings.INGEST_SECONDS,
        }
    )


class _GuardedTable(Table):
    """A table whose rows come from the reader."""

    def __init__(self, reader: _Reader, *, columns: list[str], total_bytes: int) -> None:
        super().__init__(columns=columns, total_bytes=total_bytes)
        self._reader = reader

    def batches(self) -> Iterator[Batch]:
        """Yield all rows in file order, once."""
        return self._reader.rows(Wanted())

    def head(self, n: int) -> pl.DataFrame:
        """The first `n` rows; of a very long text its beginning."""
        frames = [batch.frame for batch in self._reader.rows(Wanted(first=n))]
        return pl.concat([self.empty_frame(), *frames])


@contextmanager
def _reader(path: Path, spec: FileSpec, name: str, *, sheets: bool = False) -> Iterator[_Reader]:
    size = file_size(path, name=name)
    bounds = limits()
    request = Request(
        path=path.absolute(),
        name=name,
        spec=spec,
        limits=bounds,
        block_bytes=BLOCK_BYTES,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        sheets=sheets,
    )
    mine, theirs = socket.socketpair()
    mine.settimeout(bounds.patience(size))
    with mine, mine.makefile("rb") as source:
        with theirs:
            _nursery.hand_over(theirs)
        reader = _Reader(mine, source, request)
        try:
            yield reader
        finally:
            reader.end()


class _Reader:
    """A reader process, seen from the one who asked."""

    def __init__(self, own: socket.socket, source: BinaryIO, request: Request) -> None:
        self._own, self._source, self._request = own, source, request
        self._pid = 0
        self._ended = False
        self._send(request)
        self._pid = int(self.expect(Kind.PROCESS))

    def rows(self, wanted: Wanted) -> Iterator[Batch]:
        """The batches that are asked for, in file order."""
        self._send(wanted)
        while True:
            kind, content = self._receive()
            if kind is Kind.END:
                return
            yield messages.batch_of(content, self.expect(Kind.ROWS))

    def expect(self, kind: Kind) -> bytes:
        """The content of the next message, which is of this kind unless the file cannot be read."""
        found, content = self._receive()
        if found is not kind:
            raise RuntimeError(f"{found!r} instead of {kind!r}")
        return content

    def end(self) -> None:
        """Have the process end, whatever it is doing."""
        if self._pid and not self._ended:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._ended = True

    def _send(self, content: BaseModel) -> None:
        try:
            messages.send(self._own, Kind.ASKED, content.model_dump_json().encode())
        except Gone as gone:
            raise self._died() from gone

    def _receive(self) -> tuple[Kind, bytes]:
        try:
            kind, content = messages.receive(self._source)
        except TimeoutError as error:
            raise self._too_slow() from error
        except Gone as gone:
            raise self._died() from gone
        if kind in (Kind.END, Kind.SHEETS):
            self._ended = True
        if refusal := self._refusal(kind, content):
            self._ended = True
            raise UnreadableFile(refusal)
        return kind, content

    def _refusal(self, kind: Kind, content: bytes) -> str:
        told: dict[str, Any] = {"file": self._request.name}
        if kind is Kind.REFUSED:
            return content.decode()
        if kind is Kind.TOO_DEEP:
            return _("%(file)s is nested too deeply to be an export; check its content.") % told
        if kind is Kind.NO_MEMORY:
            told["limit"] = self._request.limits.memory_bytes >> 20
            sentence = _(
                "%(file)s takes more than %(limit)s MiB of memory; split it or save it as CSV."
            )
            return sentence % told
        if kind is Kind.BROKEN:
            trace = content.decode()
            _logger.error("The reader of %s failed\n%s", self._request.name, trace)
            told["reason"] = trace.strip().splitlines()[-1][:200]
            return _("%(file)s could not be read (%(reason)s); save it as CSV.") % told
        return ""

    def _too_slow(self) -> UnreadableFile:
        seconds = int(self._own.gettimeout() or 0)
        return UnreadableFile(
            _("%(file)s was given up after %(seconds)s seconds without a row; split it.")
            % {"file": self._request.name, "seconds": seconds}
        )

    def _died(self) -> ReaderDied:
        return ReaderDied(
            _(
                "The process that read %(file)s ended in the middle of it; the file may be damaged"
                " or far too large. Save it as CSV, or split it."
            )
            % {"file": self._request.name}
        )


class _Nursery:
    """The process that forks readers; there is one for each process that reads, once it does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner = 0
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def hand_over(self, connection: socket.socket) -> None:
        """Have a reader forked that answers at the other end of `connection`."""
        with self._lock:
            try:
                socket.send_fds(self._running(), [b"r"], [connection.fileno()])
            except OSError:  # it was killed since
                self._control = None
                socket.send_fds(self._running(), [b"r"], [connection.fileno()])

    def prepare(self) -> None:
        """Start it, so that it is ready by the time it is needed."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End it; readers end with it."""
        if self._control is not None and self._process is not None and self._owner == os.getpid():
            self._control.close()
            self._process.wait()
            self._control = None

    def _running(self) -> socket.socket:
        # A process that was forked shares neither the socket nor the child of its parent.
        if self._control is None or self._owner != os.getpid():
            if self._process is not None:
                self._process.poll()
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "scoring.ingest.reader_process"),
                        *(str(theirs.fileno()), *map(str, settings.LOCALE_PATHS)),
                    ],
                    cwd=_ROOT,
                    env={n: os.environ[n] for n in _PASSED_ON if n in os.environ} | _ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for those who asked
                )
            self._owner = os.getpid()
        return self._control


_ROOT = Path(__file__).resolve().parents[2]
# What reads strangers' files knows no password of this installation.
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG", "LC_ALL", "TZ")
_ENVIRONMENT = {
    # Threads reserve addresses, which the limit counts, and a fork keeps none of them.
    "POLARS_MAX_THREADS": str(min(4, os.cpu_count() or 1)),
    "_RJEM_MALLOC_CONF": "background_thread:false",
    "MALLOC_ARENA_MAX": "4",
    "RUST_BACKTRACE": "0",
}
_nursery = _Nursery()
prepare = _nursery.prepare
atexit.register(_nursery.close)
