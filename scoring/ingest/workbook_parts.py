"""The parts of an XLSX archive: its sheets, its date system, and cells without a usable value.

Reads XML only. Formulas are never computed and macros never run.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.limits import Limits

CHUNK_BYTES = 4 << 20
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
# A cell that is only formatted ends at once, with a stroke.
LAST_CELL = re.compile(rb'.*\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>', re.DOTALL)
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
FORMULA_WITHOUT_VALUE = ""


class WorkbookSheet(NamedTuple):
    """A worksheet and the archive member that holds its cells."""

    name: str
    visible: bool
    member: str


class BadCell(NamedTuple):
    """A cell at `row` (from 1) and `column` (from 0); `error` is "#N/A" or the like, or empty."""

    row: int
    column: int
    error: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the archive says about itself."""

    path: Path
    sheets: list[WorkbookSheet]
    from_1904: bool


def open_workbook(path: Path, *, name: str, limits: Limits) -> Workbook:
    """Examine the archive; raises UnreadableFile for one that is damaged or expands too far."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, name, limits)
            if archive.testzip() is not None:
                raise _damaged(name)
            workbook = _examine(archive, path)
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, EOFError, ValueError) as error:
        raise _damaged(name) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(
            _("%(file)s is protected by a password; save it without one.") % {"file": name}
        ) from error
    if len(workbook.sheets) > limits.max_sheets:
        raise UnreadableFile(
            _("%(file)s has more than the %(limit)s sheets that are read; remove some.")
            % {"file": name, "limit": limits.max_sheets}
        )
    return workbook


def _check_size(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    if len(archive.infolist()) > limits.max_parts:
        raise UnreadableFile(
            _("%(file)s has more than the %(limit)s parts that are read; save the sheet as CSV.")
            % {"file": name, "limit": limits.max_parts}
        )
    size = sum(member.file_size for member in archive.infolist())
    packed = sum(member.compress_size for member in archive.infolist())
    if size > limits.ratio_free_bytes and size > max(packed, 1) * limits.max_ratio:
        raise UnreadableFile(
            _(
                "%(file)s unpacks to more than %(ratio)s times its size, which no export does;"
                " save it as CSV if you trust it."
            )
            % {"file": name, "ratio": limits.max_ratio}
        )
    if size > limits.max_xlsx_bytes:
        raise UnreadableFile(
            _("%(file)s unpacks to more than %(limit)s MiB; save the sheet as CSV instead.")
            % {"file": name, "limit": limits.max_xlsx_bytes >> 20}
        )


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        _("%(file)s is not an intact XLSX workbook; save it again as .xlsx or as CSV.")
        % {"file": name}
    )


def _examine(archive: zipfile.ZipFile, path: Path) -> Workbook:
    main = next(
        target
        for _id, kind, target in _relations(archive, "_rels/.rels", "")
        if kind.endswith("/officeDocument")
    )
    folder = str(PurePosixPath(main).parent)
    relations = f"{folder}/_rels/{PurePosixPath(main).name}.rels"
    worksheets = {
        identity: target
        for identity, kind, target in _relations(archive, relations, folder)
        if kind.endswith("/worksheet")
    }
    sheets: list[WorkbookSheet] = []
    from_1904 = False

    def element(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif tag == "sheet" and attributes.get("id") in worksheets:
            visible = attributes.get("state", "visible") == "visible"
            sheets.append(WorkbookSheet(attributes["name"], visible, worksheets[attributes["id"]]))

    _each_element(archive.read(main), element)
    return Workbook(path, sheets, from_1904)


def _relations(archive: zipfile.ZipFile, member: str, folder: str) -> list[tuple[str, str, str]]:
    """Identity, kind and archive member of everything `member` points to."""
    found: list[tuple[str, str, str]] = []

    def element(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            absolute = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            found.append((attributes["Id"], attributes["Type"], absolute.lstrip("/")))

    _each_element(archive.read(member), element)
    return found


def _each_element(xml: bytes, callback: Callable[[str, dict[str, str]], None]) -> None:
    """Call back with every element's name and attributes, both without namespace prefixes."""

    def start(tag: str, attributes: dict[str, str]) -> None:
        # An attribute without prefix wins: `id` of a sheet is always the prefixed one.
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        callback(tag.rpartition(":")[2], plain)

    def refuse(*_declaration: object) -> None:
        raise ValueError("entity declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    parser.Parse(xml, True)


def survey(workbook: Workbook, sheet: WorkbookSheet, *, name: str, limits: Limits) -> list[BadCell]:
    """Cells of a sheet that hold an error, or a formula whose result was never saved.

    Raises UnreadableFile for a sheet whose cells lie too far apart: it is read as a rectangle.
    """
    bad: list[BadCell] = []
    rows = columns = 0
    for cells in _cells(workbook, sheet):
        for row, column in _last_of_each_row(cells):
            rows, columns = max(rows, row), max(columns, column)
        if rows * columns > limits.max_sheet_cells:
            raise _too_wide(sheet, name, rows, columns, limits)
        bad += _bad_cells_in(cells)
    return bad


def _too_wide(
    sheet: WorkbookSheet, name: str, rows: int, columns: int, limits: Limits
) -> UnreadableFile:
    return UnreadableFile(
        _(
            "The sheet “%(sheet)s” of %(file)s reaches over %(rows)s rows and %(columns)s columns,"
            " more than the %(limit)s cells that are read; delete what lies far from the table, or"
            " save it as CSV."
        )
        % {
            "file": name,
            "sheet": sheet.name,
            "rows": rows,
            "columns": columns,
            "limit": limits.max_sheet_cells,
        }
    )


def _last_of_each_row(xml: bytes) -> Iterator[tuple[int, int]]:
    """Row and column, both from 1, of the last cell with content in every row."""
    for row in xml.split(b"</row>" if b"</row>" in xml else b":row>"):
        if last := LAST_CELL.match(row):
            yield int(last.group(2)), _column_index(last.group(1)) + 1


def _cells(workbook: Workbook, sheet: WorkbookSheet) -> Iterator[bytes]:
    """The sheet's XML in parts that cut no cell in two."""
    with zipfile.ZipFile(workbook.path) as archive, archive.open(sheet.member) as xml:
        pending = b""
        while chunk := xml.read(CHUNK_BYTES):
            pending += chunk
            end = max(pending.rfind(b"</c>"), pending.rfind(b":c>")) + 4
            if end > 4:
                yield pending[:end]
                pending = pending[end:]


def _bad_cells_in(xml: bytes) -> Iterator[BadCell]:
    if b't="e"' not in xml and FORMULA.search(xml) is None:
        return
    for attributes, content in CELL.findall(xml):
        is_error = b't="e"' in attributes
        if not is_error and (FORMULA.search(content) is None or b't="str"' in attributes):
            continue
        value = VALUE.search(content)
        reference = REFERENCE.search(attributes)
        if reference is None or (value is not None and not is_error):
            continue
        letters, row = reference.groups()
        error = value.group(1).decode() if value is not None else FORMULA_WITHOUT_VALUE
        yield BadCell(int(row), _column_index(letters), error)


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
