"""Pages of battles: what they tell to whom, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from badges.battles import cancelling
from badges.models import Battle, BattleMember
from tests.badges.battle_data import again, amount, draft, level, night, two_more, work
from tests.badges.battle_pages_data import days, over, page_of, told
from tests.factories import MembershipFactory, PersonFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def test_drafts_and_rehearsals_are_seen_by_nobody_else(cast: Cast, client: Client) -> None:
    hidden = draft(cast.manager, teams=[cast.alpha], **days(cast))
    client.force_login(cast.manager)
    client.post(reverse("badges:battle_rehearse", args=[hidden.pk]))
    assert again(hidden).status == Battle.Status.REHEARSAL
    for who, sees in ((cast.agent, False), (cast.hr, False), (cast.supervisor, True)):
        client.force_login(who)
        shown = client.get(reverse("badges:battles")).content.decode()
        assert ("Backlog Dragon" in shown) is sees
        answer = client.get(reverse("badges:battle", args=[hidden.pk]))
        assert answer.status_code == (200 if sees else 404)


def test_an_open_page_is_answered_304_until_a_night_brings_news(cast: Cast, client: Client) -> None:
    battle = told(cast)
    today = cast.agent.company_today
    url, ask = reverse("badges:battle", args=[battle.pk]), {"HX-Request": "true"}
    client.force_login(cast.agent)
    first = client.get(url, headers=ask)
    assert first.status_code == 200
    assert 'data-poll="30"' in first.content.decode()
    known = ask | {"If-None-Match": first["ETag"]}
    assert client.get(url, headers=known).status_code == 304
    night(today, work(cast.agent, today, handled=20), *two_more(cast.alpha, today, handled=10))
    news = client.get(url, headers=known)
    assert news.status_code == 200
    assert "40 of 100" in news.content.decode()
    cancelling.cancel(battle=battle, by=cast.manager, reason="The shop is closed.", today=today)
    last = client.get(url, headers=known)
    assert last.status_code == 286
    assert "The shop is closed." in last.content.decode()


def test_someone_who_joined_later_is_told_from_when_on_it_counts(
    cast: Cast, client: Client
) -> None:
    battle = told(cast, **days(cast, -3, 3))
    today = cast.agent.company_today
    late = PersonFactory()
    MembershipFactory(person=late, team=cast.alpha, starts_on=today - timedelta(days=1))
    night(today, work(late, today, handled=5))
    assert "You joined on" in page_of(client, late, battle)
    assert "You joined on" not in page_of(client, cast.agent, battle)


def test_a_victory_is_celebrated_and_says_what_everyone_got(cast: Cast, client: Client) -> None:
    won = over(cast, amount(80), points=150)
    assert won.outcome == Battle.Outcome.WON
    shown = page_of(client, cast.agent, won)
    assert all(words in shown for words in ("Victory!", "150 points for everyone", "down"))
    assert 'data-poll="30"' not in shown
    client.force_login(cast.agent)
    assert "Won" in client.get(reverse("badges:battles")).content.decode()


def test_a_defeat_says_by_how_much_and_consoles(cast: Cast, client: Client) -> None:
    lost = over(cast, amount(100), points=150, consolation=40)
    shown = page_of(client, cast.agent, lost)
    assert "Tickets handled: 20 of 100 were missing." in shown
    assert "As a consolation: 48 points for everyone who took part." in shown
    assert "It got away with 20 % of its health." in shown


def written(cast: Cast, **changed: Any) -> dict[str, Any]:
    """The designer's form: 50 tickets of team alpha, from tomorrow on."""
    data = {
        "name_en": "Monsoon", "name_zh": "梅雨", "story_en": "", "story_zh": "",
        "creature": "storm", "settlement_days": "3", "combine": "all", "points": "120",
        "consolation": "30", "consolation_floor": "5", "teams": [cast.alpha.pk],
        "objective-0-what": "=handled", "objective-0-target": "50", "p0-at": "100", "p0-name_en": "Awake",
        "p1-at": "40", "p1-name_en": "Torrent", "p1-name_zh": "暴雨",
        **{name: str(day) for name, day in days(cast, 1, 5).items()},
    }  # fmt: skip
    return data | changed


def history(cast: Cast) -> None:
    """Four weeks in which the agent handled twenty a day."""
    today = cast.agent.company_today
    for back in range(1, 29):
        work(cast.agent, today - timedelta(days=back), handled=20)


def test_the_designer_proposes_a_value_and_says_how_hard_it_would_be(
    cast: Cast, client: Client
) -> None:
    history(cast)
    client.force_login(cast.manager)
    url = reverse("badges:battle_new")
    ask = {"HX-Request": "true", "HX-Target": "effect"}
    shown = client.post(url, written(cast, preview="1", **{"objective-0-target": ""}), headers=ask)
    assert shown.status_code == 200
    [expected] = shown.context["expected"]
    assert expected.take.startswith("=handled:")
    assert b"<form" not in shown.content
    taken = client.post(url, written(cast, take=expected.take))
    value = expected.take.rpartition(":")[2]
    assert taken.context["form"].objectives[0]["target"].value() == value
    assert taken.context["difficulty"]
    assert not Battle.objects.exists()


def test_objectives_come_and_go_and_a_level_begins_with_its_target(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.manager)
    url = reverse("badges:battle_new")
    two = client.post(url, written(cast, add_row="1")).context["form"].objectives
    assert len(two) == 2
    chosen = written(
        cast,
        preview="1",
        **{"objective-1-what": "csat", "objective-1-target": "", "objective-1-least": ""},
    )
    row = client.post(url, chosen).context["form"].objectives[1]
    assert row.is_level
    assert Decimal(row["target"].value()) > 0
    assert row["least"].value() == "30"
    assert row["op"].value() == ">="
    left = client.post(url, chosen | {"drop_row": "0"}).context["form"].objectives
    assert [each.key for each in left] == ["csat"]


