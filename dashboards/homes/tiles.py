"""The KPI tiles of a home page: a person's own scope, against target, peers and the time before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.org.models import Person, Role, Team
from scoring.explorer.tables import reaching_back
from scoring.figures.catalogue import shipped_kpis
from scoring.figures.display import (
    Change,
    Verdict,
    change,
    limit,
    shown,
    target_in_words,
    verdict,
)
from scoring.figures.kpis import Figure, catalogue, compute, known_measures
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import Period, RollingWindow, Span, previous
from scoring.models import AgentDay, Kpi, TeamDay

WINDOW = RollingWindow(rolling_days=28)
WEEK = RollingWindow(rolling_days=7)
WEEKS = 12
SUNDAY = 6
MOST_TILES = 8
# What people ask for first; the rest of the catalogue follows in its own order.
FIRST = [
    "csat", "fcr", "frt", "handled", "resolution_rate", "aht", "service_level", "qa_score",
    "abandon_rate", "complaint_rate", "reopen_rate", "occupancy", "nps",
]  # fmt: skip


#: Keys to draw, out of the KPIs that have a value (in the order in which people ask for them).
Choice = Callable[[list[Kpi]], list[str]]


@dataclass(frozen=True, slots=True)
class TileScope:
    """Whose figures a home page shows, and whose stand beside them for comparison."""

    title: str
    by: Grouping
    level: str
    who: dict[str, Any]
    agent: int | None = None
    peers: str = ""
    peers_by: Grouping = Grouping.COMPANY
    peers_who: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI as the tile component draws it."""

    kpi: Kpi
    name: str
    text: str
    verdict: Verdict | None
    change: Change | None
    references: list[tuple[str, str]]
    recent: list[Decimal | None]
    recent_label: str
    target: Decimal | None
    url: str


def scope_of(person: Person) -> TileScope:
    """An agent's own figures; a supervisor's or site manager's teams; the company for the rest."""
    if person.sees_everyone:
        return TileScope(_("The company"), Grouping.COMPANY, "company", {})
    led = list(Team.objects.led_by(person).order_by("name"))
    if led:
        names = ", ".join(team.name for team in led[:3]) + ("…" if len(led) > 3 else "")
        teams = {"teams": [team.pk for team in led]}
        beside = {"viewer": person, "beside": True}
        company = _("Company")
        return TileScope(names, Grouping.COMPANY, "team", teams, peers=company, peers_who=beside)
    own = list(Team.objects.visible_to(person))
    return TileScope(
        _("Your figures"),
        Grouping.AGENT,
        "agent",
        {"agents": [person.key]},
        agent=person.pk,
        peers=_("Your team") if own and person.has_role(Role.AGENT) else "",
        peers_who={"teams": [team.pk for team in own], "viewer": person, "beside": True},
    )


def last_day_with_figures(scope: TileScope, *, today: date) -> date | None:
    """The last day, up to today, on which this scope has daily totals."""
    if scope.by is Grouping.AGENT:
        rows = AgentDay.objects.filter(agent__key__in=scope.who["agents"], day__lte=today)
        return _last(rows)
    days = TeamDay.objects.filter(day__lte=today)
    if scope.who:
        days = days.filter(team__in=scope.who["teams"])
    return _last(days)


def _last(rows: QuerySet[AgentDay] | QuerySet[TeamDay]) -> date | None:
    last: date | None = rows.aggregate(last=Max("day"))["last"]
    return last


def tiles(
    scope: TileScope,
    *,
    as_of: date,
    window: RollingWindow = WINDOW,
    choose: Choice | None = None,
) -> list[Tile]:
    """Tiles over the days of the window that ends `as_of`: only KPIs with a value.

    `choose` picks keys among those with a value (default: the first eight that people ask for).
    Six queries over daily totals, however many KPIs the catalogue holds.
    """
    kpis = {kpi.key: kpi for kpi in catalogue()}
    measures = known_measures()
    span, before = window.span(as_of), previous(window, as_of)
    now = {f.metric: f for f in _read(kpis.values(), measures, scope.by, span, scope.who)}
    known = [k for k in in_order(kpis.values()) if (f := now.get(k.key)) and f.value is not None]
    wanted = choose(known) if choose else [kpi.key for kpi in known[:MOST_TILES]]
    if not wanted:
        return []
    drawn = [kpis[key] for key in wanted]
    then, peers = {}, {}
    if before and compared(scope, as_of=as_of, window=window):
        then = _values(_read(drawn, measures, scope.by, before, scope.who))
    if scope.peers:
        peers = _values(_read(drawn, measures, scope.peers_by, span, scope.peers_who))
    recent = _weekly(scope, drawn, measures, as_of=as_of)
    benchmarks = {row["key"]: row["target"] for row in shipped_kpis()}
    return [
        _tile(
            kpis[key],
            now[key].value,
            then.get(key),
            recent[key],
            explorer_address(scope, span, kpi=kpis[key].key),
            _references(kpis[key], peers.get(key), scope.peers, benchmarks.get(key)),
        )
        for key in wanted
    ]


