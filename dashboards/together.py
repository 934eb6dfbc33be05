"""Several small reads in one round trip: a home asks for many things of which each is a few rows."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Rows = list[dict[str, Any]]


def read_together(**asked: QuerySet[Any, Any]) -> dict[str, Rows]:
    """The rows of each `values()` queryset by its name, all by one query.

    They travel as JSON: dates, times and UUIDs are ISO text, decimals stay exact.
    """
    arms: list[str] = []
    params: list[Any] = []
    for name, rows in asked.items():
        try:
            sql, values = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        found = f"(SELECT json_agg(found) FROM ({sql}) found)"
        arms.append(f"'{name}', {found}")
        params += values
    if not arms:
        return {name: [] for name in asked}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT json_build_object({', '.join(arms)})::text", params)
        told = json.loads(cursor.fetchone()[0], parse_float=Decimal)
    return {name: told.get(name) or [] for name in asked}
