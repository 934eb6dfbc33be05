"""Files that are handed in as evidence: what they are is read from their bytes, not their names."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from incentives.org.refusals import Refused

LARGEST = 5 * 1024 * 1024
FOLDER = "quest-evidence"
_HEAD = 16
#: Media type and ending by what a file begins with.
ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


def kind_of(head: bytes) -> str | None:
    """The media type of a file that begins with these bytes; None for what is not taken."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if head.startswith(b"%PDF-") else None


def check(file: UploadedFile[Any]) -> str:
    """The media type of a file that may be stored. Raises Refused."""
    if not file.size:
        raise Refused(_("This file is empty: choose another one."))
    if file.size > LARGEST:
        raise Refused(_("This file is larger than 5 MB: make the picture smaller."))
    file.seek(0)
    found = kind_of(file.read(_HEAD))
    file.seek(0)
    if found is None:
        raise Refused(_("Only PNG, JPEG and WebP pictures and PDF files are taken."))
    return found


def store(file: UploadedFile[Any], *, media_type: str) -> str:
    """Store a checked file under a random name; returns the path below MEDIA_ROOT."""
    name = f"{FOLDER}/{secrets.token_hex(20)}.{ENDINGS[media_type]}"
    path = where(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return name


def where(name: str) -> Path:
    """The place of a stored file on disk."""
    return Path(settings.MEDIA_ROOT) / name


def discard(name: str) -> None:
    """Remove a stored file whose claim did not come about; nothing for none."""
    if name:
        where(name).unlink(missing_ok=True)


def discard_later(names: Iterable[str]) -> None:
    """Remove the files of claims that are taken back, once the transaction has ended well."""
    for name in names:
        transaction.on_commit(partial(discard, name), robust=True)


def shown_name(name: str, media_type: str) -> str:
    """A name to download under: what the sender called it, with the ending of what it is."""
    stem = Path(name.replace("\\", "/")).stem[:80] or "evidence"
    return f"{stem}.{ENDINGS[media_type]}"
