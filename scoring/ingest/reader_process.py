"""The process that reads files for others: it may die of one, and nobody else does.

`python -m scoring.ingest.reader_process CONTROL LOCALES...` waits at a socket for connections and
forks a reader for each, so that a file costs no start of Python. It ends with whoever started it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import polars as pl
from django.apps import apps
from django.conf import settings
from django.utils import translation

from . import reader_messages as messages
from .errors import UnreadableFile
from .limits import Limits
from .portions import portions
from .reader_messages import Gone, Kind, Request, Wanted
from .reading import open_table, sheets_of
from .table import LINE, Batch, Table

# One more than a text may have: what is cut is still too long.
SHOWN_CHARACTERS = 2_001
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl


def main() -> None:
    """Fork a reader for every connection, until the one who started this is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings.configure(USE_I18N=True, LOCALE_PATHS=sys.argv[2:], INSTALLED_APPS=[])
    apps.populate([])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked notices that a reader is gone
    while True:
        message, given, _flags, _address = socket.recv_fds(control, 1, 1)
        if not message:
            return
        for number in given:
            if os.fork() == 0:
                control.close()
                _read_for(socket.socket(fileno=number))
                os._exit(0)
            os.close(number)


def _read_for(client: socket.socket) -> None:
    """Answer one request; whoever goes away in the middle ends it."""
    with suppress(Gone), client.makefile("rb") as source:
        _die_before_others()
        messages.send(client, Kind.PROCESS, str(os.getpid()).encode())
        request = Request.model_validate_json(messages.receive(source)[1])
        translation.activate(request.language)
        _confine(request.limits)
        try:
            _answer(request, client, source)
        except UnreadableFile as error:
            messages.send(client, Kind.REFUSED, str(error).encode())
        except RecursionError:
            messages.send(client, Kind.TOO_DEEP)
        except MemoryError:
            _confine(None)
            messages.send(client, Kind.NO_MEMORY)
        except Gone:
            raise
        except BaseException:  # the panic of a library is no Exception
            messages.send(client, Kind.BROKEN, traceback.format_exc().encode())


def _answer(request: Request, client: socket.socket, source: BinaryIO) -> None:
    limits = request.limits
    if request.sheets:
        names = sheets_of(request.path, limits=limits, name=request.name)
        messages.send(client, Kind.SHEETS, json.dumps(names).encode())
        return
    table = open_table(
        request.path,
        request.spec,
        limits=limits,
        name=request.name,
        block_bytes=request.block_bytes,
    )
    told = [table.columns, table.total_bytes]
    messages.send(client, Kind.COLUMNS, json.dumps(told).encode())
    wanted = Wanted.model_validate_json(messages.receive(source)[1])
    if wanted.first is not None:
        messages.send_batch(client, _first_rows(table, wanted.first))
    else:
        for batch in portions(table, name=request.name, limits=limits):
            messages.send_batch(client, batch)
    messages.send(client, Kind.END)


def _first_rows(table: Table, rows: int) -> Batch:
    shown = pl.exclude(LINE).str.slice(0, SHOWN_CHARACTERS)
    return Batch(table.head(rows).with_columns(shown), 0, 0)


def _die_before_others() -> None:
    """End with the process that forked this one, and be the first to go when memory is short."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _confine(limits: Limits | None) -> None:
    """Let this process take no more memory than `limits` say beyond what it has; None: as before."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if limits is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        soft = pages * resource.getpagesize() + limits.memory_bytes
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    main()
