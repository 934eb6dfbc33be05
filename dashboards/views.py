"""Home, the theme switch and the page of components."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import samples
from dashboards.agent_home import agent_home, last_night
from dashboards.navigation import SIDE_ROLES, address
from dashboards.team_board import SORTS, team_board
from dashboards.tiles import (
    WINDOW,
    Scope,
    Tile,
    explorer_address,
    last_day_with_figures,
    scope_of,
    tiles,
    week_starts,
)
from incentives.org.access import require_role, signed_in
from incentives.org.models import Person, Role, Team
from scoring.display import shown
from scoring.models import Import
from scoring.views.importers import may_import

THEMES = ("light", "dark", "auto")
A_YEAR = 365 * 24 * 3600
CHART_FIRST = ("csat", "fcr", "service_level", "frt")


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Agents see their day; those who steer see the tiles of their scope."""
    person = signed_in(request)
    if not person.has_role(*SIDE_ROLES):
        return _agent_home(request, person)
    scope = scope_of(person)
    imports = Import.objects.filter(dry_run=False).select_related("source").order_by("-pk")
    as_of = last_day_with_figures(scope, today=person.company_today)
    drawn = tiles(scope, as_of=as_of) if as_of else []
    importer = may_import(person)
    context: dict[str, Any] = {
        "greeting": greeting(timezone.localtime(), person.display_name),
        "today": timezone.localdate(),
        "scope": scope,
        "tiles": drawn,
        "span": WINDOW.span(as_of) if as_of else None,
        "chart": _chart(drawn) if as_of else None,
        "fresh": imports.filter(status=Import.Status.DONE).order_by("-finished_at").first(),
        "imports": imports[:3] if importer else [],
        "import_url": address("scoring:imports") if importer else "",
        "compared": any(tile.change for tile in drawn),
        "kpis_url": explorer_address(scope, WINDOW.span(as_of)) if as_of else "",
        "teams": teams_led(person),
    }
    if as_of and context["chart"]:
        context["chart"]["spec"]["labels"] = [
            date_format(monday, "MONTH_DAY_FORMAT") for monday in week_starts(as_of)
        ]
    return render(request, "dashboards/home.html", context)


def teams_led(person: Person) -> list[Team]:
    """The teams whose people someone leads, for a link to them; none where it is everyone."""
    if person.sees_everyone:
        return []
    return list(Team.objects.led_by(person).active(on=person.company_today).order_by("name"))


def _agent_home(request: HttpRequest, person: Person) -> HttpResponse:
    context = {
        "greeting": greeting(timezone.localtime(), person.display_name),
        "today": timezone.localdate(),
        "fresh": last_night(),
        "home": agent_home(person, today=person.company_today),
    }
    return render(request, "dashboards/agent_home.html", context)


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
        "board": team_board(shown, today=leader.company_today, sort=sort) if shown else None,
    }
    return render(request, "dashboards/team.html", context)


def greeting(now: datetime, name: str) -> str:
    """A greeting for the local time of day."""
    if 5 <= now.hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= now.hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _chart(drawn: list[Tile]) -> dict[str, Any] | None:
    """The weekly course of the most telling tile that has at least two weeks."""
    known = {tile.kpi.key: tile for tile in drawn if sum(v is not None for v in tile.recent) > 1}
    tile = next((known[key] for key in (*CHART_FIRST, *known) if key in known), None)
    if tile is None:
        return None
    kpi = tile.kpi
    spec = {
        "kind": "line",
        "series": [
            {"name": kpi.name, "values": [None if v is None else float(v) for v in tile.recent]}
        ],
        "target": None if kpi.target is None else float(kpi.target),
        "unit": "%" if kpi.unit == "%" else "",
        "words": {"target": _("Target")},
    }
    return {"spec": spec, "summary": _summary(tile)}


def _summary(tile: Tile) -> str:
    weeks = [value for value in tile.recent if value is not None]
    parts = {
        "name": tile.name,
        "last": shown(weeks[-1], tile.kpi.unit),
        "low": shown(min(weeks), tile.kpi.unit),
        "high": shown(max(weeks), tile.kpi.unit),
    }
    return (
        _("%(name)s by week: %(last)s in the last week, between %(low)s and %(high)s before.")
        % parts
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice of light, dark or auto in a cookie and return to the page it came from."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
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


__all__ = ["Scope", "greeting", "home", "styleguide", "team", "theme"]
