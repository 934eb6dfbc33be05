"""Awards into the database: many at once, each once, with their points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from badges.awards.models.awards import Award
from incentives.org import locks
from scoring.copying import copy_in, copy_out
from scoring.points.ledger import LEDGER_LOCK
from scoring.points.occasions import post_selected

_COLUMNS = {
    "badge_id": "bigint",
    "version_id": "bigint",
    "person_id": "bigint",
    "tier": "text",
    "occasion": "text",
    "awarded_on": "date",
    "given_on": "date",
    "points": "int",
    "expires_on": "date",
    "evidence": "jsonb",
}
_GIVE = f"""
    INSERT INTO badges_award (public_id, {", ".join(_COLUMNS)})
    SELECT gen_random_uuid(), {", ".join(_COLUMNS)} FROM new_award
    ORDER BY person_id, badge_id, tier, occasion, awarded_on
    ON CONFLICT (badge_id, person_id, tier, occasion) WHERE revoked_at IS NULL DO NOTHING
    RETURNING id, person_id
"""
_SAID = "jsonb_build_object('en', b.name_en, 'zh-hans', b.name_zh)"
_PAID = f"""(
    SELECT a.person_id, a.points, a.awarded_on, 'badge:' || a.id,
        jsonb_build_object('award', a.id, 'said', {_SAID}), ''
    FROM badges_award a JOIN badges_badge b ON b.id = a.badge_id WHERE a.id = ANY (%(awards)s::bigint[])
)"""
_TAKE = """
    UPDATE badges_award SET revoked_at = now(), revoked_on = %(on)s, revoked_cause = 'facts'
    WHERE id = ANY (%(awards)s::bigint[]) AND revoked_at IS NULL RETURNING id, person_id
"""
_TAKEN = f"""(
    SELECT a.person_id, -a.points, a.awarded_on, 'badge:' || a.id || ':taken',
        jsonb_build_object('award', a.id, 'why', 'facts', 'said', {_SAID}), ''
    FROM badges_award a JOIN badges_badge b ON b.id = a.badge_id WHERE a.id = ANY (%(awards)s::bigint[])
)"""


def one_at_a_time() -> None:
    """Wait for whoever else gives badges or posts points, until the transaction ends.

    Criteria may ask for points that are being posted. Of two badges of a set that a person and
    the night give at once, neither would else see the other, and the set would stay incomplete.
    """
    locks.hold(LEDGER_LOCK)


def give(awards: pl.DataFrame) -> dict[int, int]:
    """Insert awards (columns of the table) that are not there yet, and pay them.

    Returns the person's id by the id of each new award.
    """
    if awards.is_empty():
        return {}
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS new_award ({columns}) ON COMMIT DROP")
        cursor.execute("TRUNCATE new_award")
        copy_in(cursor, "new_award", awards.select(list(_COLUMNS)))
        cursor.execute(_GIVE)
        given = dict(cursor.fetchall())
    post_selected(_PAID, {"awards": list(given)}, kind="badge")
    return given


def take(awards: Collection[int], *, on: date) -> dict[int, int]:
    """Revoke awards that the facts no longer support, and take their points back.

    Returns the person's id by the id of each award that was revoked now.
    """
    if not awards:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"awards": sorted(awards), "on": on})
        taken = dict(cursor.fetchall())
    post_selected(_TAKEN, {"awards": list(taken)}, kind="badge")
    return taken


def rest(awards: Mapping[int, date]) -> None:
    """Note for awards (ids) which other moment they rest on from now on."""
    if not awards:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE badges_award a SET rests_on = n.day"
            " FROM unnest(%s::bigint[], %s::date[]) AS n (id, day) WHERE a.id = n.id",
            [list(awards), list(awards.values())],
        )


def known(badge: int, *, people: Collection[int] | None = None) -> pl.DataFrame:
    """What the night has to know of the awards of a badge (an id), of everyone or some people (ids).

    Columns id, subject_id, tier, occasion, given_on, as_of (the moment that it rests on),
    stands. Awards that stand, and those that a person has revoked (`stands` is false):
    an occasion that someone has closed stays closed.
    """
    schema: dict[str, Any] = {
        "id": pl.Int64,
        "subject_id": pl.Int64,
        "tier": pl.String,
        "occasion": pl.String,
        "given_on": pl.Date,
        "as_of": pl.Date,
        "stands": pl.Int64,
    }
    sql = (
        "SELECT id, person_id, tier, occasion, given_on,"
        " coalesce(rests_on, awarded_on), (revoked_at IS NULL)::int FROM badges_award WHERE badge_id = %s"
        " AND (revoked_at IS NULL OR revoked_cause = 'person')"
        " AND (%s::bigint[] IS NULL OR person_id = ANY (%s::bigint[]))"
    )
    some = None if people is None else list(people)
    with connection.cursor() as cursor:
        frame = copy_out(cursor, sql, schema, [badge, some, some])
    return frame.with_columns(pl.col("occasion").fill_null(""), pl.col("stands") == 1)


def awards_to_tell(ids: Collection[int], *, since: date) -> list[Award]:
    """Those of the awards that were won since a day, with what telling about them needs."""
    found = Award.objects.filter(pk__in=ids, awarded_on__gte=since).order_by("pk")
    return list(found.select_related("badge", "granted_by"))
