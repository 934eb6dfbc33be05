"""The executive's home, one printable page: a figure for each field, the week's stories, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from dashboards.homes.movers import BASELINE_WEEKS, Mover, movers
from dashboards.homes.tiles import (
    WINDOW,
    Tile,
    explorer_address,
    in_order,
    last_day_with_figures,
    scope_of,
    tiles,
)
from dashboards.team_board import change_of
from incentives.org.models import Person
from scoring.figures.addresses import explain_address
from scoring.figures.display import Change, amount, number, shown
from scoring.figures.kpis import Figure, figures
from scoring.figures.query import Grouping
from scoring.figures.windows import Period, Span
from scoring.models import Kpi, PointEntry

GROUPS = ("customer", "efficiency", "quality", "commercial", "growth")
#: The KPI that stands for its group; where it has no value, the first one of the group that has.
CHOSEN = ("csat", "frt", "qa_score", "conversion", "learning")
#: A figure of fewer than so many contacts in a week makes no story.
LEAST = 20
#: How much better a figure is, as a part of what it was, before it is worth telling.
WORTH_TELLING = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Headline:
    """One field of the company: its name and the KPI that stands for it."""

    group: str
    tile: Tile


@dataclass(frozen=True, slots=True)
class Story:
    """Someone who got better last week, in figures."""

    person: Person
    text: str
    score: str
    change: Change
    url: str


@dataclass(frozen=True, slots=True)
class ExecutiveHome:
    """Everything on the page other than the greeting."""

    headlines: list[Headline]
    span: Span | None
    compared: bool
    kpis_url: str
    stories: list[Story]
    points: str
    points_change: Change | None
    people: int


def executive_home(person: Person, *, today: date) -> ExecutiveHome:
    """Read the executive's home as of a day; a constant number of queries."""
    scope = scope_of(person)
    as_of = last_day_with_figures(scope, today=today)
    drawn = tiles(scope, as_of=as_of, choose=_one_of_each_group) if as_of else []
    span = WINDOW.span(as_of) if as_of else None
    now, before, people = _points(today)
    return ExecutiveHome(
        headlines=[Headline(str(tile.kpi.get_group_display()), tile) for tile in drawn],
        span=span,
        compared=any(tile.change for tile in drawn),
        kpis_url=explorer_address(scope, span) if span else "",
        stories=stories(today=today, teams=scope.who.get("teams")) if as_of else [],
        points=amount(Decimal(now)),
        points_change=_points_change(now, before),
        people=people,
    )


def _one_of_each_group(kpis: Sequence[Kpi]) -> list[str]:
    chosen = []
    for group in GROUPS:
        own = [kpi.key for kpi in kpis if kpi.group == group]
        first = next((key for key in CHOSEN if key in own), own[0] if own else None)
        chosen += [first] if first else []
    return chosen


def _points(today: date) -> tuple[int, int, int]:
    """Points booked in the last seven days and in the seven before; how many people have some."""
    week, before = today - timedelta(days=6), today - timedelta(days=13)
    this_week = Q(booked_on__gte=week)
    booked = PointEntry.objects.filter(booked_on__range=(before, today)).order_by()
    sums = booked.aggregate(
        now=Sum("amount", filter=this_week, default=0),
        before=Sum("amount", filter=~this_week, default=0),
        people=Count("agent", distinct=True, filter=this_week),
    )
    return sums["now"], sums["before"], sums["people"]


def _points_change(now: int, before: int) -> Change | None:
    """More points are neither better nor worse by themselves."""
    if not before or now == before:
        return None
    arrow = "▲ +" if now > before else "▼ −"
    return Change("same", f"{arrow}{amount(Decimal(abs(now - before)))}")


def stories(*, today: date, teams: Sequence[int] | None) -> list[Story]:
    """Those whose score rose most last week, each with a KPI that got better; five queries.

    It is the first one, in the order in which people ask for KPIs, that rests on at least 20 in
    the week and is a twentieth better than the own four weeks before; no two stories tell of the
    same one if they need not.
    """
    risen, _fallen = movers(today=today, teams=teams)
    if not risen:
        return []
    monday = risen[0].monday
    keys = [each.person.key for each in risen]
    week = _by_agent(keys, Span(monday, monday + timedelta(days=6)))
    start = monday - timedelta(weeks=BASELINE_WEEKS)
    earlier = _by_agent(keys, Span(start, monday - timedelta(days=1)))
    kpis = {kpi.key: kpi for kpi in in_order(Kpi.objects.all())}
    told: list[Story] = []
    used: set[str] = set()
    for each in risen:
        gains = _gains(kpis, week.get(each.person.key, {}), earlier.get(each.person.key, {}))
        best = next((key for key in gains if key not in used), next(iter(gains), None))
        used.add(best or "")
        told.append(_story(each, kpis[best], *gains[best]) if best else _plain_story(each))
    return told


def _by_agent(keys: Sequence[str], span: Span) -> dict[str, dict[str, Figure]]:
    read = figures(
        by=Grouping.AGENT, period=Period.ALL, start=span.start, end=span.end, agents=list(keys)
    )
    found: dict[str, dict[str, Figure]] = {}
    for figure in read:
        if figure.value is not None and figure.denominator is not None:
            found.setdefault(figure.key, {})[figure.metric] = figure
    return found


def _gains(
    kpis: Mapping[str, Kpi], week: Mapping[str, Figure], earlier: Mapping[str, Figure]
) -> dict[str, tuple[Figure, Figure]]:
    """Figures (before, now) that got better enough to tell, those people ask for first on top."""
    return {
        key: (earlier[key], week[key])
        for key, kpi in kpis.items()
        if key in week and key in earlier and _gain(kpi, week[key], earlier[key]) >= WORTH_TELLING
    }


def _story(mover: Mover, kpi: Kpi, before: Figure, now: Figure) -> Story:
    text = _("%(kpi)s from %(before)s to %(now)s") % {
        "kpi": kpi.name,
        "before": shown(before.value, kpi.unit),
        "now": shown(now.value, kpi.unit),
    }
    return replace(_plain_story(mover), text=text)


def _plain_story(mover: Mover) -> Story:
    words = {"before": number(mover.before, 1), "now": number(mover.now, 1)}
    score = _("Score %(now)s last week, %(before)s over the four weeks before") % words
    url = explain_address(mover.person, mover.monday, "week")
    return Story(mover.person, "", score, change_of(mover.difference), url)


def _gain(kpi: Kpi, now: Figure, before: Figure) -> Decimal:
    """How much better a figure is, as a part of what it was; 0 where better has no direction."""
    if now.value is None or before.value is None or not before.value:
        return Decimal(0)
    if (now.denominator or 0) < LEAST or kpi.direction == Kpi.Direction.BAND:
        return Decimal(0)
    change = (now.value - before.value) / abs(before.value)
    return change if kpi.direction == Kpi.Direction.HIGHER else -change
