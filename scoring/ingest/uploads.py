"""Files that people send: stored under names of ours, looked at, and queued for import once."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org import locks
from incentives.org.models import Person
from scoring.models import Import

from . import runs, workers
from .guarded_reading import columns_of
from .library import NamedMapping
from .mapping import FileMapping, parse

_SALT = "scoring.uploads"
_DRAFT_SECONDS = 2 * 24 * 3600


def new_token() -> str:
    """A signed ticket for one submission; also the name under which its file is stored."""
    return signing.Signer(salt=_SALT).sign(secrets.token_hex(16))


def token_name(token: str) -> str:
    """The file name behind a ticket; raises ValueError for one that is not ours."""
    try:
        return signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        raise ValueError(token) from None


def imports_folder() -> Path:
    """Where files of imports lie; nothing serves this folder."""
    return _folder("imports")


def drafts_folder() -> Path:
    """Where files lie while their mapping is being written."""
    return _folder("import-drafts")


def store(chunks: Iterable[bytes], path: Path) -> Path:
    """Write a file that no one can execute; a half-written one never has its final name."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(partial, flags, 0o640), "wb") as target:
            target.writelines(chunks)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def check(path: Path, mapping: FileMapping, *, name: str) -> None:
    """See from its head that a file can be read and has the mapping's columns.

    Raises UnreadableFile or BadMapping with one sentence.
    """
    mapping.fitted(columns_of(path, mapping.file, name=name), file_name=name)


def submit(
    *,
    path: Path,
    name: str,
    source: str,
    mapping: NamedMapping,
    dry_run: bool = False,
    by: Person,
) -> tuple[Import, bool]:
    """Queue the import of a stored file once: the run, and whether this call made it.

    The path is the submission's own, so a second call with it finds the first call's run.
    """
    with transaction.atomic():
        locks.hold(f"import {path}")
        known = Import.objects.filter(file_path=str(path)).order_by("pk").first()
        if known is not None:
            return known, False
        run = runs.start(
            path=path,
            source=source,
            mapping=mapping.mapping,
            mapping_text=mapping.text,
            name=name,
            dry_run=dry_run,
            by=by,
        )
        hand_over(run)
    return run, True


def again(
    run: Import,
    *,
    by: Person,
    mapping: NamedMapping | None = None,
    source: str = "",
    confirmed: bool = False,
) -> Import:
    """Import the same file once more: the interrupted run itself, otherwise as a new run.

    `confirmed`: `by` has seen what this dry run would change for people who can sign in.

    Raises FileNotFoundError when the file is gone.
    """
    if not Path(run.file_path).is_file():
        raise FileNotFoundError(run.file_path)
    with transaction.atomic():
        locks.hold(f"import {run.pk} again")
        waiting = Import.objects.filter(file_path=run.file_path).order_by("-pk")
        unfinished = next((each for each in waiting if each.is_open), None)
        if unfinished is None:
            unfinished = runs.start(
                path=Path(run.file_path),
                source=source or run.source.name,
                mapping=mapping.mapping if mapping else _mapping_of(run),
                mapping_text=mapping.text if mapping else run.mapping_text,
                name=run.file_name,
                by=by,
                changes_sign_ins=confirmed,
                trial=run if confirmed else None,
            )
        hand_over(unfinished)
    return unfinished


def hand_over(run: Import) -> None:
    """Give a run to the workers when it is committed; a silent broker is told on its page."""
    from scoring.ingest.tasks import run_import

    workers.send(run_import, run.pk)


def discard_old_drafts(*, now: float | None = None) -> None:
    """Remove files of mappings that nobody has finished for two days."""
    oldest = (now or time.time()) - _DRAFT_SECONDS
    for path in drafts_folder().iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def discard_old_files(*, now: float | None = None) -> int:
    """Remove sent files some time after their import (setting UPLOADS_KEPT_DAYS); how many.

    What they said is stored as facts; only importing the very same file again needs them. Files
    that still wait or are being imported stay.
    """
    oldest = (now or time.time()) - settings.UPLOADS_KEPT_DAYS * 24 * 3600
    old = [
        path
        for path in imports_folder().iterdir()
        if path.is_file() and path.stat().st_mtime < oldest
    ]
    waiting = Import.objects.filter(
        status__in=[Import.Status.QUEUED, Import.Status.RUNNING],
        file_path__in=[str(path.absolute()) for path in old],
    )
    kept = set(waiting.values_list("file_path", flat=True))
    gone = [path for path in old if str(path.absolute()) not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def largest() -> str:
    """The largest file that is taken, in words."""
    limit: int = settings.INGEST_MAX_BYTES
    return f"{limit // 2**20} MB" if limit >= 2**20 else _("%(n)s bytes") % {"n": limit}


def too_large() -> str:
    """The sentence for a file over the limit."""
    return _(
        "The file is larger than %(limit)s. Export fewer days at a time, or compress it with gzip."
    ) % {"limit": largest()}


def _mapping_of(run: Import) -> FileMapping:
    return parse(run.mapping_text, name=run.mapping_name)


def _folder(name: str) -> Path:
    folder = Path(settings.MEDIA_ROOT) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
