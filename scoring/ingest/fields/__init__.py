"""The canonical fields: everything about what a mapping can fill, for each kind of file.

How files are read, the wizard, proposals, repairs, what appeals can contest and the check of the
documentation follow from them.
"""

from __future__ import annotations

from collections.abc import Iterable

from scoring.models.sources import FactKind

from .activities import ACTIVITIES
from .common import COMMON
from .field import LONGEST, Field, Type
from .people import PEOPLE
from .queues import QUEUES
from .tickets import TICKETS

__all__ = [
    "ACTIVITY_FIELDS",
    "DAY_SOURCES",
    "FIELDS",
    "LONGEST",
    "Field",
    "Type",
    "label_of",
]


def _by_name(fields: Iterable[Field]) -> dict[str, Field]:
    """A field's own definition in a kind takes the place of the common one."""
    return {field.name: field for field in fields}


ACTIVITY_FIELDS = _by_name([*COMMON, *ACTIVITIES])

FIELDS: dict[str, dict[str, Field]] = {
    FactKind.TICKETS: _by_name([*COMMON, *TICKETS]),
    FactKind.ACTIVITIES: ACTIVITY_FIELDS,
    FactKind.QUEUES: _by_name([*COMMON, *QUEUES]),
    FactKind.AGENTS: _by_name(PEOPLE),
}

# Which time tells a fact's day when the mapping names none, in order of preference.
DAY_SOURCES: dict[str, tuple[str, ...]] = {
    FactKind.TICKETS: ("closed_at", "opened_at", "resolved_at"),
    FactKind.ACTIVITIES: ("occurred_at",),
    FactKind.QUEUES: ("starts_at",),
    FactKind.AGENTS: (),
}
_LABELS = {name: field.label for fields in FIELDS.values() for name, field in fields.items()}


def label_of(name: str) -> str:
    """A field's name in the reader's language; the name itself where there is no such field."""
    return str(_LABELS.get(name, name))
