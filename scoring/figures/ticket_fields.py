"""The ticket fields that a company's own measures may filter and sum: names, kinds, SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.models import Ticket

EXTRA = "extra."
LONGEST_EXTRA_NAME = 100
# A number as people type it; whatever else stands in an extra column is no number.
NUMBER_PATTERN = "^[-+]?[0-9]{1,30}([.][0-9]{1,30})?$"
_HIDDEN = {"source", "held_for", "extra", "run", "deleted", "version", "pk"}


class FieldKind(StrEnum):
    """What a field holds, and so what it can be compared with."""

    TEXT = "text"
    KEY = "key"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    TIME = "time"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class TicketField:
    """One field: `name` as definitions write it, `sql` over the ticket alias `t`.

    `params` belong to each single occurrence of `sql`.
    """

    name: str
    kind: FieldKind
    sql: str
    params: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The field's name in the language of the reader."""
        if self.kind is FieldKind.EXTRA:
            return self.name.removeprefix(EXTRA)
        if self.kind is FieldKind.KEY:
            return str(_KEY_LABELS[self.name])
        return str(Ticket._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]

    @property
    def can_be_summed(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in (FieldKind.NUMBER, FieldKind.EXTRA)

    def as_number(self) -> tuple[str, tuple[str, ...]]:
        """SQL of the value as a number, NULL where it is none; and its parameters."""
        if self.kind is not FieldKind.EXTRA:
            return self.sql, self.params
        case = f"CASE WHEN {self.sql} ~ %s THEN ({self.sql})::numeric END"
        return case, (*self.params, NUMBER_PATTERN, *self.params)


_KEY_LABELS = {
    "agent": gettext_lazy("agent"),
    "team": gettext_lazy("team"),
    "channel": gettext_lazy("channel"),
}
_KINDS: tuple[tuple[type[models.Field[object, object]], FieldKind], ...] = (
    (models.BooleanField, FieldKind.FLAG),
    (models.DateTimeField, FieldKind.TIME),
    (models.DateField, FieldKind.DAY),
    (models.DecimalField, FieldKind.NUMBER),
    (models.IntegerField, FieldKind.NUMBER),
    (models.TextField, FieldKind.TEXT),
)


@cache
def ticket_fields() -> Mapping[str, TicketField]:
    """The fixed fields by name, in the order of the ticket's columns."""
    found: dict[str, TicketField] = {}
    for field in Ticket._meta.concrete_fields:
        if field.name in _HIDDEN:
            continue
        if isinstance(field, models.ForeignKey):
            found[field.name] = _key_field(field)
        else:
            kind = next(kind for known, kind in _KINDS if isinstance(field, known))
            found[field.name] = TicketField(field.name, kind, f't."{field.column}"')
    return found


def _key_field(field: "models.ForeignKey[object, object]") -> TicketField:
    table = field.related_model._meta.db_table
    sql = f'(SELECT k.key FROM "{table}" k WHERE k.id = t."{field.column}")'
    return TicketField(field.name, FieldKind.KEY, sql)


def ticket_field(name: str) -> TicketField | None:
    """The field of that name, `extra.<name>` included; None when there is none."""
    if name.startswith(EXTRA):
        column = name.removeprefix(EXTRA)
        if not column.strip() or len(column) > LONGEST_EXTRA_NAME or "\x00" in column:
            return None
        return TicketField(name, FieldKind.EXTRA, "(t.extra->>%s)", (column,))
    return ticket_fields().get(name)


def kind_in_words(kind: FieldKind) -> str:
    """What a value of this kind looks like, for error messages."""
    return {
        FieldKind.TEXT: _("a text"),
        FieldKind.KEY: _("a key"),
        FieldKind.NUMBER: _("a number such as 3 or 4.5"),
        FieldKind.FLAG: _("yes or no"),
        FieldKind.DAY: _("a day such as 2026-11-03"),
        FieldKind.TIME: _("a time such as 2026-11-03 18:30"),
        FieldKind.EXTRA: _("a text or a number"),
    }[kind]
