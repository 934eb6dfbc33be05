"""Measures of the company's own: what they count, and what they refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.models import Company
from scoring.figures.custom import (
    Definition,
    DefinitionError,
    compile_measure,
    custom_columns,
    read_definition,
    sentence,
)
from scoring.figures.previews import preview_measure
from scoring.figures.ticket_fields import ticket_fields
from scoring.figures.totals import recompute_everything
from scoring.models import Channel, CustomMeasure, Source, Ticket
from tests.factories import PersonFactory
from tests.org.cast import Cast

MONDAY = date(2026, 11, 2)
WORDS = ["open", "closed", "a,b", "O'Neil", "%s", "开", ""]
_numbers = count()


@pytest.fixture
def source(db: None) -> Source:
    """Where the tickets come from."""
    return Source.objects.create(name="helpdesk")


@pytest.fixture
def channel(db: None) -> Channel:
    """A seeded channel."""
    return Channel.objects.get(key="phone")


TICKETS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.none() | st.sampled_from(WORDS),
            "difficulty": st.none() | st.integers(1, 5),
            "order_value": st.none() | st.decimals(0, 1000, places=2),
            "complaint": st.none() | st.booleans(),
            "extra": st.none()
            | st.fixed_dictionaries(
                {},
                optional={
                    "tier": st.sampled_from(["gold", "12", "-3.5", "1e5", "", " 7"])
                    | st.integers(-20, 20)
                    | st.none()
                },
            ),
        }
    ),
    max_size=8,
)
CONDITIONS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(["=", "!="]), st.sampled_from(WORDS[:-1])),
    st.tuples(st.just("status"), st.just("in"), st.lists(st.sampled_from(WORDS[:-1]), min_size=1)),
    st.tuples(
        st.sampled_from(["difficulty", "order_value"]),
        st.sampled_from(["=", "!=", ">=", "<=", ">", "<"]),
        st.integers(0, 5) | st.sampled_from(["3", "2.5"]),
    ),
    st.tuples(st.just("complaint"), st.sampled_from(["=", "!="]), st.booleans()),
    st.tuples(
        st.just("extra.tier"),
        st.sampled_from([">=", "<=", ">", "<"]),
        st.integers(-20, 20),
    ),
    st.tuples(st.just("extra.tier"), st.sampled_from(["=", "!="]), st.sampled_from(["gold", "12"])),
    st.tuples(
        st.sampled_from(["status", "difficulty", "complaint", "extra.tier"]),
        st.sampled_from(["is empty", "is not empty"]),
        st.none(),
    ),
)
OF = st.none() | st.sampled_from(["difficulty", "order_value", "extra.tier"])


@given(tickets=TICKETS, conditions=st.lists(CONDITIONS, max_size=3), of=OF)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_measure_counts_the_tickets_that_meet_all_conditions(
    source: Source,
    channel: Channel,
    tickets: list[dict[str, Any]],
    conditions: list[tuple[str, str, Any]],
    of: str | None,
) -> None:
    Ticket.objects.all().delete()
    _store(tickets, source, channel)
    definition = read_definition(
        {
            "all": [
                {"field": field, "op": op} | ({} if value is None else {"value": value})
                for field, op, value in conditions
            ]
        }
        | ({"measure": "sum", "of": of} if of else {})
    )
    kept = [ticket for ticket in tickets if all(_holds(ticket, *each) for each in conditions)]
    expected: Any = len(kept)
    if of is not None:
        values = [number for ticket in kept if (number := _number(_value(ticket, of))) is not None]
        expected = sum(values) if values else None
    assert _measured(definition) == expected


def _store(tickets: list[dict[str, Any]], source: Source, channel: Channel) -> None:
    Ticket.objects.bulk_create(
        Ticket(source=source, external_id=str(next(_numbers)), channel=channel, **ticket)
        for ticket in tickets
    )


def _measured(definition: Definition) -> Any:
    sql, params = compile_measure(definition)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM scoring_ticket t", params)
        return cursor.fetchone()[0]


def _value(ticket: dict[str, Any], field: str) -> Any:
    if field.startswith("extra."):
        return (ticket["extra"] or {}).get(field.removeprefix("extra."))
    return ticket[field]


def _number(value: Any) -> Decimal | None:
    """A number as digits, with an optional sign and one point; anything else is none."""
    if value is None or isinstance(value, (int, Decimal)):
        return None if value is None else Decimal(value)
    digits = value.lstrip("+-").replace(".", "", 1)
    return Decimal(value) if digits.isdigit() and digits.isascii() else None


def _holds(ticket: dict[str, Any], field: str, op: str, wanted: Any) -> bool:
    value = _value(ticket, field)
    if op in ("is empty", "is not empty"):
        return (value is None or value == "") == (op == "is empty")
    return value is not None and _compares(value, field, op, wanted)


def _compares(value: Any, field: str, op: str, wanted: Any) -> bool:
    if op == "in":
        return bool(value in wanted)
    if field == "extra.tier" and op in ("=", "!="):
        return bool(str(value) == wanted) == (op == "=")
    if isinstance(value, bool) or field == "status":
        same: bool = value == wanted
        return same == (op == "=")
    number = _number(value)
    limit = Decimal(str(wanted))
    if number is None:
        return False
    met: dict[str, bool] = {
        "=": number == limit,
        "!=": number != limit,
        ">=": number >= limit,
        "<=": number <= limit,
        ">": number > limit,
        "<": number < limit,
    }
    return met[op]


def test_an_empty_text_is_no_value(source: Source, channel: Channel) -> None:
    blank: dict[str, Any] = {"status": "", "extra": {"tier": ""}}
    _store([blank, {"status": "open", "extra": {"tier": "gold"}}], source, channel)
    for field in ("status", "extra.tier", "topic"):
        for op, expected in [("is empty", 1), ("is not empty", 1)]:
            definition = read_definition({"all": [{"field": field, "op": op}]})
            unknown = {"is empty": 2, "is not empty": 0}[op]
            assert _measured(definition) == (unknown if field == "topic" else expected)


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ({"all": [{"field": "staus", "op": "=", "value": "x"}]}, "Did you mean status"),
        ({"all": [{"field": "", "op": "=", "value": "x"}]}, "Choose a field"),
        ({"all": [{"field": "extra.", "op": "=", "value": "x"}]}, "no ticket field “extra.”"),
        ({"all": [{"field": "status", "op": ">", "value": "x"}]}, "cannot be compared"),
        ({"all": [{"field": "complaint", "op": "in", "value": [True]}]}, "cannot be compared"),
        ({"all": [{"field": "status", "op": "~", "value": "x"}]}, "cannot be read"),
        ({"all": [{"field": "csat", "op": ">=", "value": "good"}]}, "write a number"),
        ({"all": [{"field": "csat", "op": ">=", "value": "nan"}]}, "write a number"),
        ({"all": [{"field": "csat", "op": "in", "value": [1, "x"]}]}, "write a number"),
        ({"all": [{"field": "csat", "op": "in", "value": []}]}, "needs a value"),
        ({"all": [{"field": "csat", "op": "=", "value": [1]}]}, "list of values"),
        ({"all": [{"field": "csat", "op": "="}]}, "needs a value"),
        ({"all": [{"field": "csat", "op": "is empty", "value": 1}]}, "takes no value"),
        ({"all": [{"field": "resolved", "op": "=", "value": "maybe"}]}, "write yes or no"),
        ({"all": [{"field": "day", "op": ">=", "value": "3.11.2026"}]}, "write a day"),
        ({"all": [{"field": "day", "op": ">=", "value": "9999-12-31"}]}, "write a day"),
        ({"all": [{"field": "opened_at", "op": "<", "value": "noon"}]}, "write a time"),
        ({"all": [{"field": "opened_at", "op": "<", "value": "0001-01-01"}]}, "write a time"),
        (
            {"all": [{"field": "opened_at", "op": "<", "value": "2026-11-03T09:00+23:59"}]},
            "write a time",
        ),
        ({"all": [{"field": "extra.n", "op": "<", "value": "many"}]}, "write a number"),
        ({"measure": "sum"}, "Name the field"),
        ({"measure": "sum", "of": "status"}, "is no number"),
        ({"measure": "sum", "of": "pg_sleep(9)"}, "There is no ticket field"),
        ({"measure": "count", "of": "csat"}, "A count takes no field"),
        ({"measure": "mean"}, "cannot be read"),
        ({"evil": 1}, "“evil” is not a part"),
        ({"all": [{"field": "csat", "op": "=", "value": 1, "or": 2}]}, "is not a part"),
        ({"all": [{"field": "csat", "op": "is empty"}] * 21}, "at most 20 conditions"),
    ],
)
def test_a_bad_definition_is_refused_with_a_clear_sentence(raw: Any, part: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_definition(raw)
    assert part in str(caught.value)
    assert str(caught.value)[-1] in ".?"


def test_internal_columns_are_no_fields() -> None:
    assert not {"source", "run", "held_for", "deleted", "extra", "version"} & set(ticket_fields())
    assert {"agent", "team", "channel", "day", "csat", "opened_at"} <= set(ticket_fields())


def test_people_teams_and_channels_are_compared_by_key(
    cast: Cast, source: Source, channel: Channel
) -> None:
    shared: dict[str, Any] = {"source": source, "channel": channel}
    Ticket.objects.create(external_id="1", agent=cast.agent, team=cast.alpha, **shared)
    Ticket.objects.create(external_id="2", agent=cast.stranger, **shared)
    for field, value, expected in [
        ("agent", "agent", 1),
        ("team", "alpha", 1),
        ("team", "beta", 0),
        ("channel", "phone", 2),
    ]:
        definition = read_definition({"all": [{"field": field, "op": "=", "value": value}]})
        assert _measured(definition) == expected


def test_times_without_offset_are_company_local(source: Source, channel: Channel) -> None:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Shanghai"})
    opened = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
    Ticket.objects.create(source=source, channel=channel, external_id="1", opened_at=opened)
    for value, expected in [
        ("2026-11-02 17:59", 1),
        ("2026-11-02 18:01", 0),
        ("2026-11-02T10:01+00:00", 0),
        ("2026-11-02T09:59+00:00", 1),
    ]:
        definition = read_definition({"all": [{"field": "opened_at", "op": ">=", "value": value}]})
        assert _measured(definition) == expected


def test_the_totals_carry_every_own_measure(source: Source, channel: Channel) -> None:
    agent = PersonFactory()
    shared: dict[str, Any] = {"source": source, "channel": channel, "day": MONDAY, "agent": agent}
    for number, value in enumerate([Decimal("12.50"), Decimal("7.50"), None]):
        Ticket.objects.create(
            external_id=str(number), order_value=value, status="refunded", **shared
        )
    for number in range(45):  # more than one SQL function call can take
        CustomMeasure.objects.create(
            key=f"m{number}",
            name_en="m",
            definition={"all": [{"field": "status", "op": "=", "value": "refunded"}]},
        )
    CustomMeasure.objects.create(
        key="refunded_value", name_en="m", definition={"measure": "sum", "of": "order_value"}
    )
    nothing = {"all": [{"field": "status", "op": "=", "value": "lost"}]}
    CustomMeasure.objects.create(key="lost", name_en="m", definition=nothing)
    sql, params = custom_columns()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}::text FROM scoring_ticket t", params)
        text = cursor.fetchone()[0]
    assert '"m44": 3' in text
    assert '"refunded_value": 20.0000' in text
    assert "lost" not in text
    recompute_everything()
    totals = agent_day_custom(agent.pk)
    assert totals["m0"] == 3
    assert totals["refunded_value"] == 20


def agent_day_custom(agent: int) -> dict[str, Any]:
    """The own measures of the agent's only day."""
    from scoring.models import AgentDay

    return AgentDay.objects.get(agent=agent).custom or {}


