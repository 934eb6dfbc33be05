"""Totals and tickets that the tests of KPIs share."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from incentives.org.models import Person, Team
from scoring.figures.totals import recompute_everything
from scoring.models import (
    Activity,
    AgentDay,
    Channel,
    CustomMeasure,
    Kpi,
    QueueInterval,
    Source,
    TeamDay,
    Ticket,
)
from tests.org.cast import Cast

MONDAY = date(2026, 11, 2)


@pytest.fixture
def channels(db: None) -> list[Channel]:
    """Two channels of their own, besides whatever is seeded."""
    names = {"zz_chat": ("Live chat", "在线聊天"), "zz_phone": ("Telephone", "")}
    return [
        Channel.objects.create(key=key, name_en=english, name_zh=chinese)
        for key, (english, chinese) in names.items()
    ]


@pytest.fixture
def refund_rate(db: None) -> Kpi:
    """A company's own KPI over its own measure."""
    definition = {"all": [], "measure": "count"}
    CustomMeasure.objects.create(key="refunds", name_en="Refunds", definition=definition)
    return Kpi.objects.create(
        key="refund_rate",
        name_en="Refund rate",
        group="commercial",
        numerator="refunds",
        denominator="handled",
        unit="%",
    )


def add_day(agent: Person | None, team: Team | None, channel: Channel, **measures: Any) -> None:
    measures.setdefault("day", MONDAY)
    if agent is not None:
        AgentDay.objects.create(agent=agent, team=team, channel=channel, **measures)
    TeamDay.objects.create(team=team, channel=channel, **measures)


@pytest.fixture
def played(cast: Cast, channels: list[Channel]) -> Cast:
    """One day: alpha's agent 8 of 10 and beta's stranger 3 of 5 satisfied; a call of nobody's."""
    chat, phone = channels
    add_day(cast.agent, cast.alpha, chat, handled=12, csat_satisfied=8, csat_count=10)
    add_day(cast.stranger, cast.beta, phone, handled=5, csat_satisfied=3, csat_count=5)
    add_day(None, None, phone, offered=1, abandoned=1)
    return cast


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """A Monday with tickets of alpha's agent and beta's stranger, and their totals."""
    source = Source.objects.create(name="helpdesk")
    shared: dict[str, Any] = {"source": source, "channel": Channel.objects.get(key="phone")}
    for number, rating in enumerate([Decimal(5), Decimal(5), Decimal(4), Decimal(2), None]):
        Ticket.objects.create(
            external_id=f"A{number}",
            agent=cast.agent,
            day=MONDAY,
            csat=rating,
            satisfied=None if rating is None else rating >= 4,
            difficulty=number,
            extra={"product": "kettle"},
            **shared,
        )
    Ticket.objects.create(
        external_id="B1",
        agent=cast.stranger,
        day=MONDAY,
        csat=Decimal(1),
        satisfied=False,
        **shared,
    )
    Activity.objects.create(
        external_id="L1", agent=cast.agent, day=MONDAY, kind="learning", quantity=2, **shared
    )
    QueueInterval.objects.create(
        external_id="Q1", agent=cast.agent, day=MONDAY, offered=9, answered=8, **shared
    )
    recompute_everything()
    return cast


@pytest.fixture
def refunds(db: None) -> CustomMeasure:
    """A measure of the company's own."""
    return CustomMeasure.objects.create(
        key="refunds",
        name_en="Refunds",
        definition={"all": [{"field": "topic", "op": "in", "value": ["refund", "return"]}]},
    )
