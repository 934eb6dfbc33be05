"""Making a battle: drafts, rehearsals that nobody else sees, and the announcement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.battles import news as battle_news
from badges.battles.fighting import follow, one_night_at_a_time
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleDamage, BattleState
from badges.battles.models.objectives import BattleObjective
from badges.battles.overlaps import one_at_a_time
from badges.battles.proposing import propose
from badges.battles.settling import pay_again
from badges.battles.terms import problems
from incentives.org.models import Person, Team
from incentives.org.refusals import Refused
from incentives.org.wording import named
from scoring.figures.windows import Span
from scoring.models import PointDecision
from scoring.points.decisions import (
    addressed,
    decide,
    decision_of,
    revoke_waiting,
)

_Status = Battle.Status


@transaction.atomic
def save_draft(
    *,
    battle: Battle,
    objectives: Sequence[BattleObjective],
    teams: Collection[Team],
    by: Person,
) -> Battle:
    """Save a draft with its objectives and teams (none: the whole company).

    `objectives` replace those that were there, in this order. A rehearsal becomes a draft again.
    Raises Refused, ValidationError.
    """
    _require_teams(teams, by)
    if battle.pk is not None:
        _locked(battle, by=by, status=(_Status.DRAFT, _Status.REHEARSAL))
        _forget_rehearsal(battle)
        revoke_waiting("battle", battle.pk)
    found = problems(battle, objectives=objectives, teams=teams)
    if found:
        raise Refused(found)
    battle.status, battle.outcome, battle.settled_on, battle.result = _Status.DRAFT, None, None, {}
    battle.made_by = battle.made_by or by
    battle.planned_end = battle.ends_on
    battle.full_clean()
    battle.save()
    battle.teams.set(teams)
    battle.objectives.all().delete()
    for at, objective in enumerate(objectives):
        objective.pk, objective.battle, objective.order = None, battle, at
        objective._state.adding = True
        objective.save()
    return battle


@transaction.atomic
def publish(*, battle: Battle, by: Person, today: date) -> Battle:
    """Announce a battle: from now on its terms stand. Raises Refused.

    The health is fixed by the objectives; what was expected of it is kept beside them. Where its
    reward asks for a second person, it stays a draft until they have said yes.
    """
    one_at_a_time()
    battle = _locked(battle, by=by, status=(_Status.DRAFT, _Status.REHEARSAL))
    _check(battle, today=today)
    teams = list(battle.teams.all())
    decision = decision_of("battle", battle.pk)
    if decision is None:
        decision = decide(
            kind="battle",
            subject=battle.pk,
            by=by,
            on=today,
            each=battle.points,
            people=addressed(teams, on=today),
            said=named(battle),
            teams=teams,
        )
    if decision.waits:
        return battle
    return _announce(battle, today)


def _announce(battle: Battle, today: date) -> Battle:
    _forget_rehearsal(battle)
    battle.status, battle.published_on = _Status.PUBLISHED, today
    battle.outcome, battle.settled_on, battle.result = None, None, {}
    battle.difficulty = _expected(battle, today)
    battle.save()
    BattleState.objects.create(battle=battle)
    battle_news.announced(battle, today=today)
    return battle


def carry_out(decision: PointDecision, on: date) -> None:
    """The second person has said yes: the battle is announced."""
    one_at_a_time()
    battle = Battle.objects.select_for_update(of=("self",)).get(pk=decision.about)
    _check(battle, today=on)
    _announce(battle, on)


@transaction.atomic
def rehearse(*, battle: Battle, by: Person, today: date) -> Battle:
    """Let a draft be fought unseen: damage counts, nobody is told and nothing is paid.

    Its days may lie in the past; the state is there at once. Raises Refused.
    """
    one_night_at_a_time()
    battle = _locked(battle, by=by, status=(_Status.DRAFT, _Status.REHEARSAL))
    _check(battle, today=None)
    _forget_rehearsal(battle)
    battle.status = _Status.REHEARSAL
    battle.outcome, battle.settled_on, battle.result = None, None, {}
    battle.difficulty = _expected(battle, today)
    battle.save()
    BattleState.objects.create(battle=battle)
    if battle.starts_on <= today:
        follow([battle], as_of=min(today, battle.counts_until))
    return battle


@transaction.atomic
def fight_again(*, battle: Battle, by: Person, starts_on: date) -> Battle:
    """A draft with the terms of another battle, on as many days from `starts_on` on."""
    teams, objectives = list(battle.teams.all()), list(battle.objectives.all())
    days = (battle.planned_end or battle.ends_on) - battle.starts_on
    copy = Battle(
        **{
            name: getattr(battle, name)
            for name in (
                *("name_en", "name_zh", "story_en", "story_zh", "creature", "settlement_days"),
                *("combine", "points", "consolation", "consolation_floor", "phases"),
            )
        },
        starts_on=starts_on,
        ends_on=starts_on + days,
        made_by=by,
    )
    return save_draft(battle=copy, objectives=objectives, teams=teams, by=by)


def discard(*, battle: Battle, by: Person) -> None:
    """Remove a draft or a rehearsal. Raises Refused for one that people know of."""
    with transaction.atomic():
        battle = _locked(battle, by=by, status=(_Status.DRAFT, _Status.REHEARSAL))
        _forget_rehearsal(battle)
        revoke_waiting("battle", battle.pk)
        battle.delete()


def _check(battle: Battle, *, today: date | None) -> None:
    found = problems(
        battle,
        objectives=list(battle.objectives.all()),
        teams=list(battle.teams.all()),
        today=today,
    )
    if found:
        raise Refused(found)


def may_run(by: Person, teams: Collection[Team]) -> bool:
    """Whether someone may make a battle of these teams (none: the whole company)."""
    if by.runs_the_company:
        return True
    decided = set(Team.objects.decided_by(by).values_list("pk", flat=True))
    return bool(teams) and {team.pk for team in teams} <= decided


def _require_teams(teams: Collection[Team], by: Person) -> None:
    if not may_run(by, teams):
        raise Refused(_("Battles are made for teams that you lead: choose among them."))


def _locked(battle: Battle, *, by: Person, status: Collection[str]) -> Battle:
    """The battle read anew and locked; raises Refused unless `by` may and it is so far."""
    found = Battle.objects.select_for_update(of=("self",)).filter(pk=battle.pk).first()
    if found is None or not Battle.objects.run_by(by).filter(pk=battle.pk).exists():
        raise Refused(_("This battle is run by whoever leads all of its teams."))
    if found.status not in status:
        raise Refused(_("This battle was announced: its terms stand."))
    return found


def _expected(battle: Battle, today: date) -> dict[str, object]:
    span = Span(battle.starts_on, battle.ends_on)
    return propose(
        teams=list(battle.teams.all()),
        objectives=list(battle.objectives.all()),
        span=span,
        today=min(today, battle.starts_on),
        combine=battle.combine,
    ).as_data()


def _forget_rehearsal(battle: Battle) -> None:
    """A rehearsal's blows go with it: nobody has seen them."""
    BattleDamage.objects.filter(battle=battle)._raw_delete(BattleDamage.objects.db)
    BattleState.objects.filter(battle=battle).delete()
    battle.members.all().delete()


def stays_a_draft(_decision: PointDecision, _on: date) -> None:
    """A battle that nobody confirms stays a draft."""


def settle_again(decision: PointDecision) -> None:
    """Pay again what waited for a budget."""
    pay_again(decision.about)


def address(decision: PointDecision) -> str:
    """The page of the battle that a decision is about."""
    return reverse("badges:battle", args=[decision.about])
