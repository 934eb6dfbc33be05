"""Files that a reader needs to seek in, unpacked first if they came gzipped."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scoring.ingest.byte_stream import ByteStream, copy_content
from scoring.ingest.limits import Limits


@contextmanager
def plain_file(path: Path, *, name: str, limits: Limits) -> Iterator[Path]:
    """A path to the uncompressed content; a temporary file is gone when the block is left."""
    with ByteStream(path, name=name, limits=limits) as stream:
        if not stream.gzipped:
            yield path
            return
        with tempfile.NamedTemporaryFile() as unpacked:
            copy_content(stream, unpacked)
            unpacked.flush()
            yield Path(unpacked.name)
