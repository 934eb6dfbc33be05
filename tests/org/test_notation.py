"""Figures in the reader's notation: both languages, the company's currency, exact rounding."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from incentives.org import notation
from incentives.org.models import Company
from tests.org.cast import Cast


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "CNY", "−CN¥1,234.57"),
        ("zh-hans", "CNY", "−¥1,234.57"),
        ("en", "EUR", "−€1,234.57"),
        ("zh-hans", "JPY", "−JP¥1,235"),
        ("en", "KWD", "−KWD1,234.565"),
        ("en", "ZZZ", "ZZZ −1,234.57"),
    ],
)
def test_money_carries_its_currency_and_the_currencys_decimals(
    language: str, currency: str, text: str
) -> None:
    with translation.override(language):
        assert notation.money(Decimal("-1234.565"), currency).replace("\xa0", "") == text


def test_money_without_a_known_currency_is_a_plain_number() -> None:
    assert notation.money(Decimal("1250")) == "1,250.00"


def test_money_is_in_the_companys_currency_during_a_request(cast: Cast, client: Client) -> None:
    Company.objects.update(currency="EUR")
    client.force_login(cast.administrator)
    shown = client.get("/styleguide/").content.decode()
    assert "€1,250.50" in shown
    assert notation.money(Decimal(5)) == "5.00", "nothing is left over after the request"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        ("4.25", "4.3 s", "4.3 秒"),
        ("34", "34 s", "34 秒"),
        ("119.5", "120 s", "120 秒"),
        ("245", "4 min 05 s", "4 分 05 秒"),
        ("3599.5", "1 h 00 min", "1 小时 00 分"),
        ("-7500", "−2 h 05 min", "−2 小时 05 分"),
    ],
)
def test_durations_are_said_in_their_two_largest_units(
    seconds: str, english: str, chinese: str
) -> None:
    assert notation.duration(Decimal(seconds)) == english
    with translation.override("zh-hans"):
        assert notation.duration(Decimal(seconds)) == chinese


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(200_000, "2 d 7 h"), (18_600, "5 h 10 min"), (61, "2 min"), (-5, "0 min")],
)
def test_time_left_never_promises_too_little(seconds: int, text: str) -> None:
    assert notation.time_left(seconds) == text


def test_rounding_is_half_up_and_minus_nothing_is_nothing() -> None:
    assert [notation.number(Decimal(text), 1) for text in ("0.25", "0.35", "-0.04")] == [
        "0.3",
        "0.4",
        "0.0",
    ]
    assert notation.percent(Decimal("91.85")) == "91.9 %"


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16–22 Nov 2026", "2026年11月16日至22日"),
        (date(2026, 10, 30), date(2026, 11, 2), "30 Oct–2 Nov 2026", "2026年10月30日至11月2日"),
        (date(2026, 11, 2), date(2026, 11, 2), "2 Nov 2026", "2026年11月2日"),
    ],
)
def test_days_say_once_what_both_ends_share(
    first: date, last: date, english: str, chinese: str
) -> None:
    assert notation.days(first, last).replace(" – ", "–") == english
    with translation.override("zh-hans"):
        assert notation.days(first, last) == chinese
