"""Fixtures for every test: real PostgreSQL and Redis, a cast of people, and a real browser."""

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from incentives import embedded
from tests import databases

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Milliseconds; a busy machine is many times slower than a quiet one, and waiting costs nothing else.
PATIENCE = 15_000
NAVIGATION_PATIENCE = 60_000
# They begin before all others, so that no processor idles at the end.
LONGEST = (
    "tests/browser/walk/",
    "tests/platform/test_command_line.py",
    "tests/platform/test_inference.py",
    "tests/scoring/test_disturbed_nights.py",
)
# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

_FILES = itertools.count()
# The permanent small cast of people.
CAST = {"tests.factories": "factories.py", "tests.org.cast": "org/cast.py"}
pytest_plugins = [name for name, file in CAST.items() if (Path(__file__).parent / file).exists()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first, those that commit give the seeded rows back, a browser may stumble once."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for item in items:
        names = getattr(item, "fixturenames", [])
        mark = item.get_closest_marker("django_db")
        commits = mark is not None and mark.kwargs.get("transaction", False)
        if commits or {"transactional_db", "live_server"} & set(names):
            names.insert(0, "seeds_given_back")
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that passed only at its second try, and why; SECOND_TRIES is a file for that."""
    stumbled = terminalreporter.stats.get("rerun", [])
    if not stumbled:
        return
    terminalreporter.section(f"{len(stumbled)} NEEDED A SECOND TRY: mend them", sep="!", red=True)
    for report in stumbled:
        terminalreporter.line(f"SECOND TRY {report.nodeid}", red=True)
        terminalreporter.line(report.longreprtext)
    if told := os.environ.get("SECOND_TRIES"):
        Path(told).write_text("".join(f"{report.nodeid}\n" for report in stumbled))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last run to end stops the test servers."""
    if not hasattr(config, "workerinput"):
        embedded.stop_if_unused()


@pytest.fixture(scope="session")
def servers() -> None:
    """PostgreSQL and Redis under var/test, unless DATABASE_URL and REDIS_URL name others."""
    embedded.ensure_missing()


@pytest.fixture(scope="session")
def database_name() -> str:
    """The run's own database."""
    return f"test_incentives_{settings.TEST_SLOT}"


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    servers: None,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    database_name: str,
) -> Iterator[None]:
    """A migrated, seeded database; --create-db builds its template anew."""
    with django_db_blocker.unblock():
        databases.clone(database_name, rebuild=request.config.getoption("create_db"))
    yield
    with django_db_blocker.unblock():
        databases.drop(database_name)


@pytest.fixture
def seeds_given_back(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """After a test that commits, a fresh copy: Django would empty every table, seeds included."""
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
    yield
    with django_db_blocker.unblock():
        databases.clone(database_name)


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """No test sees what another one cached."""
    if {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Folders that no other test has; whoever writes there makes them, as most tests do not."""
    own = tmp_path_factory.getbasetemp() / f"files-{next(_FILES)}"
    settings.MEDIA_ROOT = own / "media"  # type: ignore[attr-defined]
    settings.DROP_FOLDER = own / "drop"  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def _kept_files() -> Iterator[None]:
    """Browsers keep style sheets and scripts from page to page, as they do in production.

    Without this every page asks for some thirty files again when they were checked out a moment ago.
    """
    serve = StaticFilesHandler.serve

    def kept(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(self, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def browser(_kept_files: None) -> Iterator["Browser"]:
    """Debian's Chromium under Playwright; skipped, and said so in the summary, where there is none."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM to its path")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page at desk size; the test fails on a script error or a breach of the content policy."""
    # A service worker would answer before page.route: its own test allows it.
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", service_workers="block"
    )
    problems: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: _note_breach(problems, line.type, line.text))
    page.set_default_timeout(PATIENCE)
    page.set_default_navigation_timeout(NAVIGATION_PATIENCE)
    yield page
    context.close()
    assert problems == []


def _note_breach(problems: list[str], kind: str, text: str) -> None:
    if kind == "error" and "Content Security Policy" in text:
        problems.append(text)
