"""Badges on the agent's home: the latest medals and the nearest next one, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse

from badges.awards.medals import Medal
from badges.awards.models.badges import Tier
from incentives.capabilities import Visit
from incentives.org.dated import covers_sql
from incentives.org.notation import day as day_text
from incentives.org.wording import in_readers_language

LATEST = 3

# Held badges (the best award of each), how many are on offer, and the nearest next tier: three
# small reads by index, sent as one.
_GLANCE = f"""
    WITH mine AS (
        SELECT DISTINCT ON (a.badge_id) a.badge_id, a.public_id, a.tier, a.awarded_on, a.id
        FROM badges_award a
        WHERE a.person_id = %(person)s AND a.revoked_at IS NULL AND a.awarded_on <= %(on)s
            AND (a.expires_on IS NULL OR a.expires_on >= %(on)s)
        ORDER BY a.badge_id, array_position(ARRAY['bronze', 'silver', 'gold'], a.tier::text) DESC,
            a.awarded_on DESC, a.id DESC
    ), offered AS (
        SELECT b.id FROM badges_badge b
        WHERE b.archived_on IS NULL AND EXISTS (
            SELECT FROM badges_badgeversion v
            WHERE v.badge_id = b.id AND v.status = 'published'
                AND {covers_sql("v", "%(on)s")})
        UNION SELECT badge_id FROM mine
    ), near AS (
        SELECT b.id, s.value ->> 0 AS tier, (s.value ->> 1)::float8 AS share
        FROM badges_badgeprogress p
        CROSS JOIN LATERAL jsonb_each(p.shares) s
        JOIN badges_badge b ON b.id = s.key::bigint
        WHERE p.person_id = %(person)s AND NOT b.secret AND b.archived_on IS NULL
            AND b.id IN (SELECT id FROM offered)
        ORDER BY share DESC, b."order", b.key LIMIT 1
    ), latest AS (
        SELECT * FROM mine ORDER BY awarded_on DESC, id DESC LIMIT %(latest)s
    )
    SELECT (SELECT count(*) FROM mine) AS held, (SELECT count(*) FROM offered) AS offered,
        (SELECT coalesce(json_agg(row_to_json(w) ORDER BY w.awarded_on DESC, w.id DESC), '[]') FROM (
            SELECT l.*, b.key, b.name_en, b.name_zh, b.glyph, b."group"
            FROM latest l JOIN badges_badge b ON b.id = l.badge_id) w) AS latest,
        (SELECT row_to_json(w) FROM (
            SELECT n.tier, n.share, b.key, b.name_en, b.name_zh, b.glyph, b."group"
            FROM near n JOIN badges_badge b ON b.id = n.id) w) AS near
"""


@dataclass(frozen=True, slots=True)
class NextMedal:
    """The nearest tier that is not won yet, and how far it is in whole per cent."""

    medal: Medal
    tier: str
    percent: int


@dataclass(frozen=True, slots=True)
class BadgeGlance:
    """What the home shows: `held` of `of` badges, the latest medals, the nearest next one."""

    held: int = 0
    of: int = 0
    medals: list[Medal] = field(default_factory=list)
    next: NextMedal | None = None


def badge_glance(visit: Visit) -> BadgeGlance | None:
    """The badges at a glance, by one query; None while there are none at all to win or to show."""
    with connection.cursor() as cursor:
        params = {"person": visit.person.pk, "on": visit.today, "latest": LATEST}
        cursor.execute(_GLANCE, params)
        held, offered, latest, near = cursor.fetchone()
    if not offered:
        return None
    return BadgeGlance(
        held, offered, [_won(each) for each in latest], _next(near) if near else None
    )


def _won(row: Mapping[str, Any]) -> Medal:
    return _medal(
        row,
        metal=row["tier"],
        note=day_text(date.fromisoformat(row["awarded_on"])),
        url=reverse("badges:award", args=[row["public_id"]]),
    )


def _next(row: Mapping[str, Any]) -> NextMedal:
    percent = int(row["share"] * 100)
    url = reverse("badges:badge", args=[row["key"]])
    drawn = _medal(row, metal=row["tier"], state="locked", progress=percent, url=url)
    return NextMedal(drawn, str(Tier(row["tier"]).label), percent)


def _medal(row: Mapping[str, Any], **more: Any) -> Medal:
    name = in_readers_language(row["name_en"], row["name_zh"])
    return Medal(name=name, glyph=row["glyph"], group=row["group"], **more)
