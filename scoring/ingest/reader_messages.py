"""What the process that reads a file and the one that asked for it say to each other.

Every message is a letter, a length and so many bytes; a table's rows travel as Arrow.
"""

from __future__ import annotations

import json
import struct
from enum import StrEnum
from pathlib import Path
from socket import socket
from typing import BinaryIO

import polars as pl
from pydantic import BaseModel

from .limits import Limits
from .spec import FileSpec
from .table import Batch, CellIssue, RaggedRow

_HEAD = struct.Struct(">cQ")


class Gone(Exception):
    """The other side is no more."""


class Kind(StrEnum):
    """What a message holds."""

    ASKED = "a"  # a Request, later a Wanted
    PROCESS = "p"  # the number of the process that reads
    SHEETS = "s"  # the names of a workbook's sheets, the end of the answer
    COLUMNS = "c"  # the names of the columns and the file's size
    NOTES = "n"  # what goes with the rows that follow
    ROWS = "r"
    END = "e"
    REFUSED = "x"  # a sentence: the file cannot be read
    TOO_DEEP = "d"
    NO_MEMORY = "m"
    BROKEN = "b"  # a fault of the reader: its traceback


class Request(BaseModel):
    """Which file to read and how; `sheets` asks for the names of a workbook's sheets alone."""

    path: Path
    name: str
    spec: FileSpec
    limits: Limits
    block_bytes: int
    language: str
    sheets: bool = False


class Wanted(BaseModel):
    """The rows that are asked for: all of them, or the first few with their texts cut."""

    first: int | None = None


def send(to: socket, kind: Kind, content: bytes | memoryview = b"") -> None:
    """Send one message; raises Gone."""
    try:
        to.sendall(_HEAD.pack(kind.encode(), len(content)))
        to.sendall(content)
    except OSError as error:
        raise Gone from error


def receive(source: BinaryIO) -> tuple[Kind, bytes]:
    """The next message; raises Gone, and TimeoutError where the socket has a timeout."""
    letter, size = _HEAD.unpack(_exactly(source, _HEAD.size))
    return Kind(letter.decode()), _exactly(source, size)


def _exactly(source: BinaryIO, size: int) -> bytes:
    try:
        content = source.read(size)
    except ConnectionError as error:
        raise Gone from error
    if len(content) < size:
        raise Gone
    return content


def send_batch(to: socket, batch: Batch) -> None:
    """Send some rows and what goes with them."""
    notes = (batch.first_line, batch.bytes_read, batch.ragged, batch.cell_issues)
    send(to, Kind.NOTES, json.dumps(notes).encode())
    send(to, Kind.ROWS, batch.frame.write_ipc(None).getbuffer())


def batch_of(notes: bytes, rows: bytes) -> Batch:
    """The batch that was sent."""
    first_line, bytes_read, ragged, cells = json.loads(notes)
    return Batch(
        pl.read_ipc(rows),
        first_line,
        bytes_read,
        [RaggedRow(*row) for row in ragged],
        [CellIssue(*cell) for cell in cells],
    )
