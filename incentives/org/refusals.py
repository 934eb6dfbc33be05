"""One way to refuse: an operation raises `Refused`, and whoever asked reads why.

A view that has a form shows the sentences in it (`told_in`), one that answers a button on the next
page (`told_to`); whatever a view does not take becomes a page of its own (`RefusalMiddleware`).
Nothing of a refused operation is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

#: What PostgreSQL says when somebody else was faster: unique, exclusion, a row that is gone or still
#: used, serialisation, deadlock, lock not available.
_COLLISIONS = frozenset({"23505", "23P01", "23503", "40001", "40P01", "55P03"})


class Refused(ValueError):
    """What was asked for is not done; its sentences say why and what to do.

    `by_field` has them by the field they are about, NON_FIELD_ERRORS for the whole.
    """

    def __init__(self, said: str | Sequence[str] | Mapping[str, Sequence[str]]) -> None:
        if isinstance(said, str):
            said = [said]
        whole: dict[str, Sequence[str]] = {}
        self.by_field = said if isinstance(said, Mapping) else {**whole, NON_FIELD_ERRORS: said}
        super().__init__(" ".join(self.messages))

    @property
    def messages(self) -> list[str]:
        """All sentences, of whatever field."""
        return [text for texts in self.by_field.values() for text in texts]


@contextmanager
def told_in(form: forms.BaseForm) -> Iterator[None]:
    """Run an operation whole or not at all; why it was refused stands in the form afterwards."""
    with _taken() as found:
        yield
    for field, texts in found.items():
        form.add_error(field if field in form.fields else None, list(texts))


def told_to(request: HttpRequest) -> AbstractContextManager[None, bool]:
    """Run what a button asks for whole or not at all; the next page says why it was refused.

    The type says that what follows the block is reached even where the block returns.
    """
    return cast("AbstractContextManager[None, bool]", _told_to(request))


@contextmanager
def _told_to(request: HttpRequest) -> Iterator[None]:
    with _taken() as found:
        yield
    if found:
        messages.error(request, " ".join(text for texts in found.values() for text in texts))


@contextmanager
def _taken() -> Iterator[dict[str, Sequence[str]]]:
    """Run something whole or not at all; yields where the reasons of its refusal stand afterwards."""
    found: dict[str, Sequence[str]] = {}
    try:
        with transaction.atomic():
            yield found
    except (Refused, ValidationError, DatabaseError) as error:
        found |= reasons(error)
        if not found:
            raise


def reasons(error: Exception) -> Mapping[str, Sequence[str]]:
    """Why something was refused, by field; empty when the error is no refusal but a fault."""
    if isinstance(error, Refused):
        return error.by_field
    if isinstance(error, ValidationError):
        return getattr(error, "message_dict", None) or {NON_FIELD_ERRORS: error.messages}
    if getattr(error.__cause__, "pgcode", None) in _COLLISIONS:
        text = _("Someone else saved something at the same moment: look at it and try again.")
        return {NON_FIELD_ERRORS: [text]}
    return {}


class RefusalMiddleware:
    """Answers with a page in words (409) when a view leaves a refusal to it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a refusal; None lets a fault be a fault."""
        found = reasons(error)
        if not found:
            return None
        logger.info("%s %s was refused: %s", request.method, request.path, error)
        texts = [text for each in found.values() for text in each]
        return render(request, "409.html", {"reasons": texts}, status=409)
