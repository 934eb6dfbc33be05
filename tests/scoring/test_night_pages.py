"""The pages of nights: who sees them, what they show while a night runs, and "run now"."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connections
from django.test import Client

from scoring.figures.night_lock import NIGHT_LOCK
from scoring.ingest import workers
from scoring.models import NightRun
from scoring.nights import progress
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 20)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    client.force_login(cast.manager)
    return client


def record(status: str = "done", **more: object) -> NightRun:
    return NightRun.objects.create(as_of=DAY, origin="schedule", status=status, **more)


def token(client: Client) -> str:
    found = re.search(r'name="once" value="([^"]+)"', client.get("/nights/").content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((n, 403) for n in ("agent", "supervisor", "site_manager", "hr", "executive")),
        *((n, 200) for n in ("manager", "administrator")),
    ],
)
def test_nights_are_for_managers_of_the_whole_company_and_administrators(
    cast: Cast, client: Client, name: str, status: int
) -> None:
    run = record()
    client.force_login(getattr(cast, name))
    for page in ("/nights/", f"/nights/{run.pk}/"):
        response = client.get(page)
        assert response.status_code == status
        assert_no_inline(response.content.decode())
    if status == 403:
        assert client.post("/nights/new/", {"once": "x"}).status_code == 403


def test_visitors_sign_in_first_and_other_methods_are_refused(
    client: Client, cast: Cast, manager: Client
) -> None:
    assert Client().get("/nights/")["Location"].startswith("/accounts/login/")
    assert manager.get("/nights/new/").status_code == 405
    assert manager.post("/nights/").status_code == 405
    assert manager.get("/nights/999999/").status_code == 404


def test_before_the_first_night_the_page_says_how_it_comes(manager: Client) -> None:
    assert "No night yet" in manager.get("/nights/").content.decode()


def test_run_now_runs_one_night_however_often_the_form_is_sent(manager: Client, cast: Cast) -> None:
    once = token(manager)
    places = [manager.post("/nights/new/", {"once": once})["Location"] for _ in range(3)]
    run = NightRun.objects.get()
    assert places == [f"/nights/{run.pk}/"] * 3
    assert (run.status, run.by, run.origin) == ("done", cast.manager, "page")
    page = manager.get(places[0]).content.decode()
    assert "Daily totals" in page
    assert "nothing to catch up" in page
    assert_no_inline(page)


def test_a_forged_form_starts_nothing(manager: Client) -> None:
    response = manager.post("/nights/new/", {"once": "made up"}, follow=True)
    assert "out of date" in response.content.decode()
    assert not NightRun.objects.exists()


def test_while_a_night_runs_the_page_follows_its_steps(manager: Client) -> None:
    ended = {"name": "files", "line": "2 files", "seconds": 1.5, "counts": {"rows": 7}}
    run = record("running", step="totals", steps=[ended])
    progress._remember(run.pk, 40)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [NIGHT_LOCK])
        answer = manager.get(f"/nights/{run.pk}/", headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "data-poll" in page
        assert "2 files" in page
        assert "40 %" in page
        same = manager.get(f"/nights/{run.pk}/", headers={**HTMX, "If-None-Match": answer["ETag"]})
        assert same.status_code == 304
        listed = manager.get("/nights/").content.decode()
        assert "data-poll" in listed
        assert "Run now" not in listed
    finally:
        other.close()


def test_a_night_whose_process_is_gone_is_shown_as_cut_off_and_is_asked_about_no_more(
    manager: Client,
) -> None:
    run = record("running", step="totals")
    answer = manager.get(f"/nights/{run.pk}/", headers=HTMX)
    assert answer.status_code == 286
    page = answer.content.decode()
    assert "stopped here" in page
    assert "Nothing is lost" in page
    assert "Cut off" in manager.get("/nights/").content.decode()


def test_a_failed_night_tells_why(manager: Client) -> None:
    run = record("failed", step="totals", message="ValueError: the rule is odd")
    page = manager.get(f"/nights/{run.pk}/").content.decode()
    assert "the rule is odd" in page


def test_a_queued_night_says_when_no_worker_answers(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE_SECONDS", -1)
    monkeypatch.setattr(workers, "answer", lambda: False)
    run = record("queued")
    assert "celery -A incentives worker" in manager.get(f"/nights/{run.pk}/").content.decode()


def test_the_pages_take_few_queries(manager: Client, django_assert_max_num_queries: object) -> None:
    runs = [record() for _ in range(30)]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        manager.get("/nights/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        manager.get(f"/nights/{runs[0].pk}/")
