"""The audit: everything derived is worked out again from what it is derived from, and compared.

Nothing is changed: a check either only reads, or lets the product's own steps do everything anew
inside a transaction that is rolled back. Other apps add checks in a module `audit_checks`, which
is found by itself:

    @register("coins", _("Coin balances"))
    def coins(cursor):
        yield Difference("agent-7 balance", stored="120", right="100")
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from scoring.figures.expressions import near
from scoring.figures.night_lock import night_lock
from scoring.models import ChangedDay, PointRuleChange

MOST = 10_000
WAIT_SECONDS = 60
_WORK_MEM = "256MB"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something derived that is not what it should be: what, as stored, as it follows."""

    what: str
    stored: str
    right: str


Finder = Callable[[Any], Iterable[Difference]]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of derived figures; `find` gets a cursor in a transaction that is rolled back."""

    name: str
    label: Any
    find: Finder


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, at most MOST differences; `is_cut` says that there are more."""

    check: Check
    differences: list[Difference]
    is_cut: bool


_CHECKS: dict[str, Check] = {}


def register(name: str, label: Any) -> Callable[[Finder], Finder]:
    """Add a check under a name of its own. Raises ValueError for a name that is taken."""

    def add(find: Finder) -> Finder:
        if name in _CHECKS and _CHECKS[name].find is not find:
            raise ValueError(f"There are two audit checks called {name}.")
        _CHECKS[name] = Check(name, label, find)
        return find

    return add


def checks(names: Sequence[str] = ()) -> list[Check]:
    """All checks of the installed apps in the order in which they build on each other, or these.

    Raises LookupError for an unknown name; the message names near ones.
    """
    autodiscover_modules("audit_checks")
    for name in names:
        if name not in _CHECKS:
            raise LookupError(
                _("There is no check “%(name)s”.") % {"name": name} + near(name, _CHECKS)
            )
    return [check for check in _CHECKS.values() if not names or check.name in names]


def audit(chosen: Sequence[Check], *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Finding]:
    """Carry out checks one after the other, while no night changes anything.

    Raises NightBusy when one is under way for longer than `wait_seconds`.
    """
    with night_lock(wait_seconds=wait_seconds):
        for check in chosen:
            yield _find(check)


def _find(check: Check) -> Finding:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{_WORK_MEM}'")
        found = list(islice(check.find(cursor), MOST + 1))
        transaction.set_rollback(True)
    return Finding(check, found[:MOST], len(found) > MOST)


def waiting() -> int:
    """How many changes the next night has still to follow up: until then, differences are natural."""
    days = ChangedDay.objects.values("agent", "day").distinct().count()
    return days + PointRuleChange.objects.count()


def compared(
    cursor: Any,
    *,
    stored: str,
    right: str,
    params: Sequence[Any] = (),
    keys: Sequence[str],
    values: Sequence[str],
    lenient: Collection[str] = (),
) -> Iterator[tuple[tuple[Any, ...], str, Any, Any]]:
    """(key, column, stored, right) wherever two relations differ: SQL of tables or subqueries.

    Keys may be NULL; of `lenient` columns, NULL and 0 are the same. A row that only one side has
    gives one difference with the column "" and None for the side that lacks it. `params` are
    those of `right`.
    """
    folded = ", ".join(f"coalesce({key}::text, '') AS k_{key}" for key in keys)
    columns = [f"{side}.{column}" for side in "ab" for column in values]
    shown = [f"coalesce(a.{key}, b.{key})" for key in keys]
    cursor.execute(
        f"SELECT {', '.join([*shown, 'a.here', 'b.here', *columns])}"
        f" FROM (SELECT *, TRUE AS here, {folded} FROM {stored}) a"
        f" FULL JOIN (SELECT *, TRUE AS here, {folded} FROM {right}) b"
        f" USING ({', '.join(f'k_{key}' for key in keys)})"
        f" WHERE a.here IS DISTINCT FROM b.here OR {_side('a', values, lenient)}"
        f" IS DISTINCT FROM {_side('b', values, lenient)}"
        f" ORDER BY {', '.join(str(at + 1) for at in range(len(keys)))} LIMIT {MOST + 1}",
        list(params),
    )
    for row in cursor.fetchall():
        key, here, rest = row[: len(keys)], row[len(keys) : len(keys) + 2], row[len(keys) + 2 :]
        if here[0] is None or here[1] is None:
            yield key, "", *(_("there") if each else None for each in here)
            continue
        for column, was, now in zip(values, rest[: len(values)], rest[len(values) :], strict=True):
            same = (was or 0) == (now or 0) if column in lenient else was == now
            if not same:
                yield key, column, was, now


def _side(alias: str, values: Sequence[str], lenient: Collection[str]) -> str:
    parts = [
        f"nullif({alias}.{column}, 0)" if column in lenient else f"{alias}.{column}"
        for column in values
    ]
    return f"ROW({', '.join(parts)})"
