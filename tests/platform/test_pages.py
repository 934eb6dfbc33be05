"""Health, headers and sign-in: what every page shares."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from incentives import health


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_asks_every_service(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "cache": True, "queue": True}


@pytest.mark.django_db
def test_ready_names_what_does_not_answer(client: Client, settings: object) -> None:
    settings.REDIS_URL = "unix:///nowhere.sock"  # type: ignore[attr-defined]
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": True,
        "cache": True,
        "queue": False,
    }


@pytest.mark.django_db
def test_ready_says_so_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    assert client.get("/health/ready").json()["database"] is False


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_only_asked(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405


def test_scripts_and_styles_come_from_here_only(client: Client) -> None:
    policy = client.get("/health/live")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["object-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in policy


def test_security_headers(client: Client) -> None:
    answer = client.get("/health/live")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client) -> None:
    client.post(
        "/accounts/signup/", {"login": "me", "password1": "a long one", "password2": "a long one"}
    )
    from django.contrib.auth import get_user_model

    assert not get_user_model().objects.filter(login="me").exists()


@pytest.mark.django_db
def test_the_admin_has_no_sign_in_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code in {302, 404} or "admin/login.html" not in {
        template.name for template in answer.templates
    }


def test_tests_run_on_the_real_services() -> None:
    assert connection.vendor == "postgresql"
    assert str(settings.CACHES["default"]["BACKEND"]).endswith("RedisCache")


@pytest.mark.django_db(transaction=True)
def test_sign_in_page_keeps_the_content_policy(live_server: LiveServer, page: object) -> None:
    page.goto(f"{live_server.url}/accounts/login/")  # type: ignore[attr-defined]
    assert page.locator("form").count() >= 1  # type: ignore[attr-defined]
