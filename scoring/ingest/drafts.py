"""Mappings being written in the wizard: kept in the writer's session, their file beside them."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.contrib.sessions.backends.base import SessionBase

from scoring.models import Import

from . import uploads
from .guarded_reading import opened
from .proposal import SAMPLE_ROWS, propose
from .spec import FileSpec
from .table import LINE

_KEY = "mapping_drafts"
_MOST = 5


@dataclass(slots=True)
class MappingDraft:
    """A file, and its mapping as far as it is written; `data` is what its TOML would parse to."""

    token: str
    name: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    run_id: int | None = None
    base: str = ""
    source: str = ""
    text: str = ""

    @property
    def sample_path(self) -> Path:
        """Where the first rows lie, so that a large file is opened once."""
        return uploads.drafts_folder() / f"{self.token}.sample"

    def sample(self) -> pl.DataFrame:
        """The first rows, all text, with their lines."""
        return pl.read_parquet(self.sample_path)

    def columns(self) -> list[str]:
        """The names of the file's columns."""
        return [name for name in self.sample().columns if name != LINE]

    def look(self) -> None:
        """Read the first rows as `data` says; raises UnreadableFile."""
        spec = FileSpec.model_validate(self.data.get("file", {}))
        with opened(Path(self.path), spec, name=self.name) as table:
            table.head(SAMPLE_ROWS).write_parquet(self.sample_path)

    def propose(self, *, kind: str | None = None) -> None:
        """Put a fresh proposal in the place of what is there; how the file is read stays."""
        kept = {name: self.data[name] for name in ("file",) if name in self.data}
        self.data = {**kept, **propose(self.sample(), kind=kind)}


def begin(
    session: SessionBase, *, path: Path, name: str, run: Import | None = None
) -> MappingDraft:
    """A new draft for a file; with a run it begins from that run's mapping.

    Raises UnreadableFile.
    """
    draft = MappingDraft(secrets.token_hex(12), name, str(path))
    if run is not None:
        draft.run_id, draft.source, draft.base = run.pk, run.source.name, run.mapping_name
        draft.data = _data_of(run.mapping_text)
    draft.look()
    if not draft.data.get("fields"):
        draft.propose()
    keep(session, draft)
    return draft


def find(session: SessionBase, token: str) -> MappingDraft | None:
    """The writer's own draft; None when it is another's, or forgotten."""
    stored = session.get(_KEY, {}).get(token)
    if stored is None:
        return None
    draft = MappingDraft(**stored)
    return draft if draft.sample_path.is_file() and Path(draft.path).is_file() else None


def keep(session: SessionBase, draft: MappingDraft) -> None:
    """Store a draft; of many the latest few stay."""
    kept = {token: each for token, each in session.get(_KEY, {}).items() if token != draft.token}
    kept[draft.token] = asdict(draft)
    session[_KEY] = dict(list(kept.items())[-_MOST:])


def finish(session: SessionBase, draft: MappingDraft) -> None:
    """Forget a draft; its file is the caller's."""
    session[_KEY] = {t: each for t, each in session.get(_KEY, {}).items() if t != draft.token}
    draft.sample_path.unlink(missing_ok=True)


def _data_of(text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
    fields = data.get("fields", {})
    data["fields"] = {n: {"column": s} if isinstance(s, str) else s for n, s in fields.items()}
    data.pop("name", None)
    return data
