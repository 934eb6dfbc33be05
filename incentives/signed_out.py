"""After signing in again people come back to the form, not to the address that took it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from incentives.org.inputs import page_of


class BackToTheFormMiddleware:
    """A session that ended before a form was sent: sign-in leads to the page with the form.

    Many addresses take forms and show nothing; a browser that is sent there afterwards would only
    hear that this is not allowed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and point the way back of a sign-in at the page that the form came from."""
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != 302:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        back = page_of(request, request.headers.get("Referer", ""))
        leads_to_sign_in = response["Location"].partition("?")[0] == sign_in
        from_form = back is not None and back.partition("?")[0] != sign_in
        if leads_to_sign_in and request.path != sign_in and from_form:
            response["Location"] = f"{sign_in}?{urlencode({'next': back})}"
        return response
