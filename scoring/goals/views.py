"""Goals: one's own, those of the people one leads, and what can be done with each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import signed_in
from incentives.org.models import Person
from incentives.org.refusals import Refused, told_in
from scoring.goals.forms import AssessForm, GoalForm, WithdrawForm
from scoring.goals.operations import (
    acknowledge,
    assess,
    change,
    propose,
    side_of,
    waits,
    withdraw,
)
from scoring.goals.shown import as_told
from scoring.models import Goal, PointEntry
from scoring.points.decisions import waits_for_second

PAGE = 25


@require_GET
@login_required
def goals(request: HttpRequest) -> HttpResponse:
    """One's own goals, or those of the people one leads; running ones first."""
    person = signed_in(request)
    leads = person.has_role("supervisor", "manager", "hr", "executive", "administrator")
    wanted = request.GET.get("of") or ("me" if person.has_role("agent") else "people")
    of_people = leads and wanted == "people"
    shown = Goal.objects.led_by(person) if of_people else Goal.objects.of(person)
    closed = request.GET.get("closed") == "1"
    running = Q(status__in=[Goal.Status.PROPOSED, Goal.Status.AGREED])
    to_assess = Q(status=Goal.Status.CLOSED, kpi=None, outcome="")
    found = shown.exclude(running) if closed else shown.filter(running | to_assess)
    found = found.select_related("agent", "team", "kpi").prefetch_related("acknowledgements")
    ordered = found if closed else found.order_by("ends_on", "pk")
    page: Page[Goal] = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(goal, person) for goal in as_told(list(page), person)],
        "closed": closed,
        "of_people": of_people,
        "tabs": _tabs(of_people) if leads else [],
        "state": {"of": "people" if of_people else "me", "closed": "1" if closed else ""},
    }
    return render(request, "scoring/goals.html", context)


def _tabs(of_people: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("My goals"), "url": "?of=me", "current": not of_people},
        {"label": _("Goals of my people"), "url": "?of=people", "current": of_people},
    ]


def _row(goal: Goal, person: Person) -> dict[str, Any]:
    given = {each.person_id for each in goal.acknowledgements.all()}
    return {
        "goal": goal,
        "waits": goal.status == Goal.Status.PROPOSED and person.pk not in given,
        "days_left": goal.days_left(person.company_today),
    }


@require_GET
@login_required
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    """One goal with its figures, who has said yes, and what the reader can do."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    return _page(request, shown)


def _visible(person: Person) -> QuerySet[Goal]:
    found = Goal.objects.visible_to(person)
    return found.select_related("agent", "team", "kpi", "proposed_by", "assessed_by")


def _page(request: HttpRequest, shown: Goal, *, error: str = "", **forms: Any) -> HttpResponse:
    person = signed_in(request)
    given = list(shown.acknowledgements.select_related("person"))
    side = side_of(shown, person)
    proposed = shown.status == Goal.Status.PROPOSED
    supervises = side == "supervisor"
    points = PointEntry.objects.filter(kind="goal", cause__goal=shown.pk, agent=person)
    context = {
        "goal": as_told([shown], person)[0],
        "given": given,
        "error": error,
        "days_left": shown.days_left(person.company_today),
        "may_agree": side is not None
        and shown.is_open
        and person.pk not in {g.person_id for g in given},
        "may_edit": side is not None and proposed,
        "may_withdraw": shown.is_open and (supervises or (side is not None and proposed)),
        "may_assess": supervises
        and not shown.is_measured
        and (shown.status == Goal.Status.AGREED or shown.waits_for_assessment),
        "withdraw_form": WithdrawForm(),
        "assess_form": AssessForm(),
        "own_points": points.order_by("pk"),
    }
    status = 422 if error or forms else 200
    return render(request, "scoring/goal.html", context | forms, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def goal_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Propose a goal, or change one that is not agreed yet."""
    person = signed_in(request)
    shown = get_object_or_404(_visible(person), pk=pk, status="proposed") if pk else None
    if shown is not None and side_of(shown, person) is None:
        return _page(request, shown, error=_("This goal is between the agent and the supervisor."))
    form = GoalForm(request.POST or None, person=person, instance=shown)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            stored = form.save(commit=False)
            done = change(goal=stored, by=person) if shown else propose(goal=stored, by=person)
        if not form.errors:
            told = _("Saved. The other side is asked to agree.")
            messages.success(request, waits_for_second() if waits(done) else told)
            return redirect("scoring:goal", pk=done.pk)
    status = 422 if form.errors else 200
    return render(request, "scoring/goal_edit.html", {"form": form, "goal": shown}, status=status)


@require_POST
@login_required
def goal_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes to a goal."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    try:
        acknowledge(goal=shown, by=signed_in(request))
    except Refused as error:
        return _page(request, shown, error=str(error))
    agreed = shown.status == Goal.Status.AGREED
    messages.success(request, _("The goal is agreed.") if agreed else _("Noted."))
    return redirect("scoring:goal", pk=pk)


@require_POST
@login_required
def goal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a goal back."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, withdraw_form=form)
    try:
        withdraw(goal=shown, by=signed_in(request), note=form.cleaned_data["note"])
    except Refused as error:
        return _page(request, shown, error=str(error))
    messages.success(request, _("The goal is withdrawn."))
    return redirect("scoring:goal", pk=pk)


@require_POST
@login_required
def goal_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of a goal in words."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    form = AssessForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, assess_form=form)
    reached = form.cleaned_data["reached"] == "yes"
    try:
        assess(goal=shown, by=signed_in(request), reached=reached, note=form.cleaned_data["note"])
    except Refused as error:
        return _page(request, shown, error=str(error))
    messages.success(request, _("Saved."))
    return redirect("scoring:goal", pk=pk)
