"""Teams: who is in them and who supervises them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incentives.org.access import require_role, signed_in
from incentives.org.dated import covers
from incentives.org.forms import SupervisorForm, TeamForm
from incentives.org.models import Person, Supervision, Team
from incentives.org.people import set_supervisor
from incentives.org.refusals import told_in

PAGE = 50
ALL_ROLES = ("agent", "supervisor", "manager", "hr", "executive", "administrator")


@require_safe
@require_role("administrator", "hr", "manager", "supervisor")
def teams(request: HttpRequest) -> HttpResponse:
    """The teams in the reader's scope, with their supervisors and size of today."""
    user = signed_in(request)
    on = user.company_today
    current = Supervision.objects.active(on=on).select_related("person")
    found = (
        Team.objects.visible_to(user)
        .active(on=on)
        .select_related("site")
        .order_by("name", "key")
        .annotate(size=Count("memberships", filter=covers(on, "memberships__")))
        .prefetch_related(Prefetch("supervisions", queryset=current, to_attr="supervised_today"))
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "org/teams.html", {"page": page, "may_change": user.is_staff})


@require_http_methods(["GET", "HEAD"])
@require_role(*ALL_ROLES)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """A team's people of today and its supervisors, past and present."""
    shown = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    return _page(request, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role("administrator")
def new_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            made = form.save()
        if not form.errors:
            return redirect("org:team", pk=made.pk)
    status = 422 if form.errors else 200
    return render(request, "org/team_new.html", {"form": form}, status=status)


@require_POST
@require_role("administrator")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a team's name and site, or archive it."""
    shown = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    form = TeamForm(request.POST, instance=shown)
    if form.is_valid():
        with told_in(form):
            form.save()
    if form.errors:
        return _page(request, Team.objects.get(pk=pk), team_form=form)
    messages.success(request, _("Saved."))
    return redirect("org:team", pk=pk)


@require_POST
@require_role("administrator")
def supervisor(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who supervises the team from a day on."""
    shown = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    form = SupervisorForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with told_in(form):
            set_supervisor(
                team=shown, person=given["key"], on=given["on"], alongside=given["alongside"]
            )
    if form.errors:
        return _page(request, shown, supervisor_form=form)
    messages.success(request, _("The supervisor is set."))
    return redirect("org:team", pk=pk)


def _page(request: HttpRequest, shown: Team, **forms: Any) -> HttpResponse:
    user = signed_in(request)
    on = user.company_today
    members = Person.objects.visible_to(user).in_team(shown, on=on)
    context: dict[str, Any] = {
        "team": shown,
        "members": Paginator(members, PAGE).get_page(request.GET.get("page")),
        "supervisions": shown.supervisions.select_related("person").order_by("-starts_on"),
        "may_change": user.is_staff,
        "may_open_people": user.has_role("administrator", "hr", "manager", "supervisor"),
        "on": on,
    }
    if user.is_staff:
        context["team_form"] = TeamForm(instance=shown)
        context["supervisor_form"] = SupervisorForm(initial={"on": on})
    status = 422 if forms else 200
    return render(request, "org/team.html", context | forms, status=status)
