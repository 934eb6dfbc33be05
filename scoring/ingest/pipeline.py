"""Reading ahead: while the database takes one batch, the next is converted, the one after read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import polars as pl
from django.conf import settings
from django.utils import translation

from .convert import Converter
from .load import csv_payload, staged_columns
from .storable import storable, without_nul
from .table import Batch, Table
from .work import Issue

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch ready for staging: typed rows, the same as COPY's CSV, and what was rejected."""

    frame: pl.DataFrame
    columns: list[str]
    payload: bytes
    issues: list[Issue]
    unlisted: Counter[bool]
    rows_read: int
    bytes_read: int


def prepared(converter: Converter, table: Table) -> Iterator[Prepared]:
    """Every batch of the table, in order; memory holds two converted and two read ones at most."""
    return _ahead(_convert_all(converter, table))


def _convert_all(converter: Converter, table: Table) -> Iterator[Prepared]:
    for batch in _ahead(table.batches()):
        yield _convert(converter, replace(batch, frame=without_nul(batch.frame)))


def _convert(converter: Converter, batch: Batch) -> Prepared:
    done = converter.convert(batch)
    frame, lost = storable(done.frame, batch.frame, converter.known)
    columns = staged_columns(frame, converter.known)
    payload = csv_payload(frame.select(columns), converter.known) if frame.height else b""
    return Prepared(
        frame,
        columns,
        payload,
        done.issues + lost,
        done.unlisted,
        done.rows_read,
        batch.bytes_read,
    )


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    # Messages are made where the rows are read; the language is the caller's.
    language = translation.get_language() or settings.LANGUAGE_CODE
    with ThreadPoolExecutor(1, initializer=translation.activate, initargs=(language,)) as pool:
        coming: Future[Item | None] = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
