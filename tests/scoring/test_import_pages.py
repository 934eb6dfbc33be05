"""Sending a file, following it, and what was not taken."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from scoring.ingest import progress, workers
from scoring.models import Import, Ticket
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast
from tests.scoring.test_workbooks import saved
from tests.scoring.uploading import DIRTY, GOOD, HEADER, latest, make_mapping, send

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    """A browser in which the manager is signed in; a mapping called desk is there."""
    client.force_login(cast.manager)
    make_mapping()
    return client


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, 403) for name in ("agent", "supervisor", "site_manager", "hr", "executive")),
        *((name, 200) for name in ("manager", "administrator")),
    ],
)
def test_only_managers_of_the_whole_company_and_administrators_import(
    cast: Cast, client: Client, name: str, status: int
) -> None:
    client.force_login(cast.manager)
    make_mapping()
    send(client, DIRTY)
    run, mapping = latest(), make_mapping("second")
    client.force_login(getattr(cast, name))
    pages = (
        *("", "new/", f"{run.pk}/", f"{run.pk}/rejected.csv", "held/", "mappings/"),
        *("mappings/write/", f"mappings/{mapping.pk}/", "mappings/new/"),
        "mappings/shipped/canonical-tickets/",
    )
    for page in pages:
        assert client.get(f"/imports/{page}").status_code == status, page
    if status == 403:
        for action in (
            *("new/", f"{run.pk}/again/", f"{run.pk}/repair/", "held/create/", "held/match/"),
            *("mappings/new/", f"mappings/{mapping.pk}/delete/"),
        ):
            assert client.post(f"/imports/{action}").status_code == 403, action


def test_visitors_are_sent_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/imports/")
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_file_is_imported_and_its_result_told_in_words(manager: Client, cast: Cast) -> None:
    response = send(manager)
    run = latest()
    assert (response.status_code, response["Location"]) == (302, f"/imports/{run.pk}/")
    assert (run.status, run.rows_new, run.created_by) == ("done", 2, cast.manager)
    assert Ticket.objects.count() == 2
    page = manager.get(response["Location"]).content.decode()
    assert "2 new, 0 changed, 0 already known." in page
    assert "Every value could be taken." in page
    assert_no_inline(page)
    assert "tickets.csv" in manager.get("/imports/").content.decode()


def test_sending_the_same_form_twice_makes_one_import(manager: Client) -> None:
    first = send(manager)
    token = Import.objects.get().file_path.rsplit("/", 1)[1]
    from django.core import signing

    signed = signing.Signer(salt="scoring.uploads").sign(token)
    second = send(manager, token=signed)
    assert second["Location"] == first["Location"]
    assert Import.objects.count() == 1


def test_a_forged_ticket_is_refused(manager: Client) -> None:
    response = send(manager, token="../../evil:x")
    assert response.status_code == 422
    assert "Reload the page" in response.content.decode()
    assert not Import.objects.exists()


def _workbook(part: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(part, "x")
    return buffer.getvalue()


BAD = {
    "empty": ("tickets.csv", b"", "empty"),
    "only a header of other columns": ("tickets.csv", b"a,b\n1,2\n", "no column “Ticket”"),
    "broken gzip": ("tickets.csv.gz", gzip.compress(GOOD.encode())[:20], "tickets.csv.gz"),
    "an unknown ending": ("tickets.doc", b"x", "none of"),
    "a picture": ("tickets.csv", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "PNG"),
    "an old workbook": ("t.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 50, "XLS"),
    "a zip that is no workbook": ("t.xlsx", _workbook("a.txt"), "t.xlsx"),
    "a program": ("t.parquet", b"\x7fELF" + b"0" * 50, "not an intact"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_a_form_error_and_leaves_nothing_behind(
    manager: Client, kind: str, settings: Any
) -> None:
    name, content, said = BAD[kind]
    response = send(manager, content, name=name)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not Import.objects.exists()
    folder = settings.MEDIA_ROOT / "imports"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_wrong_sheet_is_named_on_the_form(manager: Client, tmp_path: Path) -> None:
    make_mapping(
        "book", 'kind="tickets"\n[file]\nsheet="Calls"\n[fields]\nexternal_id="a"\nday="d"'
    )
    content = saved(tmp_path, [["a", "d"], ["1", "2026-01-05"]]).read_bytes()
    response = send(manager, content, name="t.xlsx", mapping="book")
    assert response.status_code == 422
    assert "Calls" in response.content.decode()
    assert not Import.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(manager: Client, settings: Any) -> None:
    settings.INGEST_MAX_BYTES = 2 * 2**20
    row = "1,Ana,2026-01-05 09:00,2026-01-05 10:00,5\n"
    response = send(manager, HEADER + row * (3 * 2**20 // len(row)))
    assert response.status_code == 422
    assert "larger than 2 MB" in response.content.decode()
    assert not Import.objects.exists()


def test_a_request_without_its_csrf_token_is_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.manager)
    make_mapping()
    assert send(strict).status_code == 403
    assert not Import.objects.exists()


def test_a_file_that_no_mapping_fits_goes_on_in_the_wizard(manager: Client) -> None:
    response = send(manager, "Id,Created\n1,2026-01-05\n")
    assert response.status_code == 422
    found = re.search(r"/imports/mappings/new/[0-9a-f]+/", response.content.decode())
    assert found is not None
    assert "Created" in manager.get(found.group()).content.decode()


def test_a_refusal_says_what_to_do_and_offers_the_wizard(manager: Client) -> None:
    send(manager, HEADER + "1,Ana,03/04/2026,,5\n")
    run = latest()
    assert run.status == "refused"
    page = manager.get(f"/imports/{run.pk}/").content.decode()
    assert "reads as" in page
    assert f"/imports/mappings/new/?import={run.pk}" in page


def test_a_dry_run_stores_nothing_and_can_be_made_good(manager: Client) -> None:
    send(manager, DIRTY, dry_run="on")
    run = latest()
    assert (run.dry_run, Ticket.objects.count()) == (True, 0)
    assert "Import it for good" in manager.get(f"/imports/{run.pk}/").content.decode()
    manager.post(f"/imports/{run.pk}/again/")
    assert (latest().dry_run, latest().status) == (False, "done")
    assert Ticket.objects.count() == 4


def test_progress_is_polled_answered_304_while_nothing_moves_and_ends_with_286(
    manager: Client,
) -> None:
    send(manager)
    run = latest()
    Import.objects.update(status="queued", finished_at=None)
    first = manager.get(f"/imports/{run.pk}/", headers=HTMX)
    assert b"data-poll" in first.content
    same = manager.get(f"/imports/{run.pk}/", headers={**HTMX, "If-None-Match": first["ETag"]})
    assert same.status_code == 304
    Import.objects.update(status="done")
    last = manager.get(f"/imports/{run.pk}/", headers={**HTMX, "If-None-Match": first["ETag"]})
    assert last.status_code == 286
    assert b"data-poll" not in last.content
    assert b'id="live"' in last.content


def test_a_step_of_a_running_import_is_shown(manager: Client, monkeypatch: Any) -> None:
    send(manager)
    run = latest()
    Import.objects.update(status="running")
    monkeypatch.setattr(progress, "is_interrupted", lambda run: False)
    cache.set(progress._key(run.pk), ("read", 64), 60)
    assert "64 %" in manager.get(f"/imports/{run.pk}/").content.decode()


def test_an_interrupted_import_is_run_again_as_itself(manager: Client) -> None:
    send(manager)
    run = latest()
    Ticket.objects.all().delete()
    Import.objects.update(status="running", digest="")
    page = manager.get(f"/imports/{run.pk}/").content.decode()
    assert "Run again" in page
    assert "data-poll" not in page.split("<main", 1)[1]
    manager.post(f"/imports/{run.pk}/again/")
    assert Import.objects.count() == 1
    assert (latest().status, Ticket.objects.count()) == ("done", 2)


def test_a_file_that_waits_in_vain_says_how_to_start_a_worker(
    manager: Client, monkeypatch: Any
) -> None:
    send(manager)
    run = latest()
    monkeypatch.setattr(workers, "_ask", lambda: False)
    Import.objects.update(status="queued", created_at=timezone.now())
    assert "No worker" not in manager.get(f"/imports/{run.pk}/").content.decode()
    Import.objects.update(created_at=timezone.now() - timedelta(seconds=9))
    assert "celery -A incentives worker" in manager.get(f"/imports/{run.pk}/").content.decode()


def test_the_list_filters_and_survives_a_wrong_address(manager: Client) -> None:
    send(manager)
    assert "tickets.csv" in manager.get("/imports/?status=done").content.decode()
    assert "No import fits" in manager.get("/imports/?status=failed").content.decode()
    assert manager.get("/imports/?status=nonsense&source=x&page=99").status_code == 200


def test_pages_ask_the_database_a_bounded_number_of_times(
    manager: Client, django_assert_max_num_queries: Any
) -> None:
    send(manager, DIRTY)
    with django_assert_max_num_queries(20):
        manager.get("/imports/")
    with django_assert_max_num_queries(20):
        manager.get(f"/imports/{latest().pk}/")


def test_wrong_methods_are_refused(manager: Client) -> None:
    send(manager)
    run = latest()
    assert manager.post("/imports/").status_code == 405
    assert manager.get(f"/imports/{run.pk}/again/").status_code == 405
    assert manager.get(f"/imports/{run.pk}/repair/").status_code == 405
    assert manager.get("/imports/999999/").status_code == 404
