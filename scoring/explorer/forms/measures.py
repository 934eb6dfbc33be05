"""The form of a company's own measure: its names, what it counts, and rows of conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.draft_forms import RESERVED_KEYS, DraftForm
from incentives.org.inputs import whole_number
from scoring.figures.custom import (
    MOST_CONDITIONS,
    VALUELESS,
    Definition,
    DefinitionError,
    operator_in_words,
    read_definition,
)
from scoring.figures.measures import MEASURES
from scoring.figures.ticket_fields import EXTRA, ticket_fields
from scoring.models import CustomMeasure, Ticket

OPERATORS = ("=", "!=", "in", ">=", "<=", ">", "<", "is empty", "is not empty")
_SAMPLED_TICKETS = 2000
_LIST_SEPARATORS = ",，、;；"


@dataclass(slots=True)
class ConditionRow:
    """One condition as the browser sends it."""

    field: str = ""
    op: str = "="
    value: str = ""
    error: str = ""


def operator_choices() -> list[tuple[str, str]]:
    """The operators in words."""
    return [(op, operator_in_words(op)) for op in OPERATORS]


def field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Ticket fields by name in words, then the extra columns that recent tickets have."""
    fixed = [(field.name, field.label) for field in ticket_fields().values()]
    choices = [(_("Ticket fields"), fixed)]
    extra = [(EXTRA + name, name) for name in _extra_names()]
    return [*choices, (_("Extra columns"), extra)] if extra else choices


def _extra_names() -> list[str]:
    table = Ticket._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT jsonb_object_keys(sampled.extra) FROM (SELECT t.extra"
            f" FROM {table} t WHERE jsonb_typeof(t.extra) = 'object' LIMIT %s) sampled ORDER BY 1",
            [_SAMPLED_TICKETS],
        )
        return [name for (name,) in cursor.fetchall()]


class MeasureForm(DraftForm, forms.ModelForm[CustomMeasure]):
    """Names, unit, count or sum; the conditions are in `rows`."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,59}$",
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("The name that KPIs use for it, such as refunds_by_phone."),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters, digits and _ only, and begin with a letter,"
                " as in refunds_by_phone."
            )
        },
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("What it does"),
        choices=[
            ("count", gettext_lazy("Count the tickets")),
            ("sum", gettext_lazy("Add up a field of the tickets")),
        ],
    )
    of = forms.CharField(label=gettext_lazy("Field to add up"), required=False, max_length=120)

    class Meta:
        model = CustomMeasure
        fields = ("key", "name_en", "name_zh", "unit")

    def __init__(self, data: QueryDict | None = None, *, instance: CustomMeasure | None = None):
        initial: dict[str, Any] = {}
        self.definition: Definition | None = None
        self.rows: list[ConditionRow] = [ConditionRow()]
        if instance is not None and data is None:
            stored = self.definition = read_definition(instance.definition)
            initial = {"measure": stored.measure, "of": stored.of or ""}
            self.rows = _rows_of(stored)
        if data is not None:
            self.rows = rows_from(data)
        super().__init__(data, instance=instance, initial=initial)
        if self.instance.pk:
            self.fields["key"].disabled = True
        self.field_choices = field_choices()
        self.known_fields = {name for _group, names in self.field_choices for name, _words in names}
        self.fields["of"].widget = forms.Select(choices=[("", "–"), *_summable(self.field_choices)])

    def clean_key(self) -> str:
        """A key that no shipped measure has."""
        key: str = self.cleaned_data["key"]
        if key in MEASURES or key in RESERVED_KEYS:
            raise forms.ValidationError(
                _("“%(key)s” is a measure of the product: choose another key.") % {"key": key}
            )
        return key

    def clean(self) -> dict[str, Any]:
        """Read the definition; its errors go to the rows and fields they are about."""
        cleaned = super().clean() or {}
        self.definition = self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> Definition | None:
        measure = cleaned.get("measure", "count")
        used = [row for row in self.rows if row.field or row.value]
        raw: dict[str, Any] = {
            "all": [_raw_condition(row) for row in used],
            "measure": measure,
        }
        if measure == "sum" and not cleaned.get("of"):
            self.add_error("of", _("Choose the field to add up."))
            return None
        if measure == "sum":
            raw["of"] = cleaned["of"]
        try:
            return read_definition(raw)
        except DefinitionError as error:
            for at, message in error.by_condition.items():
                used[at].error = message
            for message in error.others:
                self.add_error("of" if measure == "sum" else None, message)
            if error.by_condition:
                self.add_error(None, _("Correct the marked conditions."))
            return None

    def save(self, commit: bool = True) -> CustomMeasure:
        """Store the measure with its definition; only for a valid form."""
        if self.definition is not None:
            stored = self.definition.model_dump(mode="json", exclude_none=True)
            self.instance.definition = stored
        return super().save(commit)


def rows_from(data: QueryDict) -> list[ConditionRow]:
    """The conditions of a request, after the button `add_row` or `drop_row` that was pressed."""
    sent = zip(data.getlist("field"), data.getlist("op"), data.getlist("value"), strict=False)
    rows = [ConditionRow(field.strip(), op, value.strip()) for field, op, value in sent]
    removed = whole_number(data.get("drop_row", ""))
    if removed is not None and removed < len(rows):
        del rows[removed]
    if "add_row" in data and len(rows) < MOST_CONDITIONS:
        rows.append(ConditionRow())
    return rows[: MOST_CONDITIONS + 1] or [ConditionRow()]


def _rows_of(definition: Definition) -> list[ConditionRow]:
    rows = []
    for condition in definition.all:
        value = condition.value
        if isinstance(value, tuple):
            text = ", ".join(str(each) for each in value)
        else:
            text = "" if value is None else str(value)
        rows.append(ConditionRow(condition.field, condition.op, text))
    return rows or [ConditionRow()]


def _raw_condition(row: ConditionRow) -> dict[str, Any]:
    raw: dict[str, Any] = {"field": row.field, "op": row.op}
    if row.op == "in":
        text = row.value
        for separator in _LIST_SEPARATORS:
            text = text.replace(separator, "\n")
        raw["value"] = [part.strip() for part in text.split("\n") if part.strip()]
    elif row.op not in VALUELESS and row.value:
        raw["value"] = row.value
    return raw


def _summable(
    choices: Sequence[tuple[str, list[tuple[str, str]]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    fixed = ticket_fields()
    return [
        (group, [(n, words) for n, words in names if n not in fixed or fixed[n].can_be_summed])
        for group, names in choices
    ]
