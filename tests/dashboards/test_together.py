"""Several small reads in one round trip."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import DecimalField, Value
from pytest_django import DjangoAssertNumQueries

from dashboards.together import read_together
from incentives.org.models import Person, Team
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db


def test_each_name_gets_its_rows_in_order_by_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    exact = Value(Decimal("0.10"), output_field=DecimalField(max_digits=4, decimal_places=2))
    people = Person.objects.filter(hired_on__lt=date(1900, 1, 1))
    with django_assert_num_queries(1):
        found = read_together(
            teams=Team.objects.annotate(share=exact).order_by("-name").values("name", "share"),
            nobody=people.values("display_name"),
            nothing=Person.objects.none().values("pk"),
            said=("SELECT %(text)s AS text, 0.30 AS share", {"text": "100 % 's"}),
            either=Team.objects.filter(name="Alpha")
            .values("name", "site__name")
            .union(Team.objects.filter(name="Beta").values("name", "site__name"), all=True)
            .order_by("name"),
        )
    assert [row["name"] for row in found["teams"]][-1] == "Alpha"
    assert found["teams"][0]["share"] == Decimal("0.10")
    assert found["said"] == [{"text": "100 % 's", "share": Decimal("0.30")}]
    assert (found["nobody"], found["nothing"]) == ([], [])
    assert [row["name"] for row in found["either"]] == ["Alpha", "Beta"]


def test_nothing_asked_costs_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert read_together(nothing=Person.objects.none().values("pk")) == {"nothing": []}
