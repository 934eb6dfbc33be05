"""What the bell tells those who fight, once each, in words that say what to do or expect."""

from __future__ import annotations

import pytest

from badges.battles import cancelling, publishing
from incentives.org.models import Notice, Person
from incentives.org.notices import kind_of
from tests.badges.battle_data import MONDAY, after, amount, announce, draft, night, two_more, work
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def heard(person: Person) -> list[str]:
    """What someone was told of battles, in order."""
    notices = Notice.objects.filter(person=person, kind__startswith="battle_").order_by("pk")
    return [kind_of(notice).text(notice.data) for notice in notices]


def test_a_victory_is_told_from_the_announcement_to_the_points(cast: Cast) -> None:
    battle = draft(cast.manager, amount(10), teams=[cast.alpha])
    publishing.publish(battle=battle, by=cast.manager, today=after(-5))
    for day in (-2, -1, 0):
        night(after(day))
    others = two_more(cast.alpha, MONDAY, handled=1)
    for day, handled in ((0, 3), (1, 6), (2, 8), (3, 8)):
        night(after(day), work(cast.agent, MONDAY, handled=handled), *others)
    night(after(5), work(cast.agent, MONDAY, handled=7))
    night(after(5), work(cast.agent, MONDAY, handled=10))
    night(after(6))
    assert heard(cast.agent) == [
        "“Backlog Dragon” is coming: from 2 Mar 2026 to 6 Mar 2026 your team can defeat it.",
        "“Backlog Dragon” is here. Until 6 Mar 2026 every ticket counts.",
        "“Backlog Dragon” enters a new phase: Angry.",
        "“Backlog Dragon” enters a new phase: Staggering.",
        "“Backlog Dragon” is down! The reward comes once corrections up to 8 Mar 2026 are in.",
        "Corrections brought “Backlog Dragon” back to 10.0 % of its health.",
        "“Backlog Dragon” is down! The reward comes once corrections up to 8 Mar 2026 are in.",
        "“Backlog Dragon” is defeated: 100 points for you.",
    ]
    assert heard(cast.stranger) == []
    celebrated = Notice.objects.filter(celebrates=True).values_list("kind", flat=True)
    assert set(celebrated) == {"battle_won"}


def test_a_defeat_an_extension_and_a_cancellation_are_told(cast: Cast) -> None:
    lost = announce(cast.manager, amount(10), teams=[cast.alpha], consolation=50)
    cancelling.extend(battle=lost, by=cast.manager, until=after(5), today=MONDAY)
    others = two_more(cast.alpha, MONDAY, handled=1)
    night(after(7), work(cast.agent, MONDAY, handled=4), *others)
    called_off = announce(
        cast.manager, teams=[cast.alpha], starts_on=after(9), ends_on=after(9), name_en="Ghost"
    )
    cancelling.cancel(
        battle=called_off, by=cast.manager, reason="The line is down.", today=after(9)
    )
    assert heard(cast.agent)[1:] == [
        "“Backlog Dragon” stays longer: until 7 Mar 2026.",
        "“Backlog Dragon” got away with 40.0 % of its health. For your part: 30 points.",
        "“Ghost” is coming: from 11 Mar 2026 to 11 Mar 2026 your team can defeat it.",
        "“Ghost” is called off: The line is down.",
    ]
