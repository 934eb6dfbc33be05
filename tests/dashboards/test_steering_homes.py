"""Homes of managers, HR and executives: movers, spread, budgets, health, bands, stories; scoped."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.homes.executive import stories
from dashboards.homes.health import data_health
from dashboards.homes.hr import hr_home, score_bands
from dashboards.homes.manager import manager_home
from dashboards.homes.movers import last_whole_week, movers, spreads
from incentives.org.models import Company, Person, Team
from scoring.figures.windows import ONE_DAY, Period, first_day
from scoring.models import AgentDay, AwardBudget, Channel, NightRun, Score, TeamDay
from tests.dashboards.test_agent_home import score
from tests.factories import PersonFactory, TeamFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give

pytestmark = pytest.mark.django_db
#: Queries of each home with its shell; rises only with a reason.
QUERIES = {"supervisor": 41, "manager": 37, "site_manager": 38, "hr": 16, "executive": 29}


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


def weeks(person: Person, team: Team, today: date, now: str, before: str, many: int = 4) -> None:
    """Scores of the last whole week and of the weeks before it."""
    monday = last_whole_week(today)
    for back in range(many + 1):
        score(person, "week", monday - timedelta(weeks=back), before if back else now)
    Score.objects.filter(agent=person).update(team=team)


def month(person: Person, team: Team, day: date, points: str) -> None:
    """A month's score that belongs to a team."""
    score(person, "month", first_day(Period.MONTH, day), points)
    Score.objects.filter(agent=person).update(team=team)


def figures(cast: Cast, team: Team, agent: Person, day: date, good: int) -> None:
    """A day of 100 rated contacts."""
    phone = Channel.objects.get(key="phone")
    sums = {"handled": 100, "csat_count": 100, "csat_satisfied": good}
    AgentDay.objects.create(agent=agent, team=team, day=day, channel=phone, **sums)
    TeamDay.objects.create(team=team, day=day, channel=phone, **sums)


def test_movers_are_measured_against_their_own_four_weeks(cast: Cast, today: date) -> None:
    weeks(cast.agent, cast.alpha, today, "95", "85")
    weeks(cast.teammate, cast.alpha, today, "85", "87")  # less than three points: noise
    weeks(cast.stranger, cast.beta, today, "70", "90")
    weeks(cast.former, cast.beta, today, "99", "60", many=2)  # too few weeks to compare with
    risen, fallen = movers(today=today, teams=None)
    assert [(each.person, each.difference) for each in risen] == [(cast.agent, Decimal(10))]
    assert [(each.person, each.difference) for each in fallen] == [(cast.stranger, Decimal(-20))]
    risen, fallen = movers(today=today, teams=[cast.alpha.pk])
    assert ([each.person for each in risen], fallen) == ([cast.agent], [])


def test_the_spread_of_a_team_is_its_month_against_the_month_before(
    cast: Cast, today: date
) -> None:
    before = first_day(Period.MONTH, today) - ONE_DAY
    for number, points in enumerate(("70", "80", "90", "100", "110")):
        person = PersonFactory(key=f"s{number}", team=cast.alpha)
        month(person, cast.alpha, today, points)
        month(person, cast.alpha, before, "85")
    month(cast.stranger, cast.beta, today, "60")
    alpha, beta = spreads(today=today, teams=None)
    assert (alpha.people, alpha.mean, alpha.difference) == (5, Decimal(90), Decimal(5))
    assert (alpha.low, alpha.quarter, alpha.median) == (70, 80, 90)
    assert (alpha.three_quarters, alpha.high) == (100, 110)
    assert (beta.people, beta.difference) == (1, None)
    assert [each.team for each in spreads(today=today, teams=[cast.beta.pk])] == [cast.beta]


def test_a_site_manager_sees_the_own_site_only(cast: Cast, today: date, client: Client) -> None:
    for team, agent in ((cast.alpha, cast.agent), (cast.beta, cast.stranger)):
        figures(cast, team, agent, today - ONE_DAY, 90)
        weeks(agent, team, today, "95", "80")
        month(agent, team, today, "95")
    client.force_login(cast.fresh("site_manager"))
    answer = client.get("/")
    page = answer.context["page"]
    assert [line.spread.team for line in page.teams] == [cast.alpha]
    assert [each.person for each in page.risen] == [cast.agent]
    assert (page.budgets.holders, page.health) == (1, [])
    main = answer.content.decode().partition("<main")[2]
    assert "Stranger" not in main
    assert "Beta" not in main


def test_budgets_that_nobody_touched_count_as_usual(cast: Cast, today: date) -> None:
    AwardBudget.objects.create(
        person=cast.supervisor, month=today.replace(day=1), points=300, spent=120
    )
    budgets = manager_home(cast.fresh("manager"), today=today, now=timezone.now()).budgets
    assert budgets is not None
    # The other supervisor and the site's manager lead two people each: 300 points a head.
    assert (budgets.holders, budgets.points, budgets.spent) == (3, 300 + 600 + 600, 120)
    assert (budgets.silent, budgets.share) == (2, 8)


