"""Numbers and days that come as text."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django import forms

import badges
import dashboards
import incentives.org
import scoring
from incentives.org.forms import DayField
from incentives.org.inputs import BIGGEST, calendar_day, whole_number

ROOT = Path(__file__).resolve().parents[2]
# Words of files and settings, which are read strictly elsewhere.
OTHER_DIGITS = {
    "incentives/org/inputs.py",
    "incentives/environment.py",
    "scoring/figures/metrics.py",
}


@pytest.mark.parametrize(
    "text", ["", "²", "١٢", "9" * 5000, str(BIGGEST + 1), "-1", "+1", "1_0", " 1", "1\n", "1.0"]
)
def test_what_is_not_plain_digits_of_a_stored_number_is_no_number(text: str) -> None:
    assert whole_number(text) is None


def test_a_number_is_read_up_to_the_most_it_may_be() -> None:
    assert (whole_number("0"), whole_number("007"), whole_number(str(BIGGEST))) == (0, 7, BIGGEST)
    assert (whole_number("5", most=5), whole_number("6", most=5)) == (5, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0001-01-01",
        "9999-12-31",
        "1999-12-31",
        "2101-01-01",
        "2026-02-30",
        "20260201",
        "٢٠٢٦-٠١-٠١",
    ],
)
def test_days_outside_the_calendar_are_no_days(text: str) -> None:
    assert calendar_day(text) is None


def test_a_day_of_the_calendar_is_read() -> None:
    assert calendar_day("2026-11-03") == date(2026, 11, 3)


def test_every_form_takes_days_of_the_calendar_only() -> None:
    found = [
        (form.__name__, name, field)
        for form in _forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField)
    ]
    assert len(found) > 20
    assert [
        f"{form}.{name}" for form, name, field in found if not isinstance(field, DayField)
    ] == []
    for day in ("0001-01-01", "9999-12-31"):
        with pytest.raises(forms.ValidationError, match="2000 to 2100"):
            DayField().clean(day)


def test_digits_are_judged_in_one_place() -> None:
    judged = re.compile(r"\.(isdigit|isdecimal|isnumeric)\(\)")
    files = [
        file
        for top in ("incentives", "scoring", "badges", "dashboards")
        for file in (ROOT / top).rglob("*.py")
    ]
    elsewhere = {str(file.relative_to(ROOT)) for file in files if judged.search(file.read_text())}
    assert elsewhere <= OTHER_DIGITS, "read numbers with incentives.org.inputs.whole_number"


def _forms() -> Iterator[type[forms.BaseForm]]:
    for package in (incentives.org, scoring, badges, dashboards):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "forms" in module.name or "form" in module.name.rsplit(".", 1)[-1]:
                importlib.import_module(module.name)
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.split(".")[0] in ("incentives", "scoring", "badges", "dashboards"):
                yield form
