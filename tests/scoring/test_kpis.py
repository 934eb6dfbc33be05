"""Figures against a naive model, who is listed, who sees what, and the `kpis` command."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from incentives.org.access import agents_seen_by
from incentives.org.models import Person, Team
from scoring.figures.catalogue import add_kpis, shipped_kpis
from scoring.figures.kpis import (
    Figure,
    UnknownMetric,
    figures,
    known_measures,
    plain,
    total,
)
from scoring.figures.query import Grouping
from scoring.figures.windows import Period
from scoring.models import AgentDay, Channel, Kpi, TeamDay
from tests.factories import MembershipFactory, PersonFactory, TeamFactory
from tests.org.cast import Cast
from tests.scoring.kpi_data import MONDAY, add_day

EXACT = ("handled", "csat_satisfied", "csat_count", "nps_promoters", "nps_detractors", "nps_count")
METRICS = ["handled", "csat", "nps", "frt", "refund_rate"]
# metric: (numerator, denominator, factor), written out by hand.
FORMULAS: dict[str, tuple[Any, Any, int]] = {
    "handled": (lambda row: row["handled"], None, 1),
    "csat": (lambda row: row["csat_satisfied"], lambda row: row["csat_count"], 100),
    "nps": (
        lambda row: row["nps_promoters"] - row["nps_detractors"],
        lambda row: row["nps_count"],
        100,
    ),
    "frt": (lambda row: row["first_response_seconds"], lambda row: row["first_response_count"], 1),
    "refund_rate": (lambda row: row["refunds"], lambda row: row["handled"], 100),
}


COUNTS = st.none() | st.integers(0, 40)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.integers(0, 2),
            "team": st.none() | st.integers(0, 1),
            "day": st.integers(0, 75).map(lambda days: MONDAY + timedelta(days)),
            "channel": st.integers(0, 1),
            "refunds": COUNTS,
            "first_response_seconds": st.none() | st.decimals(0, 10**6, places=6),
            "first_response_count": COUNTS,
            **dict.fromkeys(EXACT, COUNTS),
        }
    ),
    max_size=14,
    unique_by=lambda row: (row["who"], row["team"], row["day"], row["channel"]),
)
LABELS = {
    Period.DAY: "%Y-%m-%d",
    Period.WEEK: "%G-W%V",
    Period.MONTH: "%Y-%m",
    Period.ALL: "all",
}


@pytest.fixture
def crew(channels: list[Channel], refund_rate: Kpi) -> tuple[list[Person], list[Team]]:
    """Three agents and two teams without any memberships."""
    return list(PersonFactory.create_batch(3)), list(TeamFactory.create_batch(2))


@given(
    rows=ROWS,
    by=st.sampled_from([Grouping.AGENT, Grouping.TEAM, Grouping.CHANNEL, Grouping.COMPANY]),
    period=st.sampled_from(list(LABELS)),
    start=st.none() | st.integers(0, 40).map(lambda days: MONDAY + timedelta(days)),
    length=st.none() | st.integers(0, 60),
    team=st.none() | st.integers(0, 1),
    channel=st.none() | st.integers(0, 1),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_figures_are_sums_of_days_and_ratios_of_sums(  # noqa: PLR0917 — Hypothesis fills them
    crew: tuple[list[Person], list[Team]],
    channels: list[Channel],
    rows: list[dict[str, Any]],
    by: Grouping,
    period: Period,
    start: date | None,
    length: int | None,
    team: int | None,
    channel: int | None,
) -> None:
    people, teams = crew
    end = None if start is None or length is None else start + timedelta(length)
    _store(rows, by, people, teams, channels)
    kept = [
        row
        for row in rows
        if (start is None or row["day"] >= start)
        and (end is None or row["day"] <= end)
        and (team is None or row["team"] == team)
        and (channel is None or row["channel"] == channel)
    ]
    found = figures(
        by=by,
        period=period,
        start=start,
        end=end,
        metrics=METRICS,
        teams=None if team is None else [teams[team].pk],
        channels=None if channel is None else [channels[channel].key],
    )
    seen = {(figure.period, figure.key, figure.metric): figure for figure in found}
    expected = _naive(kept, by, period, people, teams, channels)
    for place, parts in expected.items():
        _check(seen.pop(place), *parts)
    assert all(_is_empty(figure) and period is Period.ALL for figure in seen.values())


def _store(
    rows: list[dict[str, Any]],
    by: Grouping,
    people: list[Person],
    teams: list[Team],
    channels: list[Channel],
) -> None:
    AgentDay.objects.all().delete()
    TeamDay.objects.all().delete()
    measured = [*EXACT, "first_response_seconds", "first_response_count"]
    for row in rows:
        values = {name: row[name] for name in measured} | {
            "day": row["day"],
            "channel": channels[row["channel"]],
            "team": None if row["team"] is None else teams[row["team"]],
            "custom": None if row["refunds"] is None else {"refunds": row["refunds"]},
        }
        if by is Grouping.AGENT:
            AgentDay.objects.create(agent=people[row["who"]], **values)
    if by is Grouping.AGENT:
        return
    # Team days have one row per team, day, channel: later duplicates are dropped from the model.
    known = set()
    for row in list(rows):
        place = (row["team"], row["day"], row["channel"])
        if place in known:
            rows.remove(row)
            continue
        known.add(place)
        TeamDay.objects.create(
            **{name: row[name] for name in measured},
            day=row["day"],
            channel=channels[row["channel"]],
            team=None if row["team"] is None else teams[row["team"]],
            custom=None if row["refunds"] is None else {"refunds": row["refunds"]},
        )


def _naive(
    rows: list[dict[str, Any]],
    by: Grouping,
    period: Period,
    people: list[Person],
    teams: list[Team],
    channels: list[Channel],
) -> dict[tuple[str, str, str], tuple[Fraction, Fraction | None, bool]]:
    sums: dict[Any, list[Any]] = defaultdict(lambda: [Fraction(0), Fraction(0), False])
    for row in rows:
        filled: Any = defaultdict(int, {k: v for k, v in row.items() if v is not None})
        key = {
            Grouping.AGENT: people[row["who"]].key,
            Grouping.TEAM: "" if row["team"] is None else teams[row["team"]].key,
            Grouping.CHANNEL: channels[row["channel"]].key,
            Grouping.COMPANY: "company",
        }[by]
        for metric, (top, bottom, _factor) in FORMULAS.items():
            pair = sums[row["day"].strftime(LABELS[period]), key, metric]
            pair[0] += Fraction(top(filled))
            pair[1] += Fraction(bottom(filled)) if bottom else 0
            pair[2] |= metric != "frt" or row["first_response_seconds"] is not None
    return {
        place: (top, bottom if FORMULAS[place[2]][1] else None, measured)
        for place, (top, bottom, measured) in sums.items()
    }


def _check(
    figure: Figure, numerator: Fraction, denominator: Fraction | None, measured: bool
) -> None:
    factor = FORMULAS[figure.metric][2]
    assert Fraction(figure.numerator) == numerator
    if denominator is None:
        assert figure.denominator is None
        assert figure.value == figure.numerator
    elif denominator == 0 or not measured:
        assert figure.denominator == denominator
        assert figure.value is None
    else:
        assert figure.denominator is not None
        assert Fraction(figure.denominator) == denominator
        exact = numerator * factor / denominator
        assert figure.value is not None
        assert abs(Fraction(figure.value) - exact) <= abs(exact) / 10**26


def _is_empty(figure: Figure) -> bool:
    return figure.numerator == 0 and not figure.denominator and not figure.value


def _values(found: list[Figure]) -> dict[str, str]:
    return {figure.key: plain(figure.value) for figure in found}


def test_the_company_is_the_sum_of_its_teams_and_of_what_is_nobodys(played: Cast) -> None:
    company = figures(by=Grouping.COMPANY, period=Period.DAY, metrics=["csat", "abandon_rate"])
    assert [plain(each.value) for each in company] == ["73.33333333333333333333333333", "100"]
    teams = figures(by=Grouping.TEAM, period=Period.DAY, metrics=["csat"])
    assert _values(teams) == {"alpha": "80", "beta": "60", "": ""}
    assert {each.name for each in teams} == {"Alpha", "Beta", "No team"}
    sites = figures(by=Grouping.SITE, period=Period.DAY, metrics=["csat"])
    assert _values(sites) == {"north": "80", "south": "60", "": ""}


def test_everything_lists_agents_without_facts_too(played: Cast) -> None:
    found = figures(by=Grouping.AGENT, period=Period.ALL, metrics=["handled", "csat"])
    handled = {each.key: each for each in found if each.metric == "handled"}
    assert set(handled) == {"agent", "teammate", "stranger", "former"}
    assert handled["teammate"].value == 0
    empty = next(each for each in found if (each.key, each.metric) == ("teammate", "csat"))
    assert empty.value is None
    assert [empty.numerator, empty.denominator] == [0, 0]
    by_day = figures(by=Grouping.AGENT, period=Period.DAY, metrics=["handled"])
    assert _values(by_day) == {"agent": "12", "stranger": "5"}


def test_everything_lists_no_one_who_was_not_there(played: Cast) -> None:
    before = figures(
        by=Grouping.AGENT, period=Period.ALL, end=date(2023, 12, 31), metrics=["handled"]
    )
    assert before == []
    gone = figures(
        by=Grouping.AGENT,
        period=Period.ALL,
        start=date(2025, 6, 1),
        metrics=["handled"],
        teams=[played.alpha.pk],
    )
    assert set(_values(gone)) == {"agent", "teammate"}


def test_one_agents_figures_by_channel_come_from_the_agents_own_days(played: Cast) -> None:
    found = figures(by=Grouping.CHANNEL, period=Period.DAY, metrics=["csat"], agents=["agent"])
    assert _values(found) == {"zz_chat": "80"}
    assert figures(by=Grouping.AGENT, period=Period.DAY, agents=[]) == []


def test_channel_names_are_in_the_readers_language(played: Cast) -> None:
    with translation.override("zh-hans"):
        found = figures(by=Grouping.CHANNEL, period=Period.DAY, metrics=["csat"])
    assert {each.name for each in found} == {"在线聊天", "Telephone"}


ROWS_SEEN = {
    "agent": {"agent"},
    "teammate": set(),
    "stranger": {"stranger"},
    "supervisor": {"agent"},
    "other_supervisor": {"stranger"},
    "site_manager": {"agent"},
    "manager": {"agent", "stranger"},
    "hr": {"agent", "stranger"},
    "executive": {"agent", "stranger"},
    "administrator": {"agent", "stranger"},
}


@pytest.mark.parametrize("name", ROWS_SEEN)
def test_single_figures_are_for_oneself_and_those_who_lead(played: Cast, name: str) -> None:
    viewer = played.fresh(name)
    found = figures(by=Grouping.AGENT, period=Period.DAY, metrics=["csat"], viewer=viewer)
    assert set(_values(found)) == ROWS_SEEN[name]
    everyone = figures(by=Grouping.AGENT, period=Period.ALL, metrics=["csat"], viewer=viewer)
    seen = set(agents_seen_by(viewer).values_list("key", flat=True))
    assert set(_values(everyone)) <= seen


def test_an_agent_sees_the_own_teams_total(played: Cast) -> None:
    found = figures(
        by=Grouping.TEAM, period=Period.ALL, metrics=["csat"], viewer=played.fresh("teammate")
    )
    assert _values(found) == {"alpha": "80"}
    company = figures(
        by=Grouping.COMPANY, period=Period.DAY, metrics=["csat"], viewer=played.fresh("teammate")
    )
    assert _values(company) == {"company": "80"}


def test_work_for_an_earlier_team_is_not_shown_to_the_later_supervisor(
    played: Cast, channels: list[Channel]
) -> None:
    add_day(played.former, played.alpha, channels[0], handled=7, day=date(2024, 6, 3))
    viewers = {"supervisor": {"former"}, "other_supervisor": set()}
    for name, expected in viewers.items():
        found = figures(
            by=Grouping.AGENT,
            period=Period.DAY,
            end=date(2024, 12, 31),
            metrics=["handled"],
            viewer=played.fresh(name),
        )
        assert set(_values(found)) == expected


def test_someone_deactivated_sees_no_figures(played: Cast) -> None:
    played.manager.is_active = False
    played.manager.save()
    for by in Grouping:
        found = figures(by=by, period=Period.DAY, metrics=["csat"], viewer=played.fresh("manager"))
        assert found == []


def test_durations_never_measured_are_no_zeros(cast: Cast, channels: list[Channel]) -> None:
    add_day(cast.agent, cast.alpha, channels[0], handle_seconds=600, handle_count=3)
    found = figures(by=Grouping.AGENT, period=Period.DAY, metrics=["hold_share", "aht"])
    assert [each.value for each in found] == [None, 200]
    add_day(cast.agent, cast.alpha, channels[1], handle_seconds=400, handle_count=1, hold_seconds=0)
    found = figures(by=Grouping.AGENT, period=Period.DAY, metrics=["hold_share", "aht"])
    assert [each.value for each in found] == [0, 250]
    days = figures(by=Grouping.AGENT, period=Period.DAY, metrics=["hold_share"])
    assert list(total(Kpi.objects.get(key="hold_share"), days)) == [0, 0, 1000]


def test_a_total_of_parts_is_the_figure_of_the_whole(played: Cast) -> None:
    for metric in ("csat", "handled", "abandon_rate", "nps"):
        kpi = Kpi.objects.get(key=metric)
        parts = figures(by=Grouping.TEAM, period=Period.DAY, metrics=[metric])
        whole = figures(by=Grouping.COMPANY, period=Period.ALL, metrics=[metric])[0]
        assert total(kpi, parts) == (whole.value, whole.numerator, whole.denominator)


def test_any_number_of_metrics_is_one_grouped_query(
    played: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):  # catalogue, own measures, figures
        few = figures(by=Grouping.AGENT, period=Period.ALL, metrics=["csat"])
    with django_assert_num_queries(3):
        many = figures(by=Grouping.AGENT, period=Period.ALL)
    assert len(many) == len(few) * Kpi.objects.filter(archived=False).count()


def test_the_shipped_catalogue_is_seeded_once_and_edits_stay(db: None) -> None:

    assert set(Kpi.objects.values_list("key", flat=True)) == {row["key"] for row in shipped_kpis()}
    Kpi.objects.filter(key="csat").update(target=Decimal(95))
    Kpi.objects.filter(key="nps").delete()
    add_kpis()
    assert Kpi.objects.get(key="csat").target == 95
    assert Kpi.objects.get(key="nps").target == 10
    assert Kpi.objects.count() == len(shipped_kpis())


def test_every_shipped_kpi_can_be_computed(db: None) -> None:
    found = figures(by=Grouping.COMPANY, period=Period.ALL)
    assert [each.metric for each in found] == [row["key"] for row in shipped_kpis()]
    assert set(known_measures()) >= {"handled", "nps_promoters"}


def test_an_unknown_metric_is_named_with_its_neighbours(db: None) -> None:
    with pytest.raises(UnknownMetric, match=r"There is no KPI “cast”\. Did you mean csat"):
        figures(by=Grouping.COMPANY, period=Period.ALL, metrics=["cast"])


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+3", "1000"), ("0.1000", "0.1"), ("-0.00", "0"), ("1E-8", "0.00000001"), ("40", "40")],
)
def test_numbers_are_written_plainly(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_own_measures_are_figures_like_any_other(
    played: Cast, channels: list[Channel], refund_rate: Kpi
) -> None:
    add_day(
        played.teammate, played.alpha, channels[1], handled=4, custom={"refunds": 1}, csat_count=0
    )
    found = figures(
        by=Grouping.AGENT, period=Period.DAY, metrics=["refund_rate"], agents=["teammate"]
    )
    assert _values(found) == {"teammate": "25"}


def test_people_out_of_teams_with_facts_are_listed(channels: list[Channel]) -> None:
    loose = PersonFactory(key="loose")
    MembershipFactory(person=PersonFactory(key="kept"))
    add_day(loose, None, channels[0], handled=1)
    found = figures(by=Grouping.AGENT, period=Period.ALL, metrics=["handled"])
    assert _values(found) == {"loose": "1", "kept": "0"}
