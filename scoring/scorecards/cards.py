"""Scorecards in the form that scores are computed from, and which one applies to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scoring.metrics import Metric, find_metrics
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards.items import Scale
from scoring.windows import Period, Span, last_day

SCALE = ("floor", "target", "stretch", "outer_low", "low", "high", "outer_high")


@dataclass(frozen=True, slots=True)
class Guard:
    """An item gives at most `at_most` points unless the metric meets `op value`.

    Judged over the score's own window; below `least` (or without data) it does not bite.
    """

    metric: Metric
    op: str
    value: Decimal
    least: int
    at_most: Decimal


@dataclass(frozen=True, slots=True)
class CardItem:
    """One item with its metric; `of_team` items are judged by the team's figure."""

    metric: Metric
    weight: Decimal
    scale: Scale
    least: int
    shrinks: bool
    of_team: bool
    guard: Guard | None = None

    @property
    def is_count(self) -> bool:
        """Whether it is a plain sum, which is scored per day worked."""
        return self.metric.bottom is None

    @property
    def uses_team(self) -> bool:
        """Whether the team's figures can play a part."""
        return self.of_team or (self.shrinks and self.least > 0 and not self.is_count)


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard version with its items."""

    id: int
    team_id: int | None
    channel_id: int | None
    span: Span
    items: tuple[CardItem, ...]

    @property
    def metrics(self) -> list[Metric]:
        """Every metric that the card needs, guards included, each once."""
        guards = [item.guard.metric for item in self.items if item.guard]
        found = {each.key: each for each in [*(item.metric for item in self.items), *guards]}
        return list(found.values())


def published_cards() -> list[Card]:
    """The cards that apply to someone, each with its items; six queries at most."""
    stored = (
        Scorecard.objects.filter(status=Scorecard.Status.PUBLISHED)
        .prefetch_related("items__kpi")
        .order_by("key", "version")
    )
    return prepare([(card, list(card.items.all())) for card in stored if not card.is_template])


def prepare(cards: Sequence[tuple[Scorecard, Sequence[ScorecardItem]]]) -> list[Card]:
    """Cards with their items, saved or not. Raises UnknownMetric for a guard of an unknown KPI."""
    keys = [item.kpi.key for _card, items in cards for item in items]
    keys += [str(guard["metric"]) for card, _items in cards for guard in card.guards]
    metrics = find_metrics(keys)
    return [
        Card(
            id=card.pk or 0,
            team_id=card.team_id,
            channel_id=card.channel_id,
            span=Span(card.starts_on, card.ends_on),
            items=tuple(_items(card, items, metrics)),
        )
        for card, items in cards
    ]


def scale_of(item: ScorecardItem) -> Scale:
    """The scale of a stored item."""
    return Scale(**{name: getattr(item, name) for name in SCALE})


def _items(
    card: Scorecard, items: Iterable[ScorecardItem], metrics: Mapping[str, Metric]
) -> Iterable[CardItem]:
    guards = {guard["kpi"]: _guard(guard, metrics) for guard in card.guards}
    for item in items:
        yield CardItem(
            metric=metrics[item.kpi.key],
            weight=Decimal(item.weight),
            scale=scale_of(item),
            least=item.least,
            shrinks=item.small_sample == ScorecardItem.SmallSample.SHRINK,
            of_team=item.kpi.level == Kpi.Level.TEAM,
            guard=guards.get(item.kpi.key),
        )


def _guard(guard: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Guard:
    return Guard(
        metric=metrics[guard["metric"]],
        op=guard["op"],
        value=Decimal(guard["value"]),
        least=int(guard.get("least", 0)),
        at_most=Decimal(guard["at_most"]),
    )


def assign(rows: pl.DataFrame, cards: Sequence[Card], period: Period | None) -> pl.DataFrame:
    """Add `card`, the place in `cards` of the one that applies to each row; null for none.

    `rows` has team_id, channel_id and starts_on. A card must be in force on the period's last day
    (without a period: on `starts_on`). The team's own card goes before the channel's, and that
    before the one for everybody.
    """
    days = rows["starts_on"].unique().to_list()
    valid = pl.DataFrame(
        [
            {"starts_on": day, "team_id": card.team_id, "channel_id": card.channel_id, "card": at}
            for day in days
            for at, card in enumerate(cards)
            if _end(period, day) in card.span
        ],
        schema={
            "starts_on": pl.Date,
            "team_id": pl.Int64,
            "channel_id": pl.Int64,
            "card": pl.Int64,
        },
    )
    found: list[str] = []
    for scope in (["team_id", "channel_id"], ["team_id"], ["channel_id"], []):
        rows = _join_scope(rows, valid, scope, f"card_{len(found)}")
        found.append(f"card_{len(found)}")
    return rows.with_columns(card=pl.coalesce(found)).drop(found)


def _end(period: Period | None, day: date) -> date:
    return last_day(period, day) if period else day


def _join_scope(
    rows: pl.DataFrame, valid: pl.DataFrame, scope: list[str], name: str
) -> pl.DataFrame:
    """Left-join the cards that name exactly the columns of `scope`; nulls never match."""
    exactly = [
        pl.col(column).is_not_null() if column in scope else pl.col(column).is_null()
        for column in ("team_id", "channel_id")
    ]
    keys = ["starts_on", *scope]
    own = valid.filter(exactly).select(*keys, pl.col("card").alias(name)).unique(keys, keep="first")
    return rows.join(own, on=keys, how="left", maintain_order="left")
