"""A battle from the designer over whole nights of real files to the victory, its points, and the wall."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from badges.models import Battle
from dashboards.models import Wallboard
from dashboards.wallboard.links import token_of
from incentives.org.models import Company
from scoring.models import PointEntry
from tests.badges.whole_nights import night
from tests.dashboards.opening import Open, opened  # noqa: F401
from tests.factories import PersonFactory
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
#: Longer than a page waits before it asks again, in milliseconds.
ASKS = 31_000


@pytest.mark.usefixtures("live_server")
def test_a_battle_is_designed_fought_won_paid_and_shown_on_the_wall(
    opened: Open,  # noqa: F811
    live_server: LiveServer,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A boss that few fight shows no figures: three more are in the team.
    more = [PersonFactory(key=key, team=cast.alpha).key for key in ("ann", "bob", "cho")]
    today = cast.agent.company_today
    first = today + timedelta(days=1)
    design(opened, first)
    battle = Battle.objects.get()
    assert battle.status == Battle.Status.PUBLISHED
    monkeypatch.setattr(Company, "today", lambda _company: first)

    page = opened("/", who="agent")
    page.clock.install()
    page.goto(f"{live_server.url}{reverse('badges:battle', args=[battle.pk])}")
    expect(page.get_by_role("heading", name="Tide Kraken")).to_be_visible()
    expect(page.locator("#battle")).to_contain_text("0 of 30")
    night(first, agent=11, **dict.fromkeys(more, 3))
    page.clock.run_for(ASKS)
    expect(page.locator("#battle")).to_contain_text("20 of 30")
    expect(page.locator("#battle")).to_contain_text("Your part")

    last = battle.ends_on
    night(last, teammate=15)
    page.clock.run_for(ASKS)
    expect(page.locator(".boss.down")).to_be_visible()
    night(last + timedelta(days=1))
    page.clock.run_for(ASKS)
    expect(page.get_by_role("heading", name="Victory!")).to_be_visible()
    expect(page.locator("#battle")).to_contain_text("120 points for everyone who took part.")

    paid: Any = PointEntry.objects.filter(kind="battle")
    everyone = dict.fromkeys(["agent", "teammate", *more], 120)
    assert dict(paid.values_list("agent__key", "amount")) == everyone
    page = opened("/notices/", who="teammate")
    expect(page.locator("main")).to_contain_text("“Tide Kraken” is defeated: 120 points for you.")

    cache.clear()
    screen = Wallboard.objects.create(title="Hall", made_by=cast.manager, scenes=["battle"])
    page.context.clear_cookies()
    page.goto(f"{live_server.url}{reverse('dashboards:wall', args=[token_of(screen)])}")
    expect(page.locator(".wall-battle.won .shout")).to_have_text("Victory!")
    expect(page.get_by_role("heading", name="Tide Kraken")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(cast.agent.display_name)


def design(opened: Open, first: date) -> None:  # noqa: F811
    """A manager writes a battle, sees what it would be like, and announces it."""
    page = opened("/battles/new/", who="manager")
    page.get_by_label("English name").first.fill("Tide Kraken")
    page.locator(".creature-grid label", has_text="Kraken").click()
    page.get_by_label("From", exact=True).fill(str(first))
    page.get_by_label("Until", exact=True).fill(str(first + timedelta(days=1)))
    page.get_by_label("Who fights").select_option(label="Alpha")
    page.get_by_label("Value").fill("30")
    page.get_by_label("Points for everyone who took part").fill("120")
    # The boss follows what is typed, without a button.
    expect(page.locator("#effect")).to_contain_text("30 to reach")
    expect(page.locator("#effect .boss")).to_contain_text("Tide Kraken")
    page.get_by_text("Phases, and days for corrections").click()
    page.get_by_label("Days for corrections").fill("1")
    page.get_by_role("button", name="Save and announce …").click()
    expect(page).to_have_url(re.compile(r"/announce/$"))
    expect(page.get_by_text("5 people are told at once.")).to_be_visible()
    page.get_by_role("button", name="Announce").click()
    expect(page.get_by_role("heading", level=1, name="Tide Kraken")).to_be_visible()
