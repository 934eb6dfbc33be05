"""Points for many occasions at once: quests won, badges earned, battles survived.

What `ledger.post` does for one, set-based: of two workers that post the same occasions at the
same time, one posts each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from psycopg2.extras import Json

from scoring.models import PointEntry
from scoring.points.ledger import closed_through
from scoring.windows import ONE_DAY

_INSERT = """
    INSERT INTO scoring_pointentry
        (agent_id, amount, kind, occurred_on, booked_on, source_key, cause, reason)
    SELECT agent, amount, %(kind)s, day, CASE WHEN day > %(closed)s THEN day ELSE %(open)s END,
        key, cause, reason
    FROM {source} AS o (agent, amount, day, key, cause, reason)
    WHERE amount <> 0
    ORDER BY key
    ON CONFLICT (source_key) WHERE source_key IS NOT NULL DO NOTHING
"""
_GIVEN = """unnest(%(agents)s::bigint[], %(amounts)s::int[], %(days)s::date[], %(keys)s::text[],
    %(causes)s::jsonb[], %(reasons)s::text[])"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """An amount for an agent (an id) on a day; `key` names the occasion once and for all.

    To take points back, post the negative amount under another key ("badge:7:taken:1") with the
    reason in `cause`; what was posted is never changed.
    """

    agent: int
    amount: int
    on: date
    key: str
    cause: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def post_all(occasions: Iterable[Occasion], *, kind: PointEntry.Kind) -> int:
    """Post the occasions that are not posted yet; how many were new. Amounts of 0 are left out.

    Points for a day of a closed season count on the first open day. One statement.
    """
    wanted = [each for each in occasions if each.amount]
    if not wanted:
        return 0
    params: dict[str, Any] = {
        "agents": [each.agent for each in wanted],
        "amounts": [each.amount for each in wanted],
        "days": [each.on for each in wanted],
        "keys": [each.key for each in wanted],
        "causes": [Json(dict(each.cause)) for each in wanted],
        "reasons": [each.reason for each in wanted],
    }
    return post_selected(_GIVEN, params, kind=kind)


def post_selected(source: str, params: Mapping[str, Any], *, kind: PointEntry.Kind) -> int:
    """The same for occasions that the database finds itself; how many entries are new.

    `source` is SQL of a function or of a query in brackets that gives agent, amount, day, key,
    cause and reason, in this order, with named parameters (other than kind, closed and open).
    """
    closed = closed_through()
    booking: dict[str, Any] = {
        "kind": kind.value,
        "closed": closed or date.min,
        "open": closed + ONE_DAY if closed else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(source=source), {**params, **booking})
        return int(cursor.rowcount)
