"""Bytes of unknown encoding to UTF-8, without ever guessing line by line."""

import codecs
import re

from django.utils.translation import gettext as _

from scoring.ingest.byte_stream import ByteStream
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.spec import Encoding

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# One line in a thousand of GB18030 text may look like UTF-8 (about three names in a million do).
CHANCE = 1000
# Finds every such line, and few others, without looking at each line by itself.
ACCENT_IN_A_WORD = re.compile(rb"[A-Za-z]{2}\xc3[\x80-\xbf](?![\x80-\xff])")
POSSIBLE_UTF8_LINE = re.compile(
    rb"^[\x00-\x09\x0b-\x7f]*+"
    rb"(?:(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})[\x80-\xbf]"
    rb"[\x00-\x09\x0b-\x7f]*+)++$",
    re.MULTILINE,
)


class Utf8Lines:
    """Turns blocks of whole lines into UTF-8.

    Without a given encoding the first block that isn't plain ASCII decides between UTF-8 and
    GB18030 for the whole file; lines that don't fit the decision end the reading.
    """

    def __init__(self, encoding: Encoding | None, *, name: str) -> None:
        self._encoding: str | None = encoding
        self._given = encoding is not None
        self._name = name

    def convert(self, block: bytes, *, first_line: int) -> bytes:
        """`block` in UTF-8; raises UnreadableFile naming the line that can't be decoded."""
        if block.isascii():
            return block
        encoding = self._encoding or self._decide(block, first_line)
        try:
            text = block.decode(encoding)
        except UnicodeDecodeError as error:
            line = first_line + block.count(b"\n", 0, error.start)
            raise self._does_not_fit(line) from error
        if encoding == "gb18030" and not self._given:
            self._refuse_mixture(block, first_line)
        self._encoding = encoding
        return block if encoding == "utf-8" else text.encode()

    def _decide(self, block: bytes, first_line: int) -> str:
        if _decodes(block, "utf-8"):
            return "utf-8"
        self._refuse_mixture(block, first_line)
        if not _decodes(block, "gb18030") or _looks_western(block):
            raise self._does_not_fit(first_line + _lines_beyond_ascii(block)[1][0])
        return "gb18030"

    def _refuse_mixture(self, block: bytes, first_line: int) -> None:
        if not POSSIBLE_UTF8_LINE.search(block):
            return
        utf8, others = _lines_beyond_ascii(block)
        if len(utf8) * CHANCE > len(others):
            rarer = min(utf8, others or utf8, key=len)
            raise self._does_not_fit(first_line + rarer[0])

    def _does_not_fit(self, line: int) -> UnreadableFile:
        if self._given:
            return UnreadableFile(
                _(
                    "Line %(line)s of %(file)s is not %(encoding)s text; correct the encoding in"
                    " the mapping or save the file as UTF-8."
                )
                % {"file": self._name, "line": line, "encoding": self._encoding}
            )
        return UnreadableFile(
            _(
                "%(file)s is neither UTF-8 nor GB18030 throughout, or mixes encodings: line"
                " %(line)s does not fit; save it as UTF-8 or name its encoding in the mapping."
            )
            % {"file": self._name, "line": line}
        )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lines_beyond_ascii(block: bytes) -> tuple[list[int], list[int]]:
    """Indexes of the lines that are UTF-8 beyond doubt, and of those that are not UTF-8.

    GB18030 text is valid UTF-8 by accident in short words made of two-byte sequences, so one
    character of three bytes (all Chinese ones) is asked for, or an accented letter inside a
    Latin word ("José").
    """
    utf8, others = [], []
    for index, line in enumerate(block.split(b"\n")):
        if line.isascii():
            continue
        try:
            if max(line.decode()) > "\u07ff" or ACCENT_IN_A_WORD.search(line):
                utf8.append(index)
        except UnicodeDecodeError:
            others.append(index)
    return utf8, others


def _looks_western(block: bytes) -> bool:
    """Whether decoding as GB18030 would swallow letters, as it does with Windows-1252 text.

    "Andréa" is valid GB18030: é and the following a become one Chinese character. Real Chinese
    text has both bytes above 0x7f in all but a few rare characters.
    """
    try:
        text = block.decode("gb18030")
    except UnicodeDecodeError:
        return False
    encoded = [char.encode("gb18030") for char in text[:200_000] if char > "\x7f"]
    swallowing = sum(1 for char in encoded if len(char) == 2 and char[1] < 0x80)
    return swallowing * 2 > len(encoded)


class Utf16Stream(ByteStream):
    """A stream of UTF-16 text, read as UTF-8."""

    _decoder: codecs.IncrementalDecoder | None = None

    def read(self, size: int) -> bytes:
        """Roughly the next `size` bytes; empty only at the end."""
        decoder = self._decoder = self._decoder or codecs.getincrementaldecoder("utf-16")()
        try:
            while data := super().read(size):
                if text := decoder.decode(data):
                    return text.encode()
            return decoder.decode(b"", final=True).encode()
        except (UnicodeError, UnicodeDecodeError) as error:
            raise UnreadableFile(
                _("%(file)s is not intact UTF-16 text; save it as UTF-8.") % {"file": self.name}
            ) from error
