"""One boss at a time: who would fight two battles on the same days, so that a ticket counted twice."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.battles.models.battles import Battle
from incentives.org import locks
from incentives.org.dated import overlaps
from incentives.org.models import Person, Team
from incentives.org.participation import PARTICIPATION
from scoring.figures.windows import Span

_TERMS_LOCK = 0xBA78

# The announced battles in which some of `own` (person_id, first, last, guest) fight on the same
# days, where one of both is a guest's fight: what teams share is known without their people.
_SHARED = f"""
    , fights AS (
        SELECT b.id, m.person_id, greatest(m.starts_on, b.starts_on) AS first,
            least(m.ends_on, b.ends_on) AS last, FALSE AS guest
        FROM badges_battle b JOIN badges_battle_teams t ON t.battle_id = b.id
            JOIN {PARTICIPATION} m ON m.team_id = t.team_id
        WHERE b.status = 'published' AND b.id <> %(battle)s
        UNION ALL
        SELECT b.id, g.person_id, g.joined_on, least(g.left_on, b.ends_on), TRUE
        FROM badges_battle b JOIN badges_battlemember g ON g.battle_id = b.id AND g.how = 'guest'
        WHERE b.status = 'published' AND b.id <> %(battle)s
    )
    SELECT DISTINCT f.id FROM fights f JOIN own o USING (person_id)
    WHERE f.first <= o.last AND o.first <= f.last AND (f.guest OR o.guest)
"""
_OF_BATTLE = f"""
    WITH own AS (
        SELECT person_id, greatest(starts_on, %(first)s) AS first, least(ends_on, %(last)s) AS last,
            FALSE AS guest
        FROM {PARTICIPATION} m WHERE team_id = ANY(%(teams)s)
        UNION ALL
        SELECT person_id, joined_on, least(left_on, %(last)s), TRUE
        FROM badges_battlemember WHERE battle_id = %(battle)s AND how = 'guest'
    )
"""
_OF_PERSON = """
    WITH own AS (SELECT %(person)s AS person_id, %(first)s AS first, %(last)s AS last, TRUE AS guest)
"""


def one_at_a_time() -> None:
    """Wait for whoever else announces or extends a battle or adds a guest, to the transaction's end.

    Two battles of the same team could else be announced at once, each unaware of the other.
    """
    locks.hold(_TERMS_LOCK)


def overlapping(battle: Battle, *, teams: Collection[Team]) -> list[str]:
    """Announced battles of the same teams, or of their guests, on the same days, in words.

    A team fights one boss at a time, so that no ticket is rewarded twice.
    """
    other = Battle.objects.filter(
        overlaps(battle.starts_on, battle.ends_on), status=Battle.Status.PUBLISHED
    ).exclude(pk=battle.pk)
    if teams:
        ids = [team.pk for team in teams]
        days = Span(battle.starts_on, battle.ends_on)
        shared = other.filter(pk__in=_shared(_OF_BATTLE, battle, days, teams=ids))
        other = other.for_teams(ids) | shared
    return [
        _(
            "“%(name)s” is fought from %(first)s to %(last)s by some of the same people:"
            " choose other days or teams."
        )
        % {
            "name": each.name,
            "first": date_format(each.starts_on, "DATE_FORMAT"),
            "last": date_format(each.ends_on, "DATE_FORMAT"),
        }
        for each in other.order_by("starts_on")
    ]


def fights_elsewhere(person: Person, battle: Battle, days: Span) -> bool:
    """Whether someone fights another announced battle on these days, with their team or as a guest."""
    return bool(_shared(_OF_PERSON, battle, days, person=person.pk))


def _shared(own: str, battle: Battle, days: Span, **params: Any) -> list[int]:
    given: dict[str, Any] = {
        "battle": battle.pk or 0,
        "first": days.start,
        "last": days.end,
        **params,
    }
    with connection.cursor() as cursor:
        cursor.execute(own + _SHARED, given)
        return [pk for (pk,) in cursor.fetchall()]
