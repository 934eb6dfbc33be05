"""Badges for everyone: one's cabinet, other people's, the catalogue, a badge, an award."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from badges.awards import rarity, revoking
from badges.awards.cabinet import version_in_force
from badges.awards.cabinet_page import cabinet_page, taken_back_text
from badges.awards.cards import sections
from badges.awards.medals import award_medal, evidence_lines, medal, own_language, sentences
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge, BadgeVersion
from badges.awards.page import (
    best_tier,
    days_in_force,
    holders,
    late_until,
    rare_text,
    rules_in_words,
    tier_views,
)
from incentives.org.access import agents_seen_by, signed_in
from incentives.org.models import Person
from incentives.org.notation import day as day_text
from scoring.points.giving import GIVERS, may_give

EDITORS = ("manager", "administrator")
RECENT = 5


@require_GET
@login_required
def own_cabinet(request: HttpRequest) -> HttpResponse:
    """One's own cabinet."""
    person = signed_in(request)
    return _cabinet(request, person)


@require_GET
@login_required
def cabinet_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The cabinet of someone whom one may look at: what they won, never what they lack."""
    person = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    if person.pk == signed_in(request).pk:
        return redirect("badges:cabinet")
    return _cabinet(request, person)


def _cabinet(request: HttpRequest, person: Person) -> HttpResponse:
    reader = signed_in(request)
    own = person.pk == reader.pk
    context = {
        "person": person,
        "cabinet": cabinet_page(person, reader=reader, on=reader.company_today),
        "may_grant": not own and may_give(by=reader, to=person),
    }
    return render(request, "badges/cabinet.html", context)


@require_GET
@login_required
def badges(request: HttpRequest) -> HttpResponse:
    """All badges that can be won; editors see drafts and archived ones too."""
    reader = signed_in(request)
    editor = reader.runs_the_company
    context = {
        "sections": sections(reader=reader, editor=editor, on=reader.company_today),
        "may_edit": editor,
        "may_grant": reader.has_role(*GIVERS),
    }
    return render(request, "badges/badge_list.html", context)


def badges_for(reader: Person) -> QuerySet[Badge]:
    """Badges that someone may read: published ones, secret ones once won; editors read all."""
    if reader.runs_the_company:
        return Badge.objects.all()
    mine = Award.objects.standing().filter(person=reader).order_by().values("badge")
    published = Badge.objects.filter(versions__status=BadgeVersion.Status.PUBLISHED).distinct()
    return published.filter(Q(secret=False) | Q(pk__in=mine))


@require_GET
@login_required
def badge(request: HttpRequest, key: str) -> HttpResponse:
    """One badge: what it is given for, how it is judged, who has it, its versions."""
    reader = signed_in(request)
    shown = get_object_or_404(badges_for(reader), key=key)
    editor, on = reader.runs_the_company, reader.company_today
    found = shown.versions.select_related("badge", "published_by").order_by("-version")
    versions = [each for each in found if editor or each.is_published]
    version = _chosen(versions, request.GET.get("version", ""), on)
    rare = rarity.rarity(shown, on=on)
    people, seen = holders(shown, reader=reader, on=on)
    context = {
        "badge": shown,
        "version": version,
        "medal": medal(shown, metal=best_tier(version)),
        "tiers": tier_views(version, reader=reader, on=on),
        "rules": rules_in_words(version),
        "rare": {"holders": rare.holders, "text": rare_text(rare)},
        "holders": people,
        "others": max(rare.holders, seen) - len(people),
        "sets": shown.sets.filter(archived_on=None),
        "versions": [(each, days_in_force(each)) for each in versions],
        "draft": next((each for each in versions if not each.is_published), None),
        "may_edit": editor,
        "may_grant": shown.is_granted
        and reader.has_role(*GIVERS)
        and version_in_force(versions, on) is not None,
    }
    return render(request, "badges/badge.html", context)


def _chosen(versions: list[BadgeVersion], wanted: str, on: date) -> BadgeVersion:
    """The version that was asked for, else the one in force, else the newest."""
    if wanted:
        found = [each for each in versions if str(each.version) == wanted]
        if not found:
            raise Http404
        return found[0]
    newest = next(
        (each for each in versions if each.is_published), versions[0] if versions else None
    )
    if newest is None:
        raise Http404
    return version_in_force(versions, on) or newest


def awards_seen_by(reader: Person, *, on: date) -> QuerySet[Award]:
    """Awards that someone may read: held ones of people they see; all of those they lead."""
    seen = Person.objects.visible_to(reader).order_by().values("pk")
    led = agents_seen_by(reader).order_by().values("pk")
    held = Award.objects.held(on=on).order_by().values("pk")
    return Award.objects.filter(Q(person__in=led) | Q(person__in=seen, pk__in=held)).select_related(
        "badge", "version__badge", "person", "granted_by", "revoked_by"
    )


@require_GET
@login_required
def award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One award: when and why it was given, with the figures for those who may see them."""
    reader = signed_in(request)
    on = reader.company_today
    shown = get_object_or_404(awards_seen_by(reader, on=on), public_id=public_id)
    leads = agents_seen_by(reader).filter(pk=shown.person_id).exists()
    # What a secret badge is for stays a secret, also where someone else's medal is seen.
    readable = badges_for(reader).filter(pk=shown.badge_id).exists()
    context = {
        "award": shown,
        "medal": award_medal(shown, on=on),
        "own": shown.person_id == reader.pk,
        "leads": leads,
        "lines": evidence_lines(shown, linked=True) if leads else [],
        "sentence": sentences([_tier(shown)], [own_language()])[0] if readable else {},
        "readable": readable,
        "facts": _facts(shown),
        "revoked_text": taken_back_text(shown) if shown.is_revoked else "",
        "person_url": reverse("badges:cabinet_of", args=[shown.person_id]),
        "may_revoke": not shown.is_revoked and revoking.may_revoke(award=shown, by=reader),
    }
    return render(request, "badges/badge_award.html", context)


def _tier(shown: Award) -> dict[str, Any]:
    return next((each for each in shown.version.tiers if each["tier"] == shown.tier), {})


def _facts(shown: Award) -> list[tuple[str, str]]:
    found = [(_("Won"), day_text(shown.awarded_on))]
    if shown.given_on != shown.awarded_on:
        found.append((_("Given after the night of"), day_text(shown.given_on)))
    version = _("Version %(version)d") % {"version": shown.version.version}
    found.append((_("Rules"), version))
    if shown.expires_on:
        found.append((_("Holds until"), day_text(shown.expires_on)))
    until = late_until(shown)
    if until:
        found.append((_("Late facts count until"), until))
    return found