@pytest.mark.parametrize(
    ("status", "age", "good"), [("done", 0, True), ("done", 1, True), ("done", 2, False),
                                ("failed", 0, False), ("running", 0, True)]
)  # fmt: skip
def test_a_night_that_failed_or_is_old_is_told(
    cast: Cast, today: date, status: str, age: int, good: bool
) -> None:
    night = {"origin": "schedule", "finished_at": timezone.now()}
    NightRun.objects.create(as_of=today - timedelta(days=age), status=status, **night)
    first, *_others = data_health(today=today, now=timezone.now())
    assert first.good is good


def test_bands_have_the_limits_of_the_career_policy(cast: Cast, today: date) -> None:
    points = ("90.01", "90", "80", "79.99", "70", "69.99")
    for number, each in enumerate(points):
        month(PersonFactory(key=f"b{number}"), cast.alpha, today, each)
    (row,) = score_bands(today=today)
    assert [band.people for band in row.bands] == [1, 2, 2, 1]
    assert row.people == 6
    assert sum(Decimal(band.share) for band in row.bands) == pytest.approx(100, abs=0.05)


def test_only_hr_sees_the_bands(cast: Cast, today: date, client: Client) -> None:
    month(cast.agent, cast.alpha, today, "65")
    for name in ("supervisor", "manager", "executive", "administrator", "agent"):
        client.force_login(cast.fresh(name))
        assert "below 70" not in client.get("/?as=hr").content.decode()
    client.force_login(cast.fresh("hr"))
    assert "below 70" in client.get("/").content.decode()


def test_hr_counts_people_of_today(cast: Cast, today: date) -> None:
    Person.objects.update(hired_on=today - timedelta(days=400))
    PersonFactory(key="new", hired_on=today - timedelta(days=5), employment_share=Decimal("0.5"))
    PersonFactory(key="gone", hired_on=date(2020, 1, 1), left_on=today - timedelta(days=3))
    PersonFactory(key="later", hired_on=today + timedelta(days=9))
    before = Person.objects.active(on=today).count()
    home = hr_home(today=today)
    assert home.people == before
    assert Decimal(home.full_time) == before - Decimal("0.5")
    assert [each.person.key for each in home.joined] == ["new"]
    assert [each.person.key for each in home.leaving] == ["gone"]
    assert [band.people for band in home.tenure][:3] == [1, 0, before - 1]
    assert {each.team.key: each.people for each in home.teams} == {"alpha": 2, "beta": 2}


def test_a_story_names_the_figure_that_got_better(cast: Cast, today: date) -> None:
    monday = last_whole_week(today)
    weeks(cast.agent, cast.alpha, today, "95", "80")
    figures(cast, cast.alpha, cast.agent, monday, 96)
    figures(cast, cast.alpha, cast.agent, monday - timedelta(weeks=2), 80)
    (story,) = stories(today=today, teams=None)
    assert story.text.endswith("from 80.0 % to 96.0 %")
    assert "95.0" in story.score
    assert story.change.text == "▲ 15.0"


def test_the_company_on_a_page_has_one_figure_for_each_field(
    cast: Cast, today: date, client: Client
) -> None:
    figures(cast, cast.alpha, cast.agent, today - ONE_DAY, 91)
    give(cast.agent, 40, today)
    give(cast.stranger, 2, today - timedelta(days=8))
    client.force_login(cast.fresh("executive"))
    page = client.get("/").context["page"]
    assert [each.tile.kpi.key for each in page.headlines][:1] == ["csat"]
    groups = [each.group for each in page.headlines]
    assert len(groups) == len(set(groups))
    assert (page.points, page.people) == ("40", 1)
    assert page.points_change.tone == "same"


@pytest.mark.parametrize("name", [*QUERIES])
def test_homes_ask_no_more_for_more_people(
    cast: Cast, today: date, client: Client, name: str
) -> None:
    for team, agent in ((cast.alpha, cast.agent), (cast.beta, cast.stranger)):
        figures(cast, team, agent, today - ONE_DAY, 90)
        figures(cast, team, agent, last_whole_week(today), 90)
        figures(cast, team, agent, last_whole_week(today) - timedelta(weeks=1), 70)
        weeks(agent, team, today, "95", "80")
        month(agent, team, today, "75")
    client.force_login(cast.fresh(name))
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(6):
        team = TeamFactory(key=f"q{number}", site=cast.north)
        for other in (team, cast.alpha):
            person = PersonFactory(team=other)
            weeks(person, other, today, "70", "90")
            month(person, other, today, "75")
            give(person, 5, today)
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) <= len(few) <= QUERIES[name]


@pytest.mark.parametrize("name", ["manager", "site_manager", "hr", "executive", "administrator"])
def test_an_empty_company_has_a_next_step_or_says_what_will_come(
    cast: Cast, client: Client, name: str
) -> None:
    client.force_login(cast.fresh(name))
    answer = client.get("/")
    assert answer.status_code == 200
    words = ("No figures yet", "Your figures appear here", "Scores appear after a night")
    assert any(each in answer.content.decode() for each in words)
    assert client.post("/").status_code == 405
