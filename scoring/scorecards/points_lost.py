"""Scores of many agents and periods at once: values in, scores and lost points out.

Sums are exact (integers, in millionths); a value is one division of them as floats. Points are
rounded half up to four decimals and then only added, as integers, so that the lost points of a
score add up to exactly 100 − score.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scoring.figures.item_scores import FULL, divided, item_score_expr
from scoring.scorecards.cards import Card, CardItem, Guard

#: Points are kept in ten-thousandths.
TINY = 10_000
#: Columns of the team's figures carry this before the metric's key.
TEAM = "team:"
MILLION = 1_000_000
RESULT = {
    "agent_id": pl.Int64,
    "team_id": pl.Int64,
    "starts_on": pl.Date,
    "scorecard_id": pl.Int64,
    "score": pl.String,
    "days": pl.Int64,
    "asked": pl.Int64,
    "sums": pl.String,
    "team_values": pl.String,
    "points": pl.String,
    "lost": pl.String,
    "rests_on_team": pl.Boolean,
}


def score_rows(rows: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """Scores of the rows to which a card applies and for which at least one item has data.

    `rows` has agent_id, team_id, starts_on, card (place in `cards`), days (worked), asked (the sum
    of their factors in hundredths), for each metric KEY.n and KEY.d (integers, in millionths) and
    KEY (its value), and the team's under "team:KEY…". Returns what `Score` stores, one column
    each: the score as text with four decimals, arrays as PostgreSQL writes them.
    """
    parts = [
        _stored(judged(part, cards[int(str(place))]), cards[int(str(place))])
        for (place,), part in rows.drop_nulls("card").group_by("card", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=RESULT), *parts])


def judged(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    """The rows that get a score by the card, with all that `_add_item` adds for each item.

    AT being the item's place there are also AT.share (in percent; null for an item left out) and
    AT.lost, in ten-thousandths.
    """
    asked, worked = (pl.col(name).cast(pl.Float64) for name in ("asked", "days"))
    rows = rows.with_columns(factor=divided(asked, worked * FULL))
    for at, item in enumerate(card.items):
        rows = _add_item(rows, at, item)
    weights = pl.sum_horizontal(
        pl.when(f"{at}.used").then(float(item.weight)).otherwise(0.0)
        for at, item in enumerate(card.items)
    )
    rows = rows.with_columns(weights=weights).filter(pl.col("weights") > 0)
    weight = pl.col("weights")
    lost = [
        half_up(divided(float(item.weight) * (FULL - pl.col(f"{at}.score")) * TINY, weight))
        for at, item in enumerate(card.items)
    ]
    shares = [
        pl.when(f"{at}.used").then(divided(pl.lit(float(item.weight) * FULL), weight))
        for at, item in enumerate(card.items)
    ]
    return rows.with_columns(
        *(each.fill_null(0).alias(f"{at}.lost") for at, each in enumerate(lost)),
        *(each.alias(f"{at}.share") for at, each in enumerate(shares)),
    )


def sums_of(card: Card) -> list[str]:
    """The columns that `Score.sums` holds, in its order."""
    names = [metric.key for metric in card.metrics]
    names += [f"{TEAM}{item.metric.key}" for item in card.items if item.of_team]
    return [f"{name}.{part}" for name in names for part in "nd"]


def _stored(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    many = range(len(card.items))
    score = FULL * TINY - pl.sum_horizontal(f"{at}.lost" for at in many)
    # Only where it played a part: elsewhere it would change without the score.
    teams = [pl.when(f"{at}.rests").then(pl.col(f"{at}.team")) for at in many]
    return rows.select(
        "agent_id",
        "team_id",
        "starts_on",
        pl.lit(card.id, pl.Int64).alias("scorecard_id"),
        _points(score).alias("score"),
        pl.col("days").cast(pl.Int64),
        pl.col("asked").cast(pl.Int64),
        _array([pl.col(name) for name in sums_of(card)]).alias("sums"),
        _array(teams).alias("team_values"),
        _array([half_up(pl.col(f"{at}.score") * TINY) for at in many]).alias("points"),
        _array([pl.col(f"{at}.lost") for at in many]).alias("lost"),
        pl.any_horizontal(f"{at}.rests" for at in many).alias("rests_on_team"),
    )


def _add_item(rows: pl.DataFrame, at: int, item: CardItem) -> pl.DataFrame:
    """Columns AT.n, .d, .value, .team, .small, .used, .rests, .seen (value scored), .bites, .score.

    `used` is false without data, and below the least volume when the weight is to be shared out.
    """
    rows = rows.with_columns(
        figure.alias(f"{at}.{name}")
        for name, figure in zip(("n", "d", "value", "team"), _figures(item), strict=True)
    )
    d, value, team = (pl.col(f"{at}.{part}") for part in ("d", "value", "team"))
    least = float(item.least * MILLION)
    below = pl.lit(False) if item.is_count else d < item.least * MILLION
    small = (value.is_not_null() & below).fill_null(False)
    shrunk = small & team.is_not_null() if item.shrinks else pl.lit(False)
    used = value.is_not_null() & (pl.lit(True) if item.shrinks else ~small)
    # (n·x + (n₀ − n)·team) / n₀, n being the sample: the denominator. No cliff at n₀.
    sample = d.cast(pl.Float64)
    towards = divided(sample * value + (least - sample) * team, pl.lit(least))
    rows = rows.with_columns(
        small.alias(f"{at}.small"),
        used.alias(f"{at}.used"),
        # Also without data of one's own: the team's may come later.
        (pl.lit(item.of_team) | (small & pl.lit(item.shrinks))).alias(f"{at}.rests"),
        pl.when(used).then(pl.when(shrunk).then(towards).otherwise(value)).alias(f"{at}.seen"),
        _bites(item.guard).alias(f"{at}.bites"),
    )
    score = item_score_expr(pl.col(f"{at}.seen"), item.scale, factor=pl.col("factor"))
    return rows.with_columns(_capped(score, at, item).alias(f"{at}.score"))


def _figures(item: CardItem) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """n, d, value and the team's value; plain counts are per day worked."""
    key = item.metric.key
    team = pl.col(f"{TEAM}{key}") if item.uses_team else pl.lit(None, pl.Float64)
    if item.of_team:
        return pl.col(f"{TEAM}{key}.n"), pl.col(f"{TEAM}{key}.d"), team, team
    if item.is_count:
        days = pl.col("days").cast(pl.Int128) * MILLION
        value = divided(pl.col(f"{key}.n").cast(pl.Float64), days.cast(pl.Float64))
        return pl.col(f"{key}.n"), days, value, team
    return pl.col(f"{key}.n"), pl.col(f"{key}.d"), pl.col(key), team


