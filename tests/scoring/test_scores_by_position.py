"""Scorecards for jobs and levels: whose they are, on which day, and what goes before what."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from incentives.org.people import set_position
from scoring.models import Score
from tests.org.cast import Cast
from tests.scoring import truth
from tests.scoring.scorecards import MONDAY, add_totals, compute, make_card, score_of

pytestmark = pytest.mark.django_db
RATINGS: dict[str, Any] = {"csat_satisfied": 17, "csat_count": 20}
REPLIES: dict[str, Any] = {"first_response_seconds": 1180, "first_response_count": 20}


@pytest.mark.parametrize(
    ("post", "on", "expected"),
    [
        (("", ""), MONDAY, "general"),
        (("Technical Support", ""), MONDAY, "technical_support"),
        (("technical support", "senior"), MONDAY, "technical_support"),
        (("", "Senior"), MONDAY, "for-seniors"),
        (("technical support", ""), MONDAY + timedelta(days=1), "general"),
    ],
)
def test_the_job_goes_before_the_level(
    cast: Cast, post: tuple[str, str], on: date, expected: str
) -> None:
    make_card(key="for-seniors", level="senior")
    if any(post):
        set_position(person=cast.agent, job=post[0], level=post[1], on=on)
    add_totals(cast.agent, None, channel="email", handled=5, **RATINGS, **REPLIES)
    compute()
    assert score_of(cast.agent).scorecard.key == expected


def test_a_teams_own_card_goes_before_the_job_and_that_before_the_channel(cast: Cast) -> None:
    make_card(key="for-beta", team=cast.beta)
    for person, team in ((cast.agent, cast.alpha), (cast.stranger, cast.beta)):
        set_position(person=person, job="technical support", level="", on=MONDAY)
        add_totals(person, team, channel="phone", handled=5, **RATINGS, **REPLIES)
    compute()
    assert score_of(cast.agent).scorecard.key == "technical_support"
    assert score_of(cast.stranger).scorecard.key == "for-beta"


def test_a_position_that_is_changed_late_is_followed_by_the_next_night(
    cast: Cast, tmp_path: Path
) -> None:
    truth.bring_in(tmp_path)
    truth.night()
    month = Score.objects.filter(agent=cast.agent, period="month")
    assert month.get().scorecard.key == "phone"
    set_position(person=cast.agent, job="technical support", level="", on=MONDAY)
    truth.night()
    assert score_of(cast.agent).scorecard.key == month.get().scorecard.key == "technical_support"
    assert score_of(cast.teammate).scorecard.key == "phone"
