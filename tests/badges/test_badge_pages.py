"""Pages of badges: what they tell to whom, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from badges.awards.cabinet import cabinet
from badges.awards.glyphs import GLYPHS
from badges.awards.home import badge_glance
from badges.awards.revoking import revoke
from badges.models import Award, BadgeSet
from incentives.capabilities import Visit
from incentives.settings import BASE_DIR
from scoring.models import PointEntry
from tests.badges.badge_data import REASON, badge_for_pages, near, won
from tests.org.cast import Cast


def a_set(cast: Cast) -> BadgeSet:
    made = BadgeSet.objects.create(
        key="all", name_en="All of them", starts_on=cast.agent.company_today, points=100
    )
    made.badges.set(
        [badge_for_pages(key, today=cast.agent.company_today) for key in ("one", "two")]
    )
    return made


def test_one_sees_what_is_missing_and_others_do_not(cast: Cast, client: Client) -> None:
    today = cast.agent.company_today
    quick, crown = (
        badge_for_pages(key, "bronze", "gold", today=today) for key in ("quick", "crown")
    )
    won(quick, cast.agent)
    near(cast.agent, crown, "bronze", 0.62)
    client.force_login(cast.agent)
    own = client.get(reverse("badges:cabinet")).content.decode()
    assert all(words in own for words in ("Quick", "Crown", "62 %", "94.1 % (32 of 34)"))
    client.force_login(cast.supervisor)
    led = client.get(reverse("badges:cabinet_of", args=[cast.agent.pk])).content.decode()
    assert "Quick" in led
    assert "Crown" not in led
    assert "62 %" not in led


def test_a_teammate_sees_the_medal_and_not_the_figures(cast: Cast, client: Client) -> None:
    award = won(badge_for_pages("quick", today=cast.agent.company_today), cast.agent)
    client.force_login(cast.teammate)
    for name, of in (("award", award.public_id), ("cabinet_of", cast.agent.pk)):
        shown = client.get(reverse(f"badges:{name}", args=[of])).content.decode()
        assert "Quick" in shown
        assert "94.1" not in shown


def test_what_was_taken_back_stays_in_ones_own_cabinet_with_the_reason(
    cast: Cast, client: Client
) -> None:
    award = won(badge_for_pages("quick", today=cast.agent.company_today), cast.agent)
    revoke(award=award, by=cast.manager, reason="Someone else's ticket, sorry.")
    client.force_login(cast.agent)
    own = client.get(reverse("badges:cabinet")).content.decode()
    assert "Someone else&#x27;s ticket, sorry." in own
    client.force_login(cast.teammate)
    answer = client.get(reverse("badges:award", args=[award.public_id]))
    assert answer.status_code == 404


def test_a_secret_badge_shows_itself_to_whoever_has_won_it(cast: Cast, client: Client) -> None:
    secret = badge_for_pages("owl", today=cast.agent.company_today, secret=True)
    won_it = won(secret, cast.agent)
    page, everything = reverse("badges:badge", args=["owl"]), reverse("badges:badges")
    client.force_login(cast.agent)
    assert client.get(page).status_code == 200
    assert "Owl" in client.get(everything).content.decode()
    client.force_login(cast.teammate)
    assert client.get(page).status_code == 404
    assert "Owl" not in client.get(everything).content.decode()
    assert "Owl" not in client.get(reverse("badges:cabinet")).content.decode()
    award = client.get(reverse("badges:award", args=[won_it.public_id])).content.decode()
    assert "Owl" in award
    assert "Customer satisfaction" not in award
    assert page not in award


def test_a_badge_names_holders_one_may_see_and_counts_the_rest(cast: Cast, client: Client) -> None:
    quick = badge_for_pages("quick", "bronze", "gold", today=cast.agent.company_today)
    for person in (cast.teammate, cast.stranger):
        won(quick, person)
    won(quick, cast.teammate, tier="gold")
    client.force_login(cast.agent)
    shown = client.get(reverse("badges:badge", args=["quick"]))
    assert [each.person for each in shown.context["holders"]] == [cast.teammate]
    assert shown.context["others"] == 1
    assert cast.stranger.display_name not in shown.content.decode()


def test_the_catalogue_counts_each_holder_once_and_nobody_who_has_left(
    cast: Cast, client: Client
) -> None:
    quick = badge_for_pages("quick", "bronze", "gold", today=cast.agent.company_today)
    won(quick, cast.teammate)
    won(quick, cast.teammate, tier="gold")
    won(quick, cast.stranger)
    cast.stranger.left_on = cast.agent.company_today - timedelta(days=1)
    cast.stranger.save()
    client.force_login(cast.agent)
    cards = [
        card
        for section in client.get(reverse("badges:badges")).context["sections"]
        for card in section.cards
    ]
    assert [card.rare for card in cards if card.medal.name == "Quick"] == ["1 person has it"]


def test_drafts_are_for_editors_only(cast: Cast, client: Client) -> None:
    badge_for_pages("draft", today=cast.agent.company_today, status="draft")
    for reader in (cast.agent, cast.site_manager):
        client.force_login(reader)
        assert client.get(reverse("badges:badge", args=["draft"])).status_code == 404
        shown = client.get(reverse("badges:badges")).content.decode()
        assert "Draft" not in shown
        assert reverse("badges:badge_new") not in shown


def granting(cast: Cast, client: Client, **changed: Any) -> Any:
    url = reverse("badges:grant", args=["expert"])
    data = {
        "person": cast.agent.pk, "tier": "bronze", "reason": REASON, "token": str(uuid4()),
    }  # fmt: skip
    return client.post(url, data | changed)


def test_a_badge_is_granted_once_however_often_the_form_is_sent(cast: Cast, client: Client) -> None:
    badge_for_pages("expert", today=cast.agent.company_today, way="granted")
    client.force_login(cast.supervisor)
    token = str(uuid4())
    sent = [granting(cast, client, token=token)["Location"] for _each in range(2)]
    assert sent[0] == sent[1]
    assert Award.objects.get().reason == REASON
    assert PointEntry.objects.get().amount == 50
    again = granting(cast, client)
    assert again.status_code == 422
    assert "already" in again.content.decode()


@pytest.mark.parametrize(
    ("who", "whom", "reason"),
    [
        ("supervisor", "agent", "Nice"),
        ("supervisor", "stranger", REASON),
        ("manager", "manager", REASON),
    ],
)
def test_nobody_grants_without_a_reason_or_to_strangers_or_to_themselves(
    cast: Cast, client: Client, who: str, whom: str, reason: str
) -> None:
    badge_for_pages("expert", today=cast.agent.company_today, way="granted")
    client.force_login(getattr(cast, who))
    answer = granting(cast, client, person=getattr(cast, whom).pk, reason=reason)
    assert answer.status_code == 422
    assert not Award.objects.exists()


def test_a_manager_revokes_with_a_reason_and_the_points_go(cast: Cast, client: Client) -> None:
    badge_for_pages("expert", today=cast.agent.company_today, way="granted")
    client.force_login(cast.supervisor)
    granting(cast, client)
    award = Award.objects.get()
    client.force_login(cast.manager)
    url = reverse("badges:revoke", args=[award.public_id])
    assert client.post(url, {"reason": "No"}).status_code == 422
    assert client.post(url, {"reason": "Given to the wrong Ana."}).status_code == 302
    award.refresh_from_db()
    assert award.revoked_reason == "Given to the wrong Ana."
    assert sum(entry.amount for entry in PointEntry.objects.all()) == 0
    assert client.get(url).status_code == 302


def test_whoever_revokes_is_told_that_a_completed_set_stays(cast: Cast, client: Client) -> None:
    made = a_set(cast)
    award = won(made.badges.get(key="one"), cast.agent)
    client.force_login(cast.manager)
    url = reverse("badges:revoke", args=[award.public_id])
    told = "stays completed and keeps its points"
    assert told not in client.get(url).content.decode()
    made.completions.create(person=cast.agent, completed_on=award.awarded_on, points=100)
    assert told in client.get(url).content.decode()


def test_a_cabinet_costs_the_same_with_many_badges(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    today = cast.agent.company_today
    made = [badge_for_pages(f"b{at}", "bronze", "silver", today=today) for at in range(12)]
    for badge in made[:6]:
        won(badge, cast.agent)
        near(cast.agent, badge, "silver", 0.5)
    client.force_login(cast.agent)
    for name, most in (("cabinet", 26), ("badges", 14)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"badges:{name}")).status_code == 200


def test_the_home_reads_its_badges_in_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = cast.agent.company_today
    made = [badge_for_pages(f"b{at}", "bronze", "gold", today=today) for at in range(5)]
    for at, badge in enumerate(made[:4]):
        won(badge, cast.agent, awarded_on=today - timedelta(days=9 - at))
    won(made[0], cast.agent, tier="gold", awarded_on=today - timedelta(days=20))
    near(cast.agent, made[1], "gold", 0.3)
    near(cast.agent, made[4], "bronze", 0.9)
    with django_assert_num_queries(1):
        found = badge_glance(Visit(cast.agent, today))
    assert found is not None
    whole = cabinet(cast.agent, today)
    assert (found.held, found.of) == (len(whole.held), whole.offered)
    assert found.held == 4
    assert [medal.name for medal in found.medals] == ["B3", "B2", "B1"]
    assert found.next is not None
    assert (found.next.medal.name, found.next.percent) == ("B4", 90)


def test_every_picture_to_choose_is_drawn() -> None:
    drawn = (BASE_DIR / "static/svg/medals.svg").read_text()
    assert [key for key in GLYPHS if f'id="{key}"' not in drawn] == []
