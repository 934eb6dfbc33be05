"""Rejected rows go out as a harmless CSV and come back as they were."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from scoring.ingest import uploads
from scoring.ingest.library import find_mapping
from scoring.ingest.repair import as_csv
from scoring.models import Import, ImportIssue, Source, Ticket
from tests.org.cast import Cast
from tests.scoring.uploading import DIRTY, HEADER, latest, make_mapping, once, send

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    """A browser in which the manager is signed in; a mapping called desk is there."""
    client.force_login(cast.manager)
    make_mapping()
    return client


def rejected(client: Client, run: Import) -> list[dict[str, str]]:
    """The rows of the download, which Excel would open as UTF-8."""
    response: Any = client.get(f"/imports/{run.pk}/rejected.csv")
    content = b"".join(response.streaming_content)
    assert content.startswith(BOM)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.django_db(transaction=True)
def test_rejected_rows_are_downloaded_once_each_with_the_reason(manager: Client) -> None:
    send(manager, DIRTY)
    rows = rejected(manager, latest())
    assert [row["_line"] for row in rows] == ["3", "4", "5", "6"]
    assert rows[0]["Agent"] == "'=Bo"
    assert rows[1]["Agent"] == "'+Cy"
    assert rows[3]["Agent"] == "''=Em"
    assert rows[3]["Rating"] == "-7"
    assert (rows[0]["_column"], rows[2]["_reason"]) == ("Resolved", "The row has no id.")


@pytest.mark.django_db(transaction=True)
def test_the_repaired_file_goes_to_the_same_source_and_changes_nothing_else(
    manager: Client,
) -> None:
    send(manager, DIRTY)
    run = latest()
    rows = rejected(manager, run)
    rows[0]["Resolved"] = "2026-01-05 11:00"
    rows[1]["Rating"] = "4"
    rows[2]["Ticket"] = "4"
    del rows[3]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    page = f"/imports/{run.pk}/"
    response = send(
        manager,
        text.getvalue().encode("gb18030"),
        name="repaired.csv",
        token=once(manager, page),
        url=f"{page}repair/",
    )
    mended = latest()
    assert response["Location"] == f"/imports/{mended.pk}/"
    assert (mended.source, mended.status) == (run.source, "done")
    assert (mended.rows_new, mended.rows_changed, mended.fields_rejected) == (1, 2, 0)
    assert Ticket.objects.get(external_id="2").resolution_seconds == 5400
    names = set(Ticket.objects.values_list("agent__key", flat=True))
    assert names == {"Ana", "=Bo", "+Cy", "Di", "'=Em"}


@pytest.mark.django_db(transaction=True)
def test_a_repaired_file_without_its_columns_is_a_form_error(manager: Client) -> None:
    send(manager, DIRTY)
    page = f"/imports/{latest().pk}/"
    response = send(manager, "a,b\n1,2\n", token=once(manager, page), url=f"{page}repair/")
    assert response.status_code == 422
    assert "Keep the columns" in response.content.decode()
    assert Import.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_with_too_many_values_is_rejected_again_until_it_is_mended(
    manager: Client,
) -> None:
    send(manager, HEADER + "1,Ana,2026-01-05 09:00,,5\n2,Bo,2026-01-05 09:00,,4,x,y\n")
    run = latest()
    assert run.rows_rejected == 1
    response: Any = manager.get(f"/imports/{run.pk}/rejected.csv")
    text = b"".join(response.streaming_content)
    page = f"/imports/{run.pk}/"
    send(manager, text, name="r.csv", token=once(manager, page), url=f"{page}repair/")
    assert (latest().status, latest().rows_rejected) == ("refused", 1)
    mended = text.replace(b",x,y", b"")
    send(manager, mended, name="r.csv", token=once(manager, page), url=f"{page}repair/")
    assert (latest().status, latest().rows_new) == ("done", 1)


@pytest.mark.django_db
def test_a_mended_file_is_csv_whatever_the_first_file_was() -> None:
    text = (
        'kind = "tickets"\n[file]\nformat = "xlsx"\nsheet = "Calls"\nheader_row = 3\n'
        '[fields]\nexternal_id = { line = true }\nday = "via.day"\n'
    )
    run = Import(
        source=Source(name="x"), kind="tickets", mapping_name="m", mapping_text=text, file_path="/"
    )
    mapping = as_csv(run).mapping
    assert (mapping.file.format, mapping.file.sheet, mapping.file.header_row) == ("csv", None, 1)
    assert mapping.fields["external_id"].column == "_line"
    assert mapping.fields["day"].column == "via.day"


@pytest.mark.django_db
def test_rows_are_downloaded_although_the_file_is_gone(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    run = Import.objects.create(
        source=Source.objects.create(name="x"), kind="tickets", file_name="a.csv", file_path="/no"
    )
    ImportIssue.objects.create(run=run, line=2, code="missing_id", row={"a": "1", "b": "客服"})
    assert rejected(client, run)[0]["b"] == "客服"


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_the_same_moment_make_one_import(cast: Cast) -> None:
    make_mapping()
    path = uploads.store([DIRTY.encode()], uploads.imports_folder() / "one")
    found = find_mapping("desk")
    together = Barrier(4)

    def submit(_number: int) -> int:
        try:
            together.wait(120)
            run, _made = uploads.submit(
                path=path, name="a.csv", source="desk", mapping=found, by=cast.manager
            )
            return run.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(submit, range(4)))) == 1
    assert Import.objects.count() == 1


def test_uploads_are_stored_under_random_names_and_never_executable(
    tmp_path: Path, settings: Any
) -> None:
    name = uploads.token_name(uploads.new_token())
    path = uploads.store([b"#!/bin/sh\n"], uploads.imports_folder() / name)
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.name == name
    assert len(name) == 32
    assert not list(path.parent.glob("*.part"))


def test_drafts_that_nobody_finished_are_removed(settings: Any) -> None:
    path = uploads.store([b"x"], uploads.drafts_folder() / "old")
    uploads.discard_old_drafts(now=path.stat().st_mtime + 3600)
    assert path.exists()
    uploads.discard_old_drafts(now=path.stat().st_mtime + 3 * 24 * 3600)
    assert not path.exists()


@pytest.mark.django_db
def test_sent_files_are_removed_after_their_time_unless_they_still_wait(settings: Any) -> None:
    settings.UPLOADS_KEPT_DAYS = 30
    make_mapping()
    folder = uploads.imports_folder()
    files = {
        status: uploads.store([b"id"], folder / f"tidy-{status}") for status in ("done", "queued")
    }
    source = Source.objects.create(name="tidy")
    for status, path in files.items():
        Import.objects.create(
            source=source,
            kind="tickets",
            status=status,
            file_name="f",
            file_path=str(path.absolute()),
        )
    month = 30 * 24 * 3600
    begun = files["done"].stat().st_mtime
    uploads.discard_old_files(now=begun + month - 60)
    assert all(path.exists() for path in files.values())
    uploads.discard_old_files(now=begun + month + 60)
    assert not files["done"].exists()
    assert files["queued"].exists()
    files["queued"].unlink()
