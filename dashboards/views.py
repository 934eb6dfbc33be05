"""Home, the theme switch and the page of components."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import samples
from dashboards.homes.agent import agent_home, last_night
from dashboards.homes.choosing import TEMPLATES, home_tabs, homes_of
from dashboards.homes.executive import executive_home
from dashboards.homes.hr import hr_home
from dashboards.homes.manager import manager_home
from dashboards.homes.supervisor import supervisor_home
from dashboards.navigation import SIDE_ROLES, address
from dashboards.team_board import SORTS, team_board
from incentives.org.access import require_role, signed_in
from incentives.org.models import Person, Role, Team
from incentives.org.views.profile import way_back
from scoring.ingest.views.importers import may_import

THEMES = ("light", "dark", "auto")
A_YEAR = 365 * 24 * 3600


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home of the person's role; those with several choose (`?as=`) between them."""
    person = signed_in(request)
    own = homes_of(person)
    asked = request.GET.get("as", "")
    chosen = asked if asked in own else own[0]
    context = {
        "greeting": greeting(timezone.localtime(), person.display_name),
        "today": timezone.localdate(),
        "tabs": home_tabs(own, chosen),
    }
    context |= _CONTEXTS[chosen](person)
    if "fresh" not in context:
        context["fresh"] = last_night()
    return render(request, TEMPLATES[chosen], context)


def _agent(person: Person) -> dict[str, Any]:
    found = agent_home(person, today=person.company_today)
    return {"home": found.slots, "is_empty": found.is_empty, "fresh": found.fresh}


def _supervisor(person: Person) -> dict[str, Any]:
    return {"page": supervisor_home(person, today=person.company_today)}


def _manager(person: Person) -> dict[str, Any]:
    return {
        "page": manager_home(person, today=person.company_today, now=timezone.now()),
        "import_url": address("scoring:imports") if may_import(person) else "",
    }


def _hr(person: Person) -> dict[str, Any]:
    return {"page": hr_home(today=person.company_today)}


def _executive(person: Person) -> dict[str, Any]:
    return {"page": executive_home(person, today=person.company_today)}


_CONTEXTS: dict[str, Callable[[Person], dict[str, Any]]] = {
    "agent": _agent,
    "supervisor": _supervisor,
    "manager": _manager,
    "hr": _hr,
    "executive": _executive,
}


@require_role(*SIDE_ROLES)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """A team's people with score, points and movement, and who needs attention and why."""
    leader = signed_in(request)
    led = list(Team.objects.led_by(leader).active(on=leader.company_today).order_by("name"))
    asked = request.GET.get("team", "")
    chosen = next((each for each in led if str(each.pk) == asked), None)
    if asked and chosen is None:
        raise Http404
    sort = request.GET.get("sort", "name")
    sort = sort if sort in SORTS else "name"
    shown = chosen or (led[0] if led else None)
    context = {
        "teams": led,
        "team": shown,
        "sort": sort,
        "fresh": last_night(),
        "board": team_board([shown], today=leader.company_today, sort=sort) if shown else None,
    }
    return render(request, "dashboards/team.html", context)


def greeting(now: datetime, name: str) -> str:
    """A greeting for the local time of day."""
    if 5 <= now.hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= now.hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice of light, dark or auto in a cookie and return to the page it came from."""
    chosen = request.POST.get("theme", "")
    response = HttpResponseRedirect(way_back(request))
    if chosen in THEMES:
        response.set_cookie(
            "theme",
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


@require_role(Role.ADMINISTRATOR)
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with sample content, for those who build pages."""
    return render(request, "dashboards/styleguide.html", samples.context(request.GET))


__all__ = ["greeting", "home", "styleguide", "team", "theme"]
