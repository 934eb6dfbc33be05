"""Guests of a boss battle: who adds them, on which days they count, and what they keep others from."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from badges.battles import cancelling, members, publishing
from incentives.org.refusals import Refused
from tests.badges.battle_data import MONDAY, after, announce, damage, draft, night, work
from tests.factories import TeamFactory
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_guest_counts_with_everything_from_joining_until_leaving(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY, work(cast.stranger, MONDAY, handled=9))
    guest = members.add_guest(
        battle=battle, person=cast.stranger, team=cast.alpha, by=cast.supervisor,
        on=after(1), today=after(1),
    )  # fmt: skip
    days = [work(cast.stranger, after(day), handled=1 + day) for day in (1, 2, 3)]
    night(after(3), *days)
    assert damage(battle, team=cast.alpha) == 2 + 3 + 4
    members.remove_guest(member=guest, by=cast.supervisor, today=after(3))
    night(after(3))
    assert damage(battle) == 2 + 3


def test_guests_are_added_by_who_leads_the_team_and_not_for_days_past(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    night(MONDAY)

    def add(**given: Any) -> None:
        usual = {"person": cast.stranger, "team": cast.alpha, "by": cast.supervisor, "on": after(2)}
        with pytest.raises(Refused):
            members.add_guest(battle=battle, today=after(2), **{**usual, **given})

    add(by=cast.other_supervisor)
    add(by=cast.agent)
    add(team=cast.beta, by=cast.manager)
    add(on=after(1))
    add(on=after(5))
    add(person=cast.teammate)
    assert not battle.members.filter(how="guest").exists()


def test_nobody_is_a_guest_on_days_of_another_battle_of_theirs(cast: Cast) -> None:
    battle = announce(cast.manager, teams=[cast.alpha])
    announce(cast.manager, teams=[cast.beta], starts_on=after(-3), ends_on=after(2))
    other = announce(cast.manager, teams=[TeamFactory()])
    add = partial(members.add_guest, person=cast.stranger, by=cast.manager, today=after(-1))
    with pytest.raises(Refused, match="another battle"):
        add(battle=battle, team=cast.alpha, on=after(2))
    guest = add(battle=battle, team=cast.alpha, on=after(3))
    with pytest.raises(Refused, match="another battle"):
        add(battle=other, team=other.teams.get(), on=after(4))
    members.remove_guest(member=guest, by=cast.manager, today=after(4))
    assert add(battle=other, team=other.teams.get(), on=after(4)).how == "guest"


def test_a_team_whose_people_are_guests_elsewhere_is_kept_from_these_days(cast: Cast) -> None:
    lent = announce(cast.manager, teams=[cast.alpha])
    guest = members.add_guest(
        battle=lent, person=cast.stranger, team=cast.alpha, by=cast.manager,
        on=after(1), today=after(-1),
    )  # fmt: skip
    days = {"starts_on": after(3), "ends_on": after(6)}
    own = draft(cast.manager, teams=[cast.beta], name_en="Moth", **days)
    with pytest.raises(Refused, match="Backlog Dragon"):
        publishing.publish(battle=own, by=cast.manager, today=after(1))
    members.remove_guest(member=guest, by=cast.manager, today=after(3))
    assert publishing.publish(battle=own, by=cast.manager, today=after(1)).pk


def test_a_battle_is_not_extended_into_days_on_which_a_guest_fights_elsewhere(cast: Cast) -> None:
    lent = announce(cast.manager, teams=[cast.alpha])
    announce(
        cast.manager, teams=[cast.beta], starts_on=after(6), ends_on=after(8), name_en="Moth"
    )  # fmt: skip
    members.add_guest(
        battle=lent, person=cast.stranger, team=cast.alpha, by=cast.manager,
        on=after(1), today=after(-1),
    )  # fmt: skip
    extend = partial(cancelling.extend, battle=lent, by=cast.manager, today=after(1))
    with pytest.raises(Refused, match="Moth"):
        extend(until=after(6))
    assert extend(until=after(5)).ends_on == after(5)
