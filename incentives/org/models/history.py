"""Which changes the database writes down by itself, with who made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory


def tracked(*, exclude: list[str] | None = None) -> Callable[[Any], Any]:
    """Keep every insert, update and delete of a model, other than of the excluded fields.

    Triggers write the events, so bulk statements and the Django admin are covered alike.
    """
    keep: Callable[[Any], Any] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
    )
    return keep
