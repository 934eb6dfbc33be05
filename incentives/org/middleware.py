"""Each page in the reader's language and time zone, money in the company's currency."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from incentives.org.models import Company, Person
from incentives.org.notation import money_in


class PersonLocaleMiddleware:
    """Activate the signed-in person's language, zone and currency; visitors keep Django's choice.

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
        company = Company.current()
        request.user.company_today = company.today()  # every page asks for it: read once
        zone = ZoneInfo(request.user.time_zone or company.time_zone)
        with timezone.override(zone), money_in(lambda: company.currency):
            return self.get_response(request)
