"""The calendar: which days do not count like others, and where the company is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from incentives.org.access import require_change, require_role, signed_in
from incentives.org.calendar import FIRST_YEAR, LAST_YEAR, MEANINGS, calendar_year, judge_days
from incentives.org.models import CalendarDay, Company
from scoring.figures.windows import Span
from scoring.scorecards.forms.calendar import CompanyPlaceForm, OwnDayForm, day_forms
from scoring.scorecards.marking import touch_days
from scoring.scorecards.peaks import find_peaks
from scoring.scorecards.views.scorecards import EDITORS


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The days of a year with their treatment; a change has past scores looked at again."""
    editor = signed_in(request)
    may_edit = editor.runs_the_company
    if request.method == "POST":
        require_change(may_edit)
    company = Company.current()
    year = year or company.today().year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    action = request.POST.get("action", "")
    days = calendar_year(year=year, country=company.country)
    forms: dict[str, Any] = {
        "days": day_forms(request.POST if action == "days" else None, days),
        "own": OwnDayForm(request.POST if action == "own" else None),
        "place": CompanyPlaceForm(request.POST if action == "place" else None, instance=company),
    }
    if action and _done(request, action, forms):
        return redirect("scoring:calendar_year", year=year)
    peaks = find_peaks(Span(date(year, 1, 1), date(year, 12, 31)))
    years = [(each, each == year) for each in range(year - 1, year + 2)]
    context = {
        **forms,
        "year": year,
        "years": years,
        "peaks": peaks,
        "may_edit": may_edit,
        "meanings": [(CalendarDay.Treatment(key).label, text) for key, text in MEANINGS.items()],
    }
    return render(request, "scoring/calendar.html", context, status=422 if action else 200)


def _done(request: HttpRequest, action: str, forms: dict[str, Any]) -> bool:
    """Carry out what was sent; False when the forms have errors to show."""
    if action == "place":
        if forms["place"].is_valid():
            forms["place"].save()
            messages.success(request, _("Time zone and country are saved."))
            return True
        return False
    asked = forms["days"] if action == "days" else [forms["own"]]
    if [form for form in asked if not form.is_valid()]:
        return False
    with transaction.atomic():
        changed = judge_days([form.instance for form in asked], keep=action == "own")
        looked_at = touch_days(changed) if changed else 0
    messages.success(request, _told(len(changed), looked_at))
    return True


def _told(changed: int, looked_at: int) -> str:
    if not changed:
        return _("Saved; nothing is judged differently.")
    text = ngettext(
        "%(days)d day is judged differently.", "%(days)d days are judged differently.", changed
    ) % {"days": changed}
    if looked_at:
        text += " " + _("The next night computes the scores around them anew.")
    return text
