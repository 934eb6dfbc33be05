"""Boss battles: who counts, what counts, and what comes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from badges.battles import cancelling, publishing, reading
from badges.models import Battle, BattleDamage, BattleMember, BattleObjective
from incentives.org.memberships import join_team
from incentives.org.models import Notice
from incentives.org.refusals import Refused
from scoring.models import PointEntry
from tests import databases
from tests.badges.battle_data import (
    MONDAY,
    after,
    again,
    amount,
    announce,
    damage,
    draft,
    level,
    night,
    team_work,
    work,
)
from tests.factories import PersonFactory
from tests.org.cast import Cast
from tests.scoring.points_data import points

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[str]:
    """The keys of those who were told of it."""
    return set(Notice.objects.filter(kind=kind).values_list("person__key", flat=True))


def test_every_ticket_of_the_teams_brings_the_boss_down(cast: Cast) -> None:
    battle = announce(cast.manager, amount(100), teams=[cast.alpha])
    days = [
        work(cast.agent, MONDAY, handled=20),
        work(cast.agent, MONDAY, channel="phone", handled=5),
        work(cast.teammate, after(1), handled=15),
        work(cast.stranger, MONDAY, handled=50),
        work(cast.agent, after(-1), handled=50),
        work(cast.agent, after(5), handled=50),
    ]
    night(after(1), *days)
    state = again(battle).state
    assert damage(battle) == 40
    assert state.health == Decimal("0.6")
    assert state.phase == 1
    [of_team] = reading.teams_damage(battle)
    assert (of_team.team, of_team.share, of_team.people) == (cast.alpha, Decimal("0.4"), 2)
    own = reading.own_share(battle, cast.agent)
    assert (own.share, own.days, own.since) == (Decimal("0.25"), 1, MONDAY)
    objective = battle.objectives.get().pk
    assert reading.days_damage(battle) == {MONDAY: {objective: 25}, after(1): {objective: 15}}


def test_the_whole_company_fights_when_no_team_is_named(cast: Cast) -> None:
    battle = announce(cast.manager)
    days = [work(cast.agent, MONDAY, handled=5), work(cast.stranger, MONDAY, handled=7)]
    days.append(work(PersonFactory(), MONDAY, handled=1))
    night(MONDAY, *days)
    assert damage(battle) == 13
    assert {each.team for each in reading.teams_damage(battle)} == {cast.alpha, cast.beta, None}


def test_late_facts_and_corrections_are_new_entries(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=10))
    night(after(1), work(cast.agent, MONDAY, handled=7))
    night(after(2), work(cast.agent, MONDAY))
    night(after(2), work(cast.agent, MONDAY))
    rows = BattleDamage.objects.filter(battle=battle).order_by("nth")
    assert list(rows.values_list("nth", "amount")) == [
        (1, Decimal(10)), (2, Decimal(-3)), (3, Decimal(-7)),
    ]  # fmt: skip
    assert again(battle).state.health == 1


def test_a_day_that_moves_to_another_team_follows(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=10))
    night(after(1), work(cast.agent, MONDAY, team=cast.beta, handled=10))
    assert damage(battle) == 0
    night(after(2), work(cast.stranger, after(1), team=cast.alpha, handled=4))
    assert damage(battle, team=cast.alpha) == 4
    assert battle.members.get(person=cast.stranger).how == "helper"


def test_someone_who_joins_the_team_counts_from_that_day(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    days = [work(cast.stranger, MONDAY, handled=9)]
    night(MONDAY, *days)
    join_team(person=cast.stranger, team=cast.alpha, on=after(2))
    days = [work(cast.stranger, after(1), handled=8), work(cast.stranger, after(2), handled=7)]
    night(after(2), *days)
    member = battle.members.get(person=cast.stranger)
    assert (member.how, member.joined_on) == ("late", after(2))
    assert damage(battle) == 7


def test_members_follow_their_teams_and_those_who_leave(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY)
    assert set(battle.members.values_list("person__key", "how")) == {
        ("agent", "start"), ("teammate", "start"),
    }  # fmt: skip
    join_team(person=cast.teammate, team=cast.beta, on=after(2))
    night(after(3))
    assert battle.members.get(person=cast.teammate).left_on == after(1)
    join_team(person=cast.agent, team=cast.beta, on=after(-9))
    night(after(3))
    assert not battle.members.filter(person=cast.agent).exists()


def test_a_level_is_judged_over_the_whole_window_of_the_teams(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), level(90, least=20), teams=[cast.alpha])
    team_work(cast.alpha, MONDAY, csat_satisfied=9, csat_count=10)
    team_work(cast.beta, MONDAY, csat_satisfied=0, csat_count=50)
    night(MONDAY, work(cast.agent, MONDAY, handled=10))
    # The amount is reached, and half of the ratings are there.
    assert again(battle).state.health == Decimal("0.25")
    team_work(cast.alpha, after(1), csat_satisfied=9, csat_count=10)
    night(after(1))
    assert again(battle).state.health == 0
    team_work(cast.alpha, after(2), csat_satisfied=0, csat_count=1)
    night(after(2))
    state = again(battle).state
    assert state.health == Decimal("0.02385")
    assert state.objectives[str(battle.objectives.get(kind="level").pk)]["volume"] == "21"


def test_any_one_objective_may_be_enough(cast: Cast) -> None:
    both = (amount(10), amount(100, "resolved"))
    battle = announce(cast.manager, *both, combine="any", teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=6, resolved=80))
    assert again(battle).state.health == Decimal("0.2")
    night(MONDAY, work(cast.agent, MONDAY, handled=10, resolved=80))
    assert again(battle).state.health == 0


def test_health_is_zero_only_when_the_battle_is_won(cast: Cast) -> None:
    battle = announce(cast.manager, amount(3_000_000), teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=2_999_999))
    assert again(battle).state.health == Decimal("0.0001")
    night(MONDAY, work(cast.agent, MONDAY, handled=3_000_000))
    assert again(battle).state.health == 0


def test_victory_pays_everyone_who_worked_once_after_the_corrections(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    absent = PersonFactory(key="absent", team=cast.alpha)
    days = [work(cast.agent, MONDAY, handled=12), work(cast.teammate, MONDAY, resolved=1)]
    days.append(work(absent, MONDAY, scheduled_seconds=28800))
    night(after(4), *days)
    assert again(battle).state.held_since == after(4)
    assert told("battle_down") == {"agent", "teammate", "absent"}
    night(after(5))
    assert not PointEntry.objects.exists()
    night(after(6))
    night(after(6), everything=True)
    night(after(7), *days)
    assert (points(cast.agent), points(cast.teammate), points(absent)) == (100, 100, 0)
    entry = PointEntry.objects.get(agent=cast.agent)
    assert (entry.kind, entry.occurred_on) == ("battle", after(4))
    won = again(battle)
    assert (won.status, won.outcome, won.settled_on) == ("settled", "won", after(6))
    assert told("battle_won") == {"agent", "teammate"}
    assert told("battle_down") == {"agent", "teammate", "absent"}


def test_corrections_inside_the_settlement_days_take_a_victory_back_and_say_so(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    night(after(4), work(cast.agent, MONDAY, handled=10))
    night(after(5), work(cast.agent, MONDAY, handled=9))
    assert again(battle).state.held_since is None
    assert told("battle_back") == {"agent", "teammate"}
    night(after(6), work(cast.teammate, after(4), handled=1))
    assert again(battle).outcome == "won"


def test_facts_after_the_settlement_change_nothing(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    night(after(6), work(cast.agent, MONDAY, handled=9))
    night(after(7), work(cast.agent, MONDAY, handled=30))
    assert (again(battle).outcome, int(damage(battle))) == ("lost", 9)


def test_a_defeat_says_by_how_much_and_consoles(cast: Cast) -> None:
    battle = announce(
        cast.manager, amount(20), level(90), teams=[cast.alpha], points=90, consolation=50
    )
    team_work(cast.alpha, MONDAY, csat_satisfied=8, csat_count=10)
    night(after(6), work(cast.agent, MONDAY, handled=15))
    lost = again(battle)
    first, second = battle.objectives.all()
    assert lost.outcome == "lost"
    by = {row["objective"]: row["by"] for row in lost.result["missing"]}
    assert by == {first.pk: "5", second.pk: pytest.approx(10)}
    # Health taken: three quarters of the amount, 0.8888 of the level; half of the points for it.
    assert points(cast.agent) == int(90 * 0.5 * (0.75 + 0.8888) / 2)
    assert told("battle_lost") == {"agent"}


def test_a_consolation_has_a_floor(cast: Cast) -> None:
    announce(cast.manager, amount(1000), teams=[cast.alpha], consolation_floor=5)
    night(after(6), work(cast.agent, MONDAY, handled=1))
    assert points(cast.agent) == 5


def test_damage_is_never_edited(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=10))
    assert BattleDamage.objects.filter(battle=battle).exists()
    databases.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    for change in ("UPDATE {} SET amount = 11", "DELETE FROM {}", "TRUNCATE {}"):
        with pytest.raises(IntegrityError), transaction.atomic():
            databases.as_owner(change.format(BattleDamage._meta.db_table))


def test_the_terms_of_an_announced_battle_stand(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    stored = Battle.objects.filter(pk=battle.pk)
    changes: list[Any] = [
        lambda: stored.update(points=1),
        lambda: stored.update(starts_on=after(1)),
        stored.delete,
        lambda: battle.objectives.update(target=1),
        lambda: battle.objectives.all().delete(),
        lambda: BattleObjective.objects.create(
            battle=battle, kind="amount", measure="resolved", target=1
        ),
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_rehearsal_is_hidden_pays_nothing_and_may_lie_in_the_past(cast: Cast) -> None:
    days = [work(cast.agent, MONDAY, handled=12)]
    rehearsal = draft(cast.supervisor, amount(10), teams=[cast.alpha])
    publishing.rehearse(battle=rehearsal, by=cast.supervisor, today=after(20))
    assert (again(rehearsal).outcome, again(rehearsal).status) == ("won", "rehearsal")
    night(after(21), *days)
    assert not PointEntry.objects.exists()
    assert not Notice.objects.exists()
    assert not Battle.objects.visible_to(cast.agent).exists()
    assert Battle.objects.visible_to(cast.fresh("supervisor")).get() == rehearsal
    publishing.discard(battle=rehearsal, by=cast.supervisor)
    assert not BattleDamage.objects.exists()
    assert not BattleMember.objects.exists()


def test_a_rehearsal_can_be_announced_and_starts_from_nothing(cast: Cast) -> None:
    rehearsal = draft(cast.manager, amount(10), teams=[cast.alpha])
    publishing.rehearse(battle=rehearsal, by=cast.manager, today=MONDAY)
    night(MONDAY, work(cast.agent, MONDAY, handled=3))
    battle = publishing.publish(battle=rehearsal, by=cast.manager, today=after(-1))
    assert damage(battle) == 0
    night(MONDAY)
    assert damage(battle) == 3


def test_a_cancelled_battle_pays_nothing_and_tells_why(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    night(after(1), work(cast.agent, MONDAY, handled=9))
    cancel: dict[str, Any] = {"battle": battle, "by": cast.manager}
    with pytest.raises(Refused, match="why"):
        cancelling.cancel(**cancel, reason=" ", today=after(1))
    with pytest.raises(Refused, match="over"):
        cancelling.cancel(**cancel, reason="The phones were down.", today=after(5))
    cancelling.cancel(**cancel, reason="The phones were down.", today=after(4))
    night(after(9), work(cast.agent, after(3), handled=12))
    assert not PointEntry.objects.exists()
    assert told("battle_cancelled") == {"agent", "teammate"}


def test_a_battle_whose_boss_is_down_is_not_called_off(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    night(MONDAY, work(cast.agent, MONDAY, handled=12))
    with pytest.raises(Refused, match="down"):
        cancelling.cancel(
            battle=battle, by=cast.manager, reason="The phones were down.", today=MONDAY
        )
    assert again(battle).status == Battle.Status.PUBLISHED


def test_a_battle_is_extended_before_its_end_only_and_not_once_it_is_won(cast: Cast) -> None:
    battle = announce(cast.manager, amount(10), teams=[cast.alpha])
    night(after(1), work(cast.agent, MONDAY, handled=6))
    more: dict[str, Any] = {"battle": battle, "by": cast.manager}
    with pytest.raises(Refused, match="longer"):
        cancelling.extend(**more, until=after(4), today=after(1))
    with pytest.raises(Refused, match="over"):
        cancelling.extend(**more, until=after(9), today=after(5))
    cancelling.extend(**more, until=after(6), today=after(4))
    night(after(6), work(cast.agent, after(6), handled=4))
    with pytest.raises(Refused, match="down"):
        cancelling.extend(**more, until=after(9), today=after(6))
    night(after(8))
    assert again(battle).outcome == "won"
    assert again(battle).planned_end == after(4)


def test_agents_may_not_run_battles_nor_supervisors_those_of_others(cast: Cast) -> None:
    with pytest.raises(Refused):
        draft(cast.agent, teams=[cast.alpha])
    with pytest.raises(Refused):
        draft(cast.supervisor, teams=[cast.alpha, cast.beta])
    with pytest.raises(Refused):
        draft(cast.supervisor)
    battle = draft(cast.supervisor, teams=[cast.alpha])
    with pytest.raises(Refused):
        publishing.publish(battle=battle, by=cast.other_supervisor, today=after(-1))
    assert not Battle.objects.run_by(cast.other_supervisor).exists()
    publishing.publish(battle=battle, by=cast.supervisor, today=after(-1))
    assert told("battle_announced") == {"agent", "teammate"}
    assert not Battle.objects.visible_to(cast.stranger).exists()
    assert Battle.objects.visible_to(cast.teammate).exists()
