"""Scorecards: the list, one version, and the editor with its consequence beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person
from incentives.org.positions import known_words
from incentives.org.refusals import told_in
from scoring.models import Scorecard
from scoring.scorecards import versions
from scoring.scorecards.checks import weight_in_words
from scoring.scorecards.forms.scorecards import CardEditor, TeamCopyForm
from scoring.scorecards.notices import unread_versions, visible_cards
from scoring.scorecards.preview import ScorecardPreview, preview
from scoring.scorecards.words import card_changes, in_both_languages, item_sentence, scope_in_words

EDITORS = ("manager", "administrator")
READERS = (*EDITORS, "supervisor", "hr", "executive")


@require_GET
@require_role(*READERS)
def scorecards(request: HttpRequest) -> HttpResponse:
    """Every scorecard with the version in force, what is coming, and drafts."""
    reader = signed_in(request)
    today = reader.company_today
    cards = _readable(reader).prefetch_related("items__kpi")
    by_key: dict[str, list[Scorecard]] = {}
    for card in cards.order_by("key", "-version"):
        by_key.setdefault(card.key, []).append(card)
    rows = [_listed(group, today) for group in by_key.values()]
    rows.sort(key=lambda row: (row["over"], row["card"].team is None, row["card"].key))
    editor = reader.has_role(*EDITORS)
    own = versions.editable_by(reader).order_by().values_list("pk", flat=True) if editor else []
    context = {"rows": rows, "may_edit": editor, "editable": set(own)}
    return render(request, "scoring/scorecards.html", context)


def _listed(group: list[Scorecard], today: Any) -> dict[str, Any]:
    """One row of the list: the version in force, else the newest; and what else there is."""
    published = [card for card in group if card.is_published]
    now = [card for card in published if card.starts_on and card.starts_on <= today]
    shown = next(iter(now or group))
    return {
        "card": shown,
        "scope": scope_in_words(shown),
        "items": list(shown.items.all()),
        "coming": [card for card in published if card.starts_on and card.starts_on > today],
        "draft": next((card for card in group if not card.is_published), None),
        "review": versions.review_due(shown, on=today) and not shown.shipped,
        "over": bool(shown.ends_on and shown.ends_on < today),
    }


@require_GET
@login_required
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its items in words, what it changed, and the other versions."""
    reader = signed_in(request)
    card = get_object_or_404(_readable(reader), pk=pk)
    items = list(card.items.select_related("kpi"))
    guards = {guard["kpi"]: guard for guard in card.guards}
    editable = reader.has_role(*EDITORS) and (
        versions.editable_by(reader).filter(pk=card.pk).exists()
    )
    context = {
        "card": card,
        "scope": scope_in_words(card),
        "items": [(item, item_sentence(item, guards.get(item.kpi.key))) for item in items],
        "changes": card_changes(versions.predecessor(card), card),
        "versions": _versions(card, reader),
        "editable": editable,
        "copy_form": TeamCopyForm(editor=reader) if reader.has_role(*EDITORS) else None,
        "unread": card in unread_versions(reader, on=reader.company_today),
        "lists": reader.has_role(*READERS),
    }
    return render(request, "scoring/scorecard.html", context)


def _versions(card: Scorecard, reader: Person) -> list[Scorecard]:
    return list(_readable(reader).filter(key=card.key).order_by("-version"))


def _readable(reader: Person) -> Any:
    """What those who lead may read; agents read the cards that their scores come from."""
    if reader.has_role(*READERS):
        found = versions.readable_by(reader)
        return found.select_related("team", "channel", "published_by")
    cards = Scorecard.objects.select_related("team", "channel", "published_by")
    return cards.filter(pk__in=visible_cards(reader, on=reader.company_today))


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def scorecard_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a draft, with its items in words and its effect on the last four weeks beside it."""
    editor = signed_in(request)
    drafts = versions.editable_by(editor).filter(status=Scorecard.Status.DRAFT)
    card = get_object_or_404(drafts, pk=pk) if pk else None
    data = request.POST if request.method == "POST" else None
    kpis = list(versions.kpis_to_choose())
    form = CardEditor(data, card=card, editor=editor, kpis=kpis)
    only = request.POST.get("preview") == "consequence"

    def save() -> HttpResponse | None:
        with told_in(form.card):
            saved = _save(form)
        if form.card.errors:
            return None
        text = _("The draft of “%(name)s” is saved. Nobody is judged by it yet.")
        messages.success(request, text % {"name": saved.name})
        return redirect("scoring:scorecard_publish", pk=saved.pk)

    return editor_page(
        request,
        form,
        "scoring/scorecard_edit.html",
        save=save,
        context=lambda: {"card": card, "words": known_words, **_consequence(form, editor)},
        part="consequence" if only else "editor",
    )


def _save(form: CardEditor) -> Scorecard:
    card = form.draft()
    card.save()
    versions.replace_items(card=card, items=form.items)
    return card


def _consequence(form: CardEditor, editor: Person) -> dict[str, Any]:
    items = form.items
    guards = {guard["kpi"]: guard for guard in form.draft().guards}
    return {
        "sentences": [in_both_languages(item, guards.get(item.kpi.key)) for item in items],
        "weights": weight_in_words(items) if items else "",
        "effect": effect_of(form.draft(), items, editor) if items else None,
    }


def effect_of(card: Scorecard, items: Any, viewer: Person) -> ScorecardPreview | None:
    """The preview, or nothing while a guard is not complete."""
    if any(guard.get("value") is None for guard in card.guards):
        return None
    return preview(card=card, items=items, viewer=viewer)
