"""Scores of many agents and periods at once: values in, scores and lost points out.

Sums are exact (integers, in millionths); a value is one division of them as floats. Points are
rounded half up to four decimals and then only added, as integers, so that the lost points of a
score add up to exactly 100 − score.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from scoring.scorecards.cards import Card, CardItem, Guard
from scoring.scorecards.items import FULL, item_score_expr

#: Points are kept in ten-thousandths.
TINY = 10_000
#: Columns of the team's figures carry this before the metric's key.
TEAM = "team:"
_MILLION = 1_000_000
RESULT = {
    "agent_id": pl.Int64,
    "team_id": pl.Int64,
    "starts_on": pl.Date,
    "scorecard_id": pl.Int64,
    "score": pl.String,
    "lost": pl.String,
    "rests_on_team": pl.Boolean,
}


def score_rows(rows: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """Scores of the rows to which a card applies and for which at least one item has data.

    `rows` has agent_id, team_id, starts_on, card (place in `cards`), days (worked), factor, for
    each metric KEY.n and KEY.d (integers, in millionths) and KEY (its value), and the team's under
    "team:KEY…". Returns agent_id, team_id,
    starts_on, scorecard_id, score (text with four decimals), lost (JSON text), rests_on_team.
    """
    parts = [
        _of_card(part, cards[int(str(place))])
        for (place,), part in rows.drop_nulls("card").group_by("card", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=RESULT), *parts])


def _of_card(rows: pl.DataFrame, card: Card) -> pl.DataFrame:
    many = range(len(card.items))
    for at, item in enumerate(card.items):
        rows = _add_item(rows, at, item)
    weights = pl.sum_horizontal(
        pl.when(f"{at}.used").then(float(item.weight)).otherwise(0.0)
        for at, item in enumerate(card.items)
    )
    rows = rows.with_columns(weights=weights).filter(pl.col("weights") > 0)
    rows = rows.with_columns(
        (_half_up(float(item.weight) * (FULL - pl.col(f"{at}.score")) * TINY / pl.col("weights")))
        .fill_null(0)
        .alias(f"{at}.lost")
        for at, item in enumerate(card.items)
    )
    score = FULL * TINY - pl.sum_horizontal(f"{at}.lost" for at in many)
    entries = [_entry(at, item) for at, item in enumerate(card.items)]
    return rows.select(
        "agent_id",
        "team_id",
        "starts_on",
        pl.lit(card.id, pl.Int64).alias("scorecard_id"),
        _text(score, TINY).alias("score"),
        pl.format("[{}]", pl.concat_str(entries, separator=",")).alias("lost"),
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
    least = float(item.least * _MILLION)
    below = pl.lit(False) if item.is_count else d < item.least * _MILLION
    small = (value.is_not_null() & below).fill_null(False)
    shrunk = small & team.is_not_null() if item.shrinks else pl.lit(False)
    used = value.is_not_null() & (pl.lit(True) if item.shrinks else ~small)
    # (n·x + (n₀ − n)·team) / n₀, n being the sample: the denominator. No cliff at n₀.
    sample = d.cast(pl.Float64)
    towards = (sample * value + (least - sample) * team) / least
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
        days = pl.col("days").cast(pl.Int128) * _MILLION
        value = pl.col(f"{key}.n").cast(pl.Float64) / days.cast(pl.Float64)
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
        enough = pl.col(f"{guard.metric.key}.d") >= guard.least * _MILLION
    return (enough & ~met).fill_null(False)


def _capped(score: pl.Expr, at: int, item: CardItem) -> pl.Expr:
    if item.guard is None:
        return score
    most = float(item.guard.at_most)
    return pl.when(pl.col(f"{at}.bites") & (score > most)).then(most).otherwise(score)


def _entry(at: int, item: CardItem) -> pl.Expr:
    """What is kept of one item, as JSON text; see `Score.lost`."""
    weight = float(item.weight)
    share = pl.when(f"{at}.used").then(weight * FULL / pl.col("weights")).otherwise(0.0)
    return _object(
        kpi=_word(item.metric.key),
        weight=_number(item.weight),
        share=_figure(share),
        value=_figure(pl.col(f"{at}.value")),
        n=_text(pl.col(f"{at}.n"), _MILLION),
        d=_text(pl.col(f"{at}.d"), _MILLION),
        used=_figure(pl.col(f"{at}.seen")),
        item_score=_text(_half_up(pl.col(f"{at}.score") * TINY), TINY),
        lost=_text(pl.col(f"{at}.lost"), TINY),
        small=_flag(pl.col(f"{at}.small")),
        # Only where it played a part: elsewhere it would change without the score.
        team_value=_figure(pl.when(f"{at}.rests").then(pl.col(f"{at}.team"))),
        guard=_guard_entry(at, item.guard),
    )


def _guard_entry(at: int, guard: Guard | None) -> pl.Expr:
    """The guard that held the item back; null when none did."""
    if guard is None:
        return pl.lit("null")
    told = _object(
        metric=_word(guard.metric.key),
        op=_word(guard.op),
        value=_number(guard.value),
        actual=_figure(pl.col(guard.metric.key)),
        at_most=_number(guard.at_most),
    )
    return pl.when(f"{at}.bites").then(told).otherwise(pl.lit("null"))


def _object(**members: pl.Expr) -> pl.Expr:
    """JSON text of an object whose members are JSON texts already."""
    parts: list[pl.Expr] = []
    for name, text in members.items():
        parts += [pl.lit(f'{"," if parts else "{"}"{name}":'), text.fill_null("null")]
    return pl.concat_str([*parts, pl.lit("}")])


def _word(text: str) -> pl.Expr:
    return pl.lit(json.dumps(text))


def _number(value: Decimal) -> pl.Expr:
    return pl.lit(f"{value.normalize():f}")


def _flag(value: pl.Expr) -> pl.Expr:
    return pl.when(value).then(pl.lit("true")).otherwise(pl.lit("false"))


def _figure(value: pl.Expr) -> pl.Expr:
    """A float as text, rounded half up to six decimals."""
    return _text(_half_up(value * _MILLION), _MILLION)


def _half_up(value: pl.Expr) -> pl.Expr:
    return (value + 0.5).floor().cast(pl.Int64)


def _text(parts: pl.Expr, of: int) -> pl.Expr:
    """An integer number of `of`-ths (a power of ten) as a plain decimal without trailing zeros.

    Not divided as floats: polars multiplies by the reciprocal, which is off in the last digit.
    """
    whole = (parts.abs() // of).cast(pl.String)
    rest = (parts.abs() % of).cast(pl.String).str.zfill(len(str(of)) - 1).str.strip_chars_end("0")
    sign = pl.when(parts < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    point = pl.when(rest == "").then(pl.lit("")).otherwise(pl.lit("."))
    return pl.concat_str([sign, whole, point, rest])
