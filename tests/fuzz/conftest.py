"""The demo company, made once for the tests of this folder, and what its people find there."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.browser.walk.world import make_world
from tests.fuzz.cases import Site, look_around


@pytest.fixture(scope="package")
def site_of(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    database_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Site]]:
    """site_of(role); the database is a fresh clone again when these tests are over."""
    with django_db_blocker.unblock():
        databases.clone(database_name)
        cache.clear()
        try:
            world = make_world(tmp_path_factory.mktemp("demo"))
            yield functools.cache(
                lambda role: look_around(role, world.people.get(role), world.more)
            )
        finally:
            databases.clone(database_name)
            cache.clear()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are what these tests are about."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
