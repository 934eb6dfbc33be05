"""What people see when a request cannot be read, or the site cannot answer it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import kombu.exceptions
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from redis import RedisError

from incentives.org.inputs import refuse_unstorable

logger = logging.getLogger(__name__)
# The database, the cache or the queue does not answer, is full, or gave way to somebody else.
UNREACHABLE = (OperationalError, InterfaceError, RedisError, kombu.exceptions.OperationalError)
RETRY_AFTER = "30"  # seconds


class ReadableInputMiddleware:
    """400 for parameters that nothing could store, before any view meets them.

    Comes after the check of forged requests: the views that read large files themselves are exempt
    from that one and from this, and check in `scoring.ingest.views.receiving`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request whose address can be stored."""
        if "\0" in request.path_info:
            raise BadRequest("The address contains a NUL.")
        refuse_unstorable(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> None:
        """Look at what a form sent."""
        if not getattr(view, "csrf_exempt", False):
            refuse_unstorable(request.POST)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What Python itself refuses to read, in packages too: 400 for depth and endless numbers."""
        endless = isinstance(error, ValueError) and "integer string conversion" in str(error)
        if not endless and not isinstance(error, RecursionError):
            return None
        logger.warning("%s cannot be read", request.path, exc_info=error)
        return bad_request(request, error)


def no_such_page(request: HttpRequest, **_: Any) -> NoReturn:
    """404 for an address that a package offers and nobody needs."""
    raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent cannot be read."""
    return _page(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while a service that the site needs is away, 500 for a fault of the site."""
    if not isinstance(sys.exc_info()[1], UNREACHABLE):
        return _page(request, "500.html", 500)
    answer = _page(request, "503.html", 503)
    answer["Retry-After"] = RETRY_AFTER
    return answer


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page that asks nothing of the database, the cache or the session."""
    context = {"request": request, "csrf_token": get_token(request)}
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer["Cache-Control"] = "no-store, private"
    return answer
