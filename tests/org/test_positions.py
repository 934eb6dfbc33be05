"""Jobs and levels over time: by page, by people file, and what the night learns of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from incentives.org.models import SINCE_ALWAYS, Person, Position
from incentives.org.people import (
    leave_company,
    set_position,
    take_team_changes,
    upsert_people,
)
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)


def posts(person: Person) -> list[tuple[str, str, date, date | None]]:
    rows = Position.objects.filter(person=person).order_by("starts_on")
    return list(rows.values_list("job", "level", "starts_on", "ends_on"))


def test_a_position_ends_the_one_before_and_later_ones_stay(cast: Cast) -> None:
    later = ON + timedelta(days=30)
    set_position(person=cast.agent, job="chat", level="", on=later)
    assert set_position(person=cast.agent, job="phone", level="junior", on=ON) == ON
    assert posts(cast.agent) == [
        ("phone", "junior", ON, later - ONE_DAY),
        ("chat", "", later, None),
    ]
    assert set_position(person=cast.agent, job=" ", level="", on=ON + ONE_DAY) == ON + ONE_DAY
    assert posts(cast.agent) == [("phone", "junior", ON, ON)]
    assert take_team_changes()[cast.agent.pk] == ON


def test_two_positions_on_a_day_are_refused_by_the_database(cast: Cast) -> None:
    Position.objects.create(person=cast.agent, job="phone", starts_on=ON)
    with pytest.raises(IntegrityError):
        Position.objects.create(person=cast.agent, job="chat", starts_on=ON + ONE_DAY)


def test_a_people_file_says_what_changes_and_keeps_what_it_leaves_empty(db: None) -> None:
    first: list[dict[str, Any]] = [
        {"key": "a1", "job": "phone", "level": "junior", "hired_on": date(2025, 1, 6)},
        {"key": "a2", "level": "senior"},
        {"key": "a3", "job": "x" * 61},
    ]
    result = upsert_people(first, on=ON)
    stored = list(Position.objects.values())
    assert len(stored) == 2
    assert [(issue.row, issue.field) for issue in result.issues] == [(2, "job")]
    upsert_people(first[:2], on=ON + ONE_DAY)
    assert list(Position.objects.values()) == stored
    upsert_people([{"key": "a1", "level": "senior"}], on=ON)
    assert posts(Person.objects.get(key="a1")) == [
        ("phone", "junior", date(2025, 1, 6), ON - ONE_DAY),
        ("phone", "senior", ON, None),
    ]
    assert posts(Person.objects.get(key="a2")) == [("", "senior", SINCE_ALWAYS, None)]


def test_a_position_ends_with_the_last_day(cast: Cast) -> None:
    set_position(person=cast.agent, job="phone", level="", on=ON)
    leave_company(person=cast.agent, on=ON + ONE_DAY)
    assert posts(cast.agent) == [("phone", "", ON, ON + ONE_DAY)]


def test_an_administrator_changes_it_on_the_persons_page(cast: Cast, client: Client) -> None:
    address = reverse("org:set_position", args=[cast.agent.pk])
    sent = {"job": "technical support", "level": "senior", "on": ON.isoformat()}
    client.force_login(cast.manager)
    assert client.post(address, sent).status_code == 403
    client.force_login(cast.administrator)
    assert client.get(address).status_code == 405
    assert client.post(address, sent | {"on": "?"}).status_code == 422
    page = client.post(address, sent, follow=True).content.decode()
    assert "technical support · senior" in page
    assert '<option value="senior">' in page
