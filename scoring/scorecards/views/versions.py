"""Versions of scorecards: new ones, their publication and end, and agents' acknowledgement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.refusals import told_in, told_to
from scoring.figures.windows import ONE_DAY, Period, next_first_day
from scoring.models import Score, Scorecard
from scoring.scorecards import versions
from scoring.scorecards.checks import problems_of
from scoring.scorecards.forms.scorecards import PublishForm, TeamCopyForm
from scoring.scorecards.notices import acknowledge, unread_versions
from scoring.scorecards.views.scorecards import EDITORS, effect_of
from scoring.scorecards.words import card_changes, item_sentence, scope_in_words


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def scorecard_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more at what changes for whom, choose the day, and publish."""
    editor = signed_in(request)
    drafts = versions.editable_by(editor).filter(status=Scorecard.Status.DRAFT)
    card = get_object_or_404(drafts.select_related("team", "channel"), pk=pk)
    today = editor.company_today
    start = {"on": next_first_day(Period.MONTH, today)}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        chosen: dict[str, Any] = form.cleaned_data
        with told_in(form):
            done = versions.publish(card=card, by=editor, **chosen)
        if not form.errors:
            text = _("“%(name)s” version %(version)d is published.")
            messages.success(request, text % {"name": done.name, "version": done.version})
            return redirect("scoring:scorecard", pk=done.pk)
    items = list(card.items.select_related("kpi"))
    before = versions.predecessor(card)
    context = {
        "form": form,
        "card": card,
        "scope": scope_in_words(card),
        "before": before,
        "changes": card_changes(before, card),
        "items": [item_sentence(item) for item in items],
        "problems": problems_of(card, items),
        "effect": effect_of(card, items, editor),
        "told": _judged_by(before, today),
        "past": form.day is not None and form.day <= today,
    }
    status = 422 if form.is_bound else 200
    return render(request, "scoring/scorecard_publish.html", context, status=status)


def _judged_by(card: Scorecard | None, today: date) -> int:
    """How many agents the version has judged this month or last."""
    if card is None:
        return 0
    since = (today.replace(day=1) - ONE_DAY).replace(day=1)
    scores = Score.objects.filter(scorecard=card, period=Score.Period.MONTH, starts_on__gte=since)
    return scores.values("agent").distinct().count()


@require_POST
@require_role(*EDITORS)
def scorecard_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version of a published card."""
    editor = signed_in(request)
    card = get_object_or_404(versions.editable_by(editor), pk=pk)
    return redirect("scoring:scorecard_edit", pk=card.new_version(starts_on=None).pk)


@require_POST
@require_role(*EDITORS)
def scorecard_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a team's own card with the items of this one."""
    editor = signed_in(request)
    card = get_object_or_404(versions.readable_by(editor), pk=pk)
    form = TeamCopyForm(request.POST, editor=editor)
    if not form.is_valid():
        messages.error(request, _("Choose a team that you lead."))
        return redirect("scoring:scorecard", pk=pk)
    copied = versions.copy_for_team(card=card, team=form.cleaned_data["team"])
    return redirect("scoring:scorecard_edit", pk=copied.pk)


@require_POST
@require_role(*EDITORS)
def scorecard_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    editor = signed_in(request)
    card = get_object_or_404(versions.editable_by(editor), pk=pk)
    with told_to(request):
        card.discard()
        messages.success(request, _("The draft of “%(name)s” is discarded.") % {"name": card.name})
        return redirect("scoring:scorecards")
    return redirect("scoring:scorecard", pk=pk)


@require_POST
@require_role(*EDITORS)
def scorecard_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a published card end today: another one applies from tomorrow."""
    editor = signed_in(request)
    card = get_object_or_404(versions.editable_by(editor), pk=pk)
    with told_to(request):
        versions.retire(card=card, after=editor.company_today)
        messages.success(request, _("“%(name)s” ends today.") % {"name": card.name})
    return redirect("scoring:scorecard", pk=pk)


@require_POST
@login_required
def scorecard_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """An agent has read what a version changes."""
    agent = signed_in(request)
    unread = {card.pk: card for card in unread_versions(agent, on=agent.company_today)}
    card = unread.get(pk) or get_object_or_404(Scorecard, pk=pk, acknowledgements__agent=agent)
    acknowledge(card=card, agent=agent)
    messages.success(request, _("Noted, thank you."))
    return redirect("scoring:scorecard", pk=pk)
