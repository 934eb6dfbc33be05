"""What to ask for: targets scaled to those who fight, and how often they would have been reached.

The weeks before are compared with the days of the battle: as many days, beginning on the same
weekday. What each of them brought in for a day of work, times the days of work to be expected now,
is what the battle would bring if people worked as they did then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import connection

from badges.battles.capacity import REFERENCE_WEEKS, Capacity, capacity
from badges.battles.levels import judged, sums_of
from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from incentives.org.models import Team
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.query import AGENT_DAY, Sql
from scoring.figures.windows import ONE_DAY, Span

#: How many comparable stretches are looked at, and of how many of ten a proposal would be won.
MOST_STRETCHES = 12
_WON_OF_TEN = 6
_FURTHEST = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One objective: a target that suits, what the weeks before would bring, and how many reach it.

    `target` is the given one, or the proposed one where none is given; None where the weeks before
    say nothing. `past` are the figures of the comparable stretches, the latest first: amounts scaled
    to those who fight now, or the KPI's values (None without data).
    """

    proposed: Decimal | None
    target: Decimal | None
    past: tuple[float | None, ...]
    reached: int
    of: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who is expected to fight, and how hard it would have been: won in `won` of the last `of`.

    `people` and `person_days` are expected; `stretches` are the first days of what was compared.
    `of` is 0 where there is nothing to compare with.
    """

    people: int
    person_days: float
    stretches: tuple[date, ...]
    objectives: tuple[Proposed, ...]
    won: int
    of: int

    def as_data(self) -> dict[str, Any]:
        """The proposal as JSON data, to be kept beside the battle."""
        data = asdict(self)
        data["person_days"] = round(self.person_days, 1)
        data["stretches"] = [day.isoformat() for day in self.stretches]
        for each in data["objectives"]:
            for name in ("proposed", "target"):
                each[name] = None if each[name] is None else f"{each[name].normalize():f}"
        return data


def propose(
    *,
    teams: Sequence[Team],
    objectives: Sequence[BattleObjective],
    span: Span,
    today: date,
    combine: str = Battle.Combine.ALL,
) -> Proposal:
    """What to ask of these teams (none: the whole company) in these days, as seen on `today`.

    Objectives may be unsaved; those with a target of None get the proposed one: an amount that
    would have been reached in about six of ten comparable stretches. Five queries, whatever the
    number of objectives. Raises UnknownMetric, ExpressionError.
    """
    ids = sorted(team.pk for team in teams) or None
    stretches = comparable(span, today=today)
    if not stretches:
        return Proposal(0, 0.0, (), tuple(_unknown(each) for each in objectives), 0, 0)
    since = min(stretches[-1].start or today, today - timedelta(weeks=REFERENCE_WEEKS))
    able = capacity(teams=ids, days=span, today=today, since=since)
    stretches = [each for each in stretches if able.worked_in(each)]
    metrics = find_metrics(each.key for each in objectives)
    amounts = _amounts(ids, stretches, [metrics[each.key] for each in objectives if each.is_amount])
    levels = _sums(ids, stretches, [metrics[each.key] for each in objectives if not each.is_amount])
    found: list[tuple[Proposed, list[bool]]] = [
        _amount(each, [amounts[name, each.key] for name in range(len(stretches))], stretches, able)
        if each.is_amount
        else _level(each, metrics[each.key], stretches, levels)
        for each in objectives
    ]
    together = all if combine == Battle.Combine.ALL else any
    won = sum(together(reached[at] for _each, reached in found) for at in range(len(stretches)))
    return Proposal(
        people=able.people,
        person_days=able.person_days,
        stretches=tuple(each.start for each in stretches if each.start),
        objectives=tuple(each for each, _reached in found),
        won=won,
        of=len(stretches),
    )


def comparable(span: Span, *, today: date) -> list[Span]:
    """Stretches of as many days that begin on the same weekday and ended before `today`.

    They do not overlap each other; the latest first, at most twelve, none older than a year.
    """
    if span.start is None or span.end is None:
        raise ValueError("A battle has a first and a last day.")
    length = (span.end - span.start).days + 1
    step = timedelta(weeks=-(-length // 7))
    start = span.start
    while start + timedelta(days=length) > today:
        start -= timedelta(weeks=1)
    found: list[Span] = []
    while len(found) < MOST_STRETCHES and start > today - _FURTHEST:
        found.append(Span(start, start + timedelta(days=length) - ONE_DAY))
        start -= step
    return found


def _unknown(objective: BattleObjective) -> Proposed:
    return Proposed(None, objective.target, (), 0, 0)


def _amounts(
    teams: Sequence[int] | None, stretches: Sequence[Span], metrics: Sequence[Metric]
) -> Mapping[tuple[int, str], Decimal]:
    """(place of the stretch, key) → what people of these teams brought in, by one query."""
    found: dict[tuple[int, str], Decimal] = {
        (at, each.key): Decimal(0) for at in range(len(stretches)) for each in metrics
    }
    if not metrics or not stretches:
        return found
    sql = Sql("SELECT w.at")
    for metric in metrics:
        top, _bottom = metric.sums()
        sql.add(f", {top[0]}", *top[1])
    sql.add(
        f" FROM {AGENT_DAY} f JOIN unnest(%s::int[], %s::date[], %s::date[]) w (at, first, last)"
        " ON f.day BETWEEN w.first AND w.last WHERE f.day BETWEEN %s AND %s",
        list(range(len(stretches))),
        [each.start for each in stretches],
        [each.end for each in stretches],
        *(stretches[-1].start, stretches[0].end),
    )
    if teams is not None:
        sql.add(" AND f.team_id = ANY(%s::bigint[])", list(teams))
    sql.add(" GROUP BY 1")
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        for at, *sums in cursor.fetchall():
            for metric, amount in zip(metrics, sums, strict=True):
                found[at, metric.key] = amount or Decimal(0)
    return found


def _sums(
    teams: Sequence[int] | None, stretches: Sequence[Span], metrics: Sequence[Metric]
) -> Mapping[tuple[str, str], Any]:
    names = {str(at): span for at, span in enumerate(stretches)}
    return sums_of(dict.fromkeys(names, teams), names, list(dict.fromkeys(metrics)))


def _amount(
    objective: BattleObjective,
    sums: Sequence[Decimal],
    stretches: Sequence[Span],
    able: Capacity,
) -> tuple[Proposed, list[bool]]:
    """An amount against what each stretch brought for a day of work, times the days of now."""
    scaled = [
        float(amount) / able.worked_in(stretch) * able.person_days
        for amount, stretch in zip(sums, stretches, strict=True)
    ]
    proposed = _suits(scaled)
    target = objective.target if objective.target is not None else proposed
    reached = [target is not None and value >= float(target) for value in scaled]
    past = tuple(round(value, 2) for value in scaled)
    return Proposed(proposed, target, past, sum(reached), len(reached)), reached


def _suits(values: Sequence[float]) -> Decimal | None:
    """A round amount that six of ten of these reach; None where they are nothing."""
    if not values:
        return None
    value = sorted(values, reverse=True)[max(-(-len(values) * _WON_OF_TEN // 10), 1) - 1]
    if value < 1:
        return None
    whole = Decimal(int(value))
    return whole.quantize(Decimal(1).scaleb(max(whole.adjusted() - 1, 0)), ROUND_DOWN) + 0


def _level(
    objective: BattleObjective,
    metric: Metric,
    stretches: Sequence[Span],
    sums: Mapping[tuple[str, str], Any],
) -> tuple[Proposed, list[bool]]:
    """A level against the KPI of each stretch; none is proposed, because it is a promise."""
    levels = [
        judged(objective, stretch, metric, sums.get((str(at), objective.key)))
        for at, stretch in enumerate(stretches)
    ]
    reached = [each.met for each in levels]
    past = tuple(each.value for each in levels)
    return Proposed(None, objective.target, past, sum(reached), len(reached)), reached
