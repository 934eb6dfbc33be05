"""One agent's figures: a KPI day by day, and a day with the facts behind every figure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incentives.org.access import agents_seen_by, signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Person, Team
from scoring.explorer import tables as explorer
from scoring.explorer.views.kpis import PAGE, chosen, explorer_form, in_words, state_of
from scoring.figures.contributions import KINDS, contributions
from scoring.figures.kpis import Figure, catalogue, compute, known_measures
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import Period, Span
from scoring.models import AgentDay, Kpi


@require_GET
@login_required
def kpi_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """One agent's KPI day by day, beside the team's; each day leads to its facts."""
    agent = get_object_or_404(agents_seen_by(signed_in(request)), pk=pk)
    viewer, offered = signed_in(request), catalogue()
    if not offered:
        raise Http404
    teams = Team.objects.visible_to(viewer)
    form = explorer_form(request, viewer, offered, teams=teams, single=True)
    kpi, _by, selection, before = chosen(form, offered, viewer)
    selection = replace(selection, agents=[agent.key], teams=None)
    before = replace(before, agents=[agent.key], teams=None) if before else None
    known = known_measures()
    drawn = explorer.trend(kpi, by=Grouping.AGENT, selection=selection, before=before, known=known)
    days = drawn.points
    if drawn.period is not Period.DAY:
        days = compute(
            [kpi], by=Grouping.AGENT, period=Period.DAY, selection=selection, known=known
        )
    page: Page[Figure] = Paginator(list(reversed(days)), PAGE).get_page(request.GET.get("page"))
    context = {
        "agent": agent,
        "team": _team_of(agent, selection.span.end or viewer.company_today, viewer),
        "form": form,
        "kpi": kpi,
        "state": state_of(form),
        "page": page,
        "parts": [in_words(text, known) for text in (kpi.numerator, kpi.denominator)],
        "trend": drawn,
        "chart": explorer.chart(kpi, drawn, name=agent.display_name, span=selection.span),
    }
    return render(request, "scoring/kpi_agent.html", context)


@require_GET
@login_required
def agent_day(request: HttpRequest, pk: int, day: date) -> HttpResponse:
    """Every figure of one agent's day, and the facts that count for it."""
    agent = get_object_or_404(agents_seen_by(signed_in(request)), pk=pk)
    viewer, offered = signed_in(request), {kpi.key: kpi for kpi in catalogue()}
    of_kpi = offered.get(request.GET.get("kpi", ""))
    kind = request.GET.get("facts", "tickets")
    if kind not in KINDS:
        raise Http404
    selection = Selection(span=Span(day, day), agents=[agent.key], viewer=viewer)
    found = compute(
        list(offered.values()), by=Grouping.AGENT, period=Period.DAY, selection=selection
    )
    number = _page_number(request)
    facts, many = contributions(
        kind=kind, agent=agent, day=day, viewer=viewer, kpi=of_kpi, page=number, size=PAGE
    )
    before, after = _days_beside(agent, day, viewer)
    context = {
        "agent": agent,
        "team": _team_of(agent, day, viewer),
        "day": day,
        "before": before,
        "after": after,
        "kpi": of_kpi,
        "of_kpi": next((each for each in found if of_kpi and each.metric == of_kpi.key), None),
        "kind": kind,
        "kinds": _kind_names(),
        "groups": _by_group(found, offered),
        "without_data": [offered[each.metric] for each in found if _is_empty(each)],
        "facts": facts,
        "many": many,
        "page": Paginator(range(many), PAGE).get_page(number),
        "state": {"kpi": of_kpi.key if of_kpi else "", **_window_asked(request), "facts": kind},
    }
    return render(request, "scoring/agent_day.html", context)


def _window_asked(request: HttpRequest) -> dict[str, str]:
    """The explorer's days as the address has them, for the way back."""
    names = ("window", "start", "end", "channel")
    return {name: text for name in names if (text := request.GET.get(name))}


def _team_of(agent: Person, day: date, viewer: Person) -> Team | None:
    """The team someone was in that day, for the way back; None when the viewer may not see it."""
    of_the_day = agent.memberships.active(on=day).values("team")
    return Team.objects.visible_to(viewer).filter(pk__in=of_the_day).first()


def _days_beside(agent: Person, day: date, viewer: Person) -> tuple[date | None, date | None]:
    """The nearest days before and after that have figures which the viewer may see."""
    days = AgentDay.objects.filter(agent=agent)
    if agent != viewer and not viewer.sees_everyone:
        days = days.filter(team__in=Team.objects.led_by(viewer))
    found = days.aggregate(
        before=Max("day", filter=Q(day__lt=day)), after=Min("day", filter=Q(day__gt=day))
    )
    return found["before"], found["after"]


def _page_number(request: HttpRequest) -> int:
    return whole_number(request.GET.get("page", ""), most=10**6) or 1


def _is_empty(figure: Figure) -> bool:
    return figure.value is None or (figure.denominator is None and figure.numerator == 0)


def _by_group(found: Sequence[Figure], offered: dict[str, Kpi]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for figure in found:
        kpi = offered[figure.metric]
        if not _is_empty(figure):
            groups.setdefault(str(kpi.get_group_display()), []).append((kpi, figure))
    return groups


def _kind_names() -> dict[str, str]:
    return {
        "tickets": _("Tickets"),
        "activities": _("Activities"),
        "queues": _("Queue intervals"),
    }
