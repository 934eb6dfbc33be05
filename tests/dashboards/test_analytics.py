"""Analytics: who sees whose figures, what the charts say, how many queries they take."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incentives.org.models import Company
from scoring.figures.charts import Chart, distribution
from scoring.figures.windows import Period, first_day
from scoring.models import AgentDay, Channel, Score, Scorecard, ScorecardItem, TeamDay
from tests.dashboards.test_agent_home import score
from tests.factories import PersonFactory
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.truth import MONDAY, bring_in, night, ticket

pytestmark = pytest.mark.django_db
PAGE = "/analytics/"
RANGE = "window=range&start=2026-11-01&end=2026-11-30"
MOST_QUERIES = 27


@pytest.fixture
def today(db: None) -> date:
    return Company.current().today()


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    """A Monday: agent 20 s to a response and 4 of 5 satisfied, stranger (beta) two minutes."""
    rows = [ticket(n, rating=1 if n == 0 else 5) for n in range(5)]
    rows += [ticket(n, agent="teammate") for n in range(10, 16)]
    rows += [
        ticket(n, agent="stranger", replied="2026-11-02T02:02:00Z", rating=2) for n in range(20, 26)
    ]
    bring_in(tmp_path, rows)
    night()
    return cast


def _asked(client: Client, cast: Cast, name: str, query: str = "", **headers: Any) -> Any:
    client.force_login(cast.fresh(name))
    return client.get(f"{PAGE}?{RANGE}{query}", **headers)


def _charts(answer: Any) -> dict[str, Chart]:
    return {chart.spec["kind"]: chart for chart in answer.context["charts"]}


@pytest.mark.parametrize(
    ("name", "status", "median"),
    [
        ("agent", 403, 0),
        ("supervisor", 200, 90),  # of 80 and 100
        ("site_manager", 200, 90),
        ("manager", 200, 80),
        ("hr", 200, 80),
        ("executive", 200, 80),
        ("administrator", 200, 80),
    ],
)
def test_leaders_see_the_figures_of_their_teams(
    week: Cast, client: Client, name: str, status: int, median: int
) -> None:
    answer = _asked(client, week, name)
    assert answer.status_code == status
    if status == 200:
        found = _charts(answer)
        assert [*found] == ["line", "histogram", "heat"]
        assert found["histogram"].spec["median"] == median
        waits = [cell[2] for cell in found["heat"].spec["cells"]]
        assert waits == [20 if median == 90 else pytest.approx(55.3, abs=0.1)]


def test_visitors_sign_in_and_nothing_is_posted(week: Cast, client: Client) -> None:
    for page in (PAGE, reverse("dashboards:person_analytics", args=[week.agent.pk])):
        client.logout()
        assert client.get(page).status_code == 302
        client.force_login(week.fresh("supervisor"))
        assert client.post(page).status_code == 405


def test_another_supervisors_team_is_no_choice(week: Cast, client: Client) -> None:
    answer = _asked(client, week, "supervisor", f"&team={week.beta.pk}")
    assert answer.context["form"].mistakes
    assert [cell[2] for cell in _charts(answer)["heat"].spec["cells"]] == [20]


def test_the_company_stands_beside_a_part_of_it(week: Cast, client: Client, tmp_path: Path) -> None:
    # One person beyond one's own would be told by subtraction: two more work there.
    PersonFactory(key="third", team=week.beta)
    more = [ticket(30 + n, agent="former" if n < 6 else "third", rating=2) for n in range(12)]
    bring_in(tmp_path, more, name="more.csv")
    night()
    drawn = _charts(_asked(client, week, "supervisor"))["line"].spec["series"]
    assert [(each["name"], each["values"]) for each in drawn] == [
        ("your teams", [pytest.approx(90.909, abs=0.001)]),
        ("Company", [pytest.approx(34.483, abs=0.001)]),
    ]
    assert len(_charts(_asked(client, week, "manager"))["line"].spec["series"]) == 1


def test_target_and_benchmark_are_drawn(week: Cast, client: Client) -> None:
    spec = _charts(_asked(client, week, "manager", "&kpi=frt"))["line"].spec
    assert (spec["target"], spec["benchmark"], spec["said"]["target"]) == (28, 28, "28 s")


def test_each_chart_says_and_tables_what_it_draws(week: Cast, client: Client) -> None:
    answer = _asked(client, week, "manager")
    found = _charts(answer)
    assert "longest on Monday 10:00–11:00 (55 s)" in found["heat"].summary
    assert found["heat"].table.rows == [["10:00", "55 s", *["–"] * 6]]
    assert found["line"].table.rows == [["2 Nov", "58.8 %"]]
    people = [row[1] for row in found["histogram"].table.rows]
    assert sum(int(each.split()[0]) for each in people) == 3
    html = tight(answer.content.decode())
    for chart in found.values():
        assert html.count(f'<figcaption class="chart-summary"><h2>{chart.title}</h2>') == 1
    assert html.count('<details class="chart-table">') == 3


def test_filters_stay_in_the_address_and_narrow_every_chart(week: Cast, client: Client) -> None:
    answer = _asked(client, week, "manager", f"&team={week.beta.pk}&channel=phone&kpi=frt")
    found = _charts(answer)
    assert found["line"].spec["series"][0]["values"] == [120]
    assert found["heat"].spec["cells"][0][2] == 120
    assert "Channels differ" not in found["heat"].summary
    assert f'value="{week.beta.pk}" selected' in answer.content.decode()
    assert _asked(client, week, "manager", "&channel=chat").context["charts"] == []


def test_a_fragment_is_the_charts_without_the_page(week: Cast, client: Client) -> None:
    answer = _asked(client, week, "manager", headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "<html" not in html
    assert html.count("data-chart=") == 3
    assert "<script" not in html


def test_shares_of_few_contacts_are_left_out_of_the_spread(week: Cast, client: Client) -> None:
    few = PersonFactory(team=week.alpha)
    AgentDay.objects.create(
        agent=few, team=week.alpha, day=MONDAY, channel=Channel.objects.get(key="phone"),
        csat_count=2, csat_satisfied=0,
    )  # fmt: skip
    found = _charts(_asked(client, week, "manager"))["histogram"]
    assert sum(each["count"] for each in found.spec["bins"]) == 3


def test_without_figures_the_page_says_so(cast: Cast, client: Client) -> None:
    answer = _asked(client, cast, "manager")
    assert answer.context["charts"] == []
    assert "No figures for this choice" in answer.content.decode()


def test_the_score_is_drawn_by_week(cast: Cast, client: Client) -> None:
    third = PersonFactory(key="third", team=cast.beta)
    beta = (cast.stranger, cast.former, third)
    for person, points in ((cast.agent, "90"), (cast.teammate, "80"), *((p, "40") for p in beta)):
        row = score(person, "week", MONDAY, points)
        row.team = cast.beta if person in beta else cast.alpha
        row.save()
    found = _charts(_asked(client, cast, "supervisor", "&kpi=score"))
    assert [each["values"] for each in found["line"].spec["series"]] == [[85], [58]]
    assert found["histogram"].spec["median"] == 85


def test_more_people_take_no_more_queries(week: Cast, client: Client) -> None:
    client.force_login(week.fresh("supervisor"))
    address = f"{PAGE}?{RANGE}"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    phone = Channel.objects.get(key="phone")
    for number in range(12):
        AgentDay.objects.create(
            agent=PersonFactory(team=week.alpha), team=week.alpha, day=MONDAY, channel=phone,
            csat_count=10, csat_satisfied=number,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) <= MOST_QUERIES


# One person.


def _items(*scores: int | None) -> list[dict[str, Any]]:
    """Of the first four items of the card that `score` takes; None has no data."""
    items = ScorecardItem.objects.filter(
        scorecard=Scorecard.objects.filter(items__kpi__key="csat").order_by("pk")[0]
    )
    keys = items.values_list("kpi__key", flat=True)[:4]
    assert "csat" in keys
    return [
        {"kpi": key, "value": "9", "lost": "1", "item_score": points}
        for key, points in zip(keys, scores, strict=True)
        if points is not None
    ]


def _month(cast: Cast, person: Any, month: date, *scores: int | None) -> None:
    row = score(person, "month", month, "90", _items(*scores))
    row.team = cast.alpha
    row.save()


@pytest.fixture
def profile(cast: Cast, today: date) -> Cast:
    """The agent's month and the one before; the teammates' month."""
    month = first_day(Period.MONTH, today)
    before = first_day(Period.MONTH, month - timedelta(days=1))
    _month(cast, cast.agent, month, 110, 80, 120, None)
    _month(cast, cast.agent, before, 70, 75, 100, 90)
    _month(cast, cast.teammate, month, 100, 60, 100, 90)
    for _ in range(2):
        _month(cast, PersonFactory(team=cast.alpha), month, 90, 100, 80, 90)
    monday = first_day(Period.WEEK, today)
    for back, points in enumerate((95, 85)):
        row = score(cast.agent, "week", monday - timedelta(weeks=back), str(points))
        row.team = cast.alpha
        row.save()
    TeamDay.objects.create(
        team=cast.alpha, day=today, channel=Channel.objects.get(key="phone"), csat_count=4, csat_satisfied=2,
    )  # fmt: skip
    AgentDay.objects.create(
        agent=cast.agent, team=cast.alpha, day=today, channel=Channel.objects.get(key="phone"),
        csat_count=4, csat_satisfied=3,
    )  # fmt: skip
    return cast


def _person(client: Client, cast: Cast, name: str, query: str = "") -> Any:
    client.force_login(cast.fresh(name))
    return client.get(reverse("dashboards:person_analytics", args=[cast.agent.pk]) + query)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("agent", 200),
        ("teammate", 404),
        ("stranger", 404),
        ("supervisor", 200),
        ("other_supervisor", 404),
        ("site_manager", 200),
        ("manager", 200),
        ("hr", 200),
        ("executive", 200),
        ("administrator", 200),
    ],
)
def test_a_profile_is_for_oneself_and_those_who_lead(
    profile: Cast, client: Client, name: str, status: int
) -> None:
    assert _person(client, profile, name).status_code == status


def test_a_profile_stands_beside_the_teams_median_and_the_month_before(
    profile: Cast, client: Client
) -> None:
    radar, weekly, csat = _person(client, profile, "agent").context["charts"]
    assert [(each["role"], each["values"]) for each in radar.spec["series"]] == [
        ("self", [110, 80, 120]),
        ("team", [95, 90, 90]),
        ("point", [70, 75, 100]),
    ]
    assert f"most to gain in {radar.spec['axes'][1]} (80)" in radar.summary
    assert len(radar.table.rows) == 3
    assert weekly.spec["series"][0]["values"] == [85, 95]
    assert [each["values"][-1] for each in csat.spec["series"]] == [75, 50]


def test_a_small_team_has_no_median_that_would_tell_of_one_colleague(
    profile: Cast, client: Client
) -> None:
    profile.teammate.memberships.all().delete()
    Score.objects.filter(agent=profile.teammate).delete()
    radar = _person(client, profile, "agent").context["charts"][0]
    assert [each["role"] for each in radar.spec["series"]] == ["self", "point"]


def test_another_month_is_chosen_in_the_address(profile: Cast, client: Client, today: date) -> None:
    before = first_day(Period.MONTH, first_day(Period.MONTH, today) - timedelta(days=1))
    answer = _person(client, profile, "agent", f"?month={before:%Y-%m}")
    assert answer.context["charts"][0].spec["series"][0]["values"] == [70, 75, 100, 90]
    assert _person(client, profile, "agent", "?month=x").status_code == 200


def test_without_a_score_the_profile_says_when_it_comes(cast: Cast, client: Client) -> None:
    answer = _person(client, cast, "agent")
    assert "The profile appears here" in answer.content.decode()


def test_a_profile_takes_no_more_queries_for_a_larger_team(
    profile: Cast, client: Client, today: date
) -> None:
    _person(client, profile, "agent")
    with CaptureQueriesContext(connection) as few:
        _person(client, profile, "agent")
    for _ in range(10):
        _month(
            profile, PersonFactory(team=profile.alpha), first_day(Period.MONTH, today), 9, 9, 9, 9
        )
    with CaptureQueriesContext(connection) as many:
        _person(client, profile, "agent")
    assert len(many) <= len(few) <= MOST_QUERIES


@pytest.mark.parametrize(
    ("values", "unit", "bins"),
    [
        ([90, 100, 100], "%", [(90, 1), (91, 0), (92, 0), (99, 2)]),
        ([5], "count", [(5, 1)]),
        ([0, 60, 600], "seconds", [(0, 1), (60, 1), (600, 1)]),
        ([-10, 0, 30], "points", [(-10, 1), (0, 1), (30, 1)]),
    ],
)
def test_bins_have_round_ends_and_hold_everyone(
    values: list[int], unit: str, bins: list[tuple[int, int]]
) -> None:
    found = distribution([Decimal(value) for value in values], unit=unit)
    assert sum(each.count for each in found.bins) == len(values)
    counted = {each.low: each.count for each in found.bins}
    for low, count in bins:
        assert any(each.low <= low < each.high and each.count >= count for each in found.bins), (
            low,
            counted,
        )
    assert all(
        one.high == other.low for one, other in zip(found.bins, found.bins[1:], strict=False)
    )
