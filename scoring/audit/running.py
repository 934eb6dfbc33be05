"""The audit: everything derived is worked out again from what it is derived from, and compared.

Nothing is changed: a check either only reads, or lets the product's own steps do everything anew
inside a transaction that is rolled back. Each capability declares its checks (`AuditCheck`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction
from django.utils.translation import gettext as _

from incentives.capabilities import AuditCheck, Difference, declared
from scoring.figures.auditing import MOST
from scoring.figures.expressions import near
from scoring.figures.night_lock import night_lock
from scoring.models import ChangedDay, PointRuleChange

WAIT_SECONDS = 60
_WORK_MEM = "256MB"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, at most MOST differences; `is_cut` says that there are more."""

    check: AuditCheck
    differences: list[Difference]
    is_cut: bool


def checks(names: Sequence[str] = ()) -> list[AuditCheck]:
    """All checks of the installed apps in the order in which they build on each other, or these.

    Raises LookupError for an unknown name; the message names near ones.
    """
    known = {check.name: check for check in declared(AuditCheck)}
    for name in names:
        if name not in known:
            raise LookupError(
                _("There is no check “%(name)s”.") % {"name": name} + near(name, known)
            )
    return [check for check in known.values() if not names or check.name in names]


def audit(chosen: Sequence[AuditCheck], *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Finding]:
    """Carry out checks one after the other, while no night changes anything.

    Raises NightBusy when one is under way for longer than `wait_seconds`.
    """
    with night_lock(wait_seconds=wait_seconds):
        for check in chosen:
            yield _find(check)


def _find(check: AuditCheck) -> Finding:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{_WORK_MEM}'")
        found = list(islice(check.find(cursor), MOST + 1))
        transaction.set_rollback(True)
    return Finding(check, found[:MOST], len(found) > MOST)


def waiting() -> int:
    """How many changes the next night has still to follow up: until then, differences are natural."""
    days = ChangedDay.objects.values("agent", "day").distinct().count()
    return days + PointRuleChange.objects.count()
