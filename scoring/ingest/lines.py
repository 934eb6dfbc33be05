"""A text file as blocks of whole lines in UTF-8, ended by newlines alone or by CR and newline."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from scoring.ingest.byte_stream import ByteStream
from scoring.ingest.encodings import UTF16_MARKS, Utf8Lines, Utf16Stream
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits
from scoring.ingest.spec import Encoding

SAMPLE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines; `bytes_read` is the place in the file on disk after them."""

    data: bytes
    first_line: int
    bytes_read: int
    last: bool


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file and what its first bytes tell about it."""

    path: Path
    name: str
    limits: Limits
    encoding: Encoding | None
    carriage_returns: bool
    utf16: bool

    @classmethod
    def examine(
        cls, path: Path, *, name: str, limits: Limits, encoding: Encoding | None
    ) -> "TextFile":
        """Look at the start of the file for its line ends and byte-order mark."""
        with ByteStream(path, name=name, limits=limits) as stream:
            start = stream.read(SAMPLE_BYTES)
        utf16 = encoding == "utf-16" or (encoding is None and start.startswith(UTF16_MARKS))
        # Both encodings keep the line ends as single bytes of their own; in UTF-16 CR comes alone
        # only in files that no one has seen yet.
        carriage_returns = not utf16 and b"\r" in start and b"\n" not in start
        return cls(path, name, limits, encoding, carriage_returns, utf16)

    def blocks(self, *, block_bytes: int) -> Iterator[Block]:
        """Yield the content in blocks near `block_bytes`; at least one, the last one marked.

        Raises UnreadableFile at NUL bytes, at text in another encoding and when a line is longer
        than `max_line_bytes`.
        """
        utf8 = Utf8Lines(None if self.utf16 else self.encoding, name=self.name)
        line = 1
        stream_kind = Utf16Stream if self.utf16 else ByteStream
        with stream_kind(self.path, name=self.name, limits=self.limits) as stream:
            for data, last in self._whole_lines(stream, block_bytes):
                self._refuse_binary(data, line)
                text = utf8.convert(data, first_line=line)
                if line == 1:
                    text = text.removeprefix(codecs.BOM_UTF8)
                yield Block(text, line, stream.position, last)
                line += text.count(b"\n")

    def _whole_lines(self, stream: ByteStream, block_bytes: int) -> Iterator[tuple[bytes, bool]]:
        """Cut the stream after newlines; the last block may lack one."""
        pending: list[bytes] = []
        while chunk := stream.read(block_bytes):
            if self.carriage_returns:
                chunk = chunk.replace(b"\r", b"\n")
            end = chunk.rfind(b"\n") + 1
            if end:
                yield b"".join([*pending, chunk[:end]]), False
                pending = []
            pending.append(chunk[end:])
            if sum(map(len, pending)) > self.limits.max_line_bytes:
                raise self._line_too_long()
        yield b"".join(pending), True

    def _line_too_long(self) -> UnreadableFile:
        return UnreadableFile(
            _("%(file)s has a line longer than %(limit)s MiB; check that it is a text export.")
            % {"file": self.name, "limit": max(self.limits.max_line_bytes >> 20, 1)}
        )

    def _refuse_binary(self, data: bytes, first_line: int) -> None:
        position = data.find(b"\0")
        if position >= 0:
            raise UnreadableFile(
                _(
                    "%(file)s is not a text file: line %(line)s has bytes that no text has;"
                    " export it as CSV in UTF-8."
                )
                % {"file": self.name, "line": first_line + data.count(b"\n", 0, position)}
            )
