"""Dates as people say them, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def said(day: date, skeleton: str) -> str:
    """A date by CLDR skeleton: yMMMMEEEEd is “Saturday, 21 November 2026”."""
    locale = "zh_CN" if (get_language() or "").startswith("zh") else "en_GB"
    text: str = format_skeleton(skeleton, day, locale=locale)
    return text


def moment(when: datetime, *, today: date) -> str:
    """A time in the reader's zone: with “today” or “yesterday” where that is so."""
    local = timezone.localtime(when)
    parts = {"time": f"{local:%H:%M}"}
    days = (today - local.date()).days
    if days == 0:
        return _("today, %(time)s") % parts
    if days == 1:
        return _("yesterday, %(time)s") % parts
    return _("%(day)s, %(time)s") % {**parts, "day": date_format(local.date(), "DATE_FORMAT")}
