"""A wrong column in a long file is counted exactly and listed up to a limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.ingest import runs, work
from tests.scoring.imports import import_rows


@pytest.mark.django_db
def test_rejections_beyond_the_limit_are_counted_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_LISTED", 4)
    monkeypatch.setattr(runs, "MOST_ISSUES", 6)
    rows = [
        {"id": f"T{i}", "opened": "2026-03-01 08:00", "rating": "seven", "handle": "soon"}
        for i in range(10)
    ]
    rows += [{"id": "", "opened": "2026-03-01 08:00"} for _ in range(5)]
    run = import_rows(tmp_path, rows)
    assert (run.rows_new, run.fields_rejected, run.rows_rejected) == (10, 20, 5)
    assert run.issues.count() == 6
    assert "6 of 25" in run.message