def _bites(guard: Guard | None) -> pl.Expr:
    """Whether the guard's condition is measured on enough volume and not met."""
    if guard is None:
        return pl.lit(False)
    limit, value = float(guard.value), pl.col(guard.metric.key)
    met = {
        ">=": value >= limit,
        ">": value > limit,
        "<=": value <= limit,
        "<": value < limit,
        "=": value == limit,
    }[guard.op]
    enough = pl.lit(True)
    if guard.metric.bottom is not None:
        enough = pl.col(f"{guard.metric.key}.d") >= guard.least * MILLION
    return (enough & ~met).fill_null(False)


def _capped(score: pl.Expr, at: int, item: CardItem) -> pl.Expr:
    if item.guard is None:
        return score
    most = float(item.guard.at_most)
    return pl.when(pl.col(f"{at}.bites") & (score > most)).then(most).otherwise(score)


def _array(members: Sequence[pl.Expr]) -> pl.Expr:
    texts = [each.cast(pl.String).fill_null("NULL") for each in members]
    return pl.concat_str([pl.lit("{"), pl.concat_str(texts, separator=","), pl.lit("}")])


def half_up(value: pl.Expr) -> pl.Expr:
    """The nearest whole number, the higher one in the middle."""
    return (value + 0.5).floor().cast(pl.Int64)


def _points(parts: pl.Expr) -> pl.Expr:
    """Ten-thousandths as a plain decimal.

    Not divided as floats: polars multiplies by the reciprocal, which is off in the last digit.
    """
    whole = (parts.abs() // TINY).cast(pl.String)
    rest = (parts.abs() % TINY).cast(pl.String).str.zfill(4)
    sign = pl.when(parts < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str([sign, whole, pl.lit("."), rest])
