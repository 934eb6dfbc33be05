"""A manager's home: KPIs against target and benchmark, spread, movers, budgets, data health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.boxes import BoxDrawing, box
from dashboards.homes.chart import home_chart
from dashboards.homes.health import Check, data_health
from dashboards.homes.movers import Mover, Spread, movers, spreads
from dashboards.homes.tiles import (
    WINDOW,
    Tile,
    TileScope,
    explorer_address,
    last_day_with_figures,
    scope_of,
    tiles,
)
from dashboards.team_board import change_of
from incentives.org.models import Person, Role
from scoring.figures.addresses import explain_address
from scoring.figures.display import Change, number
from scoring.figures.windows import Period, Span, first_day
from scoring.ingest.views.importers import may_import
from scoring.models import AwardBudget
from scoring.points.budgets import budget_holders, usual_budgets

MOST_TEAMS = 12


@dataclass(frozen=True, slots=True)
class TeamSummary:
    """A team in the table of spread."""

    spread: Spread
    mean: str
    change: Change | None
    box: BoxDrawing
    url: str


@dataclass(frozen=True, slots=True)
class MoverLine:
    """A person whose score moved, with the way to its reason."""

    person: Person
    text: str
    change: Change
    url: str


@dataclass(frozen=True, slots=True)
class Budgets:
    """What supervisors may give by hand this month, and what they have given."""

    holders: int
    points: int
    spent: int
    silent: int

    @property
    def share(self) -> int:
        """The part given, in whole per cent."""
        return 100 * self.spent // self.points if self.points else 0


@dataclass(frozen=True, slots=True)
class ManagerHome:
    """Everything on the page other than the greeting."""

    scope: TileScope
    tiles: list[Tile]
    chart: dict[str, Any] | None
    span: Span | None
    kpis_url: str
    teams: list[TeamSummary]
    more_teams: int
    risen: list[MoverLine]
    fallen: list[MoverLine]
    budgets: Budgets | None
    health: list[Check]
    may_import: bool

    @property
    def compared(self) -> bool:
        """Whether the figures reach back far enough for a comparison."""
        return any(tile.change for tile in self.tiles)


def manager_home(person: Person, *, today: date, now: datetime) -> ManagerHome:
    """Read a manager's home as of a day; some twenty queries, however many people there are."""
    scope = scope_of(person)
    teams: list[int] | None = scope.who.get("teams")
    as_of = last_day_with_figures(scope, today=today)
    drawn = tiles(scope, as_of=as_of) if as_of else []
    span = WINDOW.span(as_of) if as_of else None
    risen, fallen = movers(today=today, teams=teams) if as_of else ([], [])
    lines = _teams(today, teams) if as_of else []
    importer = may_import(person)
    return ManagerHome(
        scope=scope,
        tiles=drawn,
        chart=home_chart(drawn, as_of=as_of) if as_of else None,
        span=span,
        kpis_url=explorer_address(scope, span) if span else "",
        teams=lines[:MOST_TEAMS],
        more_teams=max(0, len(lines) - MOST_TEAMS),
        risen=[_mover(each) for each in risen],
        fallen=[_mover(each) for each in fallen],
        budgets=_budgets(person, today),
        health=data_health(today=today, now=now) if importer else [],
        may_import=importer,
    )


def _teams(today: date, teams: list[int] | None) -> list[TeamSummary]:
    """The teams, those whose mean moved most first: they are why someone looks here."""
    found = spreads(today=today, teams=teams)
    found.sort(key=lambda each: abs(each.difference or Decimal(0)), reverse=True)
    scale = _scale(found)
    return [
        TeamSummary(
            each,
            number(each.mean, 1),
            change_of(each.difference) if each.difference is not None else None,
            box(each.low, each.quarter, each.median, each.three_quarters, each.high, scale=scale),
            f"{reverse('dashboards:team')}?{urlencode({'team': each.team.pk})}",
        )
        for each in found
    ]


def _scale(found: list[Spread]) -> tuple[float, float]:
    """One scale for all teams, with 100, the target, on it."""
    low = min((each.low for each in found), default=0)
    high = max((each.high for each in found), default=100)
    return min(low, 80), max(high, 105)


def _mover(each: Mover) -> MoverLine:
    words = {"before": number(each.before, 1), "now": number(each.now, 1)}
    return MoverLine(
        each.person,
        _("from %(before)s over four weeks to %(now)s last week") % words,
        change_of(each.difference),
        explain_address(each.person, each.monday, "week"),
    )


def _budgets(person: Person, today: date) -> Budgets | None:
    """The month's budgets, for managers; those that nobody has touched count as usual."""
    if not person.has_role(Role.MANAGER):
        return None
    holders = list(budget_holders(setter=person))
    month = first_day(Period.MONTH, today)
    set_ones = {
        each.person_id: each for each in AwardBudget.objects.filter(person__in=holders, month=month)
    }
    usual = usual_budgets(people=[each for each in holders if each.pk not in set_ones], month=month)
    spent = {pk: each.spent for pk, each in set_ones.items()}
    return Budgets(
        holders=len(holders),
        points=sum(each.points for each in set_ones.values()) + sum(usual.values()),
        spent=sum(spent.values()),
        silent=sum(not spent.get(each.pk) for each in holders),
    )
