"""An agent's home is kept, and nothing that concerns it leaves an old one behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from badges.awards import versions
from badges.awards.granting import grant
from badges.awards.revoking import revoke
from badges.battles import cancelling, members, publishing
from badges.models import Badge, BadgeVersion, Battle, Quest
from badges.quests import claims, making
from incentives.capabilities import NightStep, StepResult
from incentives.org.memberships import join_team
from incentives.org.models import Person
from incentives.org.roster import upsert_people
from scoring.appeals.settling import settle_now
from scoring.explorer.changes import save_kpi
from scoring.figures.windows import ONE_DAY, Period, first_day
from scoring.goals import operations as goals
from scoring.models import Goal, Kpi, NightRun, Season
from scoring.nights import runner
from scoring.points import seasons
from scoring.points.awards import award
from scoring.points.reversals import take_back
from tests.badges.award_data import badge as badge_of
from tests.badges.battle_data import amount
from tests.dashboards.test_agent_home import busy, today
from tests.org.cast import Cast
from tests.scoring.appeal_data import contest, void, week
from tests.scoring.appeal_data import grant as grant_appeal
from tests.scoring.board_data import give

__all__ = ["busy", "today", "week"]
pytestmark = pytest.mark.django_db
_TOKEN = re.compile(r'csrfmiddlewaretoken" value="\w+"')
WHY = "You stayed with the angry customer."
Concerns = Callable[[Callable[[], Any]], Any]


def home_of(client: Client) -> str:
    """What stands below the greeting, without what differs in every answer."""
    page = client.get("/").content.decode()
    return _TOKEN.sub("", page[page.index('class="lead"') : page.index("</main>")])


@pytest.fixture
def concerns(client: Client, django_capture_on_commit_callbacks: Any) -> Concerns:
    """Does something that changes the home of whoever is signed in: it is as new at once."""

    def done(what: Callable[[], Any]) -> Any:
        before = home_of(client)
        assert home_of(client) == before
        with django_capture_on_commit_callbacks(execute=True):
            result = what()
        kept = home_of(client)
        cache.clear()
        assert kept == home_of(client)
        assert kept != before
        return result

    return done


@pytest.fixture
def agent(busy: Cast, client: Client) -> Person:
    """An agent with scores, points and a place, who is signed in."""
    client.force_login(busy.fresh("agent"))
    return busy.fresh("agent")


def _posted(cast: Cast, name: str, address: str, **form: str) -> None:
    visitor = Client()
    visitor.force_login(cast.fresh(name))
    assert visitor.post(address, form).status_code == 302


def test_points_that_people_give_and_take_back(
    busy: Cast, agent: Person, today: date, concerns: Concerns
) -> None:
    by = busy.fresh("manager")
    given = concerns(lambda: award(agent=agent, amount=5, reason=WHY, by=by, on=today))
    concerns(lambda: take_back(entry=given, by=by, reason="It was someone else."))


def test_goals(busy: Cast, agent: Person, today: date, concerns: Concerns) -> None:
    by = busy.fresh("supervisor")
    days = {"starts_on": today, "ends_on": today + timedelta(days=9)}
    goal = Goal(title="Learn Dutch", agent=agent, **days)
    concerns(lambda: goals.propose(goal=goal, by=by))
    concerns(lambda: goals.acknowledge(goal=goal, by=agent))
    concerns(lambda: goals.withdraw(goal=goal, by=by, note="There is no course."))
    of_team = Goal(title="Answer sooner", team=busy.alpha, **days)
    concerns(lambda: goals.propose(goal=of_team, by=by))


def test_quests_and_what_is_handed_in(
    busy: Cast, agent: Person, today: date, concerns: Concerns
) -> None:
    by = busy.fresh("supervisor")
    quest = Quest(
        name_en="A kind word",
        way="claimed",
        evidence="text",
        count=2,
        points=30,
        starts_on=today,
        ends_on=today + timedelta(days=2),
    )
    concerns(partial(making.make, quest=quest, teams=[busy.alpha], by=by, today=today))
    evidence = claims.Evidence("A customer wrote back to say thanks.")
    hand_in = partial(claims.claim, quest=quest, by=agent, evidence=evidence, on=today)
    first = concerns(hand_in)
    concerns(lambda: claims.withdraw(claim=first, by=agent))
    for _each in range(2):
        claim = concerns(hand_in)
        concerns(partial(claims.approve, claim=claim, by=by))
    cancel = partial(making.cancel, quest=quest, by=by, reason="Nobody may do it now.")
    concerns(lambda: cancel(today=today))


def test_battles(busy: Cast, agent: Person, today: date, concerns: Concerns) -> None:
    by = busy.fresh("manager")
    days = {"starts_on": today + ONE_DAY, "ends_on": today + timedelta(days=5)}
    battle = publishing.save_draft(
        battle=Battle(name_en="Dragon", **days), objectives=[amount(100)], teams=[busy.beta], by=by
    )
    published = publishing.publish(battle=battle, by=by, today=today)
    later = partial(members.add_guest, battle=published, person=agent, team=busy.beta, by=by)
    concerns(lambda: later(on=published.starts_on, today=today))
    until = today + timedelta(days=8)
    concerns(lambda: cancelling.extend(battle=published, by=by, until=until, today=today))
    reason = "The figures were wrong."
    concerns(lambda: cancelling.cancel(battle=published, by=by, reason=reason, today=today))
    another = publishing.save_draft(
        battle=Battle(name_en="Kraken", **days), objectives=[amount(9)], teams=[busy.alpha], by=by
    )
    concerns(lambda: publishing.publish(battle=another, by=by, today=today))


def test_badges(busy: Cast, agent: Person, today: date, concerns: Concerns) -> None:
    badge, by = badge_of(points=0), busy.fresh("manager")
    won = concerns(
        lambda: grant(badge=badge, tier="bronze", person=agent, by=by, reason=WHY, on=today)
    )
    concerns(lambda: revoke(award=won, by=by, reason="It was meant for someone else."))
    concerns(lambda: versions.archive(badge=badge, on=today - ONE_DAY))
    another = Badge(key="kind", name_en="Kind", group="customer", way="granted")
    draft = BadgeVersion(starts_on=today, tiers=[{"tier": "bronze", "points": 5, "criteria": None}])
    draft = versions.save_draft(badge=another, version=draft)
    concerns(lambda: versions.publish(version=draft, by=by))


def test_names_on_boards_and_boards_themselves(
    busy: Cast, agent: Person, client: Client, concerns: Concerns
) -> None:
    ahead = Person.objects.get(display_name="P1")
    visitor = Client()
    visitor.force_login(ahead)
    alias = reverse("scoring:board_name")
    concerns(lambda: visitor.post(alias, {"name": "Quiet Heron"}))
    concerns(lambda: visitor.post(alias, {"name": ""}))
    form = {"display_name": "Somebody Else", "locale": "en", "time_zone": ""}
    concerns(lambda: visitor.post(reverse("org:me"), form))
    concerns(lambda: _named_by_a_file(ahead.key, "Another Name"))
    archived = reverse("scoring:board_archive", args=["team-week"])
    concerns(lambda: _posted(busy, "manager", archived, action="archive"))


def _named_by_a_file(key: str, name: str) -> None:
    result = upsert_people([{"key": key, "name": name}])
    assert result.updated == 1


def test_ones_own_profile_and_team(
    busy: Cast, agent: Person, today: date, client: Client, concerns: Concerns
) -> None:
    goal = Goal(title="Answer sooner", team=busy.alpha, starts_on=today, ends_on=today + ONE_DAY)
    concerns(lambda: goals.propose(goal=goal, by=busy.fresh("supervisor")))
    concerns(lambda: join_team(person=agent, team=busy.beta, on=today))
    form = {"display_name": "Agent", "locale": "zh-hans", "time_zone": ""}
    concerns(lambda: client.post(reverse("org:me"), form))


def test_kpis_and_seasons(busy: Cast, agent: Person, today: date, concerns: Concerns) -> None:
    kpi = Kpi.objects.get(key="csat")
    kpi.name_en = "Happy customers"
    concerns(lambda: save_kpi(kpi=kpi, today=today))
    award(agent=agent, amount=5, reason=WHY, by=busy.fresh("manager"), on=today)
    quarter = first_day(Period.QUARTER, today - timedelta(days=100))
    season = Season.objects.create(name="Spring", starts_on=quarter, ends_on=quarter + ONE_DAY)
    give(agent, 9, quarter)
    cache.clear()
    concerns(lambda: seasons.close_season(season=season, by=None, today=today))


def test_a_night(busy: Cast, agent: Person, today: date, concerns: Concerns) -> None:
    give(agent, 500, today)
    cache.clear()
    steps = [each for each in runner.installed_steps() if each.name == "boards"]
    run = NightRun.objects.create(as_of=today, origin="schedule")
    concerns(lambda: runner.perform(run, steps=steps, wait_seconds=0))


def test_a_night_that_fails_in_a_later_step(
    busy: Cast, agent: Person, today: date, concerns: Concerns
) -> None:
    give(agent, 500, today)
    cache.clear()
    steps = [each for each in runner.installed_steps() if each.name == "boards"]
    steps.append(NightStep("fails", 999, "", lambda _changes: StepResult(f"{1 // 0}")))
    run = NightRun.objects.create(as_of=today, origin="schedule")

    def fail() -> None:
        with pytest.raises(ZeroDivisionError):
            runner.perform(run, steps=steps, wait_seconds=0)

    concerns(fail)


def test_a_granted_appeal(week: Cast, client: Client, concerns: Concerns) -> None:
    appeal = contest(week)
    client.force_login(week.fresh("agent"))
    granted = grant_appeal(appeal, week.supervisor, void())
    concerns(lambda: settle_now(granted))


def test_each_reader_has_their_own(busy: Cast, client: Client) -> None:
    pages = []
    for name, locale in (("agent", "en"), ("agent", "zh-hans"), ("teammate", "en")):
        Person.objects.filter(pk=getattr(busy, name).pk).update(locale=locale)
        client.force_login(busy.fresh(name))
        pages.append(home_of(client))
    assert "Why 88.6?" in pages[0]
    assert "Why 88.6?" not in pages[1] + pages[2]
    assert "88.6" in pages[1]
    client.force_login(busy.fresh("agent"))
    Person.objects.filter(pk=busy.agent.pk).update(locale="en")
    assert home_of(client) == pages[0]


def test_what_others_do_leaves_it(
    busy: Cast, agent: Person, today: date, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    """Signing in and points of a teammate keep a page that is not about them."""
    home_of(client)
    cached = set(cache.get_many([f"stamp:{agent.pk}", "stamp:everyone"]).items())
    assert len(cached) == 2
    with django_capture_on_commit_callbacks(execute=True):
        by = busy.fresh("manager")
        award(agent=busy.teammate, amount=5, reason=WHY, by=by, on=today)
        Client().force_login(busy.fresh("stranger"))
    assert cached == set(cache.get_many([f"stamp:{agent.pk}", "stamp:everyone"]).items())
