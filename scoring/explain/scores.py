"""A score of an agent, item by item: value, sample, what was lost and why, and the worst facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.org.models import Person
from scoring.explain.changes import Improvement, ItemFigures, step_up
from scoring.figures.windows import Period, last_day
from scoring.models import Kpi, Score, ScorecardItem
from scoring.scorecards.figures import HUNDRED
from scoring.scorecards.lookups import Cost, worst_of_items
from scoring.scorecards.stored import items_of

WORST = 5


@dataclass(frozen=True, slots=True)
class ItemStory:
    """One item of a score; the figures are those stored with it (see `stored.items_of`)."""

    item: ScorecardItem
    entry: Mapping[str, Any]
    step: Improvement | None
    worst: list[Cost] = field(default_factory=list)

    @property
    def kpi(self) -> Kpi:
        """The KPI of the item."""
        return self.item.kpi

    @property
    def lost(self) -> Decimal:
        """Points lost; negative above the target."""
        return number(self.entry["lost"]) or Decimal(0)

    @property
    def value(self) -> Decimal | None:
        """The measured value; None without data."""
        return number(self.entry["value"])

    @property
    def used(self) -> Decimal | None:
        """The value that was scored."""
        return number(self.entry.get("used"))

    @property
    def n(self) -> Decimal | None:
        """What was counted."""
        return number(self.entry["n"])

    @property
    def d(self) -> Decimal | None:
        """Out of how many: the sample; for a plain count the days worked."""
        return number(self.entry["d"])

    @property
    def team_value(self) -> Decimal | None:
        """The team's value where it plays a part."""
        return number(self.entry["team_value"])

    @property
    def item_score(self) -> Decimal | None:
        """0 to 120 points; None for an item left out."""
        return number(self.entry["item_score"])

    @property
    def share(self) -> Decimal:
        """The weight among the items with data, in percent."""
        return number(self.entry["share"]) or Decimal(0)


@dataclass(frozen=True, slots=True)
class ScoreStory:
    """A score and where its points went: the lost points add up to 100 − score."""

    score: Score
    items: list[ItemStory]

    @property
    def lost(self) -> Decimal:
        """All lost points together."""
        return sum((item.lost for item in self.items), Decimal(0))


def explained_score(
    *, agent: Person, period: Period, starts_on: date, worst: int = WORST
) -> ScoreStory | None:
    """The stored score of a period with its items, those that lost most first; None without one."""
    found = Score.objects.select_related("scorecard", "team")
    score = found.filter(agent=agent, period=period.value, starts_on=starts_on).first()
    if score is None:
        return None
    items = {item.kpi.key: item for item in score.scorecard.items.select_related("kpi")}
    for item in items.values():
        item.kpi = item.kpi.on(last_day(period, starts_on))
    entries = items_of(score)
    factor = Decimal(score.asked) / (HUNDRED * score.days)
    culprits = worst_of_items(score, entries, limit=worst) if worst else {}
    told = [
        _story(items[entry["kpi"]], entry, factor, culprits.get(entry["kpi"], []))
        for entry in entries
        if entry["kpi"] in items
    ]
    return ScoreStory(score, sorted(told, key=lambda item: -item.lost))


def number(value: Any) -> Decimal | None:
    """A number of stored JSON, exactly as it is written there."""
    return None if value is None else Decimal(str(value))


def _story(
    item: ScorecardItem, entry: Mapping[str, Any], factor: Decimal, worst: list[Cost]
) -> ItemStory:
    return ItemStory(
        item,
        entry,
        step_up(_figures(item, entry, factor)) if entry["value"] is not None else None,
        worst,
    )


def _figures(item: ScorecardItem, entry: Mapping[str, Any], factor: Decimal) -> ItemFigures:
    guard = entry["guard"]
    return ItemFigures(
        item=item,
        n=number(entry["n"]) or Decimal(0),
        d=number(entry["d"]),
        share=number(entry["share"]) or Decimal(0),
        item_score=number(entry["item_score"]) or Decimal(0),
        small=bool(entry["small"]),
        team_value=number(entry["team_value"]),
        at_most=number(guard["at_most"]) if guard else None,
        factor=factor,
    )
