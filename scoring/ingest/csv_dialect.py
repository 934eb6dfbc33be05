"""The header of a delimited text file: where it is, what separates its columns."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.lines import TextFile
from scoring.ingest.spec import DELIMITERS, FileSpec

SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 30
LONE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How fields are separated and where the rows begin in the text."""

    delimiter: str
    quote: str
    header: list[str]
    body_offset: int  # bytes of UTF-8 text before the first row
    body_line: int


class Record(list[str]):
    """The fields of one record with the line it begins on (the first line given being 0)."""

    line: int = 0


def records(lines: Sequence[str], *, delimiter: str, quote: str) -> Iterator[Record]:
    """Split lines (with their ends) as spreadsheets do; a blank line is a record without fields.

    Raises csv.Error for what can't be a record.
    """
    csv.field_size_limit(max(csv.field_size_limit(), sum(map(len, lines)) + 1))
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    line = 0
    for fields in reader:
        record = Record(fields)
        record.line = line
        line = reader.line_num
        yield record


def split_lines(text: bytes) -> list[str]:
    """The lines of UTF-8 text with their ends, and what follows the last end.

    A carriage return alone becomes a space: it would end a record in the csv module, but it is
    part of a value in any file that ends its lines otherwise.
    """
    return [line + "\n" for line in LONE_RETURN.sub(" ", text.decode()).split("\n")]


def examine_header(file: TextFile, spec: FileSpec) -> Dialect:
    """Find header and delimiter; raises UnreadableFile when there is no header."""
    lines, complete = _first_lines(file, at_least=spec.header_row + 1)
    start = spec.header_row - 1
    delimiter: str | None = spec.delimiter
    # The line with which a spreadsheet is told the delimiter.
    if start == 0 and lines and lines[0].strip().lower() in {f"sep={d}" for d in DELIMITERS}:
        delimiter = delimiter or lines[0].rstrip("\r\n")[4:]
        start = 1
    while start < len(lines) and not lines[start].strip(" \r\n\ufeff"):
        start += 1
    if start >= len(lines):
        raise UnreadableFile(
            _("%(file)s has no header in line %(line)s; correct header_row in the mapping.")
            % {"file": file.name, "line": spec.header_row}
        )
    sample = lines[start:]
    delimiter = delimiter or _detect_delimiter(sample, spec.quote, complete=complete)
    header, following = _header_and_following_line(sample, delimiter, spec.quote, file.name)
    return Dialect(
        delimiter=delimiter,
        quote=spec.quote,
        header=header,
        body_offset=sum(len(line.encode()) for line in lines[: start + following]),
        body_line=start + following + 1,
    )


def _first_lines(file: TextFile, *, at_least: int) -> tuple[list[str], bool]:
    """The file's first lines with their ends, and whether these are all."""
    text = b""
    for block in file.blocks(block_bytes=SAMPLE_BYTES):
        text += block.data
        if block.last or (len(text) >= SAMPLE_BYTES and text.count(b"\n") > at_least):
            break
    return split_lines(text), block.last


def _header_and_following_line(
    sample: list[str], delimiter: str, quote: str, name: str
) -> tuple[list[str], int]:
    try:
        found = records(sample, delimiter=delimiter, quote=quote)
        header = next(found)
        following = next(found, None)
    except csv.Error as error:
        raise UnreadableFile(
            _("The header of %(file)s can't be split into columns; export it again as CSV.")
            % {"file": name}
        ) from error
    return header, following.line if following is not None else len(sample)


def _detect_delimiter(sample: list[str], quote: str, *, complete: bool) -> str:
    """The delimiter that splits the header into columns which the rows then fill."""
    rows_wanted = len(sample) if complete else len(sample) - 1

    def merit(delimiter: str) -> tuple[float, int]:
        sizes = _record_sizes(sample[:rows_wanted], delimiter, quote)
        if not sizes or sizes[0] < 2:
            return 0.0, 0
        return sum(size == sizes[0] for size in sizes) / len(sizes), sizes[0]

    return max(DELIMITERS, key=merit)


def _record_sizes(sample: list[str], delimiter: str, quote: str) -> list[int]:
    sizes: list[int] = []
    try:
        for record in records(sample[: SAMPLE_ROWS * 10], delimiter=delimiter, quote=quote):
            if record:
                sizes.append(len(record))
            if len(sizes) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return sizes
