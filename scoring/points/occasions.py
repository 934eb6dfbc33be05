"""The one way into the ledger for what is no rule's: quests won, badges earned, awards, battles survived.

Set-based: of two workers that post the same occasions at the same time, one posts each of them.
What people decided goes through `scoring.points.allotment` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

from incentives.stamps import changed
from scoring.figures.windows import ONE_DAY
from scoring.points.ledger import closed_through

_INSERT = """
    INSERT INTO scoring_pointentry
        (agent_id, amount, kind, occurred_on, booked_on, source_key, cause, reason, decision_id,
            actor_id, reverses_id)
    SELECT agent, amount, %(kind)s, day, CASE WHEN day > %(closed)s THEN day ELSE %(open)s END,
        key, cause, reason, decision, actor, reverses
    FROM {source} AS o (agent, amount, day, key, cause, reason, decision, actor, reverses)
    WHERE amount <> 0 OR cause ? 'withheld'
    ORDER BY key
    ON CONFLICT (source_key) WHERE source_key IS NOT NULL DO NOTHING
    RETURNING source_key, agent_id
"""
_GIVEN = """unnest(%(agents)s::bigint[], %(amounts)s::int[], %(days)s::date[], %(keys)s::text[],
    %(causes)s::jsonb[], %(reasons)s::text[], %(decisions)s::bigint[], %(actors)s::bigint[],
    %(reverses)s::bigint[])"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """An amount for an agent (an id) on a day; `key` names the occasion once and for all.

    To take points back, post the negative amount under another key ("badge:7:taken:1") with the
    reason in `cause`; what was posted is never changed. `decision` is the id of the decision that
    pays it, None where no person decided; `withheld` was due as well and is not given. `actor` is
    the id of who gave or took it by hand, `reverses` the entry that is taken back.
    """

    agent: int
    amount: int
    on: date
    key: str
    cause: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    decision: int | None = None
    withheld: int = 0
    actor: int | None = None
    reverses: int | None = None

    @property
    def told(self) -> dict[str, Any]:
        """The cause as it is stored."""
        return {**self.cause, "withheld": self.withheld} if self.withheld else dict(self.cause)


def post_all(occasions: Iterable[Occasion], *, kind: str) -> int:
    """Post the occasions that are not posted yet; how many entries are new.

    Amounts of 0 are left out. Points for a day of a closed season count on the first open day.
    One statement, and those of the door for what people decided.
    """
    return len(post(occasions, kind=kind))


@transaction.atomic
def post(occasions: Iterable[Occasion], *, kind: str) -> list[Occasion]:
    """The same; returns the occasions as they were posted now, with what was withheld of them."""
    from scoring.points import allotment as door

    wanted = [each for each in occasions if each.amount or each.withheld]
    decided = [each for each in wanted if each.decision is not None]
    closed = closed_through()
    if decided:
        free = [each for each in wanted if each.decision is None]
        wanted = free + door.through(decided, books=lambda day: _booked(day, closed))
    if not wanted:
        return []
    params: dict[str, Any] = {
        "agents": [each.agent for each in wanted],
        "amounts": [each.amount for each in wanted],
        "days": [each.on for each in wanted],
        "keys": [each.key for each in wanted],
        "causes": [Json(each.told) for each in wanted],
        "reasons": [each.reason for each in wanted],
        "decisions": [each.decision for each in wanted],
        "actors": [each.actor for each in wanted],
        "reverses": [each.reverses for each in wanted],
    }
    new = _insert(_GIVEN, params, kind=kind, closed=closed)
    return [each for each in wanted if each.key in new]


def post_selected(source: str, params: Mapping[str, Any], *, kind: str) -> int:
    """The same for occasions that the database finds itself and no person decided; how many are new.

    `source` is SQL of a query in brackets that gives agent, amount, day, key, cause and reason, in
    this order, with named parameters (other than kind, closed and open).
    """
    whole = f"(SELECT q.*, NULL::bigint, NULL::bigint, NULL::bigint FROM {source} AS q)"
    return len(_insert(whole, params, kind=kind, closed=closed_through()))


def _booked(day: date, closed: date | None) -> date:
    return day if closed is None or day > closed else closed + ONE_DAY


def _insert(source: str, params: Mapping[str, Any], *, kind: str, closed: date | None) -> set[str]:
    booking: dict[str, Any] = {
        "kind": kind,
        "closed": closed or date.min,
        "open": closed + ONE_DAY if closed else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(source=source), {**params, **booking})
        new = dict(cursor.fetchall())
    changed(new.values())
    return set(new)
