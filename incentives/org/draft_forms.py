"""Pages on which something is written, previewed and saved: one form, shown again until it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Keys that stand for pages of their own in the addresses.
RESERVED_KEYS = frozenset({"new"})
_WITHOUT_SAVING = frozenset({"preview", "add_row", "drop_row"})


class EditedDraft(Protocol):
    """What an editor asks of its form, or of several forms that are one."""

    is_bound: bool

    @property
    def editing(self) -> bool:
        """Whether a button was pressed that changes the form or its preview and saves nothing."""

    def is_valid(self) -> bool:
        """Whether it can be saved."""

    def forget_what_is_missing(self) -> None:
        """Drop complaints about fields that nobody has filled in yet."""


def asks_for_no_saving(data: Mapping[str, Any]) -> bool:
    """Whether a button was pressed that changes the form or its preview and saves nothing."""
    return not _WITHOUT_SAVING.isdisjoint(data)


class DraftForm(forms.BaseForm):
    """A form that is shown again while it is being filled in."""

    @property
    def editing(self) -> bool:
        """See Draft."""
        return asks_for_no_saving(self.data)

    def forget_what_is_missing(self) -> None:
        """Drop complaints about fields that nobody has filled in yet."""
        for name, errors in list(self.errors.items()):
            kept = [error for error in errors.as_data() if error.code != "required"]
            if kept:
                self.errors[name] = self.error_class(kept)
            else:
                del self.errors[name]


def editor_page(
    request: HttpRequest,
    form: EditedDraft,
    template: str,
    *,
    save: Callable[[], HttpResponse | None],
    context: Callable[[], dict[str, Any]],
    part: str = "editor",
) -> HttpResponse:
    """Show a form with what follows from it beside it, look at it again, or save it and go on.

    `save` gives the answer, or None when it was refused, with the reasons in the form. htmx gets
    `part` of the template (all of it where that is empty); what cannot be saved is answered by 422.
    """
    saving = form.is_bound and not form.editing
    if saving and form.is_valid():
        answer = save()
        if answer is not None:
            if request.htmx:  # type: ignore[attr-defined]
                answer["HX-Redirect"] = answer["Location"]
            return answer
    if form.editing:
        form.forget_what_is_missing()
    if part and request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        template = f"{template}#{part}"
    return render(request, template, {"form": form, **context()}, status=422 if saving else 200)
