"""Badges that people give, and taking one back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.awards import granting, revoking
from badges.awards.cabinet import version_in_force
from badges.awards.cabinet_page import granted_badges
from badges.awards.cards import BadgeCard
from badges.awards.forms.granting import GrantForm, RevokeForm
from badges.awards.medals import award_medal, medal
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge
from badges.awards.page import best_tier
from badges.awards.views.badges import awards_seen_by
from incentives.org.access import require_role, signed_in
from incentives.org.inputs import whole_number
from incentives.org.refusals import told_in
from scoring.points.giving import GIVERS, recipients

RECENT = 5


@require_http_methods(["GET", "POST"])
@require_role(*GIVERS)
def grant(request: HttpRequest, key: str = "") -> HttpResponse:
    """Choose a badge that people give, then whom it is for and what for."""
    giver = signed_in(request)
    on = giver.company_today
    offered = granted_badges(on=on)
    wanted = request.GET.get("person", "")
    if not key:
        tail = f"?person={wanted}" if whole_number(wanted) else ""
        cards = [_offered(each, on, tail) for each in offered]
        return render(request, "badges/badge_grant.html", {"cards": cards})
    shown = next((each for each in offered if each.key == key), None)
    version = version_in_force(shown.versions.all(), on) if shown else None
    if shown is None or version is None:
        raise Http404
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        people=recipients(giver),
        version=version,
        wanted=wanted,
    )
    if form.is_bound and form.is_valid():
        with told_in(form):
            given = granting.grant(badge=shown, by=giver, on=on, **form.cleaned_data)
        if not form.errors:
            words = {"name": given.person.display_name, "badge": shown.name}
            messages.success(request, _("%(name)s has “%(badge)s” from you.") % words)
            return redirect("badges:award", public_id=given.public_id)
    lately = Award.objects.standing().filter(badge=shown, granted_by=giver).select_related("person")
    context = {
        "badge": shown,
        "medal": medal(shown, metal=best_tier(version)),
        "form": form,
        "given": lately[:RECENT],
    }
    return render(request, "badges/badge_grant.html", context, status=422 if form.errors else 200)


def _offered(badge: Badge, on: date, tail: str) -> BadgeCard:
    version = version_in_force(badge.versions.all(), on)
    tiers = [each["tier"] for each in version.tiers] if version else []
    url = reverse("badges:grant", args=[badge.key]) + tail
    drawn = medal(badge, metal=best_tier(version) if version else "gold", url=url)
    return BadgeCard(drawn, badge.about, tiers)


@require_http_methods(["GET", "POST"])
@login_required
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an award back, with a reason that the agent reads."""
    by = signed_in(request)
    on = by.company_today
    shown = get_object_or_404(awards_seen_by(by, on=on), public_id=public_id)
    if not revoking.may_revoke(award=shown, by=by):
        raise PermissionDenied
    if shown.is_revoked:
        return redirect("badges:award", public_id=public_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with told_in(form):
            revoking.revoke(award=shown, by=by, **form.cleaned_data)
        if not form.errors:
            text = _("The badge is taken back; it stays in the cabinet under “Earlier”.")
            messages.success(request, text)
            return redirect("badges:award", public_id=public_id)
    context = {
        "award": shown,
        "medal": award_medal(shown, on=on),
        "form": form,
        "completed": shown.badge.sets.filter(completions__person=shown.person_id).exists(),
    }
    return render(request, "badges/badge_revoke.html", context, status=422 if form.errors else 200)
