"""Analytics of teams for those who lead them, and of one person for themselves and their leaders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboards.analytics import person as of_person
from dashboards.analytics import teams as of_teams
from dashboards.analytics.forms import SCORE, AnalyticsForm, MonthForm
from incentives.org.access import agents_seen_by, require_role, signed_in
from incentives.org.models import Person, Role, Team
from scoring.explorer.forms.kpis import ExplorerForm
from scoring.explorer.views.kpis import chosen, explorer_form
from scoring.figures.addresses import explain_address
from scoring.figures.kpis import catalogue

ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)


@require_role(*ROLES)
@require_safe
def analytics(request: HttpRequest) -> HttpResponse:
    """Trend, hours of the week and spread of the teams that someone leads, or of the company."""
    viewer = signed_in(request)
    offered = catalogue()
    context: dict[str, Any] = {"offered": offered}
    if offered:
        teams = Team.objects.led_by(viewer)
        form = explorer_form(request, viewer, offered, teams=teams, form_class=AnalyticsForm)
        asked = _asked(form, offered, viewer)
        context |= {"form": form, "asked": asked, "charts": of_teams.charts(asked)}
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    page = "dashboards/analytics.html"
    return render(request, f"{page}#charts" if partial else page, context)


def _asked(form: ExplorerForm, offered: list[Any], viewer: Person) -> of_teams.Asked:
    is_score = form.cleaned_data["kpi"] == SCORE
    if is_score:
        form.cleaned_data["kpi"] = offered[0].key
    kpi, _level, selection, before = chosen(form, offered, viewer)
    if selection.teams is None and not viewer.sees_everyone:
        led = list(Team.objects.led_by(viewer).values_list("pk", flat=True))
        selection = replace(selection, teams=led)
        before = replace(before, teams=led) if before else None
    names = [form.cleaned_data.get(name) for name in ("team", "channel")]
    name = of_teams.scope_name(viewer, [str(each.name) for each in names if each])
    return of_teams.Asked(None if is_score else kpi, selection, before, name)


@require_safe
@login_required
def person_analytics(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's profile and trends: one's own, or that of someone whom one leads."""
    agent = get_object_or_404(agents_seen_by(signed_in(request)), pk=pk)
    months = of_person.months_with_scores(agent)
    context: dict[str, Any] = {"agent": agent, "own": agent.pk == signed_in(request).pk}
    if months:
        form = MonthForm(request.GET.get("month", ""), known=months)
        context |= {
            "form": form,
            "charts": of_person.charts(
                agent, viewer=signed_in(request), month=form.chosen, today=agent.company_today
            ),
            "why_url": explain_address(agent, form.chosen, "month"),
        }
    return render(request, "dashboards/analytics_person.html", context)
