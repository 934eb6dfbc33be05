"""Pages and their fragments share addresses; nobody may take one for the other.

A fragment that is asked for again and again answers 304 while it would look the same, and 286 when
there is nothing more to wait for; `static/js/poll.js` is the other side.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers, patch_vary_headers

POLLING_ENDS = 286
_TOKEN = re.compile(r'csrfmiddlewaretoken" value="\w+"')


def fragment(
    request: HttpRequest, template: str, context: dict[str, Any], *, ends: bool = False
) -> HttpResponse:
    """A fragment with a tag of what it shows: 304 when the browser has it, 286 when it `ends`.

    The tag is that of the text itself, so nothing that is shown can change without it. Give times
    as moments rather than as time that passed, or it changes with every question.
    """
    text = render_to_string(template, context, request)
    # A CSRF token is masked anew for every answer and shows nothing.
    shown = _TOKEN.sub("", text)
    tag = f'"{hashlib.sha256(f"{ends}{shown}".encode()).hexdigest()[:20]}"'
    unchanged = not ends and request.headers.get("If-None-Match") == tag
    response = (
        HttpResponseNotModified()
        if unchanged
        else HttpResponse(text, status=POLLING_ENDS if ends else 200)
    )
    response["ETag"] = tag
    # The browser's own store would answer Back with the fragment; the tag is for our script.
    response["Cache-Control"] = "no-store, private"
    return response


class FragmentMiddleware:
    """Says which of the two an answer is, so that Back never shows a fragment as a page.

    A fragment without a validator of its own (polling answers have an ETag) is not kept at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to the answer."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request",))
            if getattr(request, "htmx", False) and not response.has_header("ETag"):
                add_never_cache_headers(response)
        return response


class PrivateAnswersMiddleware:
    """No shared cache keeps an answer, and browsers ask before showing one again.

    Pages are about whoever is signed in. The few answers that are everyone's (the installable
    app's files, public keys of badges) say so themselves. Static files never come here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header where a view gave none."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response
