"""Criteria against a naive model that goes day by day, person by person, with fractions."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.models import CalendarDay, Person, Team
from scoring.criteria import evaluate, evaluate_periods, load_criteria
from scoring.figures.windows import Period, Span
from scoring.models import AgentDay, Channel, Score, Scorecard, TeamDay
from tests.factories import PersonFactory, TeamFactory
from tests.scoring.kpi_data import MONDAY
from tests.scoring.naive_criteria import (
    CARDS,
    COMPARED,
    EXCLUDED,
    FIRST,
    OF_TOTALS,
    PERIODS,
    ROWS,
    SCORES,
    SEASON,
    TREE,
    Naive,
    Row,
    Scored,
    tree_of,
)
from tests.scoring.scorecards import make_card


@pytest.fixture
def crew(channels: list[Channel]) -> tuple[list[Person], list[Team]]:
    """Five people and two teams without memberships; two scorecards; some days are excluded."""
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, name_en="Fair", kind="promotion", treatment="excluded")
        for day in EXCLUDED
    )
    for key in CARDS:
        make_card(key=key, role=key)
    return list(PersonFactory.create_batch(5)), list(TeamFactory.create_batch(2))


def store(rows: Iterable[Row], people: list[Person], teams: list[Team], by: str = "agent") -> None:
    channel = Channel.objects.get(key="zz_chat")
    model: Any = AgentDay if by == "agent" else TeamDay
    AgentDay.objects.all().delete()
    TeamDay.objects.all().delete()
    model.objects.bulk_create(
        model(
            channel=channel,
            day=row.day,
            **(
                {"agent": people[row.who], "team": None if row.team is None else teams[row.team]}
                if by == "agent"
                else {"team": teams[row.who]}
            ),
            **row.sums,
        )
        for row in rows
    )


def store_scores(scores: Iterable[Scored], people: list[Person], teams: list[Team]) -> None:
    cards = {card.key: card for card in Scorecard.objects.filter(key__in=CARDS)}
    Score.objects.all().delete()
    Score.objects.bulk_create(
        Score(
            agent=people[each.who],
            team=None if each.team is None else teams[each.team],
            period=each.period,
            starts_on=each.day,
            scorecard=cards[each.card],
            score=each.score,
        )
        for each in scores
    )


relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(
    rows=ROWS,
    scores=SCORES,
    trees=st.lists(TREE, min_size=1, max_size=3),
    after=st.integers(-9, 9),
)
@relaxed
def test_evaluation_equals_the_naive_model(
    crew: tuple[list[Person], list[Team]],
    rows: list[Row],
    scores: list[Scored],
    trees: list[dict[str, Any]],
    after: int,
) -> None:
    people, teams = crew
    store(rows, people, teams)
    store_scores(scores, people, teams)
    as_of = MONDAY + timedelta(after)
    naive = Naive(rows, range(5), scores)
    criteria = {str(at): load_criteria(tree) for at, tree in enumerate(trees)}
    ids = [person.pk for person in people]
    found = evaluate(
        criteria, as_of=as_of, subjects=ids, season=SEASON if as_of in SEASON else None
    )
    for key, tree in zip(criteria, trees, strict=True):
        frame = found[key].sort("subject_id")
        assert frame["met"].to_list() == [naive.tree(tree, who, as_of) for who in range(5)]
        assert all(
            (done == 1) == met and 0 <= done <= 1
            for met, done in frame.select("met", "progress").iter_rows()
        )


@given(
    rows=ROWS,
    scores=SCORES,
    tree=TREE,
    period=st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
    start=st.integers(40, 70),
    length=st.integers(0, 20),
)
@relaxed
def test_many_periods_at_once_equal_each_period_alone(
    crew: tuple[list[Person], list[Team]],
    rows: list[Row],
    scores: list[Scored],
    tree: dict[str, Any],
    period: Period,
    start: int,
    length: int,
) -> None:
    people, teams = crew
    store(rows, people, teams)
    store_scores(scores, people, teams)
    span = Span(FIRST + timedelta(start), FIRST + timedelta(start + length))
    ids = [person.pk for person in people]
    criteria = {"it": load_criteria(tree)}
    asked: dict[str, Any] = {"period": period, "span": span, "subjects": ids, "seasons": [SEASON]}
    frame = evaluate_periods(criteria, **asked, evidence="all")["it"]
    naive = Naive(rows, range(5), scores)
    wanted = {}
    days = [span.start + timedelta(at) for at in range(length + 1)]  # type: ignore[operator]
    for first, last in {(c[0], c[-1]) for c in map(PERIODS[period.value], days)}:
        for who, pk in enumerate(ids):
            wanted[pk, first] = naive.tree(tree, who, last)
    found = {
        (pk, day): met for pk, day, met in frame.select("subject_id", "starts_on", "met").rows()
    }
    assert found == wanted
    day = min(first for _pk, first in wanted)
    alone = evaluate(
        criteria,
        as_of=PERIODS[period.value](day)[-1],
        subjects=ids,
        season=SEASON if PERIODS[period.value](day)[-1] in SEASON else None,
    )["it"]
    together = frame.filter(pl.col("starts_on") == day).drop("starts_on")
    assert together.rows() == alone.rows()
    of_met = evaluate_periods(criteria, **asked, evidence="met")["it"]
    assert of_met.equals(frame.with_columns(evidence=pl.when("met").then("evidence")))


@given(rows=ROWS, tree=tree_of(OF_TOTALS))
@settings(relaxed, max_examples=25)
def test_teams_are_judged_by_the_totals_of_teams(
    crew: tuple[list[Person], list[Team]], rows: list[Row], tree: dict[str, Any]
) -> None:
    people, teams = crew
    tree = json.loads(json.dumps(tree).replace('"team"', '"company"'))
    rows = [row for row in rows if row.who < 2]
    store(rows, people, teams, by="team")
    frame = evaluate({"it": load_criteria(tree)}, as_of=MONDAY, by="team", season=SEASON)["it"]
    naive = Naive(rows, range(2))
    wanted = {team.pk: naive.tree(tree, who, MONDAY) for who, team in enumerate(teams)}
    assert dict(frame.select("subject_id", "met").rows()) == wanted


ONE_DAY = st.lists(
    st.builds(
        Row,
        who=st.integers(0, 4),
        team=st.sampled_from([None, 0, 1]),
        day=st.just(MONDAY),
        sums=st.builds(
            lambda ratio, handled: {
                **dict.fromkeys(("complaints", "hold_seconds", "handle_seconds")),
                "csat_satisfied": ratio[0],
                "csat_count": ratio[1],
                "handled": handled,
            },
            st.sampled_from([(1, 3), (2, 6), (2, 3), (0, 3), (1, 2), (0, 0)]),
            st.integers(1, 2),
        ),
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda row: row.who,
)


TIED = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["csat", "handled", "complaint_rate"]),
        "window": st.sampled_from(["day", "month"]),
        "least": st.sampled_from([0, 2, 3]),
    }
)


@given(rows=ONE_DAY, leaf=st.builds(lambda left, right: {**left, **right}, TIED, COMPARED))
@settings(relaxed, max_examples=120)
def test_ties_thresholds_and_least_volumes_on_one_day(
    crew: tuple[list[Person], list[Team]], rows: list[Row], leaf: dict[str, Any]
) -> None:
    people, teams = crew
    store(rows, people, teams)
    naive = Naive(rows, range(5))
    ids = [person.pk for person in people]
    frame = evaluate({"it": load_criteria({"all": [leaf]})}, as_of=MONDAY, subjects=ids)["it"]
    wanted = [naive.met(leaf, who, MONDAY) for who in range(5)]
    assert frame["met"].to_list() == wanted
    few = evaluate({"it": load_criteria({"all": [leaf]})}, as_of=MONDAY, subjects=ids[1:3])["it"]
    assert few["met"].to_list() == wanted[1:3]