def compared(scope: TileScope, *, as_of: date, window: RollingWindow = WINDOW) -> bool:
    """Whether totals reach back to the start of the days before, so that a change is one."""
    before = previous(window, as_of)
    if before is None:
        return False
    return bool(reaching_back(by=scope.by, before=Selection(span=before, **scope.who)))


def _weekly(
    scope: TileScope, kpis: Sequence[Kpi], measures: Collection[str], *, as_of: date
) -> dict[str, list[Decimal | None]]:
    """Each KPI's value in each of the twelve ISO weeks up to `as_of`, oldest first."""
    labels = week_labels(as_of)
    span = Span(week_starts(as_of)[0], as_of)
    read = _read(kpis, measures, scope.by, span, scope.who, Period.WEEK)
    values = {(f.metric, f.period): f.value for f in read}
    if as_of.weekday() != SUNDAY:  # a count of half a week would look like a fall
        for figure in read:
            if figure.denominator is None:
                values.pop((figure.metric, labels[-1]), None)
    return {kpi.key: [values.get((kpi.key, label)) for label in labels] for kpi in kpis}


def week_starts(as_of: date) -> list[date]:
    """The Mondays of the twelve ISO weeks up to `as_of`."""
    monday = as_of - timedelta(days=as_of.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def week_labels(as_of: date) -> list[str]:
    """The labels of those weeks, as figures name them."""
    return ["{:04d}-W{:02d}".format(*day.isocalendar()[:2]) for day in week_starts(as_of)]


def _read(
    kpis: Iterable[Kpi],
    measures: Collection[str],
    by: Grouping,
    span: Span,
    who: dict[str, Any],
    period: Period = Period.ALL,
) -> list[Figure]:
    selection = Selection(span=span, **who)
    return compute(list(kpis), by=by, period=period, selection=selection, known=measures)


def _values(read: list[Figure]) -> dict[str, Decimal | None]:
    return {figure.metric: figure.value for figure in read}


def in_order(kpis: Iterable[Kpi]) -> list[Kpi]:
    """KPIs in the order in which people ask for them, then in that of the catalogue."""
    place = {key: at for at, key in enumerate(FIRST)}
    return sorted(kpis, key=lambda kpi: place.get(kpi.key, len(FIRST)))


def _tile(
    kpi: Kpi,
    value: Decimal | None,
    before: Decimal | None,
    recent: list[Decimal | None],
    url: str,
    references: list[tuple[str, str]],
) -> Tile:
    return Tile(
        kpi=kpi,
        name=kpi.name,
        text=shown(value, kpi.unit),
        verdict=verdict(kpi, value),
        change=change(kpi, value, before),
        references=references,
        recent=recent,
        recent_label=_("%(name)s, the last %(weeks)s weeks") % {"name": kpi.name, "weeks": WEEKS},
        target=kpi.target,
        url=url,
    )


def _references(
    kpi: Kpi, peers: Decimal | None, peers_name: str, benchmark: Decimal | None
) -> list[tuple[str, str]]:
    """What the value is held against: target, peers, and the industry's figure."""
    target = target_in_words(kpi)
    lines = [(_("Target"), target)] if target else []
    # A count of one person says nothing beside the count of many.
    if peers is not None and peers_name and kpi.denominator:
        lines.append((peers_name, shown(peers, kpi.unit)))
    if benchmark is not None:
        lines.append((_("Benchmark"), limit(benchmark, kpi.unit)))
    return lines


def explorer_address(scope: TileScope, span: Span, *, kpi: str = "") -> str:
    """Where the same days stand in full: one's own page for an agent, else the KPI explorer."""
    state: dict[str, Any] = {"kpi": kpi, "window": "range", "start": span.start, "end": span.end}
    if scope.agent is not None and kpi:
        page = reverse("scoring:kpi_agent", args=[scope.agent])
    else:
        page = reverse("scoring:kpis")
        state["level"] = scope.level
        teams = scope.who.get("teams", [])
        if len(teams) == 1:
            state |= {"level": "agent", "team": teams[0]}
    return f"{page}?{urlencode({name: value for name, value in state.items() if value})}"
