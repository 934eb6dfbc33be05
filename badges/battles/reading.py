"""What pages show of a battle; each is read from stored rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Sum

from badges.battles.models.battles import Battle, BattleQuerySet
from badges.battles.models.ledger import BattleDamage, BattleMember, BattleState
from badges.battles.state import part_of, text
from incentives.org.models import Person, Team


@dataclass(frozen=True, slots=True)
class Share:
    """Someone's own part: `share` of the boss's health (0 to 1), and exact sums by objective id.

    `days` are the days with damage of their own; `since` is the first of them.
    """

    share: Decimal
    done: Mapping[int, Decimal]
    days: int
    since: date | None


@dataclass(frozen=True, slots=True)
class TeamDamage:
    """A team's part of the battle: `team` is None for work that is credited to no team."""

    team: Team | None
    share: Decimal
    people: int
    done: Mapping[int, Decimal]


def state_of(battle: Battle) -> BattleState:
    """How the battle stands; a fresh one, unsaved, for a battle that has not been announced."""
    return BattleState.objects.filter(battle=battle).first() or BattleState(battle=battle)


def own_share(battle: Battle, person: Person) -> Share:
    """What someone has done so far, for their own eyes; one query, and one for the objectives."""
    mine = BattleDamage.objects.filter(battle=battle, person=person.pk).order_by()
    rows = mine.values("objective").annotate(
        done=Sum("amount"), since=Min("day"), days=Count("day", distinct=True)
    )
    found = list(rows)
    done = {row["objective"]: row["done"] for row in found}
    share = part_of({str(pk): text(amount) for pk, amount in done.items()}, _objectives(battle))
    first = min((row["since"] for row in found), default=None)
    return Share(share, done, max((row["days"] for row in found), default=0), first)


def teams_damage(battle: Battle, *, state: BattleState | None = None) -> list[TeamDamage]:
    """Every team's part, the greatest first; one query, and one for the state unless given."""
    state = state or state_of(battle)
    teams = {team.pk: team for team in battle.teams.all()}
    missing = {int(pk) for pk in state.teams} - teams.keys() - {0}
    teams |= Team.objects.in_bulk(missing) if missing else {}
    shown = [
        TeamDamage(
            team=teams.get(int(pk)),
            share=Decimal(of_team["share"]),
            people=of_team["people"],
            done=_exact(of_team["done"]),
        )
        for pk, of_team in state.teams.items()
    ]
    return sorted(shown, key=lambda each: (-each.share, each.team.name if each.team else ""))


def days_damage(
    battle: Battle, *, state: BattleState | None = None
) -> dict[date, dict[int, Decimal]]:
    """What each ticket day added, by objective id; days without damage are left out."""
    state = state or state_of(battle)
    return {
        date.fromisoformat(day): _exact({pk: each for pk, each in done.items() if pk != "people"})
        for day, done in sorted(state.days.items())
    }


def days_people(state: BattleState) -> dict[date, int]:
    """How many people each ticket day's damage is of."""
    return {date.fromisoformat(day): done.get("people", 0) for day, done in state.days.items()}


def archive(person: Person, *, today: date) -> BattleQuerySet:
    """Announced battles that are over, as far as someone may see them; the latest first."""
    seen = Battle.objects.visible_to(person).exclude(
        status__in=[Battle.Status.DRAFT, Battle.Status.REHEARSAL]
    )
    over = seen.filter(status__in=[Battle.Status.SETTLED, Battle.Status.CANCELLED])
    counting = seen.filter(status=Battle.Status.PUBLISHED, ends_on__lt=today)
    found: BattleQuerySet = (over | counting).select_related("state").order_by("-ends_on", "-pk")
    return found


def members_of(battle: Battle) -> Any:
    """The fighters with person and team, by the day they joined."""
    members = BattleMember.objects.filter(battle=battle).select_related("person", "team")
    return members.order_by("joined_on", "person")


def _objectives(battle: Battle) -> list[Any]:
    return list(battle.objectives.all())


def _exact(done: Mapping[str, str]) -> dict[int, Decimal]:
    return {int(pk): Decimal(amount) for pk, amount in done.items()}
