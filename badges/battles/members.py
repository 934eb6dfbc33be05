"""Who fights: everyone at work in the teams, late joiners from the day they join, and guests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleMember, BattleState
from badges.battles.overlaps import fights_elsewhere, one_at_a_time
from incentives.org.dated import overlaps_sql
from incentives.org.models import Person, Role, Team
from incentives.org.participation import PARTICIPATION
from incentives.org.refusals import Refused
from scoring.figures.windows import ONE_DAY, Span

_How = BattleMember.How

# One row for everyone who takes part, by `until`, in one of the teams on some day of the battle.
_TAKING_PART = f"""
    SELECT m.person_id, (array_agg(m.team_id ORDER BY m.starts_on))[1] AS team_id,
        greatest(min(m.starts_on), %(first)s::date) AS joined_on,
        nullif(least(max(coalesce(m.ends_on, %(until)s::date)), %(until)s::date),
            %(until)s::date) AS left_on
    FROM {PARTICIPATION} m
    WHERE {overlaps_sql("m", "%(first)s", "%(until)s")}
        AND (%(teams)s::bigint[] IS NULL OR m.team_id = ANY(%(teams)s))
    GROUP BY m.person_id
"""
_ENROL = f"""
    WITH found AS ({_TAKING_PART})
    INSERT INTO badges_battlemember AS b (battle_id, person_id, team_id, joined_on, left_on, how)
    SELECT %(battle)s, person_id, team_id, joined_on, left_on,
        CASE WHEN joined_on > %(first)s THEN 'late' ELSE 'start' END
    FROM found ORDER BY person_id
    ON CONFLICT (battle_id, person_id) DO UPDATE SET team_id = excluded.team_id, how = excluded.how,
        joined_on = excluded.joined_on, left_on = excluded.left_on
    WHERE b.how <> 'guest' AND (b.team_id, b.how, b.joined_on, b.left_on)
        IS DISTINCT FROM (excluded.team_id, excluded.how, excluded.joined_on, excluded.left_on)
"""
_DROP = f"""
    DELETE FROM badges_battlemember b WHERE b.battle_id = %(battle)s AND b.how IN ('start', 'late')
        AND b.person_id NOT IN (SELECT person_id FROM ({_TAKING_PART}) w)
"""
_HELPERS = """
    INSERT INTO badges_battlemember (battle_id, person_id, team_id, joined_on, how)
    SELECT %(battle)s, d.person_id, (array_agg(d.team_id ORDER BY d.day))[1], min(d.day), 'helper'
    FROM badges_battledamage d WHERE d.battle_id = %(battle)s AND NOT EXISTS (
        SELECT FROM badges_battlemember b
        WHERE b.battle_id = d.battle_id AND b.person_id = d.person_id)
    GROUP BY d.person_id ORDER BY d.person_id
    ON CONFLICT (battle_id, person_id) DO NOTHING
"""


def enrol(battle: Battle, *, as_of: date) -> None:
    """Bring the list of fighters up to date: one statement, and one for those who are none any more.

    People whose membership was corrected follow; guests stay as they were added.
    """
    params: dict[str, Any] = {
        "battle": battle.pk,
        "first": battle.starts_on,
        "until": max(min(as_of, battle.ends_on), battle.starts_on),
        "teams": battle.team_ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENROL, params)
        cursor.execute(_DROP, params)


def enrol_helpers(battle: Battle) -> None:
    """Add those of other teams who did some of the battle's work."""
    with connection.cursor() as cursor:
        cursor.execute(_HELPERS, {"battle": battle.pk})


@transaction.atomic
def add_guest(
    *, battle: Battle, person: Person, team: Team, by: Person, on: date, today: date
) -> BattleMember:
    """Let someone of another team fight for one of the teams from a day on. Raises Refused.

    For whoever leads that team. From that day on all they do counts; nothing from before. Who
    fights another battle on these days is refused: what they do would be rewarded twice.
    """
    one_at_a_time()
    battle = Battle.objects.select_for_update(of=("self",)).get(pk=battle.pk)
    _check_guest(battle, person, team, by, on, today)
    member, is_new = BattleMember.objects.get_or_create(
        battle=battle,
        person=person,
        defaults={"team": team, "joined_on": on, "how": _How.GUEST, "added_by": by},
    )
    if not is_new and member.how != _How.HELPER:
        raise Refused(_("%(name)s fights already.") % {"name": person.display_name})
    if not is_new:
        member.how, member.joined_on, member.team, member.added_by = _How.GUEST, on, team, by
        member.save()
    BattleState.objects.filter(battle=battle).update(recount=True)
    return member


def _check_guest(
    battle: Battle, person: Person, team: Team, by: Person, on: date, today: date
) -> None:
    leads = Team.objects.decided_by(by).filter(pk=team.pk).exists()
    if not (leads and by.has_role(Role.SUPERVISOR, Role.MANAGER)):
        raise Refused(_("Guests are added by whoever leads the team."))
    if battle.status != Battle.Status.PUBLISHED or not battle.teams.filter(pk=team.pk).exists():
        raise Refused(_("That team does not fight in this battle."))
    if not max(today, battle.starts_on) <= on <= battle.ends_on:
        raise Refused(_("Someone joins from today or a later day of the battle on."))
    if not Person.objects.active(on=on).filter(pk=person.pk).exists():
        raise Refused(_("%(name)s is not at work.") % {"name": person.display_name})
    if fights_elsewhere(person, battle, Span(on, battle.ends_on)):
        raise Refused(
            _(
                "%(name)s fights in another battle on these days: choose a later day or someone else."
            )
            % {"name": person.display_name}
        )


def remove_guest(*, member: BattleMember, by: Person, today: date) -> BattleMember:
    """Let a guest fight no longer: what they did until yesterday stays. Raises Refused."""
    if member.how != _How.GUEST or member.team is None:
        raise Refused(_("Only guests leave by hand: the others follow their team."))
    if not Team.objects.decided_by(by).filter(pk=member.team.pk).exists():
        raise Refused(_("Guests are added by whoever leads the team."))
    member.left_on = max(today - ONE_DAY, member.joined_on)
    member.save(update_fields=["left_on"])
    BattleState.objects.filter(battle=member.battle_id).update(recount=True)
    return member
