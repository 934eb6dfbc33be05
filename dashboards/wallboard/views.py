"""The screen itself: no sign-in, no cookies; the signed link is the proof of access."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from dashboards.wallboard.links import open_link
from dashboards.wallboard.picture import note_asked, page_tag, picture
from incentives.org.models import Company


@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The page that a television opens once; it then asks for its scenes by itself."""
    company = Company.current()
    screen = open_link(token, on=company.today())
    if screen is None:
        return _gone(request)
    drawn = picture(screen, company=company, on=company.today())
    zone = ZoneInfo(company.time_zone)
    with translation.override(screen.locale), timezone.override(zone):
        context = {
            "screen": screen,
            "picture": drawn,
            "page_tag": page_tag(screen),
            "token": token,
            "zone": zone.key,
            "now": timezone.localtime(),
        }
        response = render(request, "dashboards/wallboard.html", context)
    return _private(response, screen.locale)


@require_safe
def wall_scenes(request: HttpRequest, token: str) -> HttpResponseBase:
    """The scenes alone; 304 while nothing changed, 404 with a mark when the link ended."""
    company = Company.current()
    screen = open_link(token, on=company.today())
    if screen is None:
        return _gone(request)
    note_asked(screen, at=timezone.now())
    drawn = picture(screen, company=company, on=company.today())
    response = _private(HttpResponse(drawn.html), screen.locale)
    response["ETag"] = drawn.etag
    return get_conditional_response(request, etag=drawn.etag, response=response) or response


def _gone(request: HttpRequest) -> HttpResponse:
    """One answer for links that were never made and links that ended: nothing to learn from it."""
    response = render(request, "dashboards/wallboard_gone.html", status=404)
    response["X-Wallboard"] = "gone"  # an error on the way to us does not have this
    return _private(response)


def _private(response: HttpResponse, locale: str = "") -> HttpResponse:
    """No search engine lists it, no cache keeps it, and no other site learns the address."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-cache"
    if locale:
        response["Content-Language"] = locale
    return response
