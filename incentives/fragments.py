"""Pages and their fragments share addresses; nobody may take one for the other."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_vary_headers


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
