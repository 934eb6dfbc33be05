"""Several small reads in one round trip: a home asks for many things of which each is a few rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Rows = list[dict[str, Any]]
Asked = QuerySet[Any, Any] | tuple[str, Mapping[str, Any]]


def read_together(**asked: Asked) -> dict[str, Rows]:
    """The rows of each `values()` queryset, or SQL with its parameters, by its name: one query.

    They travel as JSON: dates, times and UUIDs are ISO text, decimals stay exact. All columns of
    SQL need names.
    """
    with connection.cursor() as cursor:
        arms = {name: _written(cursor, each) for name, each in asked.items()}
        pairs = [
            f"'{name}', (SELECT json_agg(found) FROM ({sql}) found)"
            for name, sql in arms.items()
            if sql
        ]
        if not pairs:
            return {name: [] for name in asked}
        cursor.execute(f"SELECT json_build_object({', '.join(pairs)})::text")
        told = json.loads(cursor.fetchone()[0], parse_float=Decimal)
    return {name: told.get(name) or [] for name in asked}


def _written(cursor: Any, asked: Asked) -> str:
    """The SQL with its parameters written in by the driver; empty where nothing can be found."""
    if isinstance(asked, tuple):
        sql, params = asked
        return str(cursor.mogrify(sql, params).decode())
    try:
        sql, values = asked.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return ""
    return str(cursor.mogrify(sql, values).decode())
