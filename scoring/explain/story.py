"""The whole explanation of an agent's day, week or month, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from incentives.org.dated import overlaps
from incentives.org.models import Membership, Person, Team
from scoring.explain.points import RulePoints, explained_points
from scoring.explain.scores import WORST, ScoreStory, explained_score
from scoring.figures.windows import Period, Span, first_day, last_day
from scoring.models import PointEntry

PERIODS = (Period.DAY, Period.WEEK, Period.MONTH)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every point and every lost score point of an agent in a period."""

    agent: Person
    period: Period
    starts_on: date
    ends_on: date
    rules: list[RulePoints]
    others: list[PointEntry]
    score: ScoreStory | None

    @property
    def points(self) -> int:
        """All points of these days: what the ledger has."""
        return sum(each.total for each in self.rules) + sum(each.amount for each in self.others)

    @property
    def giving(self) -> list[RulePoints]:
        """The rules that posted something, or will in the next night."""
        return [each for each in self.rules if each.entries or each.granted]

    @property
    def silent(self) -> list[RulePoints]:
        """The rules that counted something and gave nothing: a guard or a cap was in the way."""
        return [each for each in self.rules if not each.entries and not each.granted]

    @property
    def pending(self) -> int:
        """What the next night will add or take back."""
        return sum(each.pending for each in self.rules)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to explain."""
        return not self.rules and not self.others and self.score is None


def span_of(period: Period, day: date) -> Span:
    """The days of the period that a day lies in."""
    return Span(first_day(period, day), last_day(period, day))


def explain(*, agent: Person, day: date, period: Period = Period.DAY) -> Explanation:
    """Every point and every lost score point of the day, week or month that `day` lies in.

    Facts are listed for single days only. Who may read it is `may_explain`'s to say.
    """
    starts_on, ends_on = first_day(period, day), last_day(period, day)
    single = period is Period.DAY
    rules, others = explained_points(agent=agent, span=Span(starts_on, ends_on), facts=single)
    story = explained_score(agent=agent, period=period, starts_on=starts_on, worst=WORST)
    return Explanation(agent, period, starts_on, ends_on, rules, others, story)


def may_explain(viewer: Person, agent: Person, span: Span) -> bool:
    """Whether someone may read why: about oneself, or about those one leads.

    A supervisor or manager reads about the days on which the agent was in a team of theirs (a
    week or month of which some day is such a day).
    """
    if not viewer.is_active:
        return False
    if viewer.pk == agent.pk or viewer.sees_everyone:
        return True
    led: Any = Team.objects.led_by(viewer).order_by().values("pk")
    then = overlaps(span.start, span.end)
    return Membership.objects.filter(then, person=agent.pk, team__in=led).exists()
