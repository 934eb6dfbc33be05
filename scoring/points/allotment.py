"""What of a decision's points is paid to whom: asked before anything decided reaches the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from scoring.models import PointDecision, PointEntry, PointLimits
from scoring.points.budgets import charge
from scoring.points.decisions import one_at_a_time
from scoring.points.occasions import Occasion

#: Why points that were due are not given: who decided it, or more than a person gets in a month.
OWN, LIMIT = "own", "limit"
_Key = tuple[int, int]

_TAKEN_BACK = """
    SELECT DISTINCT decision_id, agent_id FROM scoring_pointentry
    WHERE decision_id = ANY(%s) AND source_key LIKE 'reversal:%%'
"""
_IN_MONTHS = """
    SELECT agent_id, date_trunc('month', booked_on)::date, sum(amount) FROM scoring_pointentry
    WHERE decision_id IS NOT NULL AND agent_id = ANY(%s)
        AND booked_on >= %s AND booked_on < %s + interval '1 month'
    GROUP BY 1, 2
"""


def through(occasions: Sequence[Occasion], *, books: Callable[[date], date]) -> list[Occasion]:
    """The occasions of decisions as they may be posted; `books` gives the day a day's points count on.

    Nobody is paid by their own decision or second yes, nobody gets more than the month's limit,
    nothing is paid that was taken back or that is not in force: each says so in its cause. What the
    budget lacks is left out and waits. A fixed number of queries, and a few for each decision.
    """
    one_at_a_time()
    found = PointDecision.objects.select_for_update(of=("self",)).select_related("budget")
    decisions = found.in_bulk({each.decision for each in occasions if each.decision})
    waiting = _new(_not_taken_back(occasions, sorted(decisions)))
    room = _Room(waiting, books)
    allowed = [
        _given(each, decisions[each.decision], room)
        for each in waiting
        if each.decision is not None and (each.amount <= 0 or decisions[each.decision].is_in_force)
    ]
    return [each for pk in sorted(decisions) for each in _within_budget(decisions[pk], allowed)]


def why_withheld(entry: PointEntry) -> str:
    """Why points that were due are not given, in a sentence; empty where all were given."""
    texts = {
        LIMIT: _("%(points)d more lay beyond what one person gets from decisions in a month"),
        OWN: _("%(points)d points are not given: nobody is paid by what they decided themselves"),
    }
    text = texts.get(entry.cause.get("because", ""), "")
    return text % {"points": entry.withheld} if text and entry.withheld > 0 else ""


def _not_taken_back(occasions: Iterable[Occasion], decisions: list[int]) -> list[Occasion]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_BACK, [decisions])
        gone = set(cursor.fetchall())
    return [each for each in occasions if (each.decision, each.agent) not in gone]


def _new(occasions: list[Occasion]) -> list[Occasion]:
    known = PointEntry.objects.filter(source_key__in=[each.key for each in occasions])
    posted = set(known.order_by().values_list("source_key", flat=True))
    return [each for each in occasions if each.key not in posted]


class _Room:
    """How many points each person can still get from decisions in each month."""

    def __init__(self, occasions: Sequence[Occasion], books: Callable[[date], date]) -> None:
        self.books = books
        most = PointLimits.current().person_a_month
        self._left: defaultdict[tuple[int, date], int] = defaultdict(lambda: most)
        months = {self._month(each) for each in occasions}
        if months:
            agents = sorted({each.agent for each in occasions})
            with connection.cursor() as cursor:
                cursor.execute(_IN_MONTHS, [agents, min(months), max(months)])
                for agent, month, points in cursor.fetchall():
                    self._left[agent, month] = most - points

    def _month(self, occasion: Occasion) -> date:
        return self.books(occasion.on).replace(day=1)

    def take(self, occasion: Occasion) -> int:
        """How much of the occasion's points there is room for; that is gone then."""
        place = occasion.agent, self._month(occasion)
        given = max(min(occasion.amount, self._left[place]), 0)
        self._left[place] -= given
        return given


def _given(occasion: Occasion, decision: PointDecision, room: _Room) -> Occasion:
    if occasion.amount <= 0:
        return occasion
    if occasion.agent in decision.deciders:
        return _withheld(occasion, 0, OWN)
    given = room.take(occasion)
    return occasion if given == occasion.amount else _withheld(occasion, given, LIMIT)


def _withheld(occasion: Occasion, given: int, because: str) -> Occasion:
    withheld = occasion.amount - given
    cause: Mapping[str, object] = {**occasion.cause, "because": because}
    return replace(occasion, amount=given, withheld=withheld, cause=cause)


@dataclass(slots=True)
class _Purse:
    """What a decision can still pay, and what it lacks."""

    decision: PointDecision
    left: int
    lacking: int = 0

    def pays(self, occasion: Occasion) -> bool:
        if occasion.amount > self.left and not self._top_up(occasion.amount - self.left):
            self.lacking += occasion.amount
            return False
        self.left -= occasion.amount
        return True

    def _top_up(self, points: int) -> bool:
        budget = self.decision.budget
        if budget is not None and not charge(budget, points):
            return False
        self.decision.reserved += points
        self.left += points
        return True


def _within_budget(decision: PointDecision, occasions: Iterable[Occasion]) -> list[Occasion]:
    """What the decision has set aside pays, and its budget for who came later; the rest waits."""
    purse = _Purse(decision, decision.reserved - decision.paid)
    before = decision.reserved
    mine = sorted(
        (each for each in occasions if each.decision == decision.pk),
        key=lambda each: (each.amount > 0, each.key),
    )
    paid = [each for each in mine if purse.pays(each)]
    if (decision.reserved, decision.short) != (before, purse.lacking):
        decision.short = purse.lacking
        decision.save(update_fields=["reserved", "short"])
    return paid
