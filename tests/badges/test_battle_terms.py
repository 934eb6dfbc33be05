"""What no battle can be: refused with a sentence that says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from badges.battles import cancelling, publishing
from badges.models import Battle
from incentives.org.refusals import Refused
from scoring.models import Kpi
from tests.badges.battle_data import MONDAY, after, amount, announce, draft, level
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("objectives", "sentence"),
    [
        ([amount(0)], "boss without health"),
        ([amount(-5)], "boss without health"),
        ([amount(None)], "boss without health"),
        ([level(90)], "Add an amount"),
        ([amount(5), amount(9)], "count the same"),
        ([amount(5, "handeld")], "Did you mean handled"),
        ([amount(5, "handled +")], "ends too early"),
        ([amount(5), level(90, least=0)], "least volume"),
        ([amount(5), level(90, "cast")], "Did you mean csat"),
        ([amount(5), level(120)], "between 0 and 100"),
        ([amount(5), level(5, "handled")], "plain sum"),
        ([amount(5), level(0)], "always meets this"),
        ([amount(5), level(100, "complaint_rate", op="<=")], "always meets this"),
    ],
)
def test_objectives_that_make_no_sense_are_refused(
    cast: Cast, objectives: list[Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        draft(cast.manager, *objectives, teams=[cast.alpha])
    assert not Battle.objects.exists()


def test_levels_that_exclude_each_other_are_refused_unless_one_is_enough(cast: Cast) -> None:
    low = level(80, op="<=")
    terms: dict[str, Any] = {"teams": [cast.alpha], "by": cast.manager}
    objectives = [amount(5), level(90), low]
    with pytest.raises(Refused, match="contradicts"):
        draft(terms["by"], *objectives, teams=terms["teams"])
    assert draft(terms["by"], *objectives, teams=terms["teams"], combine="any").pk


def test_levels_that_can_be_missed_by_little_are_taken(cast: Cast) -> None:
    edges = [level(100), level(0, "complaint_rate", op="<="), level(0, "nps")]
    assert draft(cast.manager, amount(5), *edges, teams=[cast.alpha]).pk


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ends_on": after(-1)}, "before the first day"),
        ({"ends_on": after(92)}, "at most 92 days"),
        ({"settlement_days": 40}, "at most 31 days"),
        ({"points": 0}, "Promise from 1"),
        ({"consolation": 101}, "at most 100 per cent"),
        ({"consolation_floor": 101}, "no more than the reward"),
        ({"phases": [{"at": 50, "name_en": "A"}, {"at": 60, "name_en": "B"}]}, "falling"),
        ({"phases": [{"at": 100, "name_en": ""}]}, "name"),
    ],
)
def test_days_rewards_and_phases_are_checked(
    cast: Cast, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        draft(cast.manager, **fields)


def test_a_battle_without_a_name_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        draft(cast.manager, name_en="")


def test_a_battle_is_announced_before_it_begins(cast: Cast) -> None:
    battle = draft(cast.manager)
    for today in (after(1), MONDAY):
        with pytest.raises(Refused, match="before its first day"):
            publishing.publish(battle=battle, by=cast.manager, today=today)
    publishing.publish(battle=battle, by=cast.manager, today=after(-1))
    with pytest.raises(Refused, match="terms stand"):
        publishing.publish(battle=battle, by=cast.manager, today=after(-1))


def test_a_team_fights_one_boss_at_a_time(cast: Cast) -> None:
    announce(cast.manager, teams=[cast.alpha])
    for teams in ([cast.alpha, cast.beta], []):
        other = draft(cast.manager, teams=teams, starts_on=after(4), ends_on=after(6))
        with pytest.raises(Refused, match="Backlog Dragon"):
            publishing.publish(battle=other, by=cast.manager, today=after(-1))
    announce(cast.manager, teams=[cast.beta])
    later = announce(cast.manager, teams=[cast.alpha], starts_on=after(5), ends_on=after(6))
    cancelling.cancel(battle=later, by=cast.manager, reason="Not needed.", today=MONDAY)
    company = announce(cast.manager, starts_on=after(5), ends_on=after(6))
    early = Battle.objects.filter(teams=cast.alpha, status="published").get()
    with pytest.raises(Refused, match="Backlog Dragon"):
        cancelling.extend(battle=early, by=cast.manager, until=company.starts_on, today=MONDAY)


def test_the_days_of_a_battle_count_even_where_the_calendar_leaves_them_out(cast: Cast) -> None:
    from incentives.org.models import CalendarDay
    from tests.badges.battle_data import again, night, team_work, work

    CalendarDay.objects.create(day=MONDAY, name_en="Double 11", treatment="excluded")
    battle = announce(cast.manager, amount(10), level(90, least=10), teams=[cast.alpha])
    team_work(cast.alpha, MONDAY, csat_satisfied=10, csat_count=10)
    night(MONDAY, work(cast.agent, MONDAY, handled=10))
    assert again(battle).state.health == 0


def test_a_kpi_of_a_battle_says_where_it_is_used(cast: Cast) -> None:
    from scoring.explorer.retiring import uses_of_kpi

    announce(cast.manager, amount(10), level(90), teams=[cast.alpha])
    uses = uses_of_kpi(Kpi.objects.get(key="csat"))
    assert "the battle “Backlog Dragon”" in uses
