"""What people see when a form comes too late: nothing is lost, and one click sends it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from incentives.org.inputs import page_of

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the field's name, not a secret


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was open for too long, or that another sign-in made void.

    What our own page sent is shown to be sent again with a fresh token; what came from elsewhere
    is not, or a stranger's page could put words in someone's mouth. An htmx request gets the token
    in a header: session.js keeps the page as it is.
    """
    own = comes_from_here(request)
    kept = _kept(request) if own else []
    response = render(
        request,
        "403_csrf.html",
        {
            "kept": kept,
            "files": bool(request.FILES),
            "again": request.get_full_path(),
            "back": _back(request) if own else "/",
        },
        status=403,
    )
    if own and request.headers.get("HX-Request"):
        response["X-New-Token"] = get_token(request)
    return response


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser vouches that a page of this site made the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer", "")
    return page_of(request, source) is not None


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that were sent; none at all when one of them is secret or was a file."""
    fields = [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != TOKEN
        for value in values
    ]
    secret = any("password" in name or name == "code" for name, _value in fields)
    return [] if secret or request.FILES else fields


def _back(request: HttpRequest) -> str:
    return page_of(request, request.headers.get("Referer", "")) or "/"
