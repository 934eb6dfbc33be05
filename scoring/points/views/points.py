"""An agent's points: every entry with its reason."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incentives.org.access import agents_seen_by, signed_in
from incentives.org.models import Person
from scoring.figures.display import amount
from scoring.models import PointEntry
from scoring.points import allotment as door
from scoring.points import giving
from scoring.points.levels import level_of, lifetime
from scoring.points.seasons import season_on, season_points
from scoring.points.words import cause

PAGE = 50


@require_GET
@login_required
def my_points(request: HttpRequest) -> HttpResponse:
    """One's own ledger."""
    return redirect("scoring:points_of", pk=signed_in(request).pk)


@require_GET
@login_required
def points_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger of someone whom one may look at: level, season, every entry and its reason."""
    agent = get_object_or_404(agents_seen_by(signed_in(request)), pk=pk)
    today = signed_in(request).company_today
    entries = PointEntry.objects.filter(agent=agent).order_by("-occurred_on", "-id")
    page = Paginator(entries.select_related("rule", "actor"), PAGE).get_page(
        request.GET.get("page")
    )
    season = season_on(today)
    context = {
        "agent": agent,
        "own": agent.pk == signed_in(request).pk,
        "page": page,
        "rows": [(entry, _why(entry), _limits(entry)) for entry in page],
        "level": level_of(lifetime(agent)),
        "season": season,
        "season_points": season_points(season=season, agent=agent) if season else 0,
        "month_points": _booked(agent, today.replace(day=1), today),
        "may_award": giving.may_give(by=signed_in(request), to=agent),
    }
    return render(request, "scoring/points_of.html", context)


def _booked(agent: Person, start: date, end: date) -> int:
    booked = PointEntry.objects.filter(agent=agent, booked_on__range=(start, end)).order_by()
    return booked.aggregate(points=Sum("amount"))["points"] or 0


def _why(entry: PointEntry) -> str:
    """The reason in words: what was counted times the points, or what changed."""
    rule = entry.rule
    if rule is None or rule.per != rule.Per.UNIT or entry.cause.get("why") != "facts":
        return cause(entry)
    words = {"counted": amount(entry.quantity), "points": rule.amount, "units": rule.units}
    if rule.units == 1:
        return _("%(counted)s × %(points)d points") % words
    return _("%(counted)s × %(points)d points for every %(units)d") % words


def _limits(entry: PointEntry) -> list[str]:
    """What was cut off or withheld, a sentence each."""
    cut = {
        "cut_day": _("%(points)d more lay beyond the daily limit"),
        "cut_week": _("%(points)d more lay beyond the weekly limit"),
    }
    told = [
        text % {"points": entry.cause[name]} for name, text in cut.items() if entry.cause.get(name)
    ]
    withheld = door.why_withheld(entry)
    return [*told, withheld] if withheld else told
