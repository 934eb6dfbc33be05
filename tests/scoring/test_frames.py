"""Frames: sums of days over windows, exact, by one query."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from pytest_django import DjangoAssertNumQueries

from scoring.figures.expressions import ExpressionError
from scoring.figures.frames import MILLION, natural, read_sums
from scoring.figures.kpis import UnknownMetric
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Period, Span
from scoring.models import AgentDay, Channel, Kpi
from tests.org.cast import Cast
from tests.scoring.kpi_data import MONDAY, add_day

WEEK = Span(MONDAY, MONDAY + timedelta(6))


def read_frame(*, metrics: Sequence[str], **asked: Any) -> pl.DataFrame:
    """As `read_sums`, in floats and with each metric's value."""
    found = find_metrics(metrics)
    frame = read_sums(metrics=[found[name] for name in metrics], **asked)
    return frame.with_columns(value_of(found[name]) for name in metrics).with_columns(
        natural(pl.col(f"{name}.{part}")).alias(f"{name}.{part}")
        for name in metrics
        for part in "nd"
    )


def value_of(metric: Metric) -> pl.Expr:
    n, d = (natural(pl.col(f"{metric.key}.{part}")) for part in "nd")
    value = n if metric.bottom is None else pl.when(d != 0).then(n * metric.factor / d)
    return value.alias(metric.key)


def one(frame: pl.DataFrame, **where: object) -> dict[str, object]:
    """The only row of the frame with these values."""
    return frame.filter(*(pl.col(name) == value for name, value in where.items())).row(
        0, named=True
    )


def test_a_frame_has_sums_and_values_of_every_agent(played: Cast) -> None:
    frame = read_frame(metrics=["csat", "handled"], span=WEEK, by="agent")
    assert frame.columns == [
        "agent_id",
        "team_id",
        *("csat.n", "csat.d", "handled.n", "handled.d"),
        *("csat", "handled"),
    ]
    assert one(frame, agent_id=played.agent.pk) == {
        "agent_id": played.agent.pk,
        "team_id": played.alpha.pk,
        "csat.n": 8.0,
        "csat.d": 10.0,
        "csat": 80.0,
        "handled.n": 12.0,
        "handled.d": None,
        "handled": 12.0,
    }


def test_teams_and_the_company_count_what_no_agent_did(played: Cast) -> None:
    add_day(None, played.beta, Channel.objects.get(key="zz_chat"), offered=3, abandoned=1)
    teams = read_frame(metrics=["abandon_rate"], span=WEEK, by="team")
    assert one(teams, team_id=played.beta.pk)["abandon_rate.d"] == 3
    assert teams["team_id"].null_count() == 0
    company = read_frame(metrics=["abandon_rate"], span=WEEK, by="company")
    assert company.rows() == [(2.0, 4.0, 50.0)]


def test_periods_have_their_first_days_and_the_team_of_their_last(
    cast: Cast, channels: list[Channel]
) -> None:
    chat, phone = channels
    for after, team in ((0, cast.beta), (2, cast.alpha), (8, cast.beta)):
        add_day(cast.agent, team, chat, day=MONDAY + timedelta(after), handled=after + 1)
    add_day(cast.agent, None, phone, day=MONDAY + timedelta(8), handled=1)
    frame = read_frame(metrics=["handled"], span=Span(), by="agent", period=Period.WEEK)
    assert frame.select("starts_on", "team_id", "handled").rows() == [
        (MONDAY, cast.alpha.pk, 4.0),
        (MONDAY + timedelta(7), cast.beta.pk, 10.0),
    ]


