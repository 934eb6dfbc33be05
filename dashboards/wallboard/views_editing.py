"""Making screens: which there are, what each shows, and its link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboards.models import Wallboard
from dashboards.wallboard.forms import WallboardForm
from dashboards.wallboard.links import is_open, replace_link, token_of
from dashboards.wallboard.picture import last_asked
from incentives.org.access import require_role, signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Person, Role, Team

MAKERS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


@require_safe
@require_role(*MAKERS)
def wallboards(request: HttpRequest) -> HttpResponse:
    """The screens of one's teams, each with its link and when a television last asked."""
    maker = signed_in(request)
    screens = list(Wallboard.objects.managed_by(maker).select_related("team", "made_by"))
    asked = last_asked(screens)
    rows = [
        {
            "screen": screen,
            "link": request.build_absolute_uri(_address(screen)),
            "open": is_open(screen, on=maker.company_today),
            "asked": asked.get(screen.pk),
        }
        for screen in screens
    ]
    return render(request, "dashboards/wallboards.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*MAKERS)
def wallboard_new(request: HttpRequest) -> HttpResponse:
    """First whom the screen is about, then what it shows."""
    maker = signed_in(request)
    teams = list(Team.objects.decided_by(maker).active(on=maker.company_today).order_by("name"))
    whole = maker.runs_the_company
    asked = request.GET.get("about", "")
    if not asked and len(teams) + whole == 1:
        asked = str(teams[0].pk) if teams else "company"
    if not asked:
        return render(request, "dashboards/wallboard_about.html", {"teams": teams, "whole": whole})
    if asked == "company" and not whole:
        raise PermissionDenied
    team = None
    if asked != "company":
        wanted = Team.objects.decided_by(maker).active(on=maker.company_today)
        team = get_object_or_404(wanted, pk=whole_number(asked) or 0)
    form = WallboardForm(request.POST or None, instance=None, team=team)
    if form.is_valid():
        return _saved(request, form, maker, team)
    return _form(request, form, team, None)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*MAKERS)
def wallboard_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a screen; televisions take it over by themselves within half a minute."""
    screen = get_object_or_404(_managed(request), pk=pk)
    form = WallboardForm(request.POST or None, instance=screen, team=screen.team)
    if form.is_valid():
        return _saved(request, form, screen.made_by, screen.team)
    return _form(request, form, screen.team, screen)


@require_POST
@require_role(*MAKERS)
def wallboard_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the link: whoever has the old one sees nothing any more."""
    screen = get_object_or_404(_managed(request), pk=pk)
    replace_link(screen)
    messages.success(
        request, _("“%(title)s” has a new link. The old one has ended.") % {"title": screen.title}
    )
    return redirect("dashboards:wallboards")


@require_POST
@require_role(*MAKERS)
def wallboard_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a screen off, or on again with the same link."""
    screen = get_object_or_404(_managed(request), pk=pk)
    screen.is_on = request.POST.get("to") == "on"
    screen.save(update_fields=["is_on"])
    text = _("“%(title)s” is on.") if screen.is_on else _("“%(title)s” is off.")
    messages.success(request, text % {"title": screen.title})
    return redirect("dashboards:wallboards")


def _managed(request: HttpRequest) -> Any:
    return Wallboard.objects.managed_by(signed_in(request)).select_related("team", "made_by")


def _address(screen: Wallboard) -> str:
    return reverse("dashboards:wall", args=[token_of(screen)])


def _saved(
    request: HttpRequest, form: WallboardForm, maker: Person, team: Team | None
) -> HttpResponse:
    screen = form.save(commit=False)
    screen.team, screen.made_by = team, maker
    screen.save()
    messages.success(request, _("“%(title)s” is saved.") % {"title": screen.title})
    return redirect("dashboards:wallboards")


def _form(
    request: HttpRequest, form: WallboardForm, team: Team | None, screen: Wallboard | None
) -> HttpResponse:
    context = {"form": form, "team": team, "screen": screen}
    status = 422 if form.is_bound else 200
    return render(request, "dashboards/wallboard_edit.html", context, status=status)
