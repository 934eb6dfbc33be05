"""Frames into tables, by COPY."""

from __future__ import annotations

import io
from typing import Any

import polars as pl


def copy_in(cursor: Any, table: str, rows: pl.DataFrame) -> None:
    """Add the rows to a table whose columns have the frame's names; nulls are left empty."""
    if rows.is_empty():
        return
    text = io.BytesIO()
    rows.write_csv(text)
    text.seek(0)
    columns = ", ".join(rows.columns)
    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, HEADER)", text)
