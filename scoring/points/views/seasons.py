"""Seasons: the one that runs, the archive, and their days for managers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.disclosure import named
from incentives.org.models import Person
from incentives.org.refusals import told_in, told_to
from scoring.models import Season, SeasonResult
from scoring.points.forms import SeasonForm
from scoring.points.seasons import close_season, season_points

EDITORS = ("manager", "administrator")
TOP, AROUND = 10, 2


@require_GET
@login_required
def seasons(request: HttpRequest) -> HttpResponse:
    """All seasons, the newest first, with one's own result in the closed ones."""
    reader = signed_in(request)
    today = reader.company_today
    own = dict(SeasonResult.objects.filter(agent=reader).values_list("season", "points"))
    rows = [(season, own.get(season.pk)) for season in Season.objects.all()]
    context = {"rows": rows, "today": today, "may_edit": reader.runs_the_company}
    return render(request, "scoring/seasons.html", context)


@require_GET
@login_required
def season(request: HttpRequest, pk: int) -> HttpResponse:
    """One season: its best, and one's own place among the neighbours; no bottom."""
    reader = signed_in(request)
    found = get_object_or_404(Season, pk=pk)
    results = SeasonResult.objects.filter(season=found)
    own, size = results.filter(agent=reader).first(), results.count()
    shown = named(size)
    listed = _in_order(results)
    top = [each for each in listed[: min(shown, 3 * TOP)] if each.rank <= TOP]
    context = {
        "season": found,
        "today": reader.company_today,
        "top": top,
        "around": _neighbours(listed, own, shown) if own and own not in top else [],
        "own": own,
        "ends_early": size > shown,
        "points": season_points(season=found, agent=reader),
        "may_edit": reader.runs_the_company,
        "reader": reader,
    }
    return render(request, "scoring/season.html", context)


def _in_order(results: QuerySet[SeasonResult]) -> QuerySet[Any, Any]:
    """From the best down; who chose another name for boards keeps it here."""
    name = Coalesce("agent__board_alias__name", "agent__display_name")
    return results.annotate(shown_name=name).order_by("rank", "shown_name", "pk")


def _neighbours(listed: QuerySet[Any, Any], own: SeasonResult, shown: int) -> list[SeasonResult]:
    """One's own result with two on each side, those left out that a board would not show either."""
    better = listed.filter(rank__lt=own.rank).count()
    at = better + list(listed.filter(rank=own.rank).values_list("pk", flat=True)).index(own.pk)
    first = max(at - AROUND, 0)
    near = enumerate(listed[first : at + AROUND + 1], start=first)
    return [each for place, each in near if place < shown or place == at]


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS, whole_company=True)
def season_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a season, or move the days of one that is open."""
    instance = get_object_or_404(Season, pk=pk, closed_at=None) if pk else None
    form = SeasonForm(request.POST if request.method == "POST" else None, instance=instance)
    if form.is_bound and form.is_valid():
        with told_in(form):
            saved = form.save()
        if not form.errors:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
            return redirect("scoring:seasons")
    context = {"form": form, "season": instance}
    return render(request, "scoring/season_edit.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(*EDITORS, whole_company=True)
def season_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive a season that is over."""
    by: Person = signed_in(request)
    found = get_object_or_404(Season, pk=pk)
    with told_to(request):
        close_season(season=found, by=by, today=by.company_today)
        messages.success(request, _("“%(name)s” is in the archive.") % {"name": found.name})
    return redirect("scoring:season", pk=pk)
