"""The company's settings in the browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.models import Company
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Lakeside", "country": "DE", "time_zone": "Europe/Berlin", "locale": "en",
    "currency": "eur",
}  # fmt: skip


@pytest.mark.parametrize("name", ["agent", "supervisor", "manager", "hr", "executive"])
def test_only_administrators_set_the_company(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.fresh(name))
    assert client.get(reverse("org:company")).status_code == 403
    assert client.post(reverse("org:company"), GOOD).status_code == 403
    assert Company.current().name == "Lakeside Support"


def test_an_administrator_sets_the_company(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    page = client.get(reverse("org:company")).content.decode()
    assert 'value="Lakeside Support"' in page
    assert "Name a second one" in page
    assert client.post(reverse("org:company"), GOOD).status_code == 302
    company = Company.current()
    assert (company.name, company.currency, company.time_zone) == (
        "Lakeside", "EUR", "Europe/Berlin",
    )  # fmt: skip
    assert client.delete(reverse("org:company")).status_code == 405


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "This field is required."),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("currency", "ABC", "“ABC” is no currency."),
        ("country", "XX", "Select a valid choice."),
    ],
)
def test_what_is_not_so_comes_back_with_the_reason(
    client: Client, cast: Cast, field: str, value: str, told: str
) -> None:
    client.force_login(cast.administrator)
    answer = client.post(reverse("org:company"), GOOD | {field: value})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Company.current().name == "Lakeside Support"
