"""Leaderboards as people read them: all boards with one's own place, and one board."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incentives.org.access import signed_in
from incentives.org.inputs import calendar_day
from incentives.org.models import Person, Team
from scoring.boards.forms import BoardAliasForm
from scoring.boards.lists import (
    changeable_boards,
    lines_for,
    lines_of_team,
    may_change_board,
    visible_boards,
)
from scoring.boards.overview import overview
from scoring.boards.periods import BoardCalendar, Stretch
from scoring.boards.words import period_in_words, rules_in_words, unit_in_words
from scoring.models import BoardAlias, Leaderboard

EDITORS = ("manager", "administrator")
MOST_TEAMS = 200


@require_safe
@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """Every board with its leaders and one's own place."""
    viewer = signed_in(request)
    may_edit = viewer.has_role(*EDITORS)
    context = {
        "cards": overview(viewer),
        "may_edit": may_edit,
        "archived": changeable_boards(viewer).filter(archived=True) if may_edit else [],
        "alias_form": _alias_form(viewer),
    }
    return render(request, "scoring/boards.html", context)


@require_safe
@login_required
def board(request: HttpRequest, key: str) -> HttpResponse:
    """The top and one's own neighbourhood; for leaders, the people of one of their teams."""
    found = get_object_or_404(visible_boards(signed_in(request)), key=key)
    viewer = signed_in(request)
    led = _led(viewer) if found.of_agents else []
    team = _chosen(request, led, found)
    kept, at = _period(request, found)
    shown = kept[at] if kept else None
    lines = lines_for(found, viewer, starts_on=shown.first) if shown else None
    context: dict[str, Any] = {
        "board": found,
        "boards": visible_boards(viewer),
        "stretch": shown,
        "period": period_in_words(found, shown) if shown else "",
        "earlier": kept[at - 1].first if at > 0 else None,
        "later": kept[at + 1].first if shown and at + 1 < len(kept) else None,
        "lines": lines,
        "led": led,
        "team": team,
        "team_lines": _team_lines(found, team, shown),
        "unit": unit_in_words(found),
        "rules": rules_in_words(found),
        "may_edit": viewer.has_role(*EDITORS) and may_change_board(viewer, found),
        "on": shown.first.isoformat() if shown and at + 1 < len(kept) else "",
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "scoring/board.html" + ("#lines" if partial else ""), context)


@require_POST
@login_required
def board_name(request: HttpRequest) -> HttpResponse:
    """Choose the name under which one appears on boards, or go back to one's own."""
    viewer = signed_in(request)
    form = BoardAliasForm(request.POST, person=viewer)
    if form.is_valid():
        form.save()
        messages.success(request, _alias_message(form.cleaned_data["name"]))
        return redirect("scoring:boards")
    context = {
        "cards": overview(viewer),
        "may_edit": viewer.has_role(*EDITORS),
        "archived": [],
        "alias_form": form,
    }
    return render(request, "scoring/boards.html", context, status=422)


def _alias_form(viewer: Person) -> BoardAliasForm:
    alias = BoardAlias.objects.filter(pk=viewer.pk).first()
    return BoardAliasForm(person=viewer, initial={"name": alias.name if alias else ""})


def _alias_message(name: str) -> str:
    if name:
        return _("You appear on boards as “%(name)s” from now on.") % {"name": name}
    return _("You appear on boards under your own name.")


def _led(viewer: Person) -> list[Team]:
    """The teams whose people the viewer may see in full."""
    active = Team.objects.led_by(viewer).active(on=viewer.company_today)
    return list(active.order_by("name")[:MOST_TEAMS])


def _chosen(request: HttpRequest, led: list[Team], board: Leaderboard) -> Team | None:
    """The team in the address, when the viewer leads it; for a single team, that one."""
    asked = request.GET.get("team", "")
    if asked == "" and (len(led) == 1 or (led and board.within == Leaderboard.Within.TEAM)):
        return led[0]
    return next((team for team in led if str(team.pk) == asked), None)


def _period(request: HttpRequest, board: Leaderboard) -> tuple[list[Stretch], int]:
    """The kept periods and the place of the one in the address (default: the last)."""
    as_of = board.entered_on or signed_in(request).company_today
    kept = BoardCalendar().kept(board.period, as_of)
    asked = calendar_day(request.GET.get("on", ""))
    if asked is None:
        return kept, len(kept) - 1
    at = [n for n, each in enumerate(kept) if each.first <= asked <= each.last]
    return kept, at[0] if at else len(kept) - 1


def _team_lines(board: Leaderboard, team: Team | None, shown: Stretch | None) -> Any:
    if team is None or shown is None:
        return None
    return lines_of_team(board, team, starts_on=shown.first)
