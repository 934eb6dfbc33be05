"""Points for many occasions at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from scoring.models import PointEntry, PointTotal, Season
from scoring.points.occasions import Occasion, post_all
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)
BADGE = "badge"


def test_an_occasion_is_posted_once_and_adds_to_the_lifetime_points(cast: Cast) -> None:
    won = [
        Occasion(cast.agent.pk, 30, DAY, "badge:1", {"badge": "praise"}),
        Occasion(cast.teammate.pk, 20, DAY, "badge:2"),
        Occasion(cast.teammate.pk, 0, DAY, "badge:3"),
    ]
    assert post_all(won, kind=BADGE) == 2
    assert post_all([*won, Occasion(cast.agent.pk, -30, DAY, "badge:1:taken:1")], kind=BADGE) == 1
    assert PointTotal.objects.get(agent=cast.agent).lifetime == 0
    entry = PointEntry.objects.get(source_key="badge:1")
    assert (entry.cause, entry.booked_on) == ({"badge": "praise"}, DAY)


def test_points_for_a_closed_season_count_on_the_first_open_day(cast: Cast) -> None:
    Season.objects.create(
        name="Spring", starts_on=DAY, ends_on=date(2026, 3, 31), closed_at=timezone.now()
    )
    post_all([Occasion(cast.agent.pk, 30, DAY, "badge:1")], kind=BADGE)
    entry = PointEntry.objects.get()
    assert (entry.occurred_on, entry.booked_on) == (DAY, date(2026, 4, 1))
