"""The search of the shell: suggestions while typing, and a page of its own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboards.search import search
from incentives.org.access import signed_in

SUGGESTIONS = 6
RESULTS = 50
LONGEST = 100


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """People and teams by name or key; the fragment is the list under the field."""
    suggests = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    found = search(
        reader=signed_in(request),
        text=request.GET.get("q", "")[:LONGEST],
        limit=SUGGESTIONS if suggests else RESULTS,
    )
    template = "dashboards/search.html#suggestions" if suggests else "dashboards/search.html"
    return render(request, template, {"found": found})
