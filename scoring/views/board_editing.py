"""The editor of leaderboards: form at the left, what it would show at the right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.models import Person
from scoring.boards.fairness import warnings
from scoring.boards.lists import Line, line_of, top
from scoring.boards.periods import Calendar
from scoring.boards.refresh import fill_current, last_counted
from scoring.boards.words import rules_in_words, unit_in_words
from scoring.forms.boards import BoardForm, free_key
from scoring.models import Leaderboard
from scoring.views.boards import EDITORS

PREVIEWED = 5


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def board_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Make or change a board, with its rules in words and its first lines beside the form."""
    editor = signed_in(request)
    instance = get_object_or_404(Leaderboard, key=key) if key else None
    form = BoardForm(request.POST or None, instance=instance)
    previewing = "preview" in request.POST
    valid = form.is_bound and form.is_valid()
    if valid and not previewing:
        return _saved(request, form, editor)
    draft = form.draft() if valid else (instance if not form.is_bound else None)
    if previewing:
        form.forget_what_is_missing()
    context: dict[str, Any] = {
        "form": form,
        "board": Leaderboard.objects.filter(key=key).first() if key else None,
        "draft": draft,
        "rules": rules_in_words(draft) if draft else [],
        "warnings": warnings(draft) if draft else [],
        "unit": unit_in_words(draft) if draft else "",
        "preview": _preview(draft, editor) if draft and previewing else None,
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "scoring/board_edit.html" + ("#editor" if partial else "")
    status = 422 if form.is_bound and not valid and not previewing else 200
    return render(request, template, context, status=status)


@require_POST
@require_role(*EDITORS)
def board_archive(request: HttpRequest, key: str) -> HttpResponse:
    """Take a board out of use, or bring it back."""
    board = get_object_or_404(Leaderboard, key=key)
    board.archived = request.POST.get("action") == "archive"
    board.entered_on = None
    board.save(update_fields=["archived", "entered_on"])
    text = _("“%(name)s” is archived.") if board.archived else _("“%(name)s” is in use again.")
    messages.success(request, text % {"name": board.name})
    return redirect("scoring:boards")


def _saved(request: HttpRequest, form: BoardForm, editor: Person) -> HttpResponse:
    board = form.save()
    fill_current(board, as_of=last_counted() or editor.company_today)
    messages.success(request, _("“%(name)s” is saved.") % {"name": board.name})
    for warning in warnings(board):
        messages.warning(request, warning)
    return redirect("scoring:board", key=board.key)


def _preview(draft: Leaderboard, editor: Person) -> list[Line]:
    """The first lines as they would be; worked out and taken back again."""
    as_of = last_counted() or editor.company_today
    kept = Calendar().kept(draft.period, as_of)
    if not kept:
        return []
    with transaction.atomic():
        draft.key = draft.key or free_key(draft.name_en)
        draft.save()
        fill_current(draft, as_of=as_of)
        pool = draft.standings.order_by("pool").values_list("pool", flat=True).first()
        rows = top(draft, PREVIEWED, starts_on=kept[-1].first, team=pool)
        lines = [line_of(row, draft, me=False) for row in rows]
        transaction.set_rollback(True)
    return lines