def test_named_windows_come_in_one_query_and_may_overlap(
    cast: Cast, channels: list[Channel], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for after in (0, 5, 40):
        add_day(cast.agent, None, channels[0], day=MONDAY + timedelta(after), handled=1)
    (metric,) = find_metrics(["handled"]).values()
    spans = {"week": WEEK, "first": Span(MONDAY, MONDAY), "ever": Span()}
    spans["none"] = Span(date(2020, 1, 1), date(2020, 1, 2))
    with django_assert_num_queries(1):
        frame = read_sums(metrics=[metric], spans=spans, by="agent")
    counted = frame.select("window", pl.col("handled.n") // MILLION)
    assert dict(counted.rows()) == {"week": 2, "first": 1, "ever": 3}


def test_restrictions_select_and_empty_ones_select_nothing(played: Cast) -> None:
    def agents(**restrictions: object) -> list[int]:
        frame = read_frame(metrics=["handled"], span=WEEK, by="agent", **restrictions)
        return frame["agent_id"].to_list()

    phone = Channel.objects.get(key="zz_phone")
    assert agents(agents=[played.agent.pk]) == [played.agent.pk]
    assert agents(agents=[]) == []
    assert agents(channels=[phone.pk]) == [played.stranger.pk]
    assert agents(except_days=[MONDAY]) == []


def test_a_duration_never_measured_has_no_value_and_a_count_never_filled_is_zero(
    cast: Cast, channels: list[Channel]
) -> None:
    add_day(cast.agent, None, channels[0], handle_seconds=60, handle_count=1)
    row = read_frame(metrics=["hold_share", "complaint_rate", "csat"], span=WEEK, by="agent").row(
        0, named=True
    )
    assert (row["hold_share"], row["csat"]) == (None, None)
    assert row["hold_share.d"] == 60.0
    assert (row["complaint_rate.n"], row["complaint_rate"]) == (0.0, None)


def test_sums_are_exact_beyond_floats(cast: Cast, channels: list[Channel]) -> None:
    large = Decimal("9007199254740993.000001")
    add_day(cast.agent, None, channels[0], order_value=large)
    metric = find_metrics(["=order_value"])["=order_value"]
    sums = read_sums(metrics=[metric], span=WEEK, by="agent")
    assert sums["=order_value.n"].to_list() == [9007199254740993000001]


def test_floats_are_rounded_once(cast: Cast, channels: list[Channel]) -> None:
    values = [Decimal(at) / 1000 + Decimal("3.333333") for at in range(64)]
    for at, value in enumerate(values):
        day = MONDAY - timedelta(at)
        add_day(cast.agent, None, channels[0], day=day, hold_seconds=value, handle_seconds=7)
    frame = read_frame(metrics=["hold_share"], by="agent", period=Period.DAY).sort(
        "starts_on", descending=True
    )
    assert frame["hold_share.n"].to_list() == [float(value) for value in values]


def test_expressions_and_own_measures_are_metrics_too(
    cast: Cast, channels: list[Channel], refund_rate: Kpi
) -> None:
    add_day(cast.agent, None, channels[0], saves=2, converted=3, handled=10, custom={"refunds": 4})
    frame = read_frame(
        metrics=["=saves + 2 * converted", "=0.5 * refunds", "refund_rate"], span=WEEK, by="agent"
    )
    row = frame.row(0, named=True)
    assert row["=saves + 2 * converted"] == 8
    assert row["=0.5 * refunds"] == 2
    assert row["refund_rate"] == 40


def test_unknown_metrics_name_near_ones(db: None) -> None:
    with pytest.raises(UnknownMetric, match=r"“csatt”.*csat"):
        read_frame(metrics=["csatt"], span=WEEK, by="agent")
    with pytest.raises(ExpressionError, match=r"“handld”.*handled"):
        read_frame(metrics=["=handld"], span=WEEK, by="agent")


@pytest.mark.parametrize("by", ["agent", "team"])
def test_no_totals_give_an_empty_frame_with_every_column(db: None, by: str) -> None:
    assert not AgentDay.objects.exists()
    frame = read_frame(metrics=["csat"], span=WEEK, by=by, period=Period.MONTH)
    assert frame.is_empty()
    assert frame.schema["csat"] == pl.Float64
    assert {"starts_on", f"{by}_id", "csat.n", "csat.d"} <= set(frame.columns)
