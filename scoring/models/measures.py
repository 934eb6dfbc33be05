"""How a column of the daily totals says which measure it holds, and what that counts.

A measure is a plain sum or count, never an average, so that any window is a sum of days.
The SQL fragments aggregate over the fact aliases that `scoring.figures.totals` uses: `t` a ticket,
`a` an activity, `q` a queue interval, `c` the fact's channel. A measure that several kinds
of facts feed (calls answered, from call logs or from queue intervals) is their sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models

from incentives.org.wording import in_readers_language


@dataclass(frozen=True, slots=True)
class Measure:
    """What one column of the daily totals, named `key`, holds.

    `ticket`, `activity` and `queue` are SQL aggregates, or None where that kind of fact
    says nothing about the measure. `unit` is count, seconds, score, money, points or hours.
    """

    name_en: str
    name_zh: str
    unit: str = "count"
    ticket: str | None = None
    activity: str | None = None
    queue: str | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return in_readers_language(self.name_en, self.name_zh)


# By the number that Django gives a field where it is declared: every model that inherits the
# field has a copy of it with the same number.
_DECLARED: dict[int, Measure] = {}


def count(
    name_en: str,
    name_zh: str,
    *,
    ticket: str | None = None,
    activity: str | None = None,
    queue: str | None = None,
) -> models.BigIntegerField[int | None, int | None]:
    """How many; NULL when there was nothing to count."""
    field: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True)
    _DECLARED[field.creation_counter] = Measure(
        name_en, name_zh, ticket=ticket, activity=activity, queue=queue
    )
    return field


def total(
    name_en: str,
    name_zh: str,
    unit: str = "count",
    *,
    ticket: str | None = None,
    activity: str | None = None,
    queue: str | None = None,
) -> models.DecimalField[Decimal | None, Decimal | None]:
    """An exact sum (seconds, marks, money, quantities); NULL when nothing was measured."""
    field: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=24, decimal_places=6, null=True
    )
    _DECLARED[field.creation_counter] = Measure(name_en, name_zh, unit, ticket, activity, queue)
    return field


def measures_of(model: type[models.Model]) -> dict[str, Measure]:
    """The measures that a model's columns hold, by key and in the columns' order."""
    return {
        field.name: replace(_DECLARED[field.creation_counter], key=field.name)
        for field in model._meta.local_fields
        if field.creation_counter in _DECLARED
    }


def rows(condition: str) -> str:
    """How many facts meet a condition."""
    return f"count(*) FILTER (WHERE {condition})"


def done(kind: str, condition: str = "TRUE") -> str:
    """How much of one kind of activity was done."""
    return f"sum(a.quantity) FILTER (WHERE a.kind = '{kind}' AND {condition})"


def times(kind: str, condition: str = "TRUE") -> str:
    """How often there was one kind of activity."""
    return rows(f"a.kind = '{kind}' AND {condition}")
