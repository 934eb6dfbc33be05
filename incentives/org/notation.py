"""Numbers, money, durations, dates and times as the reader writes them: the one place for it.

The language is the active one (`django.utils.translation`), the zone the active one, and the
currency the company's, which the middleware makes known for the length of a request. Rounding is
half up, and only here: nothing rounded is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.dates import format_interval, format_skeleton
from babel.numbers import format_currency, get_currency_precision, is_currency
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from incentives.org.wording import reads_chinese

NO_DATA = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Below this many seconds a duration reads better in seconds alone.
SECONDS_ALONE = 120
_currency: ContextVar[Callable[[], str] | None] = ContextVar("currency", default=None)


@contextmanager
def money_in(currency: Callable[[], str]) -> Iterator[None]:
    """Show money in this currency (an ISO 4217 code, asked for only when money is shown)."""
    token = _currency.set(currency)
    try:
        yield
    finally:
        _currency.reset(token)


def locale() -> str:
    """The reader's language as CLDR names it."""
    return "zh_Hans_CN" if reads_chinese() else "en_GB"


def languages() -> list[Literal["en", "zh-hans"]]:
    """The codes of our languages, the reader's own first."""
    mine = reads_chinese()
    return ["zh-hans", "en"] if mine else ["en", "zh-hans"]


def joined(*parts: str) -> str:
    """Sentences one after the other: a space between them, in Chinese none; empty ones are left out."""
    return ("" if locale().startswith("zh") else " ").join(filter(None, parts))


def listed(names: Iterable[str]) -> str:
    """Names one after the other: "Alpha, Beta", in Chinese "甲、乙"."""
    return ("、" if reads_chinese() else ", ").join(names)


def number(value: Decimal | int, decimals: int = 0) -> str:
    """A number rounded half up, with the reader's separators: 1,234.5."""
    rounded = _rounded(Decimal(value), decimals)
    return number_format(rounded + 0, decimals, use_l10n=True, force_grouping=True)


def percent(value: Decimal | int, decimals: int = 1) -> str:
    """A share given as 0 to 100: 91.8 %, in Chinese 91.8%."""
    return _("%(figure)s %%") % {"figure": number(value, decimals)}


def money(value: Decimal, currency: str | None = None) -> str:
    """An amount with its currency, in the currency's own decimals: ¥1,250.00, CN¥1,250.00, ¥1,250.

    Without `currency` in the company's; a plain number where neither is known.
    """
    asked = _currency.get()
    code = currency or (asked() if asked else "")
    if not code:
        return number(value, 2)
    decimals = get_currency_precision(code)
    rounded = _rounded(value, decimals) + 0
    if not is_currency(code):
        return f"{code} {number(rounded, decimals)}".replace("-", "−")
    text: str = format_currency(rounded, code, locale=locale(), currency_digits=True)
    return text.replace("-", "−")


def duration(seconds: Decimal | int) -> str:
    """A length of time in words: 34 s, 4 min 05 s, 2 h 05 min, 3 d 4 h."""
    value = Decimal(seconds)
    if abs(value) < SECONDS_ALONE:
        return _("%(seconds)s s") % {"seconds": number(value, 0 if abs(value) >= 10 else 1)}
    whole = int(_rounded(abs(value), 0))
    sign = "−" if value < 0 else ""
    if whole < _HOUR:
        parts = {"minutes": whole // _MINUTE, "seconds": f"{whole % _MINUTE:02d}"}
        return sign + _("%(minutes)s min %(seconds)s s") % parts
    parts = {"hours": number(whole // _HOUR), "minutes": f"{whole % _HOUR // _MINUTE:02d}"}
    return sign + _("%(hours)s h %(minutes)s min") % parts


def time_left(seconds: int) -> str:
    """How long something still lasts, in its two largest units: 2 d 6 h, 5 h 10 min, 4 min."""
    left = max(0, seconds)
    if left >= _DAY:
        parts = {"days": left // _DAY, "hours": left % _DAY // _HOUR}
        return _("%(days)s d %(hours)s h") % parts
    if left >= _HOUR:
        return duration(Decimal(left))
    return _("%(minutes)s min") % {"minutes": -(-left // _MINUTE)}


def said(day: date, skeleton: str) -> str:
    """A date by CLDR skeleton: yMMMMEEEEd is “Saturday, 21 November 2026”."""
    text: str = format_skeleton(skeleton, day, locale=locale())
    return text


def day(value: date) -> str:
    """A date in short: 21 Nov 2026, 2026年11月21日."""
    return date_format(value, "DATE_FORMAT")


def days(first: date, last: date) -> str:
    """A stretch of days, what both ends share said once: 16–22 Nov 2026, 2026年11月16日至22日."""
    if first == last:
        return day(first)
    text: str = format_interval(first, last, "yMMMd", locale=locale())
    return text.replace("\u2009", "")


def moment(when: datetime, *, today: date) -> str:
    """A time in the reader's zone: with “today” or “yesterday” where that is so."""
    local = timezone.localtime(when)
    parts = {"time": f"{local:%H:%M}"}
    ago = (today - local.date()).days
    if ago == 0:
        return _("today, %(time)s") % parts
    if ago == 1:
        return _("yesterday, %(time)s") % parts
    return _("%(day)s, %(time)s") % {**parts, "day": day(local.date())}


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
