"""The drop folder: exports that other systems put down are taken in at the beginning of a night.

A file lies at <source>/<mapping>/<file>. Afterwards it lies in the folder `done` beside it, or in
`refused` with a text file that says why. A file that is taken in but not yet moved when the night
is cut off is taken in again: the same file twice changes nothing. A night that died in the middle
of a file is remembered by that file's import, so the third night does not try it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from scoring.figures.changes import Changes
from scoring.ingest import runs
from scoring.ingest.errors import BadMapping
from scoring.ingest.library import NamedMapping, find_mapping
from scoring.ingest.progress import carry_out
from scoring.models import Import
from scoring.models.sources import FactKind
from scoring.nights import progress

# A file that changed a moment ago may still be being written.
QUIET_SECONDS = 10
DONE, REFUSED = "done", "refused"
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that waits, with the source and the mapping that its folders name."""

    path: Path
    source: str
    mapping: str


@dataclass(slots=True)
class FileTally:
    """What became of the files of one night."""

    taken: int = 0
    refused: int = 0
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, run: Import) -> None:
        """Count a file that was taken in."""
        self.taken += 1
        self.rows_read += run.rows_read
        self.rows_new += run.rows_new
        self.rows_changed += run.rows_changed
        self.rejected += run.rows_rejected + run.fields_rejected


def take_dropped_files(_changes: Changes) -> StepResult:
    """Import every file that waits in the drop folder; people first, then by name.

    A file that cannot be taken is put aside and does not stop the others. A lost database does:
    what waits then waits for the next night.
    """
    tally = FileTally()
    files = in_order(waiting(Path(settings.DROP_FOLDER), now=time.time()))
    for number, file in enumerate(files):
        progress.report(number, len(files))
        _take(file, tally)
    return StepResult(_line(tally), _counts(tally))


def waiting(folder: Path, *, now: float) -> Iterator[Dropped]:
    """The files of the folder that are complete; `now` in seconds since 1970."""
    for path in sorted(folder.glob("*/*/*")):
        if _is_complete(path, now):
            yield Dropped(path, source=path.parts[-3], mapping=path.parts[-2])


def in_order(files: Iterator[Dropped]) -> list[Dropped]:
    """People before facts, so that the facts find their agents."""
    return sorted(files, key=lambda file: (not _is_of_people(file), file.path))


def _is_complete(path: Path, now: float) -> bool:
    # A link could lead anywhere on the machine; only what was really put here is read.
    if path.is_symlink() or not path.is_file():
        return False
    if path.name.startswith(".") or path.name.endswith(_UNFINISHED):
        return False
    return now - path.stat().st_mtime >= QUIET_SECONDS


def _is_of_people(file: Dropped) -> bool:
    try:
        return find_mapping(file.mapping).mapping.kind == FactKind.AGENTS
    except BadMapping:
        return False


def _take(file: Dropped, tally: FileTally) -> None:
    try:
        run = _import(file, find_mapping(file.mapping))
    except BadMapping as error:
        _refuse(file, str(error), tally)
        return
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not _is_too_much(error):
            raise
        _logger.exception("The file %s failed", file.path)
        _refuse(file, f"{type(error).__name__}: {error}", tally)
        return
    if run.status in (Import.Status.REFUSED, Import.Status.FAILED):
        _refuse(file, run.message, tally)
    elif not run.is_open:  # otherwise someone else is at it
        _move(file.path, DONE)
        tally.add(run)


def _is_too_much(error: Exception) -> bool:
    """Whether a database that is well could not carry this file: its disk, its memory, its limits."""
    code = getattr(error.__cause__, "pgcode", None) or ""
    return code in ("53100", "53200") or code.startswith("54")


def _import(file: Dropped, found: NamedMapping) -> Import:
    run = _left_by_the_dead(file, found) or runs.start(
        path=file.path,
        source=file.source,
        mapping=found.mapping,
        mapping_text=found.text,
    )
    return carry_out(run)


def _left_by_the_dead(file: Dropped, found: NamedMapping) -> Import | None:
    """The import of this very file that another night did not bring to its end."""
    changed = datetime.fromtimestamp(file.path.stat().st_ctime, UTC)
    unfinished = Import.objects.filter(
        file_path=str(file.path.absolute()),
        mapping_text=found.text,
        status__in=(Import.Status.QUEUED, Import.Status.RUNNING),
        created_at__gte=changed,
    )
    return unfinished.order_by("-pk").first()


def _refuse(file: Dropped, reason: str, tally: FileTally) -> None:
    moved = _move(file.path, REFUSED)
    moved.with_name(f"{moved.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")
    tally.refused += 1
    tally.reasons.append(f"{file.path.name}: {reason}")


def _move(path: Path, where: str) -> Path:
    """Put a file into a folder beside it, under a name that is free there."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{number}-{path.name}"
    return path.rename(target)


def _line(tally: FileTally) -> str:
    if not tally.taken and not tally.refused:
        return _("no file waits")
    files = ngettext("%(n)s file", "%(n)s files", tally.taken) % {"n": tally.taken}
    text = _("%(files)s: %(read)s rows read, %(new)s new, %(changed)s changed") % {
        "files": files,
        "read": f"{tally.rows_read:,}",
        "new": f"{tally.rows_new:,}",
        "changed": f"{tally.rows_changed:,}",
    }
    if tally.refused:
        text += "; " + _("%(n)s refused (%(why)s)") % {
            "n": tally.refused,
            "why": "; ".join(tally.reasons[:3]),
        }
    return text


def _counts(tally: FileTally) -> dict[str, int]:
    return {
        "files": tally.taken,
        "refused": tally.refused,
        "rows": tally.rows_read,
        "new": tally.rows_new,
        "changed": tally.rows_changed,
        "rejected": tally.rejected,
    }
