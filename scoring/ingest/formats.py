"""Which reader a file needs: by the mapping or its name, checked against its first bytes."""

from pathlib import Path

from django.utils.translation import gettext as _

from scoring.ingest.byte_stream import first_bytes
from scoring.ingest.encodings import UTF16_MARKS
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits
from scoring.ingest.spec import FileSpec, Format

ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
}
# First bytes of what people send under another name; the longest match counts.
SIGNATURES: dict[bytes, str] = {
    b"PK\x03\x04": "ZIP or XLSX",
    b"PAR1": "Parquet",
    b"\xd0\xcf\x11\xe0": "XLS (old or encrypted Excel)",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"SQLite format 3": "SQLite",
    b"<!doctype": "HTML",
    b"<html": "HTML",
    b"<?xml": "XML",
}
EXPECTED_SIGNATURE: dict[Format, str] = {"xlsx": "ZIP or XLSX", "parquet": "Parquet"}


def format_of(path: Path, spec: FileSpec, *, name: str, limits: Limits) -> Format:
    """The format to read `path` as; raises UnreadableFile when its first bytes contradict it."""
    start = first_bytes(path, 4096, name=name, limits=limits)
    chosen = spec.format or _by_ending(name)
    if chosen is None:
        raise UnreadableFile(
            _("The ending of %(file)s is none of %(endings)s; name the format in the mapping.")
            % {"file": name, "endings": ", ".join(ENDINGS)}
        )
    found = _signature(start)
    if found != EXPECTED_SIGNATURE.get(chosen):
        raise _mismatch(name, chosen, found)
    if chosen == "json" and spec.format is None and _is_line_per_object(start):
        return "ndjson"
    return chosen


def _by_ending(name: str) -> Format | None:
    return ENDINGS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _signature(start: bytes) -> str | None:
    lowered = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, kind in SIGNATURES.items():
        if start.startswith(magic) or (magic.startswith(b"<") and lowered.startswith(magic)):
            return kind
    return None


def _is_line_per_object(start: bytes) -> bool:
    if start.startswith(UTF16_MARKS):
        return False
    first, _newline, rest = start.partition(b"\n")
    return first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _mismatch(name: str, chosen: Format, found: str | None) -> UnreadableFile:
    if found is None:
        return UnreadableFile(
            _("%(file)s is not an intact %(format)s file; export it again or correct its ending.")
            % {"file": name, "format": chosen.upper()}
        )
    return UnreadableFile(
        _("%(file)s is a %(found)s file, not %(format)s; export it as CSV, XLSX, JSON or Parquet.")
        % {"file": name, "found": found, "format": chosen.upper()}
    )
