"""From worth to entries: what is missing is added, with the reason for it.

The first entry of a rule for a day comes from the facts, and is copied straight into the ledger.
Only corrections, entries after the first, look for what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from incentives.org.dated import covers_sql
from scoring.copying import copy_in, copy_out
from scoring.figures.frames import MILLION
from scoring.points.specs import RuleSpec

_KEY = ["rule_id", "agent_id", "day"]
_POSTED = {
    "rule_id": pl.Int64,
    "agent_id": pl.Int64,
    "day": pl.Date,
    "before": pl.Int64,
    "entries": pl.Int64,
    "last_id": pl.Int64,
}
_READ_POSTED = """
SELECT e.rule_id, e.agent_id, e.occurred_on, sum(e.amount), count(*), max(e.id)
FROM point_reach k
JOIN scoring_pointentry e ON e.agent_id = k.agent_id AND e.occurred_on = k.day
WHERE e.rule_id = ANY(%s) GROUP BY 1, 2, 3
"""

# Why earlier entries are corrected, in this order: the caller knows (an appeal, a changed rule);
# the rule does not hold that day any more; the guard turned; the day's newest fact is newer than
# the last entry, and perhaps deleted; else a fact has moved away, to another day or agent.
_CORRECT = f"""
INSERT INTO scoring_pointentry (agent_id, rule_id, kind, occurred_on, booked_on, amount, quantity,
  nth, cause, reason, reverses_id)
SELECT b.agent_id, b.rule_id, 'rule', b.day, b.booked_on, b.amount, b.quantity, b.entries + 1,
  jsonb_strip_nulls(jsonb_build_object(
    'why', CASE
      WHEN %(why)s::text IS NOT NULL THEN %(why)s::text
      WHEN NOT {covers_sql("r", "b.day")} THEN 'rule'
      WHEN r.guard IS NOT NULL AND b.met <> coalesce((last.cause->>'met')::boolean, TRUE)
        THEN 'guard'
      WHEN fact.finished_at > last.recorded_at AND fact.deleted THEN 'deletion'
      WHEN fact.finished_at > last.recorded_at THEN 'import'
      ELSE 'moved'
    END,
    'import', fact.run_id, 'met', CASE WHEN r.guard IS NOT NULL THEN b.met END,
    'cut_day', b.cut_day, 'cut_week', b.cut_week, 'evidence', b.evidence,
    'now', b.granted, 'before', b.before)) || %(because)s::jsonb,
  '', b.last_id
FROM point_correction b
JOIN scoring_pointrule r ON r.id = b.rule_id
JOIN scoring_pointentry last ON last.id = b.last_id
LEFT JOIN LATERAL (
  SELECT f.run_id, f.deleted, i.finished_at FROM (
    SELECT run_id, deleted FROM scoring_ticket WHERE agent_id = b.agent_id AND day = b.day
    UNION ALL
    SELECT run_id, deleted FROM scoring_activity WHERE agent_id = b.agent_id AND day = b.day
    UNION ALL
    SELECT run_id, deleted FROM scoring_queueinterval
    WHERE agent_id = b.agent_id AND day = b.day) f
  JOIN scoring_import i ON i.id = f.run_id
  ORDER BY f.run_id DESC, f.deleted DESC LIMIT 1) fact ON TRUE
ORDER BY b.agent_id, b.day, b.rule_id
"""


@dataclass(frozen=True, slots=True)
class Booking:
    """The night's day, the last closed day, and what callers know about corrections."""

    as_of: date
    closed: date | None
    because: Mapping[str, Any] | None = None

    @property
    def open_day(self) -> date:
        """The day on which points of closed days count: the night's, in the open season."""
        if self.closed is None:
            return self.as_of
        return max(self.as_of, date.fromordinal(self.closed.toordinal() + 1))

    @property
    def booked_on(self) -> pl.Expr:
        """The day on which the points of `day` count."""
        if self.closed is None:
            return pl.col("day")
        return pl.when(pl.col("day") > self.closed).then("day").otherwise(pl.lit(self.open_day))


@dataclass(frozen=True, slots=True)
class Posted:
    """How many entries were added, and the points given and taken back by them."""

    entries: int = 0
    given: int = 0
    taken_back: int = 0

    def __add__(self, other: Posted) -> Posted:
        return Posted(
            self.entries + other.entries,
            self.given + other.given,
            self.taken_back + other.taken_back,
        )


