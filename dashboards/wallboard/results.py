"""The week's figures of a team or the company against their targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from incentives.org.disclosure import LEAST_IN_PUBLIC
from incentives.org.models import Person, Team
from scoring.figures.display import Verdict, shown, target_in_words, verdict
from scoring.figures.kpis import PUBLIC, catalogue, compute
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import Period, Span
from scoring.models import Kpi, TeamDay

MOST = 4
#: A week that ended so many days ago is no news.
OLD = 7


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of the week so far."""

    name: str
    text: str
    target: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class WeekScene:
    """The picture of the week's figures, from its Monday to the last day with totals."""

    first: date
    last: date
    results: list[Result]


def week_scene(team: Team | None, *, on: date) -> WeekScene | None:
    """Up to four figures of the week with the latest totals; None without any."""
    if team is not None and _people(team, on) < LEAST_IN_PUBLIC:
        return None
    last = _last_day(team, on)
    if last is None or last <= on - timedelta(days=OLD):
        return None
    first = last - timedelta(days=last.weekday())
    results = _results(team, first, last)
    return WeekScene(first, last, results) if results else None


def _people(team: Team, on: date) -> int:
    return int(Person.objects.taking_part(on=on, teams=[team]).count())


def _last_day(team: Team | None, on: date) -> date | None:
    days = TeamDay.objects.filter(day__lte=on)
    if team is not None:
        days = days.filter(team=team)
    last: date | None = days.aggregate(last=Max("day"))["last"]
    return last


def _results(team: Team | None, first: date, last: date) -> list[Result]:
    kpis = {kpi.key: kpi for kpi in catalogue() if kpi.key in PUBLIC}
    keys = [key for key in PUBLIC if key in kpis]
    of_team = [team.pk] if team else None
    shown_to_all = Selection(span=Span(first, last), teams=of_team, beside=True)
    found = [kpis[key] for key in keys]
    read = compute(found, by=Grouping.COMPANY, period=Period.ALL, selection=shown_to_all)
    values = {figure.metric: figure.value for figure in read if figure.value is not None}
    # Figures with a target first: without one a figure says less.
    known = sorted((key for key in keys if key in values), key=lambda key: not _aims(kpis[key]))
    return [
        Result(
            name=kpis[key].name,
            text=shown(values[key], kpis[key].unit),
            target=target_in_words(kpis[key]),
            verdict=verdict(kpis[key], values[key]),
        )
        for key in known[:MOST]
    ]


def _aims(kpi: Kpi) -> bool:
    return bool(target_in_words(kpi))