def test_without_own_measures_there_is_nothing(db: None) -> None:
    assert custom_columns([]) == ("NULL::jsonb", [])


def test_a_definition_reads_as_a_sentence() -> None:
    definition = read_definition(
        {
            "all": [
                {"field": "priority", "op": "in", "value": ["high", "urgent"]},
                {"field": "difficulty", "op": ">=", "value": 4},
                {"field": "resolved", "op": "=", "value": "yes"},
                {"field": "csat", "op": "is not empty"},
            ]
        }
    )
    assert sentence(definition) == (
        "Counts tickets where priority is one of “high”, “urgent” and difficulty (1–5) is at"
        " least 4 and resolved is yes and satisfaction rating (1–5) is not empty."
    )
    assert sentence(read_definition({"measure": "sum", "of": "order_value"})) == (
        "Adds up “order value” of tickets, all of them."
    )


def test_the_preview_covers_the_last_four_weeks_with_data(
    cast: Cast, source: Source, channel: Channel
) -> None:
    definition = read_definition({"all": [{"field": "difficulty", "op": ">=", "value": 4}]})
    assert preview_measure(definition, viewer=cast.manager) is None
    shared: dict[str, Any] = {"source": source, "channel": channel, "agent": cast.agent}
    Ticket.objects.create(external_id="1", day=MONDAY, difficulty=5, **shared)
    Ticket.objects.create(external_id="2", day=MONDAY, difficulty=1, **shared)
    Ticket.objects.create(external_id="3", day=MONDAY, difficulty=5, deleted=True, **shared)
    Ticket.objects.create(external_id="4", day=date(2026, 10, 5), difficulty=5, **shared)
    recompute_everything()
    seen = preview_measure(definition, viewer=cast.manager)
    assert seen is not None
    assert [seen.value, seen.matched, seen.tickets] == [1, 1, 2]
    scoped = preview_measure(definition, viewer=cast.fresh("other_supervisor"))
    assert scoped is not None
    assert scoped.tickets == 0
