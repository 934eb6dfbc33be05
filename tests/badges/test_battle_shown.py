"""What others see of a battle: teams but no person, at home, on the page and on the wall."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from badges.battles import cancelling
from badges.battles.boss import CREATURES, Boss
from badges.battles.disclosure import stretches
from badges.battles.home import own_boss
from badges.battles.wall import battle_scene
from incentives.capabilities import Visit
from incentives.org.models import Person
from incentives.settings import BASE_DIR
from tests.badges.battle_data import amount, battle_glance, level, night, team_work, two_more, work
from tests.badges.battle_pages_data import days, joined, over, page_of, told
from tests.factories import MembershipFactory, PersonFactory, TeamFactory
from tests.markup import tight
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def test_everyone_sees_the_teams_and_only_oneself_ones_own_part(cast: Cast, client: Client) -> None:
    battle = told(cast, amount(200), level(90, least=10))
    today = cast.agent.company_today
    others = [PersonFactory(), PersonFactory()]
    for person in others:
        MembershipFactory(person=person, team=cast.alpha, starts_on=today - timedelta(days=9))
    team_work(cast.alpha, today, csat_satisfied=47, csat_count=50)
    done = [work(cast.agent, today, handled=37), work(cast.teammate, today, handled=11)]
    night(today, *done, *(work(person, today, handled=6) for person in others))
    own = page_of(client, cast.agent, battle)
    assert all(
        words in own for words in ("Your part", ">37<", "60 of 200", "94.0 %", "at least 90")
    )
    assert "Your part" in page_of(client, cast.teammate, battle)
    for who in (cast.teammate, cast.supervisor, cast.manager):
        shown = page_of(client, who, battle)
        assert ">37<" not in shown
        assert "Alpha" in shown
        assert ">15.0<" in shown  # for each person
    assert "Your part" not in page_of(client, cast.supervisor, battle)


def test_what_few_people_did_cannot_be_read_from_the_wall(cast: Cast) -> None:
    told(cast, amount(900), teams=())
    today = cast.agent.company_today
    fought = [cast.agent, cast.teammate, *joined(cast.alpha, 3, today)]
    night(today, *(work(each, today, handled=10) for each in [*fought, cast.stranger]))

    def names() -> list[str]:
        scene = battle_scene(None, on=today)
        assert scene is not None
        return [each.name for each in scene.teams]

    assert names() == []
    sixes = joined(TeamFactory(name="Gamma"), 6, today)
    night(today, *(work(each, today, handled=5) for each in sixes))
    assert names() == ["Gamma"]


def test_what_few_people_did_cannot_be_read_from_the_teams(cast: Cast, client: Client) -> None:
    battle, today = told(cast, amount(200), teams=()), cast.agent.company_today
    fought = [cast.agent, cast.teammate, *joined(cast.alpha, 2, today)]
    night(today, *(work(each, today, handled=10) for each in fought))
    assert "Alpha" in page_of(client, cast.agent, battle)
    # Beside one team a single person would stand as “Other teams”: nothing is shown.
    night(today, work(cast.stranger, today, handled=23))
    shown = page_of(client, cast.agent, battle)
    assert not any(words in shown for words in ("Other teams", "Beta", ">23<", ">40<"))
    # With a third team the smaller of the two large ones hides them, and the largest stays.
    third = joined(TeamFactory(name="Gamma"), 3, today)
    night(today, *(work(each, today, handled=20) for each in third))
    shown = page_of(client, cast.agent, battle)
    assert all(words in shown for words in ("Other teams", "Alpha", ">40<", ">83<"))
    assert not any(words in shown for words in ("Beta", "Gamma", ">23<", ">60<"))


def home_boss(person: Person, today: date) -> Boss:
    boss = own_boss(Visit(person, today))
    assert boss is not None
    return boss


def test_home_shows_the_battle_with_its_figures_and_ones_own_part(cast: Cast) -> None:
    battle, today = told(cast, amount(200)), cast.agent.company_today
    night(today, work(cast.agent, today, handled=50), *two_more(cast.alpha, today, handled=5))
    boss = home_boss(cast.agent, today)
    assert boss.facts == [("Tickets handled", "60 of 200"), ("Your part of the boss", "25.0 %")]
    assert (boss.health, boss.url) == ("70.0", reverse("badges:battle", args=[battle.pk]))
    assert battle_glance(cast.stranger, today) is None


def test_a_battle_of_two_shows_neither_of_them_what_the_other_did(
    cast: Cast, client: Client
) -> None:
    battle, today = told(cast, amount(200), level(90)), cast.agent.company_today
    team_work(cast.alpha, today, csat_satisfied=7, csat_count=8)
    night(today, work(cast.agent, today, handled=31), work(cast.teammate, today, handled=26))
    screen = battle_scene(None, on=today)
    assert screen is not None
    texts = [page_of(client, cast.agent, battle), str(home_boss(cast.agent, today)), str(screen)]
    client.force_login(cast.agent)
    texts.append(tight(client.get(reverse("badges:battles")).content.decode()))
    for text in texts:
        assert "not shown" in text
        assert not any(
            number in text for number in ("57 of", ">57<", "28.5", "71.5", ">26<", "87.5")
        )
    assert "57 of 200" in page_of(client, cast.supervisor, battle)
    assert "57 of 200" in page_of(client, cast.manager, battle)
    # Whoever leads one side does not learn what the only person of the other did.
    cancelling.cancel(battle=battle, by=cast.manager, reason="All fight together.", today=today)
    both = told(cast, amount(300), teams=())
    night(today, work(cast.stranger, today, handled=44))
    assert "101 of" not in page_of(client, cast.supervisor, both)
    assert "101 of 300" in page_of(client, cast.agent, both)


def test_a_day_of_few_people_stands_with_its_neighbour(cast: Cast) -> None:
    days = [date(2026, 3, day) for day in range(2, 9)]
    worked = dict(zip(days, (1, 4, 2, 0, 3, 1, 2), strict=True))
    assert stretches(days, worked) == [days[:3], [days[3]], days[4:]]
    assert stretches(days[:2], dict.fromkeys(days, 2)) == [days[:2]]


def test_the_wall_shows_teams_that_are_large_enough_and_no_person(cast: Cast) -> None:
    battle = told(cast, amount(200), level(3, "complaint_rate", least=1), teams=())
    today = cast.agent.company_today
    for team in (cast.alpha, cast.beta):
        people = [PersonFactory() for _each in range(5 if team == cast.alpha else 3)]
        for person in people:
            MembershipFactory(person=person, team=team, starts_on=today - timedelta(days=9))
        night(today, *(work(person, today, handled=10) for person in people))
    shown = battle_scene(None, on=today)
    assert shown is not None
    assert shown.boss.name == battle.name
    assert [each.name for each in shown.teams] == ["Alpha"]
    assert [name for name, _text in shown.objectives] == ["Tickets handled"]


def test_a_screen_shows_battles_of_its_team_then_the_victory_then_nothing(cast: Cast) -> None:
    today = cast.agent.company_today
    won = over(cast, amount(80))
    settled = won.settled_on
    assert settled is not None
    shown = battle_scene(cast.alpha, on=settled)
    assert shown is not None
    assert (shown.boss.state, shown.boss.mood) == ("won", "down")
    assert battle_scene(cast.beta, on=settled) is None
    assert battle_scene(cast.alpha, on=settled + timedelta(days=9)) is None
    told(cast, amount(70), **days(cast, 0, 2))
    now = battle_scene(cast.alpha, on=today)
    assert now is not None
    assert now.boss.state == "running"


def test_every_creature_is_drawn_in_three_moods() -> None:
    drawn = (BASE_DIR / "static" / "svg" / "pictures.svg").read_text()
    for creature in CREATURES:
        _before, _found, symbol = drawn.partition(f'<symbol id="{creature}"')
        symbol = symbol.partition("</symbol>")[0]
        assert all(f"var(--{mood}" in symbol for mood in ("calm", "angry", "down")), creature
