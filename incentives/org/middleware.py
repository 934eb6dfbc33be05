"""Each page in the reader's language and time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from incentives.org.models import Company, Person


class PersonLocaleMiddleware:
    """Activate the signed-in person's language and zone; visitors keep Django's choice.

    Comes after the authentication middleware. Django's own LocaleMiddleware, earlier in the list,
    chooses for visitors by cookie, then by what their browser asks for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if not isinstance(request.user, Person):
            return self.get_response(request)
        translation.activate(request.user.locale)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zone_of(request.user)):
            return self.get_response(request)


def zone_of(person: Person) -> ZoneInfo:
    """The time zone in which a person reads times: their own, else the company's."""
    return ZoneInfo(person.time_zone or Company.current().time_zone)
