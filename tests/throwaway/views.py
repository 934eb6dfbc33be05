"""The page of thanks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def thanks(_request: HttpRequest) -> HttpResponse:
    """All thanks."""
    return HttpResponse("Thanks")
