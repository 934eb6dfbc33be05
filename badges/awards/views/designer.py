"""The badge designer: a form, and beside it the medals, the sentences and who would win it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges.awards import preview, versions
from badges.awards.forms.badges import BadgeForm
from badges.awards.glyphs import GLYPHS
from badges.awards.medals import Medal, sentences
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from badges.awards.views.badges import EDITORS
from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person
from incentives.org.refusals import Refused, told_in, told_to
from scoring.models import Kpi

PEOPLE_SHOWN = 20
DRAFT_STARTS = timedelta(days=1)


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS, whole_company=True)
def badge_edit(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Write a new badge, change the draft of one, or the name and look of one in force."""
    editor = signed_in(request)
    badge, version = _edited(key, editor)
    heading = badge.name
    form = BadgeForm(request.POST or None, instance=badge, version=version)

    def context() -> dict[str, Any]:
        if form.is_bound:
            form.badge_and_version()
        shown = {"badge": badge, "version": version, "heading": heading}
        return shown | _effect(form, editor)

    return editor_page(
        request,
        form,
        "badges/badge_edit.html",
        save=lambda: _saved(request, form, publish="publish" in request.POST, by=editor),
        context=context,
    )


def _all() -> QuerySet[Badge]:
    return Badge.objects.prefetch_related(
        Prefetch("versions", BadgeVersion.objects.order_by("-version"))
    )


def _edited(key: str | None, editor: Person) -> tuple[Badge, BadgeVersion]:
    """The badge with its newest version: a draft if there is one."""
    if key is None:
        return Badge(group=Kpi.Group.CUSTOMER), BadgeVersion(starts_on=editor.company_today)
    badge = get_object_or_404(_all(), key=key)
    return badge, next(iter(badge.versions.all()))


def _effect(form: BadgeForm, viewer: Person) -> dict[str, Any]:
    """Medals, sentences in both languages, and who would win each tier."""
    badge, version = form.instance, form.version
    ready = not version.is_published and (form.can_be_shown or not form.is_bound)
    shown = version.tiers if version.is_published or ready else []
    found = (
        preview.preview(badge=badge, version=version, viewer=viewer) if shown and ready else None
    )
    people = {each.tier: each.people for each in found.tiers} if found else {}
    told = [
        {
            "tier": tier["tier"],
            "word": str(Tier(tier["tier"]).label),
            "points": tier["points"],
            "sentences": words,
            "people": people.get(tier["tier"]),
            "named": (people.get(tier["tier"]) or [])[:PEOPLE_SHOWN],
            "rest": (people.get(tier["tier"]) or [])[PEOPLE_SHOWN:],
        }
        for tier, words in zip(shown, sentences(shown, ["en", "zh-Hans"]), strict=True)
    ]
    metals = [part.tier for part in form.tiers if part.on] or [each["tier"] for each in shown]
    return {"medals": _medals(badge, metals or ["gold"]), "told": told, "preview": found}


def _medals(badge: Badge, metals: list[str]) -> list[Medal]:
    glyph = badge.glyph if badge.glyph in GLYPHS else "star"
    return [Medal(str(Tier(metal).label), metal, glyph, badge.group) for metal in metals]


def _saved(
    request: HttpRequest, form: BadgeForm, *, publish: bool, by: Person
) -> HttpResponse | None:
    """Save and go to the badge's page; None when it was refused, with the reasons in the form."""
    badge, version = form.badge_and_version()
    text = _("“%(name)s” is saved as a draft.")
    with told_in(form):
        version = versions.save_draft(badge=badge, version=version)
        if publish and not version.is_published:
            versions.publish(version=version, by=by)
            text = _("“%(name)s” is published; the night judges it.")
        elif version.is_published:
            text = _("“%(name)s” is saved.")
    if form.errors:
        return None
    messages.success(request, text % {"name": badge.name})
    answer = redirect("badges:badge", key=badge.key)
    if not version.is_published and not publish:
        answer = redirect(f"{answer['Location']}?version={version.version}")
    return answer


@require_POST
@require_role(*EDITORS, whole_company=True)
def badge_change(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """Publish or delete a draft, begin a new version, archive a badge."""
    editor = signed_in(request)
    badge = get_object_or_404(_all(), key=key)
    with told_to(request):
        return _ACTIONS[action](request, badge, editor)
    return redirect("badges:badge", key=key)


def _draft(badge: Badge) -> BadgeVersion:
    """The draft of a badge; someone else may have published or deleted it meanwhile."""
    for version in badge.versions.all():
        if not version.is_published:
            return version
    raise Refused(_("There is no draft any more: look at the versions."))


def _publish(request: HttpRequest, badge: Badge, editor: Person) -> HttpResponse:
    versions.publish(version=_draft(badge), by=editor)
    text = _("“%(name)s” is published; the night judges it.") % {"name": badge.name}
    messages.success(request, text)
    return redirect("badges:badge", key=badge.key)


def _new_version(request: HttpRequest, badge: Badge, editor: Person) -> HttpResponse:
    versions.new_version(badge=badge, starts_on=editor.company_today + DRAFT_STARTS)
    return redirect("badges:badge_edit", key=badge.key)


def _archive(request: HttpRequest, badge: Badge, editor: Person) -> HttpResponse:
    versions.archive(badge=badge, on=editor.company_today)
    text = _("“%(name)s” is archived; whoever has it keeps it.") % {"name": badge.name}
    messages.success(request, text)
    return redirect("badges:badge", key=badge.key)


def _delete(request: HttpRequest, badge: Badge, editor: Person) -> HttpResponse:
    versions.delete_draft(version=_draft(badge))
    text = _("The draft “%(name)s” is deleted.") % {"name": badge.name}
    messages.success(request, text)
    return redirect("badges:badges")


_ACTIONS = {"publish": _publish, "version": _new_version, "archive": _archive, "delete": _delete}
