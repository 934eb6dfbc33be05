"""Rows in and out of the database by COPY."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from scoring.copying import copy_in, copy_out

ROOT = Path(__file__).parents[2]
SCHEMA = {"n": pl.Int64(), "day": pl.Date(), "text": pl.String(), "amount": pl.Decimal(38, 6)}
ROWS = [
    (1, date(2026, 3, 2), 'a "quoted", text\nof two lines\tand a tab', Decimal("0.000001")),
    (None, None, None, None),
    (-5, date(1999, 12, 31), "%s 100 % \\N 班组", Decimal(-12)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [ROWS, []])
def test_rows_come_back_as_they_went_in(rows: list[tuple[object, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with connection.cursor() as cursor:
        # The order of the table's columns is its own.
        cursor.execute(
            "CREATE TEMP TABLE copied (text text, amount numeric, day date, n bigint)"
            " ON COMMIT DROP"
        )
        copy_in(cursor, "copied", frame)
        found = copy_out(cursor, "SELECT n, day, text, amount FROM copied", SCHEMA)
    assert found.equals(frame)
    assert found.schema == frame.schema


@pytest.mark.django_db
def test_parameters_are_bound_and_a_query_without_them_may_have_percent_signs() -> None:
    schema = {"text": pl.String()}
    with connection.cursor() as cursor:
        assert copy_out(cursor, "SELECT %s::text", schema, ["it's"]).rows() == [("it's",)]
        assert copy_out(cursor, "SELECT 'a' WHERE 'a' LIKE '%'", schema).rows() == [("a",)]


def test_nobody_else_copies() -> None:
    apps = ("incentives", "scoring", "badges", "careers", "rewards", "dashboards")
    copying = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if "copy_expert" in path.read_text()
    }
    assert copying == {"scoring/copying.py"}
