"""Sets of badges: what there is to collect, and their editor."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badges.awards import cabinet
from badges.awards import sets as awards_sets
from badges.awards.cabinet_page import set_view
from badges.awards.forms.sets import SetForm
from badges.awards.models.sets import BadgeSet
from badges.awards.views.badges import EDITORS
from incentives.org.access import require_role, signed_in
from incentives.org.refusals import told_in


@require_GET
@login_required
def sets(request: HttpRequest) -> HttpResponse:
    """All sets, with what the reader has of each."""
    reader = signed_in(request)
    found = cabinet.cabinet(reader, reader.company_today).sets
    context = {
        "sets": [set_view(each, plays=reader.has_role("agent")) for each in found],
        "may_edit": reader.runs_the_company,
    }
    return render(request, "badges/set_list.html", context)


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS, whole_company=True)
def set_edit(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Write a new set or change one; what was completed stays completed."""
    today = signed_in(request).company_today
    shown = get_object_or_404(BadgeSet, key=key) if key else BadgeSet(starts_on=today)
    form = SetForm(request.POST if request.method == "POST" else None, instance=shown)
    if form.is_bound and form.is_valid():
        with told_in(form):
            awards_sets.save_set(badge_set=form.instance, badges=list(form.cleaned_data["badges"]))
        if not form.errors:
            messages.success(request, _("“%(name)s” is saved.") % {"name": form.instance.name})
            return redirect("badges:sets")
    context = {"form": form, "set": shown}
    return render(request, "badges/set_edit.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(*EDITORS, whole_company=True)
def set_archive(request: HttpRequest, key: str) -> HttpResponse:
    """Take a set off offer; what was given stays."""
    shown = get_object_or_404(BadgeSet, key=key)
    awards_sets.archive_set(badge_set=shown, on=signed_in(request).company_today)
    messages.success(request, _("“%(name)s” is archived.") % {"name": shown.name})
    return redirect("badges:sets")
