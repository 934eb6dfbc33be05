"""A badge drawn, granted and celebrated in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from badges.models import Award, BadgeVersion
from tests.badges.badge_data import REASON, badge_for_pages, near, won
from tests.badges.whole_nights import night
from tests.dashboards.opening import PHONE, Open, opened
from tests.org.cast import Cast

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_manager_draws_a_badge_and_sees_it_grow(opened: Open) -> None:
    page = opened("/badges/new/", who="manager")
    page.get_by_label("English name").fill("Calm Voice")
    page.get_by_label("Lotus").check(force=True)
    page.get_by_label("Silver").check()
    medal = page.locator(".live-medals .medal.silver .glyph")
    expect(medal).to_have_attribute("href", "/static/svg/medals.svg#lotus")
    page.locator("[name=silver-what]").select_option("csat")
    page.locator("[name=silver-value]").fill("92")
    page.locator("[name=silver-points]").fill("80")
    page.get_by_role("button", name="Preview").last.click()
    would = page.locator(".would")
    expect(would).to_contain_text("is at least 92 % in the month")
    expect(would).to_contain_text("客户满意度")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("heading", name="Calm Voice")).to_be_visible()
    version = BadgeVersion.objects.get(badge__name_en="Calm Voice")
    assert version.is_published
    assert version.badge.glyph == "lotus"


def test_a_drawn_badge_is_won_in_the_night_and_celebrated(opened: Open, cast: Cast) -> None:
    page = opened("/badges/new/", who="manager")
    page.get_by_label("English name").fill("Five Solved")
    page.get_by_label("Bronze").check()
    page.locator("[name=bronze-what]").select_option("handled")
    page.locator("[name=bronze-window]").select_option("day")
    page.locator("[name=bronze-value]").fill("5")
    page.locator("[name=bronze-points]").fill("40")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("heading", name="Five Solved")).to_be_visible()
    night(cast.agent.company_today, agent=5, teammate=4)
    page = opened("/", who="agent")
    expect(page.locator(".win .medal.bronze")).to_be_visible()
    expect(page.locator(".win")).to_contain_text("Five Solved")
    opened("/badges/", who="teammate")
    expect(page.locator("main")).to_contain_text("80 %")
    award = Award.objects.get(badge__name_en="Five Solved")
    assert (award.person.key, award.points) == ("agent", 40)


def test_a_granted_badge_is_celebrated_with_its_medal_and_stands_in_the_cabinet(
    opened: Open, cast: Cast
) -> None:
    today = cast.agent.company_today
    badge_for_pages("expert", today=today, way="granted", name_en="Phone Whisperer")
    page = opened(f"/badges/grant/?person={cast.agent.pk}", who="supervisor")
    page.get_by_role("link", name="Phone Whisperer").click()
    expect(page.get_by_label("To", exact=True)).to_have_value(str(cast.agent.pk))
    page.get_by_label("What for").fill(REASON)
    page.get_by_role("button", name="Grant it").click()
    expect(page.get_by_role("heading", name="Phone Whisperer")).to_be_visible()
    assert Award.objects.get().granted_by == cast.supervisor
    page = opened("/", who="agent", size=PHONE)
    expect(page.locator(".win .medal.bronze")).to_be_visible()
    page.locator(".win a").click()
    expect(page).to_have_url(re.compile(r"/badges/$"))
    expect(page.locator(".latest")).to_contain_text(REASON)


def test_a_full_cabinet_fits_a_phone(opened: Open, cast: Cast) -> None:
    today = cast.agent.company_today
    for at, group in enumerate(("customer", "efficiency", "quality", "commercial", "growth")):
        badge = badge_for_pages(f"b{at}", "bronze", "gold", today=today, group=group)
        won(badge, cast.agent)
        near(cast.agent, badge, "gold", 0.4)
    page = opened("/badges/", who="agent", size=PHONE, theme="dark")
    expect(page.locator(".shelf").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
