"""An agent's points: every entry with its reason; awards by hand; budgets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Person
from scoring.display import amount
from scoring.explain.words import Wording
from scoring.explorer import agents_seen_by
from scoring.forms.points import AwardForm, BudgetForm, TakeBackForm
from scoring.models import AwardBudget, PointEntry
from scoring.points import awards
from scoring.points.levels import level_of, lifetime
from scoring.points.seasons import season_on, season_points

PAGE = 50
RECENT = 10
BUDGET_HOLDERS = ("supervisor", "manager")
BUDGET_SETTERS = ("manager",)


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
    wording = Wording()
    season = season_on(today)
    context = {
        "agent": agent,
        "own": agent.pk == signed_in(request).pk,
        "page": page,
        "rows": [(entry, _why(entry, wording), _limits(entry)) for entry in page],
        "level": level_of(lifetime(agent)),
        "season": season,
        "season_points": season_points(season=season, agent=agent) if season else 0,
        "month_points": _booked(agent, today.replace(day=1), today),
        "may_award": awards.may_give(by=signed_in(request), agent=agent),
    }
    return render(request, "scoring/points_of.html", context)


def _booked(agent: Person, start: date, end: date) -> int:
    booked = PointEntry.objects.filter(agent=agent, booked_on__range=(start, end)).order_by()
    return booked.aggregate(points=Sum("amount"))["points"] or 0


def _why(entry: PointEntry, wording: Wording) -> str:
    """The reason in words: what was counted times the points, or what changed."""
    rule = entry.rule
    if rule is None or rule.per != rule.Per.UNIT or entry.cause.get("why") != "facts":
        return wording.cause(entry)
    words = {"counted": amount(entry.quantity), "points": rule.amount, "units": rule.units}
    if rule.units == 1:
        return _("%(counted)s × %(points)d points") % words
    return _("%(counted)s × %(points)d points for every %(units)d") % words


def _limits(entry: PointEntry) -> list[str]:
    """What was cut off, and where points count when that is another day."""
    cut = {
        "cut_day": _("%(points)d more lay beyond the daily limit"),
        "cut_week": _("%(points)d more lay beyond the weekly limit"),
    }
    return [
        text % {"points": entry.cause[name]} for name, text in cut.items() if entry.cause.get(name)
    ]


@require_http_methods(["GET", "POST"])
@require_role(*BUDGET_HOLDERS)
def award_points(request: HttpRequest) -> HttpResponse:
    """Give points to someone one leads, with a reason, inside this month's budget."""
    giver = signed_in(request)
    today = giver.company_today
    initial = {"agent": request.GET.get("agent", "")}
    form = AwardForm(
        request.POST if request.method == "POST" else None,
        people=awards.recipients(giver),
        initial=initial if whole_number(initial["agent"]) else None,
    )
    if form.is_bound and form.is_valid():
        try:
            entry = awards.award(by=giver, on=today, **form.cleaned_data)
        except awards.AwardRefused as error:
            form.add_error("amount", str(error))
        else:
            words = {"points": entry.amount, "name": entry.agent.display_name}
            messages.success(request, _("%(name)s has %(points)d points from you.") % words)
            return redirect("scoring:award_points")
    given = PointEntry.objects.filter(actor=giver, kind=PointEntry.Kind.MANUAL)
    context = {
        "form": form,
        "budget": awards.budget_of(person=giver, on=today),
        "given": _with_reversals(given.select_related("agent").order_by("-id")[:RECENT]),
    }
    return render(request, "scoring/award_points.html", context, status=422 if form.errors else 200)


def _with_reversals(entries: Any) -> list[tuple[PointEntry, bool]]:
    """Each award with whether it can still be taken back."""
    shown = list(entries)
    reversed_ids = set(
        PointEntry.objects.filter(source_key__in=[f"reversal:{each.pk}" for each in shown])
        .order_by()
        .values_list("reverses_id", flat=True)
    )
    return [(each, each.amount > 0 and each.pk not in reversed_ids) for each in shown]


@require_http_methods(["GET", "POST"])
@require_role(*BUDGET_HOLDERS)
def take_back_award(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an award back by a new entry, with a reason."""
    by = signed_in(request)
    given = PointEntry.objects.filter(kind=PointEntry.Kind.MANUAL, amount__gt=0)
    seen = agents_seen_by(by).order_by().values("pk")
    entry = get_object_or_404(given.filter(agent__in=seen), pk=pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            awards.take_back(entry=entry, by=by, on=by.company_today, **form.cleaned_data)
        except awards.AwardRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The points are taken back; both entries stay visible."))
            return redirect("scoring:award_points")
    context = {"form": form, "entry": entry}
    status = 422 if form.errors else 200
    return render(request, "scoring/take_back_award.html", context, status=status)


@require_GET
@require_role(*BUDGET_SETTERS)
def award_budgets(request: HttpRequest) -> HttpResponse:
    """What each supervisor may give this month, and what is given."""
    manager = signed_in(request)
    today = manager.company_today
    holders = awards.budget_holders(manager=manager).order_by("display_name", "key")
    page = Paginator(holders, PAGE).get_page(request.GET.get("page"))
    month = today.replace(day=1)
    known = {
        budget.person_id: budget
        for budget in AwardBudget.objects.filter(month=month, person__in=list(page))
    }
    usual = awards.usual_budgets(people=list(page), month=month)
    rows = [
        known.get(person.pk) or AwardBudget(person=person, month=month, points=usual[person.pk])
        for person in page
    ]
    context = {"page": page, "rows": list(zip(page, rows, strict=True)), "month": month}
    return render(request, "scoring/award_budgets.html", context)


@require_POST
@require_role(*BUDGET_SETTERS)
def set_award_budget(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a supervisor's budget from this month on."""
    manager = signed_in(request)
    today = manager.company_today
    person = get_object_or_404(awards.budget_holders(manager=manager), pk=pk)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the points as a whole number from 0 to 1,000,000."))
        return redirect("scoring:award_budgets")
    try:
        awards.set_budget(person=person, month=today, points=form.cleaned_data["points"])
    except awards.AwardRefused as error:
        messages.error(request, str(error))
    else:
        text = _("%(name)s may give %(points)d points a month.")
        messages.success(request, text % {"name": person.display_name, **form.cleaned_data})
    return redirect("scoring:award_budgets")
