"""JSON documents (API answers) and NDJSON (one object a line)."""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from scoring.ingest.byte_stream import ByteStream
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.json_values import (
    FlatRecord,
    as_rows,
    flatten,
    key_order,
    load_json,
)
from scoring.ingest.lines import Block, TextFile
from scoring.ingest.spec import FileSpec
from scoring.ingest.table import Batch, RaggedRow, Table, column_names, frame_schema

BATCH_RECORDS = 20_000
# json gives its complaints in English with a place; only the place is of use here.
PLACE = re.compile(r"line (\d+) column (\d+)")
Records = list[tuple[int, FlatRecord]]


class NdjsonTable(Table):
    """One JSON object a line. All lines are read once beforehand to know every key."""

    def __init__(self, file: TextFile, *, total_bytes: int, block_bytes: int) -> None:
        self._file = file
        self._block_bytes = block_bytes
        keys: dict[str, None] = {}
        for block in file.blocks(block_bytes=block_bytes):
            records, broken = _objects_in(block)
            if not keys and broken and (not records or broken[0].line < records[0][0]):
                raise _no_object(file.name, broken[0].line)
            keys.update(dict.fromkeys(key_order(record for _line, record in records)))
            if len(keys) > file.limits.max_columns:
                break
        self._keys = list(keys)
        names = column_names(self._keys, max_columns=file.limits.max_columns, name=file.name)
        super().__init__(columns=names, total_bytes=total_bytes)

    def batches(self) -> Iterator[Batch]:
        """Yield about a block of lines at a time; lines that are no object are ragged rows."""
        for block in self._file.blocks(block_bytes=self._block_bytes):
            records, broken = _objects_in(block)
            rows = self._file.limits.rows_at_once(len(self._keys))
            for start in range(0, len(records) or bool(broken), rows):
                frame = _frame(records[start : start + rows], self._keys, self.columns)
                yield Batch(frame, block.first_line, block.bytes_read, broken)
                broken = []


def _no_object(name: str, line: int) -> UnreadableFile:
    return UnreadableFile(
        _("%(file)s is not NDJSON: line %(line)s is no JSON object; check the format.")
        % {"file": name, "line": line}
    )


def _objects_in(block: Block) -> tuple[Records, list[RaggedRow]]:
    records: Records = []
    broken = []
    for line, text in enumerate(block.data.split(b"\n"), start=block.first_line):
        if not text.strip():
            continue
        try:
            value = load_json(text)
            record = flatten(value) if isinstance(value, dict) else None
        except (ValueError, RecursionError):
            record = None
        if record is not None:
            records.append((line, record))
        else:
            message = _("The line is not one complete JSON object; export it again.")
            broken.append(RaggedRow(line, [text.decode()], message))
    return records, broken


def _frame(records: Records, keys: list[str], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(list(as_rows(records, keys)), schema=frame_schema(columns), orient="row")


class JsonTable(Table):
    """The records of one JSON document, held in memory."""

    def __init__(self, file: TextFile, spec: FileSpec, *, total_bytes: int) -> None:
        document = _document(file)
        found = _records_in(document, spec.records, file.name)
        # As if a header came first: the first record is on line 2.
        self._records = [(line, flatten(record)) for line, record in enumerate(found, start=2)]
        self._keys = key_order(record for _line, record in self._records)
        names = column_names(self._keys, max_columns=file.limits.max_columns, name=file.name)
        super().__init__(columns=names, total_bytes=total_bytes)
        self._rows = min(BATCH_RECORDS, file.limits.rows_at_once(len(names)))

    def batches(self) -> Iterator[Batch]:
        """Yield the records; `bytes_read` is in proportion to them."""
        count = len(self._records)
        for start in range(0, count, self._rows):
            part = self._records[start : start + self._rows]
            frame = _frame(part, self._keys, self.columns)
            yield Batch(frame, part[0][0], self.total_bytes * (start + len(part)) // count)


def _document(file: TextFile) -> Any:
    text = _whole_text(file)
    try:
        return load_json(text)
    except RecursionError as error:
        raise UnreadableFile(
            _("%(file)s is nested too deeply to be an export; check its content.")
            % {"file": file.name}
        ) from error
    except ValueError as error:
        place = PLACE.search(str(error))
        raise UnreadableFile(
            _(
                "%(file)s is not valid JSON at line %(line)s, column %(column)s; it may be cut"
                " off, so export it again."
            )
            % {
                "file": file.name,
                "line": place.group(1) if place else 1,
                "column": place.group(2) if place else 1,
            }
        ) from error


def _whole_text(file: TextFile) -> str:
    """The document as text; a JSON document may be one long line, so lines don't limit it."""
    limit = file.limits.max_json_bytes
    with ByteStream(file.path, name=file.name, limits=file.limits) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableFile(
            _("%(file)s holds more than %(limit)s MiB of JSON; export it as NDJSON or CSV.")
            % {"file": file.name, "limit": limit >> 20}
        )
    encoding = "utf-16" if file.utf16 else file.encoding or "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("Line %(line)s of %(file)s is not %(encoding)s text; save the file as UTF-8.")
            % {
                "file": file.name,
                "line": data.count(b"\n", 0, error.start) + 1,
                "encoding": encoding,
            }
        ) from error


def _records_in(document: Any, path: str | None, name: str) -> list[dict[str, Any]]:
    found = _at(document, path, name) if path else _most_likely(document, name)
    if isinstance(found, dict):
        return [found]
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        return found
    raise UnreadableFile(
        _(
            "The records of %(file)s are not JSON objects; give their place as records in the mapping."
        )
        % {"file": name}
    )


def _at(document: Any, path: str, name: str) -> Any:
    """What lies at a dotted path; names that contain dots themselves are found too."""
    value, rest = document, path
    while rest:
        names = value if isinstance(value, dict) else {}
        step = max(
            (key for key in names if key and (rest == key or rest.startswith(f"{key}."))),
            key=len,
            default=None,
        )
        if step is None:
            raise UnreadableFile(
                _("%(file)s has nothing at records = “%(path)s”; there are: %(names)s.")
                % {"file": name, "path": path, "names": ", ".join(names) or "–"}
            )
        value, rest = value[step], rest[len(step) + 1 :]
    return value


def _most_likely(document: Any, name: str) -> Any:
    """The document itself, or the only list of objects or the only object in its envelope."""
    if not isinstance(document, dict) or "id" in document:
        return document
    lists = [key for key, value in document.items() if _is_object_list(value)]
    lists = lists or [key for key, value in document.items() if value == []]
    if len(lists) > 1:
        raise UnreadableFile(
            _("%(file)s has several lists (%(names)s); name one as records in the mapping.")
            % {"file": name, "names": ", ".join(lists)}
        )
    if lists:
        return document[lists[0]]
    values = list(document.values())
    return values[0] if len(values) == 1 and isinstance(values[0], dict) else document


def _is_object_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
