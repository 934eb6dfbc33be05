"""Whose score moved: people against their own four weeks before, teams against their last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Max, Min, Q, QuerySet
from django.db.models.aggregates import Aggregate

from incentives.org.models import Person, Team
from scoring.figures.windows import ONE_DAY, Period, first_day
from scoring.models import Score

BASELINE_WEEKS = 4
#: A week is compared only with at least so many of the four weeks before it.
LEAST_WEEKS = 3
MOST = 3
#: Smaller moves are noise.
SMALLEST = 3


@dataclass(frozen=True, slots=True)
class Mover:
    """A person's score of the last whole week against the mean of their own four weeks before."""

    person: Person
    now: Decimal
    before: Decimal
    monday: date

    @property
    def difference(self) -> Decimal:
        """Points gained (positive) or lost."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Spread:
    """The month's scores of one team: how many, their quartiles, and the mean of the month before."""

    team: Team
    people: int
    mean: Decimal
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float
    before: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """The mean against the month before."""
        return None if self.before is None else self.mean - self.before


class _Percentile(Aggregate):
    """A quantile of a column, between values where it falls between two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def last_whole_week(today: date) -> date:
    """The Monday of the last week that is over."""
    return first_day(Period.WEEK, today) - timedelta(weeks=1)


def movers(*, today: date, teams: Sequence[int] | None) -> tuple[list[Mover], list[Mover]]:
    """The people who rose most and those who fell most, at most three each; two queries.

    `teams` restricts to the people whose score of that week belongs to one of them.
    """
    monday = last_whole_week(today)
    earlier = [monday - timedelta(weeks=back) for back in range(1, BASELINE_WEEKS + 1)]
    now = Q(starts_on=monday)
    scores = Score.objects.filter(period="week", starts_on__in=[monday, *earlier])
    if teams is not None:
        here = Score.objects.filter(period="week", starts_on=monday, team__in=teams)
        scores = scores.filter(agent__in=here.order_by().values("agent"))
    compared: QuerySet[Any, Any] = (
        scores.order_by()
        .values("agent")
        .annotate(
            now=Max("score", filter=now),
            before=Avg("score", filter=~now),
            weeks=Count("id", filter=~now),
        )
        .filter(weeks__gte=LEAST_WEEKS, now__isnull=False)
        .annotate(difference=F("now") - F("before"))
        .values_list("agent", "now", "before")
    )
    up = list(compared.filter(difference__gte=SMALLEST).order_by("-difference", "agent")[:MOST])
    down = list(compared.filter(difference__lte=-SMALLEST).order_by("difference", "agent")[:MOST])
    people = Person.objects.in_bulk([agent for agent, *_ in (*up, *down)])
    risen = [Mover(people[a], n, b, monday) for a, n, b in up if a in people]
    fallen = [Mover(people[a], n, b, monday) for a, n, b in down if a in people]
    return risen, fallen


def spreads(*, today: date, teams: Sequence[int] | None) -> list[Spread]:
    """The running month's scores of each team, by name; two queries."""
    month = first_day(Period.MONTH, today)
    before = first_day(Period.MONTH, month - ONE_DAY)
    scores = Score.objects.filter(period="month", team__isnull=False).order_by()
    if teams is not None:
        scores = scores.filter(team__in=teams)
    earlier = dict(scores.filter(starts_on=before).values_list("team").annotate(mean=Avg("score")))
    running: QuerySet[Any, Any] = scores.filter(starts_on=month).values("team")
    rows = running.annotate(
        people=Count("id"),
        mean=Avg("score"),
        low=Min("score"),
        high=Max("score"),
        quarter=_Percentile("score", share=0.25),
        median=_Percentile("score", share=0.5),
        three_quarters=_Percentile("score", share=0.75),
    )
    found = {row["team"]: row for row in rows}
    return [
        _spread(team, found[team.pk], earlier.get(team.pk))
        for team in Team.objects.filter(pk__in=found).order_by("name")
    ]


def _spread(team: Team, row: Mapping[str, Any], before: Decimal | None) -> Spread:
    quartiles = {name: row[name] for name in ("quarter", "median", "three_quarters")}
    low, high = float(row["low"]), float(row["high"])
    return Spread(
        team=team,
        people=row["people"],
        mean=row["mean"],
        before=before,
        low=low,
        high=high,
        **quartiles,
    )
