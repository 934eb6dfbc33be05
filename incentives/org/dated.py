"""Dated rows: what holds from `starts_on` to `ends_on`, both included; an end of None is open.

Each question exists as a condition for querysets and as the same text for SQL. Days are values, or
in querysets what refers to them (`OuterRef`, `F`); in SQL, expressions or placeholders.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q


def covers(day: Any, prefix: str = "") -> Q:
    """The dated row behind `prefix` (e.g. "memberships__") holds on that day."""
    return overlaps(day, day, prefix)


def overlaps(first: Any, last: Any, prefix: str = "") -> Q:
    """The dated row behind `prefix` holds on some day from `first` to `last`."""
    return Q(**{f"{prefix}starts_on__lte": last}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": first})
    )


def covers_sql(row: str, day: str) -> str:
    """As `covers`, of the row that SQL calls `row`; null where the day is."""
    return overlaps_sql(row, day, day)


def overlaps_sql(row: str, first: str, last: str) -> str:
    """As `overlaps`, of the row that SQL calls `row`."""
    return f"({row}.starts_on <= {last} AND ({row}.ends_on IS NULL OR {row}.ends_on >= {first}))"
