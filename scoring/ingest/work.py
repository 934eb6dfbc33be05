"""A batch on its way from text to fields, and the record of every value that was not taken."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from typing import Any

import polars as pl

from .fields import Field
from .table import LINE

# Of one kind in one batch; a wrong column would otherwise fill the memory with copies of rows,
# and a wide file does so with fewer of them.
MOST_LISTED = 10_000
MOST_CELLS_LISTED = 2_000_000


@dataclass(frozen=True, slots=True)
class Issue:
    """A value (or a whole row) that was not taken; `row` is the row as the file has it."""

    line: int
    code: str
    column: str = ""
    field: str = ""
    value: str = ""
    detail: str = ""
    external_id: str = ""
    whole_row: bool = False
    row: dict[str, Any] = dataclasses.field(default_factory=dict)


class Work:
    """A batch on its way: raw text, what was read so far, and where it failed."""

    def __init__(self, raw: pl.DataFrame) -> None:
        self.raw = raw
        self.columns: dict[str, pl.Series] = {}
        self.texts: dict[str, pl.Series] = {}
        self.bad: list[tuple[pl.Series, str, str, str]] = []
        # Beyond a limit rejections are only counted: values (False), whole rows (True).
        self.unlisted: Counter[bool] = Counter()
        self._made: dict[int, dict[str, Any]] = {}

    def note(self, mask: pl.Series, wanted: Field, column: str, code: str) -> None:
        """Remember which rows have a value of `column` that was not taken."""
        mask = mask.fill_null(value=False)
        if mask.any():
            self.bad.append((mask, wanted.name, column, code))

    def frame(self) -> pl.DataFrame:
        """The fields read so far, and the lines they come from."""
        named = [series.alias(name) for name, series in self.columns.items()]
        return pl.DataFrame([*named, self.raw[LINE]])

    def issues(self) -> list[Issue]:
        """All rejected values, in the order of the file."""
        found = [
            issue
            for mask, name, column, code in self.bad
            for issue in self.rows(mask, code, name=name, column=column)
        ]
        return sorted(found, key=lambda issue: issue.line)

    def rows(
        self,
        mask: pl.Series,
        code: str,
        *,
        name: str = "",
        column: str = "",
        whole_row: bool = False,
    ) -> list[Issue]:
        """One issue for each row of the mask, up to MOST_LISTED."""
        if not mask.any():
            return []
        most = min(MOST_LISTED, max(1, MOST_CELLS_LISTED // self.raw.width))
        over = int(mask.sum()) - most
        if over > 0:
            self.unlisted[whole_row] += over
            mask = mask & (mask.cum_sum() <= most)
        raw = self.raw.filter(mask)
        texts = self.texts[name].filter(mask).to_list() if name in self.texts else None
        ids = self.columns.get("external_id", self.columns.get("key"))
        keys = ids.filter(mask).to_list() if ids is not None else [None] * raw.height
        lines = raw[LINE].to_list()
        rows = self._as_dicts(raw)
        return [
            Issue(
                line=lines[i],
                code=code,
                column=column,
                field=name,
                value=str((texts[i] if texts else None) or rows[i].get(column) or ""),
                external_id=keys[i] or "",
                whole_row=whole_row,
                row=rows[i],
            )
            for i in range(raw.height)
        ]

    def _as_dicts(self, raw: pl.DataFrame) -> list[dict[str, Any]]:
        """The rows, each made once, however many of its values were not taken."""
        missing = raw.filter(~raw[LINE].is_in(list(self._made)))
        names = [name for name in raw.columns if name != LINE]
        for line, row in zip(missing[LINE], missing.select(names).to_dicts(), strict=True):
            self._made[line] = row
        return [self._made[line] for line in raw[LINE]]
