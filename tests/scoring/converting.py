"""Small columns through one line of a mapping, for tests of conversion."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from scoring.ingest.convert import Converted, Converter
from scoring.ingest.mapping import parse
from scoring.ingest.table import LINE, Batch

Cells = list[str | None]
SECOND = 1_000_000


def convert(
    fields: str, *, kind: str = "tickets", top: str = "", zone: str = "UTC", **columns: Cells
) -> Converted:
    """The columns of a file through a mapping with these lines of [fields]."""
    rows = max(len(cells) for cells in columns.values())
    columns.setdefault("id", [str(number) for number in range(1, rows + 1)])
    frame = pl.DataFrame(
        {name: pl.Series(cells, dtype=pl.String) for name, cells in columns.items()}
    ).with_columns(pl.Series(LINE, range(2, rows + 2), dtype=pl.Int64))
    given = fields if "external_id" in fields else f'external_id = "id"\n{fields}'
    if kind != "agents" and "day" not in fields:
        given += '\nday = { value = "2024-03-05" }'
    text = f'kind = "{kind}"\n{top}\n[fields]\n{given}'
    mapping = parse(text, name="test").fitted(list(columns), file_name="test.csv")
    return Converter(mapping, company_zone=zone).convert(Batch(frame, 2, 0))


def one(name: str, column: str, options: str) -> str:
    """The line of one field."""
    return f"{name} = {{ {', '.join(filter(None, [f'column = {column!r}', options]))} }}"


def values(fields: str, name: str, **given: Any) -> list[Any]:
    """One field's values."""
    return convert(fields, **given).frame[name].to_list()


def codes(fields: str, **given: Any) -> list[tuple[int, str, str]]:
    """Line, reason and value of everything that was not taken."""
    return [(i.line, i.code, i.value) for i in convert(fields, **given).issues]


def numbers(fields: str, name: str, **given: Any) -> list[float | None]:
    """One field's exact numbers, as floats for comparing."""
    return [None if value is None else float(value) for value in values(fields, name, **given)]


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, sec: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, sec, tzinfo=UTC)
