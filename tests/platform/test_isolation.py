"""The suite's own ground: seeds come back, slots differ, processes agree."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from badges.models import QuestTemplate
from tests import databases

ROOT = Path(__file__).resolve().parents[2]


def shipped_templates() -> int:
    return QuestTemplate.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_may_break_everything() -> None:
    QuestTemplate.objects.all().delete()
    assert shipped_templates() == 0


@pytest.mark.django_db(transaction=True)
def test_and_the_next_one_starts_from_the_seeds() -> None:
    assert shipped_templates() > 0


def test_another_run_takes_another_slot_and_a_program_of_a_test_the_same() -> None:
    show = "from tests.settings import TEST_SLOT; print(TEST_SLOT)"
    other = {name: value for name, value in os.environ.items() if not name.startswith("TEST_SLOT")}
    slots = [
        int(
            subprocess.run(
                [sys.executable, "-c", show],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for environment in (other, dict(os.environ))
    ]
    assert slots[0] != settings.TEST_SLOT
    assert slots[1] == settings.TEST_SLOT


def test_the_template_follows_the_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    before = databases.template_name()
    monkeypatch.setattr(databases, "SEEDS", ("requirements/base.txt",))
    assert databases.template_name() != before
