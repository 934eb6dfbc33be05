"""What a draft would do: the last four weeks' scores as they are and as they would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl

from incentives.org.models import Person
from scoring.figures.kpis import RATIO
from scoring.figures.previews import last_days
from scoring.figures.windows import Span
from scoring.models import Scorecard, ScorecardItem
from scoring.scorecards.cards import SCOPE, Card, assign, prepare, published_cards
from scoring.scorecards.figures import read_rows
from scoring.scorecards.points_lost import score_rows

#: The lower ends of the columns of the picture; the first holds everything below 50.
STEPS = (0, 50, 60, 70, 80, 90, 100, 110)
#: A smaller difference is not called a gain or a loss.
NOTICED = 1


@dataclass(frozen=True, slots=True)
class ScorecardPreview:
    """Scores over `span` of the agents to whom a draft applies.

    `before` and `after` count agents by `STEPS`; medians have four decimals. `gain` and `lose`
    count those whose score moves by at least a point.
    """

    span: Span
    agents: int
    before: list[int]
    after: list[int]
    median_before: Decimal | None
    median_after: Decimal | None
    gain: int
    lose: int

    @property
    def most(self) -> int:
        """The longest column of the picture."""
        return max(*self.before, *self.after)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """One (label, before, after) for each column."""
        ends = [f"{low}–{high}" for low, high in pairwise(STEPS[1:])]
        labels = [f"< {STEPS[1]}", *ends, f"≥ {STEPS[-1]}"]
        return list(zip(labels, self.before, self.after, strict=True))


def preview(
    *, card: Scorecard, items: Sequence[ScorecardItem], viewer: Person
) -> ScorecardPreview | None:
    """Compare the draft with what is in force; None without data or without anyone it applies to.

    Agents outside what the viewer leads are left out.
    """
    span = last_days()
    if span is None or span.end is None or not items:
        return None
    current = [each for each in published_cards() if span.end in each.span]
    draft = _draft(card, items)
    replaced = _replaced(card, current)
    rows = read_rows(cards=[*current, draft], span=span, agents=_led(viewer))
    after = assign(rows, [*(each for each in current if each.id not in replaced), draft], None)
    after = after.filter(pl.col("card") == len(current) - _count(current, replaced))
    before = assign(after.drop("card"), current, None)
    return _compared(
        span,
        score_rows(before, current),
        score_rows(after.with_columns(card=pl.lit(0, pl.Int64)), [draft]),
    )


def _draft(card: Scorecard, items: Sequence[ScorecardItem]) -> Card:
    applied = Scorecard(
        team_id=card.team_id,
        role=card.role,
        level=card.level,
        channel_id=card.channel_id,
        guards=card.guards,
    )
    return prepare([(applied, items)])[0]


def _replaced(card: Scorecard, current: Sequence[Card]) -> set[int]:
    """Cards that the draft takes the place of: its own earlier version, or one of its scope."""
    earlier = set(Scorecard.objects.filter(key=card.key).values_list("pk", flat=True))
    own = _draft(card, [])
    same = [each for each in current if all(getattr(each, n) == getattr(own, n) for n in SCOPE)]
    return earlier | {each.id for each in same}


def _count(current: Sequence[Card], replaced: set[int]) -> int:
    return sum(each.id in replaced for each in current)


def _led(viewer: Person) -> list[int] | None:
    if viewer.sees_everyone:
        return None
    return list(Person.objects.led_by(viewer).values_list("pk", flat=True))


def _compared(span: Span, before: pl.DataFrame, after: pl.DataFrame) -> ScorecardPreview | None:
    if after.is_empty():
        return None
    score = pl.col("score").cast(pl.Decimal(7, 4)).cast(pl.Float64)
    one, other = (frame.select("agent_id", points=score) for frame in (before, after))
    moved = other.join(one, on="agent_id", suffix="_before")
    difference = moved["points"] - moved["points_before"]
    return ScorecardPreview(
        span=span,
        agents=after.height,
        before=_columns(one["points"]),
        after=_columns(other["points"]),
        median_before=_median(one["points"]),
        median_after=_median(other["points"]),
        gain=int((difference >= NOTICED).sum()),
        lose=int((difference <= -NOTICED).sum()),
    )


def _columns(points: pl.Series) -> list[int]:
    ends = (*STEPS[1:], 10**6)
    return [
        int(((points >= low) & (points < high)).sum())
        for low, high in zip(STEPS, ends, strict=True)
    ]


def _median(points: pl.Series) -> Decimal | None:
    middle: Any = points.median()
    return None if middle is None else RATIO.create_decimal(str(round(middle, 4)))
