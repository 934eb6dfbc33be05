"""What people decide about points: awards by hand, decisions and second persons, budgets, limits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import agents_seen_by, require_role, signed_in
from incentives.org.models import Person, Role
from incentives.org.refusals import Refused, told_in, told_to
from scoring.models import AwardBudget, PointDecision, PointEntry, PointLimits
from scoring.models.kinds import decision_kind
from scoring.points import (
    allotment as door,
)
from scoring.points import (
    awards,
    budgets,
    decisions,
    giving,
)
from scoring.points import (
    reversals as taking_back,
)
from scoring.points.budgets import HOLDERS, SETTERS
from scoring.points.forms import AwardForm, BudgetForm, LimitsForm, TakeBackForm

PAGE = 50
RECENT = 10
MOST_PAID = 200
READERS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@require_role(*HOLDERS)
def award_points(request: HttpRequest) -> HttpResponse:
    """Give points to someone one leads, with a reason, inside this month's budget."""
    giver = signed_in(request)
    today = giver.company_today
    form = AwardForm(
        request.POST if request.method == "POST" else None,
        people=giving.recipients(giver),
        wanted=request.GET.get("agent", ""),
    )
    if form.is_bound and form.is_valid():
        with told_in(form):
            entry = awards.award(by=giver, on=today, **form.cleaned_data)
        if not form.errors:
            words = {"points": entry.amount, "name": entry.agent.display_name}
            messages.success(request, _("%(name)s has %(points)d points from you.") % words)
            return redirect("scoring:award_points")
    given = PointEntry.objects.filter(actor=giver, kind="manual")
    context = {
        "form": form,
        "budget": budgets.budget_of(person=giver, on=today),
        "limits": PointLimits.current(),
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
    return [
        (each, each.amount > 0 and each.decision_id is not None and each.pk not in reversed_ids)
        for each in shown
    ]


@require_http_methods(["GET", "POST"])
@require_role(*READERS)
def take_back_award(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a decision paid to someone by a new entry, with a reason."""
    by = signed_in(request)
    given = PointEntry.objects.filter(decision__isnull=False, amount__gt=0)
    seen = agents_seen_by(by).order_by().values("pk")
    found = given.filter(agent__in=seen).select_related("agent", "decision")
    entry = get_object_or_404(found, pk=pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with told_in(form):
            taking_back.take_back(entry=entry, by=by, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The points are taken back; both entries stay visible."))
            return redirect("scoring:decision", pk=entry.decision_id)
    context = {"form": form, "entry": entry}
    status = 422 if form.errors else 200
    return render(request, "scoring/take_back_award.html", context, status=status)


@require_GET
@require_role(*READERS)
def point_decisions(request: HttpRequest) -> HttpResponse:
    """What was decided, the newest first, and what waits for a second person such as the reader."""
    person = signed_in(request)
    shown = decisions.visible_to(person).exclude(decided_by=None)
    page: Page[PointDecision] = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": decisions.to_confirm(person),
        "limits": PointLimits.current(),
    }
    return render(request, "scoring/decisions.html", context)


def _decision(request: HttpRequest, pk: int) -> PointDecision:
    person = signed_in(request)
    mine: QuerySet[PointDecision] = decisions.visible_to(person)
    asked = decisions.to_confirm(person).order_by().values("pk")
    found = PointDecision.objects.filter(pk__in=mine.order_by().values("pk"))
    found |= PointDecision.objects.filter(pk__in=asked)
    related = found.select_related("decided_by", "second_by", "budget")
    return get_object_or_404(related, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*READERS)
def point_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: who, what for, out of which budget, whom it paid; a second person answers here."""
    person, decision = signed_in(request), _decision(request, pk)
    form = TakeBackForm(request.POST if request.POST.get("do") in ("refuse", "take_back") else None)
    error = ""
    if request.method == "POST":
        try:
            done = _done(request, decision, person, form)
        except Refused as refused:
            error = str(refused)
        else:
            if done:
                messages.success(request, done)
                return redirect("scoring:decision", pk=pk)
        decision = _decision(request, pk)
    context = {
        "decision": decision,
        "form": form,
        "error": error,
        "address": _address(decision),
        "paid": _paid(decision, person),
        "may_confirm": decision.waits and decisions.may_confirm(decision=decision, by=person),
        "own": decision.decided_by_id == person.pk,
        "may_take_all_back": decision.paid > 0
        and decision.kind != "badge"
        and taking_back.may_take_all_back(decision=decision, by=person),
    }
    return render(
        request, "scoring/decision.html", context, status=422 if error or form.errors else 200
    )


def _done(request: HttpRequest, decision: PointDecision, by: Person, form: TakeBackForm) -> str:
    """Carry out what the form asks for; what to say then, or nothing where it has to be corrected."""
    action = request.POST.get("do")
    if action == "confirm":
        decisions.confirm(decision=decision, by=by, on=by.company_today)
        return _("Confirmed: it holds from now on.")
    if not form.is_valid():
        return ""
    reason = form.cleaned_data["reason"]
    if action == "refuse":
        decisions.refuse(decision=decision, by=by, reason=reason, on=by.company_today)
        return _("It does not happen; the points are free again.")
    many = taking_back.take_all_back(decision=decision, by=by, reason=reason)
    text = ngettext(
        "The points of %(n)d person are taken back.",
        "The points of %(n)d people are taken back.",
        many,
    )
    return text % {"n": many}


def _address(decision: PointDecision) -> str:
    kind = decision_kind(decision.kind)
    return kind.address(decision) if kind and decision.subject else ""


def _paid(decision: PointDecision, reader: Person) -> list[tuple[PointEntry, str, bool]]:
    """The latest entries that it has paid to people whom the reader sees, why, and what can go."""
    seen = agents_seen_by(reader).order_by().values("pk")
    mine = PointEntry.objects.filter(decision=decision, agent__in=seen)
    latest = mine.order_by().values("agent").annotate(last=Max("pk")).values("last")
    shown = PointEntry.objects.filter(pk__in=latest).select_related("agent", "actor")
    may = taking_back.may_take_back
    return [
        (
            each,
            door.why_withheld(each) or each.reason,
            each.amount > 0 and may(decision=decision, agent=each.agent, by=reader),
        )
        for each in shown.order_by("agent__display_name", "agent__key")[:MOST_PAID]
    ]


@require_GET
@require_role(*SETTERS)
def award_budgets(request: HttpRequest) -> HttpResponse:
    """What each supervisor (and manager) may give this month, and what is given."""
    setter = signed_in(request)
    today = setter.company_today
    holders = budgets.budget_holders(setter=setter).order_by("display_name", "key")
    page = Paginator(holders, PAGE).get_page(request.GET.get("page"))
    month = today.replace(day=1)
    known = {
        budget.person_id: budget
        for budget in AwardBudget.objects.filter(month=month, person__in=list(page))
    }
    usual = budgets.usual_budgets(people=list(page), month=month)
    rows = [
        known.get(person.pk) or AwardBudget(person=person, month=month, points=usual[person.pk])
        for person in page
    ]
    short = PointDecision.objects.filter(short__gt=0, budget__in=[row.pk for row in rows])
    waiting: dict[int, int] = {}
    for each in short.exclude(decided_by=None):
        waiting[each.decided_by_id or 0] = waiting.get(each.decided_by_id or 0, 0) + each.short
    shown = [
        (person, row, waiting.get(person.pk, 0)) for person, row in zip(page, rows, strict=True)
    ]
    context = {"page": page, "rows": shown, "month": month}
    return render(request, "scoring/award_budgets.html", context)


@require_POST
@require_role(*SETTERS)
def set_award_budget(request: HttpRequest, pk: int) -> HttpResponse:
    """Set someone's budget from this month on."""
    setter = signed_in(request)
    today = setter.company_today
    person = get_object_or_404(budgets.budget_holders(setter=setter), pk=pk)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the points as a whole number from 0 to 1,000,000."))
        return redirect("scoring:award_budgets")
    points = form.cleaned_data["points"]
    with told_to(request):
        budgets.set_budget(person=person, month=today, points=points, by=setter)
        text = _("%(name)s may give %(points)d points a month.")
        messages.success(request, text % {"name": person.display_name, "points": points})
    return redirect("scoring:award_budgets")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMINISTRATOR)
def point_limits(request: HttpRequest) -> HttpResponse:
    """How much people may decide to pay: the company's limits, set by administrators."""
    form = LimitsForm(
        request.POST if request.method == "POST" else None, instance=PointLimits.current()
    )
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds for what is decided from now on."))
        return redirect("scoring:point_limits")
    status = 422 if form.is_bound else 200
    return render(request, "scoring/point_limits.html", {"form": form}, status=status)
