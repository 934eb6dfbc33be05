"""The editor of leaderboards: form at the left, what it would show at the right."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org.access import require_change, require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person
from incentives.org.refusals import told_in
from scoring.boards.fairness import warnings
from scoring.boards.forms import BoardForm, free_key
from scoring.boards.lists import (
    BoardLine,
    changeable_boards,
    line_of,
    may_change_board,
    top,
    visible_boards,
)
from scoring.boards.periods import BoardCalendar
from scoring.boards.refresh import fill_current, last_counted
from scoring.boards.views.boards import EDITORS
from scoring.boards.words import rules_in_words, unit_in_words
from scoring.models import Leaderboard

PREVIEWED = 5


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def board_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Make or change a board, with its rules in words and its first lines beside the form."""
    editor = signed_in(request)
    instance = _changed(editor, key) if key else None
    form = BoardForm(request.POST or None, instance=instance, editor=editor)
    draft = form.draft() if form.is_bound else instance
    return editor_page(
        request,
        form,
        "scoring/board_edit.html",
        save=lambda: _saved(request, form, editor),
        context=lambda: {
            "board": Leaderboard.objects.filter(key=key).first() if key else None,
            "draft": draft,
            "rules": rules_in_words(draft) if draft else [],
            "warnings": warnings(draft) if draft else [],
            "unit": unit_in_words(draft) if draft else "",
            "preview": _preview(draft, editor) if draft and form.editing else None,
        },
    )


@require_POST
@require_role(*EDITORS)
def board_archive(request: HttpRequest, key: str) -> HttpResponse:
    """Take a board out of use, or bring it back."""
    board = _changed(signed_in(request), key)
    board.archived = request.POST.get("action") == "archive"
    board.entered_on = None
    board.save(update_fields=["archived", "entered_on"])
    text = _("“%(name)s” is archived.") if board.archived else _("“%(name)s” is in use again.")
    messages.success(request, text % {"name": board.name})
    return redirect("scoring:boards")


def _changed(editor: Person, key: str) -> Leaderboard:
    """A board to change: 404 for one that the editor may not know of, 403 for one beyond theirs."""
    readable = visible_boards(editor).values("pk")
    own = changeable_boards(editor).values("pk")
    board = get_object_or_404(Leaderboard, Q(pk__in=readable) | Q(pk__in=own), key=key)
    require_change(may_change_board(editor, board))
    return board


def _saved(request: HttpRequest, form: BoardForm, editor: Person) -> HttpResponse | None:
    """Save and go on; None when it was refused, with the reasons in the form."""
    with told_in(form):
        board = form.save()
    if form.errors:
        return None
    # Not in the same transaction: it locks the ledger until its end.
    fill_current(board, as_of=last_counted() or editor.company_today)
    messages.success(request, _("“%(name)s” is saved.") % {"name": board.name})
    for warning in warnings(board):
        messages.warning(request, warning)
    return redirect("scoring:board", key=board.key)


def _preview(draft: Leaderboard, editor: Person) -> list[BoardLine]:
    """The first lines as they would be; worked out and taken back again."""
    as_of = last_counted() or editor.company_today
    kept = BoardCalendar().kept(draft.period, as_of)
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
