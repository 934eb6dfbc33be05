"""Open an export of any supported kind as a table of text.

A file can kill the process that opens it: `guarded_reading.py` has this done in another one, and
everyone but that one reads through it.
"""

from pathlib import Path

from scoring.ingest.byte_stream import file_size
from scoring.ingest.csv_text import CsvTable
from scoring.ingest.formats import format_of
from scoring.ingest.json_records import JsonTable, NdjsonTable
from scoring.ingest.limits import DEFAULT_LIMITS, MIB, Limits
from scoring.ingest.lines import TextFile
from scoring.ingest.parquet import ParquetTable
from scoring.ingest.spec import FileSpec
from scoring.ingest.table import LINE, Batch, CellIssue, RaggedRow, Table
from scoring.ingest.workbooks import SheetTable, sheet_names

__all__ = [
    "BLOCK_BYTES",
    "LINE",
    "Batch",
    "CellIssue",
    "FileSpec",
    "Limits",
    "RaggedRow",
    "Table",
    "open_table",
    "sheets_of",
]

BLOCK_BYTES = 16 * MIB


def open_table(
    path: Path,
    spec: FileSpec | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
    name: str | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Table:
    """The table in the file at `path`, read as `spec` says.

    `name` is what people call the file (an upload lies under another name on disk): its ending
    tells the format and messages use it. Raises UnreadableFile.
    """
    spec = spec or FileSpec()
    name = name or path.name
    total_bytes = file_size(path, name=name)
    chosen = format_of(path, spec, name=name, limits=limits)
    if chosen == "xlsx":
        return SheetTable(path, spec, name=name, limits=limits, total_bytes=total_bytes)
    if chosen == "parquet":
        return ParquetTable(path, name=name, limits=limits, total_bytes=total_bytes)
    text = TextFile.examine(path, name=name, limits=limits, encoding=spec.encoding)
    if chosen == "json":
        return JsonTable(text, spec, total_bytes=total_bytes)
    if chosen == "ndjson":
        return NdjsonTable(text, total_bytes=total_bytes, block_bytes=block_bytes)
    return CsvTable(text, spec, total_bytes=total_bytes, block_bytes=block_bytes)


def sheets_of(path: Path, *, limits: Limits = DEFAULT_LIMITS, name: str | None = None) -> list[str]:
    """The names of a workbook's visible sheets, none for other formats; raises UnreadableFile."""
    name = name or path.name
    if format_of(path, FileSpec(), name=name, limits=limits) != "xlsx":
        return []
    return sheet_names(path, name=name, limits=limits)
