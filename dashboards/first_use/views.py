"""The first days: the list of first steps, the welcomes, and putting their cards away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards.first_use import first_steps as steps
from dashboards.first_use.welcome import WELCOMES, welcomes_of
from incentives.org.access import signed_in
from incentives.org.cards import bring_back, put_away

CARDS = frozenset({steps.CARD, *(each.card for each in WELCOMES.values())})


@require_safe
@login_required
def first_steps(request: HttpRequest) -> HttpResponse:
    """What is done and what comes next, for those who set the company up."""
    if not steps.may_read(signed_in(request)):
        raise PermissionDenied
    reader = signed_in(request)
    context = {
        "progress": steps.progress(on=reader.company_today),
        "card": steps.CARD,
        "away": steps.CARD in reader.cards_put_away,
    }
    return render(request, "dashboards/first_steps.html", context)


@require_safe
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """The welcomes of one's roles, to read again."""
    cards = welcomes_of(signed_in(request))
    return render(request, "dashboards/welcome.html", {"welcomes": cards})


@require_POST
@login_required
def put_card_away(request: HttpRequest) -> HttpResponse:
    """Take a card off one's home page, or put it back there."""
    person = signed_in(request)
    card = request.POST.get("card", "")
    if card not in CARDS:
        raise PermissionDenied
    if request.POST.get("to") == "back":
        bring_back(person, card)
        messages.success(request, _("It is on your home page again."))
    else:
        put_away(person, card)
        if card == steps.CARD:
            text = _("Put away. The first steps stay in the navigation.")
        else:
            text = _("Put away. You find it again in your profile.")
        messages.success(request, text)
    return redirect("dashboards:home")
