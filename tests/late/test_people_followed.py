"""What is told late about people and teams reaches everything that rests on it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from incentives.org.models import Person
from incentives.org.people import join_team, take_team_changes
from scoring.figures.change_queue import take
from scoring.figures.changes import TEAM_DAYS_SCHEMA, Changes
from scoring.models import AgentDay, ChangedDay, Season
from scoring.points.forms import SeasonForm
from scoring.scorecards.compute import compute_scores
from scoring.scorecards.marking import touch_days
from tests.org.cast import Cast
from tests.scoring.board_data import wrong_standings
from tests.scoring.scorecards import add_totals, compute, make_card, score_of
from tests.scoring.truth import MONDAY, SUNDAY, bring_in, night

EARLY, LATE = date(2026, 3, 2), date(2026, 9, 1)
NONE = {"hired_on": None, "left_on": None, "is_active": True}
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        ({"hired_on": EARLY}, {"hired_on": LATE}, EARLY),
        ({"hired_on": LATE}, {"hired_on": EARLY}, EARLY),
        ({"left_on": LATE, "is_active": False}, {"left_on": None, "is_active": True}, LATE),
        ({"hired_on": EARLY}, {"left_on": LATE, "is_active": False}, LATE),
        ({}, {"hired_on": LATE}, date(1900, 1, 1)),
        ({}, {"is_active": False}, date(1900, 1, 1)),
        ({"left_on": LATE}, {"is_active": False}, None),
        ({}, {"display_name": "Another"}, None),
    ],
)
def test_the_night_hears_of_employment_by_every_door(
    cast: Cast, before: dict[str, object], after: dict[str, object], since: date | None
) -> None:
    Person.objects.filter(pk=cast.agent.pk).update(**NONE | before)
    take_team_changes()
    Person.objects.filter(pk=cast.agent.pk).update(**after)
    assert take_team_changes() == ({} if since is None else {cast.agent.pk: since})


def test_a_move_on_a_day_without_work_is_followed(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    night(as_of=SUNDAY + timedelta(days=8))
    join_team(person=cast.agent, team=cast.beta, on=SUNDAY)
    assert not AgentDay.objects.filter(day=SUNDAY).exists()
    night(as_of=SUNDAY + timedelta(days=8))
    assert wrong_standings() == 0


def test_a_teams_own_facts_move_its_peoples_scores(cast: Cast) -> None:
    nps = {"kpi": "nps", "weight": 100, "floor": -20, "target": 10}
    make_card(nps, key="beta", team=cast.beta)
    add_totals(cast.stranger, cast.beta, nps_promoters=1, nps_detractors=1, nps_count=9)
    compute()
    before = score_of(cast.stranger, "week").score
    # Nobody of the team is at work on Sunday, whose surveys come late.
    add_totals(None, cast.beta, SUNDAY, nps_promoters=9, nps_detractors=0, nps_count=9)
    rows = pl.DataFrame([(cast.beta.pk, SUNDAY)], schema=TEAM_DAYS_SCHEMA, orient="row")
    compute_scores(Changes(SUNDAY, team_days=rows))
    assert score_of(cast.stranger, "week").score > before
    stored = score_of(cast.stranger, "week").score
    compute(everything=True)
    assert score_of(cast.stranger, "week").score == stored


def test_a_day_judged_differently_reaches_teams_whose_people_were_not_at_work(cast: Cast) -> None:
    add_totals(None, cast.beta, SUNDAY, nps_count=9)
    touch_days([SUNDAY])
    assert take(as_of=SUNDAY).team_days.rows() == [(cast.beta.pk, SUNDAY)]


def test_a_season_that_moves_has_its_days_looked_at_again(cast: Cast) -> None:
    season = Season.objects.create(name="Autumn", starts_on=MONDAY, ends_on=SUNDAY)
    for day in (MONDAY - timedelta(days=1), MONDAY, SUNDAY, SUNDAY + timedelta(days=1)):
        add_totals(cast.agent, cast.alpha, day, handled=1)
    told = {"name": "Autumn", "starts_on": MONDAY, "ends_on": SUNDAY + timedelta(days=1)}
    form = SeasonForm(told, instance=season)
    assert form.is_valid()
    form.save()
    days = set(ChangedDay.objects.values_list("day", flat=True))
    assert days == {MONDAY, SUNDAY, SUNDAY + timedelta(days=1)}
    ChangedDay.objects.all().delete()
    assert SeasonForm(told | {"name": "Gold"}, instance=season).save()
    assert not ChangedDay.objects.exists()
