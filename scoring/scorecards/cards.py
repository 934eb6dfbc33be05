"""Scorecards in the form that scores are computed from, and which one applies to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from incentives.org.positions import comparable
from scoring.figures.item_scores import Scale
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Period, Span
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards.positions import last_of, with_positions

#: What a card can name, the more important first.
SCOPE = {"team_id": pl.Int64, "job": pl.String, "level": pl.String, "channel_id": pl.Int64}
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
    """A scorecard version with its items; `job` and `level` as they are compared, None for any."""

    id: int
    team_id: int | None
    job: str | None
    level: str | None
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
    """All published cards, each with its items; six queries at most."""
    stored = (
        Scorecard.objects.filter(status=Scorecard.Status.PUBLISHED)
        .prefetch_related("items__kpi")
        .order_by("key", "version")
    )
    return prepare([(card, list(card.items.all())) for card in stored])


def prepare(cards: Sequence[tuple[Scorecard, Sequence[ScorecardItem]]]) -> list[Card]:
    """Cards with their items, saved or not. Raises UnknownMetric for a guard of an unknown KPI."""
    keys = [item.kpi.key for _card, items in cards for item in items]
    keys += [str(guard["metric"]) for card, _items in cards for guard in card.guards]
    metrics = find_metrics(keys)
    return [
        Card(
            id=card.pk or 0,
            team_id=card.team_id,
            job=comparable(card.role) or None,
            level=comparable(card.level) or None,
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

    `rows` has agent_id, team_id, channel_id and starts_on. A card must be in force on the period's
    last day (without a period: on `starts_on`), which is also the day whose job and level count.
    Of cards that name what is true of a row, the one with the team goes first, then the job, then
    the level, then the channel, and the card for everybody last.
    """
    rows = with_positions(rows, period, asked=any(card.job or card.level for card in cards))
    valid = _in_force(cards, rows["starts_on"].unique().to_list(), period)
    found: list[str] = []
    for scope in sorted({_scope(card) for card in cards}, reverse=True):
        rows = _join_scope(rows, valid, scope, f"card_{len(found)}")
        found.append(f"card_{len(found)}")
    card = pl.coalesce(found) if found else pl.lit(None, pl.Int64)
    return rows.with_columns(card=card).drop(*found, "job", "level")


def _scope(card: Card) -> tuple[bool, ...]:
    return tuple(getattr(card, name) is not None for name in SCOPE)


def _in_force(cards: Sequence[Card], days: Sequence[date], period: Period | None) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"starts_on": day, "card": at, **{name: getattr(card, name) for name in SCOPE}}
            for day in days
            for at, card in enumerate(cards)
            if last_of(period, day) in card.span
        ],
        schema={"starts_on": pl.Date, "card": pl.Int64, **SCOPE},
    )


def _join_scope(
    rows: pl.DataFrame, valid: pl.DataFrame, scope: tuple[bool, ...], name: str
) -> pl.DataFrame:
    """Left-join the cards that name exactly the columns of `scope`; nulls never match."""
    named = [column for column, is_named in zip(SCOPE, scope, strict=True) if is_named]
    exactly = [
        pl.col(column).is_not_null() if column in named else pl.col(column).is_null()
        for column in SCOPE
    ]
    keys = ["starts_on", *named]
    own = valid.filter(exactly).select(*keys, pl.col("card").alias(name)).unique(keys, keep="first")
    return rows.join(own, on=keys, how="left", maintain_order="left")
