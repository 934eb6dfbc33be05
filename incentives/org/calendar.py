"""The company's calendar: public holidays, promotion days, and how each day is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import holidays
from django.db import transaction
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from incentives.org.models import CalendarDay

#: Month, day, English and Chinese name of the promotions that Chinese e-commerce lives by.
PROMOTIONS = [
    (6, 18, "618 shopping festival", "618 购物节"),
    (11, 11, "Double 11", "双十一"),
    (12, 12, "Double 12", "双十二"),
]
FIRST_YEAR, LAST_YEAR = 2000, 2100


def known_countries() -> list[tuple[str, str]]:
    """ISO codes of the countries whose public holidays are known, by name for the reader."""
    supported = holidays.list_supported_countries(include_aliases=False)
    names = {code: _country_name(code) for code in supported if len(code) == 2}
    return sorted(names.items(), key=lambda pair: pair[1])


def _country_name(code: str) -> str:
    from babel import Locale

    locale = Locale.parse(to_locale(get_language() or "en"))
    return str(locale.territories.get(code, code))


def suggested_days(*, year: int, country: str) -> list[CalendarDay]:
    """Public holidays of the country and promotion days of that year, unsaved, counting as usual.

    An unknown country has no public holidays.
    """
    days = {
        date(year, month, day): CalendarDay(
            day=date(year, month, day),
            name_en=english,
            name_zh=chinese,
            kind=CalendarDay.Kind.PROMOTION,
        )
        for month, day, english, chinese in PROMOTIONS
    }
    chinese_names = _holidays(year, country, "zh_CN")
    for day, name in _holidays(year, country, "en_US").items():
        same = chinese_names.get(day, "")
        days[day] = CalendarDay(
            day=day,
            name_en=name[:120],
            name_zh=same[:120] if same != name else "",
            kind=CalendarDay.Kind.HOLIDAY,
        )
    return [days[day] for day in sorted(days)]


def _holidays(year: int, country: str, language: str) -> Mapping[date, str]:
    """Names by day; in the country's own language when it has no such translation."""
    try:
        return dict(holidays.country_holidays(country, years=year, language=language))
    except NotImplementedError:
        return {}


def calendar_year(*, year: int, country: str) -> list[CalendarDay]:
    """The stored days of a year and the suggested ones that nobody has decided on, by day."""
    stored = {each.day: each for each in CalendarDay.objects.filter(day__year=year)}
    offered = {each.day: each for each in suggested_days(year=year, country=country)}
    return [(offered | stored)[day] for day in sorted(offered | stored)]


def judge_days(decisions: Iterable[CalendarDay], *, keep: bool = False) -> list[date]:
    """Store how days are judged; returns the days that are judged differently from before.

    A suggested day that counts as usual is stored only with `keep`. Raises ValidationError for a
    factor outside 0–1.
    """
    changed: list[date] = []
    with transaction.atomic():
        wanted = {each.day: each for each in decisions}
        stored = {each.day: each for each in CalendarDay.objects.filter(day__in=wanted)}
        for day, decision in sorted(wanted.items()):
            if decision.treatment != CalendarDay.Treatment.RELAXED:
                decision.factor = Decimal(1)
            before = stored.get(day)
            if _judged(before) != _judged(decision):
                changed.append(day)
            elif before is not None or not keep:
                continue
            decision.pk = before.pk if before else None
            decision._state.adding = before is None
            decision.full_clean()
            decision.save()
    return changed


def _judged(day: CalendarDay | None) -> tuple[str, Decimal]:
    if day is None:
        return CalendarDay.Treatment.COUNTS.value, Decimal(1)
    return str(day.treatment), Decimal(day.factor)


#: What the treatments mean, for the legend of the page.
MEANINGS = {
    CalendarDay.Treatment.COUNTS: _("The day counts like any other."),
    CalendarDay.Treatment.RELAXED: _(
        "The way from floor to target is multiplied by the factor: with 0.8, 80 percent is enough."
    ),
    CalendarDay.Treatment.EXCLUDED: _("The day has no score, and weeks and months leave it out."),
}
