"""What tests of appeals share: appeals, remedies, and what came of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db.models import Sum

from incentives.org.models import Person
from scoring.appeals import operations as appeals
from scoring.appeals.operations import decide
from scoring.ingest.corrections import Remedy
from scoring.models import (
    Appeal,
    PointEntry,
    Score,
    Source,
)
from tests.org.cast import Cast
from tests.scoring.truth import bring_in, night


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    """A week that a night has closed."""
    bring_in(tmp_path)
    night()
    return cast


def today_of(person: Person) -> date:
    return person.company_today


def contest(cast: Cast, number: int = 11, **how: object) -> Appeal:
    how.setdefault("part", "csat")
    return appeals.raise_about_fact(
        agent=cast.agent,
        kind="tickets",
        source_id=Source.objects.get().pk,
        external_id=f"T{number}",
        text="The customer meant the courier.",
        on=today_of(cast.agent),
        **how,  # type: ignore[arg-type]
    )


def void(number: int = 11, *parts: str) -> Remedy:
    return Remedy("tickets", Source.objects.get().pk, f"T{number}", parts=parts or ("csat",))


def give(agent: Person | None, number: int = 0) -> Remedy:
    source = Source.objects.get().pk
    return Remedy("tickets", source, f"T{number}", reassigns=True, agent=agent)


def grant(appeal: Appeal, by: Person, *remedies: Remedy) -> Appeal:
    return decide(appeal=appeal, by=by, granted=True, reason="It is true.", remedies=remedies)


def points(agent: Person) -> int:
    return PointEntry.objects.filter(agent=agent).aggregate(n=Sum("amount"))["n"] or 0


def month(agent: Person) -> Score:
    return Score.objects.get(agent=agent, period="month", starts_on=date(2026, 11, 1))


def appeal_again(appeal: Appeal) -> Appeal:
    return Appeal.objects.get(pk=appeal.pk)
