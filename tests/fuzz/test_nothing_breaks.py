"""No value in any address, parameter, field, file or header makes the site answer 500.

FUZZ_SEED draws other requests, FUZZ_CASES says how many of each role, FUZZ_ROLES of which roles (see docs/security.md).
"""

from __future__ import annotations

import os
import random
import time
import traceback
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from django.test import Client

from tests.fuzz.cases import Case, Site, draw
from tests.fuzz.pages import route

SEED = os.environ.get("FUZZ_SEED", "1")
CASES = int(os.environ.get("FUZZ_CASES", "250"))
ROLES = os.environ.get("FUZZ_ROLES", "administrator,agent").split(",")
ROOT = Path(__file__).resolve().parents[2]
SLOW = 8  # seconds of the processor's time
# Answers that are the same for everyone say so themselves.
EVERYONES = {
    "badges:achievement",
    "badges:achievement_picture",
    "badges:did",
    "badges:issuer",
    "badges:public_keys",
    "badges:status_list",
    "dashboards:manifest",
    "dashboards:service_worker",
}

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.parametrize("role", ROLES)
def test_no_input_breaks_the_site(site_of: Callable[[str], Site], role: str) -> None:
    site, rng = site_of(role), random.Random(f"{SEED} {role}")
    client = Client(raise_request_exception=False)
    broken: dict[str, str] = {}
    for _ in range(CASES):
        client.cookies = SimpleCookie(site.cookies)
        case = draw(site, rng)
        told = _what_breaks(client, case)
        if told and told not in broken:
            print(f"\n{told}\n    {case}", flush=True)  # a long run is watched with -s
            broken[told] = str(case)
    assert broken == {}


@pytest.mark.parametrize("role", ["administrator", "agent"])
def test_no_shared_cache_keeps_what_someone_signed_in_is_answered(
    site_of: Callable[[str], Site], role: str
) -> None:
    answers = site_of(role).kept
    assert len(answers) > 50
    shared = {route(path) for path, said in answers.items() if not {"private", "no-store"} & said}
    assert shared <= EVERYONES


def _what_breaks(client: Client, case: Case) -> str:
    """The place and kind of an error, empty when there is none; nothing of the request stays."""
    began = time.process_time()
    with transaction.atomic():
        answer = case.ask(client)
        told = ""
        if answer.status_code >= 500:
            exception = getattr(answer, "exc_info", None)
            told = _place(exception[1]) if exception else f"answers {answer.status_code}"
        else:
            try:
                connection.check_constraints()
            except Error as error:
                told = f"{type(error).__name__} at the end of the transaction: {error}"
        transaction.set_rollback(True)
    return told or (f"slow: {case.path}" if time.process_time() - began > SLOW else "")


def _place(error: BaseException) -> str:
    """The innermost line of ours."""
    lines = traceback.extract_tb(error.__traceback__)
    ours = [
        line
        for line in lines
        if line.filename.startswith(str(ROOT))
        and "/.venv/" not in line.filename
        and "/tests/" not in line.filename
    ]
    at = (ours or lines)[-1]
    return f"{at.filename.removeprefix(str(ROOT))}:{at.lineno} {type(error).__name__}"
