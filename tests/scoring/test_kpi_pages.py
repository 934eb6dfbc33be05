"""The KPI pages: who gets in, what they show, that they work without JavaScript."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from incentives.org.models import Membership
from scoring.figures.totals import recompute_everything
from scoring.models import (
    AgentDay,
    Channel,
    CustomMeasure,
    Kpi,
    TeamDay,
    Ticket,
)
from tests.factories import PersonFactory
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.kpi_data import MONDAY

EVERYONE = (
    "agent", "teammate", "stranger", "supervisor", "other_supervisor", "site_manager", "manager",
    "hr", "executive", "administrator",
)  # fmt: skip
EDITORS = {"manager", "administrator"}
RANGE = "window=range&start=2026-11-01&end=2026-11-30"


def _get(client: Client, cast: Cast, name: str, address: str) -> Any:
    client.force_login(cast.fresh(name))
    return client.get(address)


def _address(cast: Cast, page: str) -> str:
    return {
        "kpis": reverse("scoring:kpis") + f"?{RANGE}",
        "kpi_agent": reverse("scoring:kpi_agent", args=[cast.agent.pk]) + f"?{RANGE}",
        "agent_day": reverse("scoring:agent_day", args=[cast.agent.pk, MONDAY]),
        "kpi_catalogue": reverse("scoring:kpi_catalogue"),
        "kpi": reverse("scoring:kpi", args=["csat"]),
        "kpi_new": reverse("scoring:kpi_new"),
        "kpi_edit": reverse("scoring:kpi_edit", args=["csat"]),
        "measure_new": reverse("scoring:measure_new"),
        "measure_edit": reverse("scoring:measure_edit", args=["refunds"]),
    }[page]


OPEN = ("kpis", "kpi_catalogue", "kpi")
OF_THE_AGENT = ("kpi_agent", "agent_day")
LEADING_THE_AGENT = {"agent", "supervisor", "site_manager", "manager", "hr", "executive"} | {
    "administrator"
}
FOR_EDITORS = ("kpi_new", "kpi_edit", "measure_new", "measure_edit")


@pytest.mark.parametrize("page", [*OPEN, *OF_THE_AGENT, *FOR_EDITORS])
def test_each_page_opens_for_those_who_may_see_it(
    client: Client, worked: Cast, refunds: CustomMeasure, page: str
) -> None:
    address = _address(worked, page)
    for name in worked.in_turn(client, EVERYONE):
        expected = 200
        if page in OF_THE_AGENT and name not in LEADING_THE_AGENT:
            expected = 404
        if page in FOR_EDITORS and name not in EDITORS:
            expected = 403
        assert (name, client.get(address).status_code) == (name, expected)


def test_visitors_are_sent_to_sign_in(client: Client, worked: Cast, refunds: CustomMeasure) -> None:
    for page in (*OPEN, *OF_THE_AGENT, *FOR_EDITORS):
        answer = client.get(_address(worked, page))
        assert (page, answer.status_code) == (page, 302)
        assert answer["Location"].startswith(reverse("account_login"))


def test_reading_pages_take_no_post(client: Client, worked: Cast) -> None:
    client.force_login(worked.fresh("manager"))
    for page in (*OPEN, *OF_THE_AGENT):
        assert (page, client.post(_address(worked, page)).status_code) == (page, 405)


@pytest.mark.parametrize("page", ["kpi_remove", "measure_remove"])
def test_removing_is_a_post_of_editors(
    client: Client, worked: Cast, refunds: CustomMeasure, page: str
) -> None:
    address = reverse(f"scoring:{page}", args=["csat" if page == "kpi_remove" else "refunds"])
    client.force_login(worked.fresh("manager"))
    assert client.get(address).status_code == 405
    client.force_login(worked.fresh("supervisor"))
    assert client.post(address, {"action": "archive"}).status_code == 403
    assert not Kpi.objects.filter(archived=True).exists()


ROWS_SEEN = {
    "agent": {"Agent"},
    "supervisor": {"Agent", "Teammate"},
    "other_supervisor": {"Stranger", "Former"},
    "manager": {"Agent", "Teammate", "Stranger", "Former"},
}


def _names(answer: Any) -> set[str]:
    return {row.figure.name for row in answer.context["rows"]}


def test_the_table_lists_only_whom_one_may_see(client: Client, worked: Cast) -> None:
    for name in worked.in_turn(client, ROWS_SEEN):
        answer = client.get(f"/kpis/?kpi=csat&level=agent&{RANGE}")
        assert (name, _names(answer)) == (name, ROWS_SEEN[name])


def test_only_those_who_see_everyone_are_shown_the_company(client: Client, worked: Cast) -> None:
    answer = _get(client, worked, "manager", f"/kpis/?kpi=csat&level=company&{RANGE}")
    assert [row.figure.key for row in answer.context["rows"]] == ["company"]
    answer = _get(client, worked, "supervisor", f"/kpis/?kpi=csat&level=company&{RANGE}")
    assert "company" not in [row.figure.key for row in answer.context["rows"]]
    assert answer.context["form"].mistakes


def test_the_page_says_what_it_shows(client: Client, worked: Cast) -> None:
    answer = _get(client, worked, "manager", f"/kpis/?kpi=csat&level=team&{RANGE}")
    assert answer.context["chart"].summary.startswith(
        "Customer satisfaction (share satisfied), whole company, 1 Nov 2026 – 30 Nov 2026: 60.0"
    )
    assert "(target: at least 90 %)" in answer.context["chart"].summary
    assert answer.context["chart"].spec["target"] == 90
    assert answer.context["chart"].spec["series"][0]["values"] == [60.0]
    text = answer.content.decode()
    assert "75.0 %" in text
    assert "below target" in text


def test_changes_compare_with_the_days_before(client: Client, worked: Cast) -> None:
    phone = Channel.objects.get(key="phone")
    for day in (date(2026, 10, 2), date(2026, 10, 20)):  # the 30 days before begin on 2 October
        for team in (worked.alpha, worked.beta):
            TeamDay.objects.create(
                team=team, day=day, channel=phone, csat_satisfied=1, csat_count=2
            )
    TeamDay.objects.filter(team=worked.beta, day=date(2026, 10, 2)).delete()
    answer = _get(client, worked, "manager", f"/kpis/?kpi=csat&level=team&{RANGE}")
    changes = {row.figure.key: row.change for row in answer.context["rows"]}
    assert changes["alpha"].text == "▲ +25.0 points"
    assert changes["alpha"].tone == "better"
    assert changes["beta"] is None  # its figures begin in the middle of the earlier stretch
    assert "against the days before" in answer.context["chart"].summary
    TeamDay.objects.filter(day=date(2026, 10, 2)).delete()
    answer = _get(client, worked, "manager", f"/kpis/?kpi=csat&level=team&{RANGE}")
    assert [row.change for row in answer.context["rows"]] == [None, None]
    assert "against the days before" not in answer.context["chart"].summary


def test_a_team_without_figures_on_these_days_is_not_listed(client: Client, worked: Cast) -> None:
    TeamDay.objects.filter(team=worked.beta).delete()
    answer = _get(client, worked, "manager", f"/kpis/?kpi=handled&level=team&{RANGE}")
    assert [row.figure.key for row in answer.context["rows"]] == ["alpha"]


def test_rows_lead_one_step_down_to_the_facts(client: Client, worked: Cast) -> None:
    address = f"/kpis/?kpi=csat&level=company&{RANGE}"
    for expected in ("level=team", "level=agent", "/kpis/agents/", f"/{MONDAY}/"):
        answer = _get(client, worked, "manager", address)
        html = tight(answer.content.decode())
        links = re.findall(r'<th scope="row"><a href="([^"]+)"', html)
        address = next(link.replace("&amp;", "&") for link in links if expected in link)
    answer = _get(client, worked, "manager", address)
    assert answer.context["day"] == MONDAY
    assert answer.context["agent"].key == "agent"
    assert answer.context["kpi"].key == "csat"


def test_facts_of_a_day_add_up_to_its_figure(client: Client, worked: Cast) -> None:
    base = reverse("scoring:agent_day", args=[worked.agent.pk, MONDAY])
    for kpi, kind, parts in [
        ("csat", "tickets", (3, 4)),
        ("learning", "activities", (2, None)),
        ("answer_rate", "queues", (8, 9)),
        ("hard_solved", "tickets", (0, None)),
    ]:
        answer = _get(client, worked, "agent", f"{base}?kpi={kpi}&facts={kind}")
        facts = answer.context["facts"]
        assert sum(each.numerator for each in facts) == parts[0]
        if parts[1] is not None:
            assert sum(each.denominator for each in facts) == parts[1]
    answer = _get(client, worked, "agent", f"{base}?kpi=csat")
    assert [each.fact.external_id for each in answer.context["facts"]] == ["A0", "A1", "A2", "A3"]
    assert "kettle" in answer.content.decode()


def test_a_ticket_says_what_counted(client: Client, worked: Cast) -> None:
    Ticket.objects.filter(external_id="A0").update(handle_seconds=245)
    recompute_everything()
    base = reverse("scoring:agent_day", args=[worked.agent.pk, MONDAY])
    answer = _get(client, worked, "agent", f"{base}?kpi=csat")
    values = [dict(each.values) for each in answer.context["facts"]]
    assert [each["satisfaction rating (1–5)"] for each in values] == [5, 5, 4, 2]
    assert [each["satisfied"] for each in values] == [True, True, True, False]
    answer = _get(client, worked, "agent", f"{base}?kpi=aht")
    assert [each.values for each in answer.context["facts"]] == [[("handle time", "4 min 05 s")]]
    assert "handle time<b" in tight(answer.content.decode())


def test_the_tickets_of_a_chosen_kpi_come_before_all_other_figures(
    client: Client, worked: Cast
) -> None:
    base = reverse("scoring:agent_day", args=[worked.agent.pk, MONDAY])
    text = tight(_get(client, worked, "agent", f"{base}?kpi=csat").content.decode())
    assert text.index('id="facts"') < text.index("<details><summary") < text.index("rowgroup")
    text = _get(client, worked, "agent", base).content.decode()
    assert text.index("rowgroup") < text.index('id="facts"')


def test_a_day_leads_to_the_days_beside_it_and_back(client: Client, worked: Cast) -> None:
    for back, team in ((7, worked.alpha), (3, worked.beta)):
        AgentDay.objects.create(
            agent=worked.agent,
            team=team,
            day=MONDAY - timedelta(back),
            channel=Channel.objects.get(key="phone"),
            handled=1,
        )
    base = reverse("scoring:agent_day", args=[worked.agent.pk, MONDAY])
    for name, before in (("agent", 3), ("supervisor", 7), ("manager", 3)):
        answer = _get(client, worked, name, f"{base}?kpi=csat&{RANGE}")
        days = (answer.context["before"], answer.context["after"])
        assert days == (MONDAY - timedelta(before), None)
        text = answer.content.decode().replace("&amp;", "&")
        state = f"?kpi=csat&{RANGE}"
        assert f'href="{reverse("scoring:kpis")}{state}&level=agent&team=' in text
        assert f'href="{reverse("scoring:kpi_agent", args=[worked.agent.pk])}{state}"' in text
        assert ">Alpha</a>" in text


def test_own_measures_lead_to_their_tickets_too(
    client: Client, worked: Cast, refunds: CustomMeasure
) -> None:
    Ticket.objects.filter(external_id="A2").update(topic="refund")
    recompute_everything()
    Kpi.objects.create(
        key="refunds_each",
        name_en="Refunds",
        group="quality",
        numerator="2 * refunds",
        denominator="handled",
        unit="count",
    )
    base = reverse("scoring:agent_day", args=[worked.agent.pk, MONDAY])
    answer = _get(client, worked, "agent", f"{base}?kpi=refunds_each")
    parts = {each.fact.external_id: each.numerator for each in answer.context["facts"]}
    assert parts["A2"] == 2
    assert sum(parts.values()) == 2
    assert len(parts) == 5


def test_a_later_supervisor_sees_no_tickets_of_the_earlier_team(
    client: Client, worked: Cast
) -> None:
    day = date(2024, 6, 3)
    Ticket.objects.filter(external_id="B1").update(agent=worked.former, day=day)
    recompute_everything()
    address = reverse("scoring:agent_day", args=[worked.former.pk, day])
    seen = _get(client, worked, "supervisor", address)
    assert [each.fact.external_id for each in seen.context["facts"]] == ["B1"]
    hidden = _get(client, worked, "other_supervisor", address)
    assert hidden.status_code == 200
    assert hidden.context["facts"] == []
    assert "B1" not in hidden.content.decode()


def test_days_and_kinds_that_do_not_exist_are_not_found(client: Client, worked: Cast) -> None:
    base = f"/kpis/agents/{worked.agent.pk}/"
    for address in (f"{base}2026-02-30/", f"{base}2026-11-02/?facts=secrets"):
        assert _get(client, worked, "manager", address).status_code == 404
    empty = _get(client, worked, "manager", f"{base}2026-11-09/")
    assert "Nothing on this day" in empty.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "kpi=nonsense",
        "window=fortnight",
        "level=galaxy",
        "team=999999",
        "team=x",
        "channel=nope",
        "window=range&start=2026-11-30&end=2026-11-01",
        "window=range&start=yesterday",
        "q=" + "x" * 500,
    ],
)
def test_a_wrong_address_shows_its_mistake_and_still_the_page(
    client: Client, worked: Cast, query: str
) -> None:
    answer = _get(client, worked, "manager", f"/kpis/?{query}")
    assert answer.status_code == 200
    assert answer.context["form"].mistakes
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("query", ["page=zzz", "page=99", "sort=evil", "sort=-value", "page=-1"])
def test_odd_pages_and_sorts_do_no_harm(client: Client, worked: Cast, query: str) -> None:
    answer = _get(client, worked, "manager", f"/kpis/?kpi=csat&level=team&{RANGE}&{query}")
    assert answer.status_code == 200


def test_rows_are_sorted_with_empty_values_last(client: Client, worked: Cast) -> None:
    base = f"/kpis/?kpi=csat&level=team&{RANGE}&sort="
    TeamDay.objects.create(
        team=None, day=MONDAY, channel=Channel.objects.get(key="chat"), handled=1
    )
    for sort, expected in [("value", ["beta", "alpha", ""]), ("-value", ["alpha", "beta", ""])]:
        answer = _get(client, worked, "manager", base + sort)
        assert [row.figure.key for row in answer.context["rows"]] == expected


def test_the_download_is_what_the_table_shows(client: Client, worked: Cast) -> None:
    worked.agent.display_name = "=cmd|' /C calc'!A0"
    worked.agent.save()
    answer = _get(
        client, worked, "manager", f"/kpis/?kpi=csat&level=agent&{RANGE}&sort=-value&format=csv"
    )
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == {
        "period": "2026-11-01/2026-11-30",
        "key": "agent",
        "name": "'=cmd|' /C calc'!A0",
        "metric": "csat",
        "value": "75",
        "numerator": "3",
        "denominator": "4",
    }
    assert [row["value"] for row in rows] == ["75", "0", "", ""]


def test_an_old_import_is_found_at_first_sight(client: Client, worked: Cast) -> None:
    TeamDay.objects.update(day=date(2023, 5, 8))
    answer = _get(client, worked, "manager", "/kpis/")
    assert answer.context["trend"].points
    assert answer.context["state"]["window"] == "range"


def test_an_empty_company_is_told_what_comes(client: Client, cast: Cast) -> None:
    answer = _get(client, cast, "manager", "/kpis/")
    assert "No figures for this choice" in answer.content.decode()
    Kpi.objects.update(archived=True)
    answer = _get(client, cast, "manager", "/kpis/")
    assert "No KPIs yet" in answer.content.decode()


def test_many_agents_are_paged_with_few_queries(
    client: Client, worked: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = PersonFactory.create_batch(120, password="x")
    Membership.objects.bulk_create(
        Membership(person=person, team=worked.alpha, starts_on=MONDAY) for person in people
    )
    phone = Channel.objects.get(key="phone")
    AgentDay.objects.bulk_create(
        AgentDay(agent=person, team=worked.alpha, day=MONDAY, channel=phone, handled=number)
        for number, person in enumerate(people)
    )
    client.force_login(worked.fresh("manager"))
    with django_assert_max_num_queries(28):
        answer = client.get(f"/kpis/?kpi=handled&level=agent&sort=-value&{RANGE}")
    assert len(answer.context["rows"]) == 50
    assert answer.context["rows"][0].figure.value == 119
    answer = client.get(f"/kpis/?kpi=handled&level=agent&sort=-value&{RANGE}&page=3")
    assert len(answer.context["rows"]) == 24


def test_no_page_carries_inline_script_or_style(
    client: Client, worked: Cast, refunds: CustomMeasure
) -> None:
    pages = [*OPEN, *OF_THE_AGENT, *FOR_EDITORS]
    for page in pages:
        text = _get(client, worked, "manager", _address(worked, page)).content.decode()
        assert " style=" not in text, page
        assert not re.search(r"\son[a-z]+=", text), page
        for script in re.findall(r"<script\b([^>]*)>", text):
            assert "src=" in script or "application/json" in script, page


def test_the_last_four_weeks_reach_back_from_the_last_day(worked: Cast) -> None:
    from scoring.figures.previews import last_days

    span = last_days()
    assert span is not None
    assert (span.start, span.end) == (MONDAY - timedelta(27), MONDAY)
