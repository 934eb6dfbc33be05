"""Turning `point_desired` into entries: what is missing is added, with the reason for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# Why earlier entries are corrected, in this order: the caller knows (an appeal, a changed rule);
# the rule does not hold that day any more; the guard turned; the day's newest fact is newer than
# the last entry, and perhaps deleted; else a fact has moved away, to another day or agent.
_WHY = """
CASE
  WHEN %(why)s::text IS NOT NULL THEN %(why)s::text
  WHEN r.starts_on > b.day OR r.ends_on < b.day THEN 'rule'
  WHEN r.guard IS NOT NULL AND b.met <> (last.cause->>'met')::boolean THEN 'guard'
  WHEN fact.finished_at > last.recorded_at AND fact.deleted THEN 'deletion'
  WHEN fact.finished_at > last.recorded_at THEN 'import'
  ELSE 'moved'
END
"""

_DIFFERENCE = """
CREATE TEMP TABLE point_difference ON COMMIT DROP AS
WITH posted AS (
  SELECT e.rule_id, e.agent_id, e.occurred_on AS day, sum(e.amount) AS amount,
    count(*) AS entries, max(e.id) AS last_id
  FROM point_reach k
  JOIN scoring_pointentry e ON e.agent_id = k.agent_id AND e.occurred_on = k.day
  WHERE e.rule_id = ANY(%s) GROUP BY 1, 2, 3)
SELECT rule_id, agent_id, day, coalesce(d.granted, 0) - coalesce(p.amount, 0) AS amount,
  d.quantity, d.earned, d.met, d.evidence, d.after_day, d.granted,
  coalesce(p.entries, 0) AS entries, coalesce(p.amount, 0) AS before, p.last_id
FROM point_desired d FULL JOIN posted p USING (rule_id, agent_id, day)
WHERE coalesce(d.granted, 0) <> coalesce(p.amount, 0)
"""

_INSERT = """
INSERT INTO scoring_pointentry (agent_id, rule_id, kind, occurred_on, booked_on, amount, quantity,
  source_key, cause, reason, reverses_id, recorded_at)
SELECT b.agent_id, b.rule_id, 'rule', b.day,
  CASE WHEN b.day > %(closed)s::date OR %(closed)s IS NULL THEN b.day ELSE %(open_day)s::date END,
  b.amount, coalesce(b.quantity, 0),
  format('rule:%%s:%%s:%%s:%%s', b.rule_id, b.agent_id, b.day, b.entries + 1),
  jsonb_strip_nulls(jsonb_build_object(
    'why', {why}, 'import', {run}, 'earned', b.earned,
    'met', CASE WHEN r.guard IS NOT NULL THEN b.met END,
    'cut_day', nullif(CASE WHEN b.met THEN b.earned - b.after_day END, 0),
    'cut_week', nullif(b.after_day - b.granted, 0), 'evidence', b.evidence,
    'now', CASE WHEN b.entries > 0 THEN coalesce(b.granted, 0) END,
    'before', CASE WHEN b.entries > 0 THEN b.before END)) || %(because)s::jsonb,
  '', b.last_id, clock_timestamp()
FROM point_difference b JOIN scoring_pointrule r ON r.id = b.rule_id
"""

# Only corrections ask where they come from: a night's first postings need no look at the facts.
_ORIGIN = """
LEFT JOIN scoring_pointentry last ON last.id = b.last_id
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
WHERE b.entries > 0 ORDER BY b.agent_id, b.day, b.rule_id
"""
# A version's first entry on a day on which another version had posted before it.
_FIRST = """
CROSS JOIN LATERAL (
  SELECT EXISTS (
    SELECT FROM scoring_pointentry e JOIN scoring_pointrule o ON o.id = e.rule_id
    WHERE e.agent_id = b.agent_id AND e.occurred_on = b.day AND r.version > 1
      AND o.key = r.key AND o.id <> r.id) AS other) v
WHERE b.entries = 0 ORDER BY b.agent_id, b.day, b.rule_id
"""
_WHY_FIRST = "coalesce(%(why)s::text, CASE WHEN v.other THEN 'rule' ELSE 'facts' END)"


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
    cursor: Any, rule_ids: Sequence[int], booking: Booking, *, why: str | None = None
) -> Posted:
    """Add what `point_desired` has and the ledger has not, for the agent days in `point_reach`.

    `why` overrides the reason that the facts tell. The caller holds the ledger's lock.
    """
    cursor.execute(_DIFFERENCE, [list(rule_ids)])
    params = {
        "closed": booking.closed,
        "open_day": booking.open_day,
        "because": json.dumps(dict(booking.because or {})),
        "why": why,
    }
    found = Posted(*_sums(cursor))
    if found.entries:
        cursor.execute(_INSERT.format(why=_WHY, run="fact.run_id") + _ORIGIN, params)
        first = {**params, "because": "{}"}
        cursor.execute(_INSERT.format(why=_WHY_FIRST, run="NULL::bigint") + _FIRST, first)
    cursor.execute("DROP TABLE point_difference")
    return found


def _sums(cursor: Any) -> tuple[int, int, int]:
    cursor.execute(
        "SELECT count(*), coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,"
        " coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint FROM point_difference"
    )
    entries, given, taken_back = cursor.fetchone()
    return entries, given, taken_back
