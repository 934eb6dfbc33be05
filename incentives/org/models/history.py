"""Which changes the database writes down by itself, with who made them, and what is never edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory
import pgtrigger


def append_only(what: str, *, operation: pgtrigger.Operation | None = None) -> pgtrigger.Trigger:
    """A trigger that refuses UPDATE, DELETE and TRUNCATE as a broken check (IntegrityError in Django).

    `migrate` gives the application no right to do what it refuses (incentives/database_roles.py).
    """
    return pgtrigger.Trigger(
        name="append_only",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=operation or pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func=f"RAISE EXCEPTION '{what}: add a new entry.' USING ERRCODE = '23514';",
    )


def tracked(*, exclude: list[str] | None = None) -> Callable[[Any], Any]:
    """Keep every insert, update and delete of a model, other than of the excluded fields.

    Triggers write the events, so bulk statements and the Django admin are covered alike. The
    events themselves are never edited.
    """
    keep: Callable[[Any], Any] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        meta={"triggers": [append_only("What was written down is never edited")]},
    )
    return keep
