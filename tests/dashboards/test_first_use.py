"""The first days: steps that follow the data, welcomes that are put away once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboards.first_use.first_steps import STEPS, progress
from dashboards.first_use.welcome import WELCOMES, welcome_to_show
from dashboards.models import Wallboard
from incentives.org.cards import bring_back, put_away
from incentives.org.models import Company, Person, Role
from scoring.models import Channel, Import, NightRun, PointRule, Scorecard, Source, TeamDay
from tests.factories import MembershipFactory, PersonFactory, SupervisionFactory, TeamFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
# A fresh installation: what ships with the product is in force.
SHIPPED = {"scorecards", "rules"}


def done() -> set[str]:
    return {each.step.key for each in progress(on=TODAY).steps if each.done}


def first_file() -> None:
    channel = Channel.objects.get_or_create(key="chat", defaults={"name_en": "Chat"})[0]
    TeamDay.objects.create(team=TeamFactory(), day=TODAY, channel=channel, handled=1)


def taken_in(at: timedelta) -> None:
    Import.objects.create(
        source=Source.objects.get_or_create(name="desk")[0],
        kind="tickets",
        status=Import.Status.DONE,
        days_touched=3,
        finished_at=timezone.now() + at,
    )


def night(at: timedelta) -> None:
    NightRun.objects.create(
        as_of=TODAY,
        status=NightRun.Status.DONE,
        origin=NightRun.Origin.PAGE,
        finished_at=timezone.now() + at,
    )


MAKING: dict[str, Callable[[], object]] = {
    "company": lambda: Company.objects.update_or_create(pk=1, defaults={"name": "Lakeside"}),
    "people": lambda: MembershipFactory(person=PersonFactory(login=None)),
    "supervisors": lambda: SupervisionFactory(person=PersonFactory(login=None)),
    "file": first_file,
    "sign_in": lambda: PersonFactory(password="a good long one"),
    "wallboard": lambda: Wallboard.objects.create(title="Hall", made_by=PersonFactory(login=None)),
}


@pytest.mark.parametrize("key", MAKING)
def test_a_step_is_done_when_what_it_is_for_is_there(key: str) -> None:
    assert done() == SHIPPED
    MAKING[key]()
    assert done() == SHIPPED | {key}


def test_a_night_counts_once_there_was_something_to_work_out() -> None:
    night(timedelta(minutes=-10))
    assert "night" not in done()
    taken_in(timedelta(minutes=-5))
    assert "night" not in done()
    night(timedelta())
    assert "night" in done()
    assert not MAKING.keys() & (done() - SHIPPED)


def test_a_step_opens_again_when_its_rules_end() -> None:
    PointRule.objects.update(ends_on=TODAY - timedelta(days=1))
    assert "rules" not in done()
    Scorecard.objects.update(ends_on=TODAY - timedelta(days=1))
    assert "scorecards" not in done()
    assert {step.key for step in STEPS} == {*MAKING, *SHIPPED, "night"}


def test_an_administrators_own_password_lets_nobody_else_in() -> None:
    PersonFactory(role="administrator", password="a good long one")
    Person.objects.create_user("nobody.yet")  # a login without a password
    assert "sign_in" not in done()


def test_all_states_are_one_question() -> None:
    Company.current()
    with CaptureQueriesContext(connection) as asked:
        progress(on=TODAY)
    assert len(asked) <= 2  # the company's row, made when it is missing, and the states


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("agent", 403), ("supervisor", 403), ("site_manager", 403), ("hr", 403),
        ("executive", 403), ("manager", 200), ("administrator", 200),
    ],
)  # fmt: skip
def test_the_list_is_for_those_who_set_the_company_up(
    client: Client, cast: Cast, name: str, status: int
) -> None:
    client.force_login(cast.fresh(name))
    address = reverse("dashboards:first_steps")
    assert client.get(address).status_code == status
    assert ("First steps" in client.get("/").content.decode()) is (status == 200)
    assert client.post(address).status_code == 405


def test_the_list_leaves_the_home_page_when_it_is_put_away_or_complete(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.administrator)
    assert 'id="first-steps-title"' in client.get("/").content.decode()
    away = reverse("dashboards:put_card_away")
    assert client.post(away, {"card": "first-steps"}).status_code == 302
    assert 'id="first-steps-title"' not in client.get("/").content.decode()
    client.post(away, {"card": "first-steps", "to": "back"})
    assert 'id="first-steps-title"' in client.get("/").content.decode()
    for make in MAKING.values():
        make()
    taken_in(timedelta(minutes=-5))
    night(timedelta())
    assert 'id="first-steps-title"' not in client.get("/").content.decode()
    assert "Everything is there." in client.get(reverse("dashboards:first_steps")).content.decode()


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("agent", Role.AGENT), ("supervisor", Role.SUPERVISOR), ("site_manager", Role.MANAGER),
        ("hr", Role.HR), ("executive", Role.EXECUTIVE), ("administrator", Role.ADMINISTRATOR),
    ],
)  # fmt: skip
def test_each_role_is_welcomed_until_it_says_so(
    client: Client, cast: Cast, name: str, role: Role
) -> None:
    client.force_login(cast.fresh(name))
    title = str(WELCOMES[role].title)
    assert title in client.get("/").content.decode()
    client.post(reverse("dashboards:put_card_away"), {"card": WELCOMES[role].card})
    assert title not in client.get("/").content.decode()
    assert title in client.get(reverse("dashboards:welcome")).content.decode()
    profile = client.get(reverse("org:me")).content.decode()
    assert f'href="{reverse("dashboards:welcome")}"' in profile
    assert WELCOMES[role].card not in cast.fresh("teammate").cards_put_away


def test_every_page_that_a_welcome_names_opens_for_its_role(client: Client, cast: Cast) -> None:
    who = {"agent": cast.agent, "supervisor": cast.supervisor, "manager": cast.manager,
           "hr": cast.hr, "executive": cast.executive, "administrator": cast.administrator}  # fmt: skip
    for role, welcome in WELCOMES.items():
        client.force_login(who[role.value])
        for _text, page, _words in welcome.points:
            if page:
                answer = client.get(reverse(page), follow=True)
                assert (role, page, answer.status_code) == (role, page, 200)


def test_a_new_role_brings_its_own_welcome(cast: Cast) -> None:
    put_away(cast.agent, WELCOMES[Role.AGENT].card)
    assert welcome_to_show(cast.fresh("agent")) is None
    SupervisionFactory(person=cast.agent, team=cast.alpha)
    assert welcome_to_show(cast.fresh("agent")) == WELCOMES[Role.SUPERVISOR]


def test_two_windows_put_away_without_undoing_each_other(cast: Cast) -> None:
    one, other = cast.fresh("agent"), cast.fresh("agent")
    put_away(one, "first-steps")
    put_away(other, "welcome-agent")
    put_away(other, "welcome-agent")
    assert cast.fresh("agent").cards_put_away == ["first-steps", "welcome-agent"]
    bring_back(one, "first-steps")
    assert cast.fresh("agent").cards_put_away == ["welcome-agent"]


def test_only_known_cards_are_put_away(client: Client, cast: Cast) -> None:
    away = reverse("dashboards:put_card_away")
    assert client.post(away, {"card": "first-steps"}).status_code == 302  # to the sign-in
    client.force_login(cast.agent)
    assert client.get(away).status_code == 405
    assert client.post(away, {"card": "anything"}).status_code == 403
    assert Person.objects.exclude(cards_put_away=[]).count() == 0


def test_a_welcome_costs_an_agents_home_no_query(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    client.get("/")
    with CaptureQueriesContext(connection) as with_card:
        client.get("/")
    put_away(cast.agent, WELCOMES[Role.AGENT].card)
    with CaptureQueriesContext(connection) as without:
        client.get("/")
    assert len(with_card) == len(without)
