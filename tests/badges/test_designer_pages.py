"""The designer of badges and sets, in its pages: what it shows, saves and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from badges.awards.preview import BadgePreview, TierPreview
from badges.models import Badge, BadgeSet, BadgeVersion
from scoring.figures.windows import Span
from tests.badges.badge_data import badge_for_pages
from tests.markup import tight
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def written(**changed: Any) -> dict[str, Any]:
    """The designer's form with a silver tier."""
    row = {
        "what": "csat", "op": ">=", "value": "92", "among": "company", "window": "month",
        "days": "28", "start": "", "end": "", "least": "20", "streak": "1",
    }  # fmt: skip
    data = {
        "name_en": "Calm Voice", "name_zh": "沉着之声", "glyph": "lotus", "group": "quality",
        "way": "criteria", "repeats": "once", "holds": "always", "people": "everyone",
        "newcomer_days": "90", "starts_on": "2026-01-01", "silver-on": "1", "silver-points": "80",
        "silver-join": "all", **{f"silver-{part}": value for part, value in row.items()},
    }  # fmt: skip
    return data | changed


def test_a_badge_is_drawn_previewed_and_published_on_one_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("badges:badge_new")
    shown = client.post(url, written(preview="1"), headers={"HX-Request": "true"})
    assert shown.status_code == 200
    assert "“Customer satisfaction" in shown.content.decode()
    assert "客户满意度" in shown.content.decode()
    assert not Badge.objects.filter(name_en="Calm Voice").exists()
    assert client.post(url, written(publish="1")).status_code == 302
    version = BadgeVersion.objects.get(badge__name_en="Calm Voice")
    assert version.is_published
    assert version.tiers[0]["tier"] == "silver"
    assert version.tiers[0]["points"] == 80


def test_the_preview_names_everyone_who_would_win_it(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("badges.awards.views.designer.PEOPLE_SHOWN", 1)
    named = [cast.agent, cast.teammate, cast.stranger]
    found = TierPreview("silver", named)
    last = Span(cast.agent.company_today, cast.agent.company_today)
    monkeypatch.setattr(
        "badges.awards.preview.preview", lambda **_how: BadgePreview(last, 9, 3, [found])
    )
    client.force_login(cast.manager)
    shown = client.post(reverse("badges:badge_new"), written(preview="1")).content.decode()
    first, rest = tight(shown).split("<details><summary", 1)
    assert "and 2 more" in rest
    assert [each.display_name in rest for each in named] == [False, True, True]
    assert named[0].display_name in first


WRONG = {
    "no name": ({"name_en": ""}, "required"),
    "no tier": ({"silver-on": ""}, "Add at least one tier"),
    "no criteria": ({"silver-what": "", "silver-value": ""}, "Correct the criteria"),
    "impossible": ({"silver-value": "-"}, "Correct the criteria"),
    "points": ({"silver-points": "-5"}, "whole number"),
    "days": ({"holds": "days"}, "how many days"),
    "next": ({"holds": "next"}, "next period"),
    "order": ({"ends_on": "2025-01-01"}, "swap"),
    "picture": ({"glyph": "skull"}, "skull"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_published_is_said_clearly(cast: Cast, client: Client, name: str) -> None:
    changed, told = WRONG[name]
    client.force_login(cast.manager)
    answer = client.post(reverse("badges:badge_new"), written(publish="1", **changed))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Badge.objects.filter(name_en="Calm Voice").exists()


def test_the_look_of_a_badge_in_force_changes_and_its_rules_with_a_new_version(
    cast: Cast, client: Client
) -> None:
    badge = badge_for_pages("quick", today=cast.agent.company_today)
    client.force_login(cast.manager)
    url = reverse("badges:badge_edit", args=["quick"])
    look = {"name_en": "Quicker", "glyph": "rocket", "group": "efficiency", "save": "1"}
    assert client.post(url, look | {"bronze-points": "999"}).status_code == 302
    badge.refresh_from_db()
    assert (badge.name_en, badge.glyph) == ("Quicker", "rocket")
    assert badge.versions.get().tiers[0]["points"] == 50
    client.post(reverse("badges:badge_version", args=["quick"]))
    shown = client.get(url)
    assert shown.context["version"].version == 2
    assert 'name="bronze-points" value="50"' in shown.content.decode()


def test_a_set_needs_two_badges(cast: Cast, client: Client) -> None:
    badges = [badge_for_pages(key, today=cast.agent.company_today) for key in ("one", "two")]
    client.force_login(cast.manager)
    data = {
        "name_en": "Both", "key": "both", "points": "100", "least_tier": "bronze",
        "starts_on": "2026-01-01",
    }  # fmt: skip
    url = reverse("badges:set_new")
    alone = client.post(url, data | {"badges": [badges[0].pk]})
    assert alone.status_code == 422
    assert "at least two badges" in alone.content.decode()
    assert client.post(url, data | {"badges": [each.pk for each in badges]}).status_code == 302
    assert set(BadgeSet.objects.get(key="both").badges.all()) == set(badges)
