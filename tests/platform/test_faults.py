"""What cannot be read is refused; what is away is said so, to people and to what watches the site."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.org.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "127.0.0.1:1"
COOKIES = "sessionid={session}; theme=dark; django_language=zh-hans; csrftoken=x; messages=x"
ASK = """
import json, logging, sys
import django
django.setup()
logging.disable(logging.CRITICAL)
from django.test import Client
cookies, *paths = sys.argv[1:]
told = {}
for path in paths:
    answer = Client(raise_request_exception=False).get(path, headers={"cookie": cookies, "host": "localhost"})
    told[path] = [answer.status_code, answer.get("Retry-After"), answer.content.decode()]
print(json.dumps(told))
"""


def ask(session: str, *paths: str, **away: str) -> dict[str, list[Any]]:
    """What a process answers whose services are `away`: status, Retry-After, text by path."""
    found = subprocess.run(
        [sys.executable, "-c", ASK, COOKIES.format(session=session), *paths],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **away},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, list[Any]] = json.loads(found.stdout)
    return told


@pytest.mark.django_db
def test_without_a_database_health_is_answered_and_pages_say_when_to_come_back(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.agent)
    told = ask(
        client.session.session_key or "",
        *("/health/live", "/health/ready", "/", "/accounts/login/", "/no/such/page"),
        DATABASE_URL=f"postgresql://nobody@{NOWHERE}/none",
    )
    assert told["/health/live"][0] == 200
    assert told["/health/ready"][0] == 503
    assert json.loads(told["/health/ready"][2])["database"] is False
    assert json.loads(told["/health/ready"][2])["cache"] is True
    for path in ("/", "/accounts/login/", "/no/such/page"):
        status, retry, page = told[path]
        assert (status, retry) == (503, "30"), path
        assert page.count("<h1>") == 1
        assert 'lang="zh-Hans"' in page
        assert 'data-theme="dark"' in page


def test_health_names_the_services_that_are_away() -> None:
    told = ask("x" * 32, "/health/live", "/health/ready", REDIS_URL=f"redis://{NOWHERE}/0")
    assert told["/health/live"][0] == 200
    assert told["/health/ready"][0] == 503
    away = {name for name, good in json.loads(told["/health/ready"][2]).items() if good is False}
    assert {"cache", "queue"} <= away


def test_without_a_cache_the_answer_is_the_same(cast: Cast, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.administrator)
    settings.CACHES = {
        name: {**cache, "LOCATION": f"redis://{NOWHERE}/1"}
        for name, cache in settings.CACHES.items()
    }
    for path in ("/", "/imports/"):
        assert client.get(path).status_code == 503
    assert Client(raise_request_exception=False).get("/accounts/login/").status_code == 200


def test_a_nul_is_refused_before_any_view_meets_it(client: Client) -> None:
    for answer in (
        client.get("/accounts/login/?next=%00"),
        client.get("/accounts/login/?%00=1"),
        client.get("/verify/%00/"),
        client.post("/theme/", {"next": "a\0b"}),
    ):
        assert answer.status_code == 400
        assert "<h1>" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
@pytest.mark.parametrize("nasty", ["[" * 10_000, "9" * 5_000])
def test_what_a_package_cannot_read_is_refused_too(client: Client, nasty: str) -> None:
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": nasty})
    assert answer.status_code == 400


def test_the_way_back_is_an_address_and_never_the_name_of_a_view(client: Client) -> None:
    for target in ("²", "dashboards:home", "http://[", "//evil.example/"):
        for path in ("/language/", "/theme/"):
            answer = client.post(path, {"next": target, "theme": "dark"})
            assert (answer.status_code, answer["Location"]) == (302, "/")