def post_difference(
    cursor: Any,
    desired: pl.DataFrame,
    rules: Sequence[RuleSpec],
    booking: Booking,
    *,
    why: str | None = None,
) -> Posted:
    """Add what is desired and not in the ledger, for the agent days in `point_reach`.

    `desired` is what `work_out` has found; `why` overrides the reason that the facts tell. The
    caller holds the ledger's lock.
    """
    ids = [rule.id for rule in rules]
    posted = copy_out(cursor, _READ_POSTED, _POSTED, [ids])
    missing = _missing(desired, posted, booking)
    corrections = missing.filter(pl.col("entries") > 0)
    firsts = missing.filter(pl.col("entries") == 0)
    if not corrections.is_empty():
        _correct(cursor, corrections, booking, why)
    if not firsts.is_empty():
        copy_in(cursor, "scoring_pointentry", _entries(_with_reason(firsts, posted, rules, why)))
    amount = missing["amount"]
    given = int(amount.filter(amount > 0).sum())
    return Posted(missing.height, given, given - int(amount.sum()))


def _missing(desired: pl.DataFrame, posted: pl.DataFrame, booking: Booking) -> pl.DataFrame:
    """The differences, in the order in which they are posted."""
    both = desired.join(posted, on=_KEY, how="full", coalesce=True)
    both = both.with_columns(pl.col("granted", "before", "entries").fill_null(0))
    found = both.filter(pl.col("granted") != pl.col("before")).sort("agent_id", "day", "rule_id")
    cut_day = pl.when("met").then(pl.col("earned") - pl.col("after_day"))
    # Through decimals of six places; whole millionths are never rounded.
    quantity = pl.col("quantity").fill_null(0).cast(pl.Decimal(38, 6)) / MILLION
    return found.with_columns(
        amount=pl.col("granted") - pl.col("before"),
        quantity=quantity,
        booked_on=booking.booked_on,
        cut_day=_unless_zero(cut_day),
        cut_week=_unless_zero(pl.col("after_day") - pl.col("granted")),
    )


def _unless_zero(amount: pl.Expr) -> pl.Expr:
    return pl.when(amount != 0).then(amount)


def _with_reason(
    firsts: pl.DataFrame, posted: pl.DataFrame, rules: Sequence[RuleSpec], why: str | None
) -> pl.DataFrame:
    """Add `why`: `rule` where another version of the rule has posted for the day before."""
    if why is not None:
        return firsts.with_columns(why=pl.lit(why))
    keys = pl.DataFrame(
        [(rule.id, rule.key) for rule in rules], schema=["rule_id", "key"], orient="row"
    )
    others = posted.join(keys, on="rule_id").select("key", "agent_id", "day").unique()
    others = others.with_columns(why=pl.lit("rule"))
    found = firsts.join(keys, on="rule_id", how="left", maintain_order="left")
    found = found.join(others, on=["key", "agent_id", "day"], how="left", maintain_order="left")
    return found.with_columns(pl.col("why").fill_null("facts"))


def _entries(firsts: pl.DataFrame) -> pl.DataFrame:
    """Rows of the ledger. The cause keeps only what rule and day do not tell."""
    told = [
        pl.lit(f',"{name}":') + pl.col(name).cast(pl.String)
        for name in ("cut_day", "cut_week", "evidence")
    ]
    why = pl.lit('{"why":"') + pl.col("why") + '"'
    cause = pl.concat_str([why, *told, pl.lit("}")], ignore_nulls=True)
    return firsts.select(
        "agent_id",
        "rule_id",
        pl.lit("rule").alias("kind"),
        pl.col("day").alias("occurred_on"),
        "booked_on",
        "amount",
        "quantity",
        pl.lit(1).alias("nth"),
        cause.alias("cause"),
    )


def _correct(cursor: Any, corrections: pl.DataFrame, booking: Booking, why: str | None) -> None:
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS point_correction (rule_id bigint, agent_id bigint, day date,"
        " booked_on date, amount bigint, quantity numeric, entries bigint, last_id bigint,"
        " met boolean, cut_day bigint, cut_week bigint, evidence jsonb, granted bigint,"
        " before bigint) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE point_correction")
    rows = corrections.select(
        *_KEY, "booked_on", "amount", "quantity", "entries", "last_id", "met", "cut_day",
        "cut_week", "evidence", "granted", "before",
    )  # fmt: skip
    copy_in(cursor, "point_correction", rows)
    cursor.execute("ANALYZE point_correction")
    because = json.dumps(dict(booking.because or {}))
    cursor.execute(_CORRECT, {"why": why, "because": because})
