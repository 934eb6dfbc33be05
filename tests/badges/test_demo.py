"""The demo company shows play in all its states after one night."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from badges.models import Award, Battle, Quest, QuestClaim, QuestProgress, QuestResult
from incentives.capabilities import DemoStep, declared
from incentives.org.models import Company
from scoring.demo import fill, sign_ins
from scoring.demo.company import make_company
from scoring.demo.exports import write_files
from scoring.demo.plan import Plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def today(transactional_db: None, tmp_path: Path) -> date:
    """The day of the demo, after one night."""
    fill.set_up_company()
    day = Company.current().today()
    plan = Plan(agents=8, days=35, seed=3, last_day=day - timedelta(days=1))
    write_files(plan, make_company(plan), tmp_path)
    for _run in fill.import_files(tmp_path):
        pass
    sign_ins.set_up(tmp_path)
    for part in declared(DemoStep):
        part.make(day)
    call_command("nightly", stdout=StringIO())
    return day


def test_after_a_night_the_demo_shows_play_in_every_state(today: date) -> None:
    assert set(Battle.objects.values_list("outcome", flat=True)) >= {"won", "lost"}
    announced = Battle.objects.filter(status="published")
    assert announced.filter(starts_on__lte=today, ends_on__gte=today).exists()
    assert announced.filter(starts_on__gt=today).exists()

    assert Quest.objects.running(on=today).exists()
    assert Quest.objects.filter(status="cancelled").exists()
    assert QuestResult.objects.filter(state="done").exists()
    assert {"waiting", "approved", "refused"} <= set(
        QuestClaim.objects.values_list("status", flat=True)
    )
    assert QuestProgress.objects.exists()

    held = Award.objects.filter(revoked_on=None)
    assert set(held.values_list("tier", flat=True)) == {"bronze", "silver", "gold"}
    assert held.filter(expires_on__lt=today).exists()
    assert held.filter(expires_on__gte=today).exists()
    assert Award.objects.exclude(revoked_on=None).exclude(revoked_reason="").exists()
    assert held.filter(granted_by=None).exists()
    assert held.exclude(granted_by=None).exists()
    # A set is under way for whoever holds one of its badges.
    assert held.filter(badge__sets__archived_on=None, badge__sets__isnull=False).exists()
