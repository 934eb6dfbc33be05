"""Pages of quests: who may open what, what they show, and how many questions they ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from badges.models import Quest, QuestClaim, QuestSettings, QuestTemplate
from badges.quests.claims import Evidence, approve, claim
from badges.quests.claims import waiting_for as waiting_claims
from badges.quests.home import quest_glance
from incentives.capabilities import Visit
from incentives.org.models import Person
from tests.badges.quest_data import night, no_rotation, points, quest, work  # noqa: F401
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rotation")]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
CAST = [
    "agent", "teammate", "stranger", "former", "supervisor", "other_supervisor", "site_manager",
    "manager", "hr", "executive", "administrator",
]  # fmt: skip


@pytest.fixture
def today(cast: Cast) -> date:
    return cast.agent.company_today


def as_(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def open_(client: Client, person: Person, name: str, *args: Any, **query: str) -> Any:
    return as_(client, person).get(reverse(f"badges:{name}", args=args), query)


def statuses(
    client: Client, cast: Cast, name: str, *args: Any, post: bool = False
) -> dict[str, int]:
    ask: Callable[..., Any] = client.post if post else client.get
    found = {}
    for who in CAST:
        client.force_login(getattr(cast, who))
        found[who] = ask(reverse(f"badges:{name}", args=args)).status_code
    return found


MAKERS = {"supervisor", "other_supervisor", "site_manager", "manager"}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("quests", set(CAST)),
        ("quests_past", set(CAST)),
        ("quest_board", MAKERS),
        ("quest_new", MAKERS),
        ("quest_pool", MAKERS),
        ("quest_template_new", {"manager"}),
    ],
)
def test_pages_open_for_their_roles_only(
    client: Client, cast: Cast, name: str, allowed: set[str]
) -> None:
    found = statuses(client, cast, name)
    assert found == {who: 200 if who in allowed else 403 for who in CAST}
    client.logout()
    assert client.get(reverse(f"badges:{name}")).status_code == 302


def test_a_teams_quest_does_not_exist_for_others(client: Client, cast: Cast, today: date) -> None:
    made = quest(cast.alpha, start=today)
    found = statuses(client, cast, "quest", made.pk)
    assert {who for who, status in found.items() if status == 404} == {
        "stranger", "former", "other_supervisor",
    }  # fmt: skip
    assert set(found.values()) == {200, 404}
    assert set(statuses(client, cast, "quest", quest(start=today).pk).values()) == {200}


def test_an_agent_sees_progress_and_what_is_done(client: Client, cast: Cast, today: date) -> None:
    made = quest(cast.alpha, start=today)
    quest(start=today, name_en="Three tickets", criteria={"all": [
        {"measure": "handled", "window": "day", "op": ">=", "value": 3}]})  # fmt: skip
    night(today, work(cast.agent, today, handled=4))
    html = open_(client, cast.agent, "quests").content.decode()
    assert_no_inline(html)
    assert "4 of 5" in html
    assert "1 of 2 done" in html
    page = open_(client, cast.agent, "quest", made.pk).content.decode()
    assert_no_inline(page)
    assert "at least 5" in page
    assert "Teammate" not in page
    leader = open_(client, cast.supervisor, "quest", made.pk).content.decode()
    assert "Teammate" in leader
    assert "4 of 5" in leader
    Person.objects.filter(pk=cast.agent.pk).update(locale="zh-hans")
    chinese = open_(client, cast.fresh("agent"), "quests")
    assert "五张工单" in chinese.content.decode()


def test_the_home_page_asks_one_question(
    cast: Cast, today: date, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        quest(cast.alpha, start=today, days=1 + number % 2, name_en=f"Quest {number}")
    quest(cast.alpha, start=today, name_en="Together", audience="team")
    night(today, work(cast.agent, today, handled=5))
    person = cast.fresh("agent")
    assert person.company_today == today
    with django_assert_num_queries(1):
        glance = quest_glance(Visit(person, today))
    assert glance is not None
    assert (len(glance.quests), glance.more, glance.done) == (3, 3, 6)
    assert quest_glance(Visit(cast.stranger, today)) is None


def test_evidence_is_handed_in_and_wrong_files_come_back(
    client: Client, cast: Cast, today: date
) -> None:
    made = quest(cast.alpha, start=today, way="claimed", evidence="file")
    address = reverse("badges:quest_claim", args=[made.pk])
    as_(client, cast.agent)

    def send(content: bytes, name: str = "proof.png") -> Any:
        file = SimpleUploadedFile(name, content, content_type="image/png")
        return client.post(address, {"text": "Look", "file": file, "token": uuid4()})

    refused = send(b"<svg onload=alert(1)>")
    assert refused.status_code == 422
    assert "Only PNG, JPEG and WebP" in refused.content.decode()
    assert send(PNG).status_code == 302
    assert "handed in already" in send(PNG).content.decode()
    assert client.get(address).status_code == 405
    assert as_(client, cast.stranger).post(address, {}).status_code == 404


def test_a_link_is_an_address_of_the_web(client: Client, cast: Cast, today: date) -> None:
    made = quest(cast.alpha, start=today, way="claimed", evidence="link")
    address = reverse("badges:quest_claim", args=[made.pk])
    as_(client, cast.agent)
    for link, status in (("javascript:alert(1)", 422), ("ftp://x.org/1", 422), ("https://help.example/t/1", 302)):  # fmt: skip
        sent = {"link": link, "token": uuid4()}
        assert client.post(address, sent).status_code == status


def test_a_file_is_served_to_claimant_and_deciders_as_a_download(
    client: Client, cast: Cast, today: date
) -> None:
    made = quest(start=today, way="claimed", evidence="file")
    sent = SimpleUploadedFile('a"b<c>.html', PNG)
    handed = claim(quest=made, by=cast.agent, evidence=Evidence("Look", file=sent), on=today)
    found = statuses(client, cast, "quest_evidence", handed.pk)
    allowed = {"agent", "supervisor", "site_manager", "manager"}
    assert found == {who: 200 if who in allowed else 404 for who in CAST}
    answer = open_(client, cast.agent, "quest_evidence", handed.pk)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert ".html" not in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content) == PNG
    QuestClaim.objects.update(status="withdrawn")
    assert open_(client, cast.agent, "quest_evidence", handed.pk).status_code == 404
    assert "quest-file" not in open_(client, cast.agent, "quest", made.pk).content.decode()


def test_the_board_shows_the_queue_and_approves_what_is_ticked(
    client: Client, cast: Cast, today: date
) -> None:
    made = quest(start=today, way="claimed")
    handed = [
        claim(quest=made, by=each, evidence=Evidence(f"From {each.key}"), on=today)
        for each in (cast.agent, cast.teammate, cast.stranger)
    ]
    assert waiting_claims(cast.fresh("supervisor")) == 2
    assert waiting_claims(cast.fresh("agent")) == waiting_claims(cast.fresh("manager")) == 0
    html = open_(client, cast.supervisor, "quest_board").content.decode()
    assert_no_inline(html)
    assert "From teammate" in html
    assert "From stranger" not in html
    ticked = {"claim": [each.pk for each in handed]}
    answer = client.post(reverse("badges:quest_approve"), ticked, follow=True)
    assert "2 claims approved." in answer.content.decode()
    assert (points(cast.agent), points(cast.stranger)) == (30, 0)
    again = client.post(reverse("badges:quest_approve"), ticked, follow=True)
    assert "has approved this already" in again.content.decode()
    assert client.get(reverse("badges:quest_approve")).status_code == 405
    assert as_(client, cast.agent).post(reverse("badges:quest_approve")).status_code == 403


def test_the_board_asks_no_more_for_more_quests(
    client: Client, cast: Cast, today: date, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        made = quest(cast.alpha, start=today, name_en=f"Quest {number}", way="claimed")
        claim(quest=made, by=cast.agent, evidence=Evidence("Look"), on=today)
    as_(client, cast.supervisor)
    with django_assert_max_num_queries(32):
        client.get(reverse("badges:quest_board"))


def test_a_refusal_needs_a_reason(client: Client, cast: Cast, today: date) -> None:
    made = quest(start=today, way="claimed")
    handed = claim(quest=made, by=cast.agent, evidence=Evidence("Look"), on=today)
    address = reverse("badges:quest_refuse", args=[handed.pk])
    as_(client, cast.supervisor)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Please add the ticket"}).status_code == 302
    late = client.post(address, {"reason": "Please add the ticket"})
    assert "has refused this already" in late.content.decode()
    assert as_(client, cast.other_supervisor).get(address).status_code == 404
    assert as_(client, cast.agent).get(address).status_code == 403


def test_withdrawing_is_for_the_claimant(client: Client, cast: Cast, today: date) -> None:
    made = quest(start=today, way="claimed")
    handed = claim(quest=made, by=cast.agent, evidence=Evidence("Look"), on=today)
    address = reverse("badges:quest_withdraw", args=[handed.pk])
    assert as_(client, cast.teammate).post(address).status_code == 404
    assert as_(client, cast.agent).get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert QuestClaim.objects.get().status == "withdrawn"


# Making and the pool.


def form(cast: Cast, today: date, **changed: Any) -> dict[str, Any]:
    given = {
        "name": "Ten tickets", "about": "", "audience": "person", "way": "automatic",
        "settles": "reached", "count": 1, "points": 25, "starts_on": today, "ends_on": today,
        "teams": [cast.alpha.pk], "criteria-join": "all", "criteria-what": "=handled",
        "criteria-op": ">=", "criteria-value": "10", "criteria-among": "company",
        "criteria-window": "day", "criteria-days": "28", "criteria-start": "",
        "criteria-end": "", "criteria-least": "", "criteria-streak": "1",
    }  # fmt: skip
    return given | changed


def test_a_supervisor_makes_a_quest_from_nothing(client: Client, cast: Cast, today: date) -> None:
    as_(client, cast.supervisor)
    answer = client.post(reverse("badges:quest_new"), form(cast, today))
    made = Quest.objects.get()
    assert answer.status_code == 302
    assert (made.name_en, made.points, made.made_by) == ("Ten tickets", 25, cast.supervisor)
    assert made.criteria == {
        "all": [{"measure": "handled", "window": "day", "op": ">=", "value": 10}]
    }
    again = client.post(reverse("badges:quest_new"), form(cast, today))
    assert again.status_code == 422
    assert "runs already" in again.content.decode()


def test_a_supervisor_makes_a_quest_from_the_pool(client: Client, cast: Cast, today: date) -> None:
    template = QuestTemplate.objects.get(key="three_suggestions")
    page = open_(client, cast.supervisor, "quest_new", **{"from": template.key})
    assert_no_inline(page.content.decode())
    shown = page.context["form"]
    sent = {
        name: shown[name].value() or ""
        for name in ("name", "about", "audience", "way", "settles", "evidence", "count", "points")
    }
    sent |= {"starts_on": today, "ends_on": today, "teams": [cast.alpha.pk]}
    answer = client.post(reverse("badges:quest_new") + f"?from={template.key}", sent)
    made = Quest.objects.get()
    assert answer.status_code == 302
    assert (made.template, made.name_zh, made.count) == (template, "三条建议", 3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": 0}, "greater than or equal to 1"),
        ({"criteria-what": ""}, "criterion"),
        ({"criteria-value": ""}, "value"),
        ({"way": "claimed", "evidence": ""}, "Choose what is handed in"),
        ({"ends_on": date(2020, 1, 1)}, "swap them"),
        ({"starts_on": date(2020, 1, 1)}, "in the past"),
        ({"teams": []}, "Choose the teams"),
    ],
)
def test_what_makes_no_sense_comes_back_with_a_message(
    client: Client, cast: Cast, today: date, changed: dict[str, Any], message: str
) -> None:
    as_(client, cast.supervisor)
    answer = client.post(reverse("badges:quest_new"), form(cast, today, **changed))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Quest.objects.exists()


def test_the_builders_buttons_save_nothing(client: Client, cast: Cast, today: date) -> None:
    as_(client, cast.supervisor)
    sent = form(cast, today, **{"criteria-button": "add"})
    answer = client.post(reverse("badges:quest_new"), sent)
    assert answer.status_code == 200
    assert answer.content.decode().count('name="criteria-what"') == 2
    assert not Quest.objects.exists()


def test_a_manager_keeps_the_pool(client: Client, cast: Cast, today: date) -> None:
    as_(client, cast.manager)
    sent = form(cast, today, name_en="Ten tickets", length="week", in_rotation="on", weight=2)
    assert client.post(reverse("badges:quest_template_new"), sent).status_code == 302
    stored = QuestTemplate.objects.get(name_en="Ten tickets")
    assert stored.criteria is not None
    assert stored.criteria["all"][0]["window"] == "week"
    own = sent | {"length": "own", "days": 3}
    answer = client.post(reverse("badges:quest_template", args=[stored.pk]), own)
    assert "Only quests of a day or a week" in answer.content.decode()
    client.post(reverse("badges:quest_settings"), {"daily": 3, "weekly": 2, "grace_days": 4})
    assert QuestSettings.current().daily == 3
    assert client.post(reverse("badges:quest_settings"), {"daily": 99}).status_code == 422
    archive = reverse("badges:quest_template_archive", args=[stored.pk])
    assert client.post(archive).status_code == 302
    assert client.post(archive).status_code == 404
    for who in ("site_manager", "supervisor", "hr"):
        assert as_(client, getattr(cast, who)).post(archive).status_code == 403


def test_calling_off_is_for_whoever_leads_all_its_teams(
    client: Client, cast: Cast, today: date
) -> None:
    made = quest(cast.alpha, cast.beta, start=today)
    address = reverse("badges:quest_cancel", args=[made.pk])
    reason = {"reason": "The telephones do not work"}
    for who, status in (("agent", 403), ("supervisor", 404), ("site_manager", 404)):
        assert as_(client, getattr(cast, who)).post(address, reason).status_code == status
    as_(client, cast.manager)
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Short"}).status_code == 422
    assert client.post(address, reason).status_code == 302
    page = open_(client, cast.agent, "quest", made.pk).content.decode()
    assert "The telephones do not work" in page


def test_the_archive_keeps_what_came_of_it(client: Client, cast: Cast, today: date) -> None:
    start = today - timedelta(days=4)
    quest(cast.alpha, start=start)
    waiting = quest(cast.alpha, start=start, way="claimed", name_en="A story")
    handed = claim(quest=waiting, by=cast.agent, evidence=Evidence("Look"), on=start)
    approve(claim=handed, by=cast.supervisor)
    night(today, work(cast.agent, start, handled=3), work(cast.teammate, start, handled=6))
    html = open_(client, cast.agent, "quests_past").content.decode()
    assert_no_inline(html)
    assert "3 of 5" in html
    assert "A story" in html
    led = open_(client, cast.supervisor, "quests_past").context["rows"]
    assert [counts for _standing, counts in led] == [(1, 0), (1, 1)]
    assert open_(client, cast.stranger, "quests_past").context["rows"] == []