def test_a_battle_is_written_looked_at_and_announced(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    answer = client.post(reverse("badges:battle_new"), written(cast, publish="1"))
    battle = Battle.objects.get()
    confirm = reverse("badges:battle_publish", args=[battle.pk])
    assert answer["Location"] == confirm
    assert battle.is_hidden
    asked = client.get(confirm).content.decode()
    assert "2 people are told at once." in asked
    assert "120 points" in asked
    client.post(confirm)
    assert again(battle).status == Battle.Status.PUBLISHED
    assert again(battle).phases[1] == {"at": 40, "name_en": "Torrent", "name_zh": "暴雨"}
    edit = reverse("badges:battle_edit", args=[battle.pk])
    assert client.post(edit, written(cast, save="1", points="9"))["Location"] != edit
    assert again(battle).points == 120


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name_en": ""}, "required"),
    "no health": ({"objective-0-target": "0"}, "above zero"),
    "no value": ({"objective-0-target": ""}, "Give each objective a value"),
    "nothing counts": ({"objective-0-what": ""}, "Add an amount"),
    "unknown": ({"objective-0-what": "=dragons"}, "Select a valid choice"),
    "a word": ({"objective-0-target": "many"}, "Correct the lines"),
    "days": ({"ends_on": "2020-01-01"}, "last day is before the first"),
    "too long": ({"ends_on": "2035-01-01"}, "at most 92 days"),
    "phases": ({"p1-at": "100"}, "falling percentages"),
    "creature": ({"creature": "unicorn"}, "unicorn"),
    "consolation": ({"consolation_floor": "999"}, "no more than the reward"),
    "above a hundred": (
        {
            "objective-1-what": "csat",
            "objective-1-op": ">=",
            "objective-1-target": "140",
            "objective-1-least": "5",
        },
        "between 0 and 100",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_fought_is_said_clearly(cast: Cast, client: Client, name: str) -> None:
    changed, words = WRONG[name]
    client.force_login(cast.manager)
    answer = client.post(reverse("badges:battle_new"), written(cast, save="1", **changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Battle.objects.exists()


def test_a_battle_of_today_is_not_announced(cast: Cast, client: Client) -> None:
    late = draft(cast.manager, teams=[cast.alpha], **days(cast))
    client.force_login(cast.manager)
    answer = client.post(reverse("badges:battle_publish", args=[late.pk]))
    assert answer.status_code == 422
    assert "A battle is announced before its first day" in answer.content.decode()


def test_a_supervisor_makes_battles_for_their_own_teams_only(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    url = reverse("badges:battle_new")
    for teams in ([], [cast.beta.pk]):
        assert client.post(url, written(cast, save="1", teams=teams)).status_code == 422
    assert not Battle.objects.exists()


def test_a_battle_is_extended_and_called_off_with_a_reason(cast: Cast, client: Client) -> None:
    battle = told(cast)
    client.force_login(cast.supervisor)
    extend, cancel = (
        reverse(f"badges:battle_{name}", args=[battle.pk]) for name in ("extend", "cancel")
    )
    longer = battle.ends_on + timedelta(days=2)
    assert client.post(extend, {"until": str(battle.starts_on)}).status_code == 422
    assert client.post(extend, {"until": str(longer)}).status_code == 302
    assert again(battle).ends_on == longer
    assert client.post(cancel, {"reason": "No"}).status_code == 422
    assert client.post(cancel, {"reason": "The shop closes early."}).status_code == 302
    assert again(battle).status == Battle.Status.CANCELLED


def test_a_guest_is_found_by_name_and_leaves_again(cast: Cast, client: Client) -> None:
    battle, today = told(cast), cast.agent.company_today
    client.force_login(cast.supervisor)
    url = reverse("badges:battle_guests", args=[battle.pk])
    data = {"person": cast.stranger.key, "team": cast.alpha.pk, "on": str(today)}
    assert client.post(url, data | {"person": "Nobody"}).status_code == 422
    assert client.post(url, data | {"team": cast.beta.pk}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 422
    guest = BattleMember.objects.get(person=cast.stranger)
    assert guest.how == BattleMember.How.GUEST
    assert "You are a guest" in page_of(client, cast.stranger, battle)
    client.force_login(cast.supervisor)
    client.post(reverse("badges:battle_guest_leaves", args=[battle.pk, guest.pk]))
    guest.refresh_from_db()
    assert guest.left_on is not None


def test_old_terms_become_a_new_draft(cast: Cast, client: Client) -> None:
    battle = told(cast, amount(70))
    client.force_login(cast.manager)
    answer = client.post(reverse("badges:battle_again", args=[battle.pk]))
    copy = Battle.objects.get(status=Battle.Status.DRAFT)
    assert answer["Location"] == reverse("badges:battle_edit", args=[copy.pk])
    assert copy.objectives.get().target == 70
    assert copy.starts_on > battle.starts_on


def test_a_battle_page_asks_few_questions(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    battle = told(cast, amount(200), level(90, least=10))
    today = cast.agent.company_today
    night(today, work(cast.agent, today, handled=50))
    page_of(client, cast.agent, battle)
    url = reverse("badges:battle", args=[battle.pk])
    with django_assert_max_num_queries(14):
        client.get(url, headers={"HX-Request": "true"})
