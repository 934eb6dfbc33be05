"""The uncompressed bytes of a file on disk, gzipped or not, within limits."""

import gzip
import os
import stat
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits

GZIP_MAGIC = b"\x1f\x8b"


def file_size(path: Path, *, name: str) -> int:
    """Size in bytes of the regular file at `path`; raises UnreadableFile when it can't be opened."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnreadableFile(
            _("%(file)s does not exist; check the name and the folder.") % {"file": name}
        ) from error
    except OSError as error:
        raise _cannot_open(name, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFile(
            _("%(file)s is a folder; give the files inside it instead.") % {"file": name}
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(
            _("%(file)s is not an ordinary file; save the export to disk first.") % {"file": name}
        )
    if status.st_size == 0:
        raise UnreadableFile(_("%(file)s is empty; export it again.") % {"file": name})
    return status.st_size


def _cannot_open(name: str, error: OSError) -> UnreadableFile:
    if isinstance(error, PermissionError):
        return UnreadableFile(
            _("%(file)s may not be read by this program; change its permissions.") % {"file": name}
        )
    return UnreadableFile(
        _("%(file)s could not be read (%(reason)s); copy it to this machine and try again.")
        % {"file": name, "reason": error.strerror or type(error).__name__}
    )


class ByteStream:
    """Sequential reads of a file's content; a gzipped file is decompressed on the way.

    Raises UnreadableFile for what the operating system refuses, for a damaged gzip and beyond
    `max_bytes` or `max_ratio`.
    """

    def __init__(self, path: Path, *, name: str, limits: Limits) -> None:
        self.name = name
        self._limits = limits
        self._produced = 0
        file_size(path, name=name)
        try:
            self._file = path.open("rb")
            self.gzipped = self._file.read(2) == GZIP_MAGIC
            self._file.seek(0)
        except OSError as error:
            raise _cannot_open(name, error) from error
        content: IO[bytes] = self._file
        if self.gzipped:
            content = cast(IO[bytes], gzip.GzipFile(fileobj=self._file, mode="rb"))
        self._content = content

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._content.close()
        self._file.close()

    @property
    def position(self) -> int:
        """Bytes of the file on disk that were taken so far."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end of the content."""
        try:
            data = self._content.read(size)
        except EOFError as error:
            raise UnreadableFile(
                _("%(file)s is cut off: its gzip data ends too early; copy or export it again.")
                % {"file": self.name}
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableFile(
                _("%(file)s is damaged: its gzip data can't be unpacked; copy or export it again.")
                % {"file": self.name}
            ) from error
        except OSError as error:
            raise _cannot_open(self.name, error) from error
        self._produced += len(data)
        self._check_limits()
        return data

    def _check_limits(self) -> None:
        limits = self._limits
        if self._produced > limits.max_bytes:
            raise UnreadableFile(
                _("%(file)s holds more than the %(limit)s MiB that are read; split it.")
                % {"file": self.name, "limit": limits.max_bytes >> 20}
            )
        if not self.gzipped or self._produced <= limits.ratio_free_bytes:
            return
        if self._produced > max(self.position, 1) * limits.max_ratio:
            raise UnreadableFile(
                _(
                    "%(file)s unpacks to more than %(ratio)s times its size, which no export does;"
                    " unpack it yourself if you trust it."
                )
                % {"file": self.name, "ratio": limits.max_ratio}
            )


def first_bytes(path: Path, size: int, *, name: str, limits: Limits) -> bytes:
    """The first `size` bytes of the content, fewer when there are no more."""
    with ByteStream(path, name=name, limits=limits) as stream:
        return stream.read(size)


def copy_content(stream: ByteStream, target: IO[bytes], *, block_bytes: int = 1 << 20) -> None:
    """Write the whole content to `target` and rewind that."""
    while data := stream.read(block_bytes):
        target.write(data)
    target.seek(0, os.SEEK_SET)
