"""The form of a company's own measure: its names, what it counts, and rows of conditions."""

from typing import Any, TypeAlias, cast

from django import forms
from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.draft_forms import RESERVED_KEYS, DraftForm
from incentives.org.row_forms import RowFormSet
from scoring.figures.custom import (
    MOST_CONDITIONS,
    VALUELESS,
    Condition,
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
FieldChoices: TypeAlias = list[tuple[str, list[tuple[str, str]]]]


def field_choices() -> FieldChoices:
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


class ConditionForm(forms.Form):
    """One condition; what is wrong with it is said by the definition as a whole."""

    field = forms.CharField(
        required=False, widget=forms.Select({"class": "form-select w-auto flex-fill"})
    )
    op = forms.CharField(
        required=False, initial="=", widget=forms.Select({"class": "form-select w-auto"})
    )
    value = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput({"class": "form-control w-auto flex-fill"}),
    )

    def __init__(self, *args: Any, fields: FieldChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["field"].value() or ""
        known = {name for _group, names in fields for name, _words in names}
        gone = [] if not chosen or chosen in known else [(chosen, chosen)]
        operators = [(op, operator_in_words(op)) for op in OPERATORS]
        for name, label, choices in (
            ("field", _("Field"), [("", "–"), *fields, *gone]),
            ("op", _("Comparison"), operators),
            ("value", _("Value"), None),
        ):
            self.fields[name].widget.attrs["aria-label"] = label
            if choices is not None:
                cast(forms.Select, self.fields[name].widget).choices = choices

    @property
    def is_blank(self) -> bool:
        """Whether nobody has begun to fill it in."""
        return not (self.cleaned_data.get("field") or self.cleaned_data.get("value"))

    def raw(self) -> dict[str, Any]:
        """The condition as data, still to be checked."""
        given = self.cleaned_data
        op, value = given.get("op", ""), given.get("value", "")
        raw: dict[str, Any] = {"field": given.get("field", ""), "op": op}
        if op == "in":
            for separator in _LIST_SEPARATORS:
                value = value.replace(separator, "\n")
            raw["value"] = [part.strip() for part in value.split("\n") if part.strip()]
        elif op not in VALUELESS and value:
            raw["value"] = value
        return raw


class ConditionFormSet(RowFormSet[ConditionForm]):
    """The conditions of a measure."""

    form = ConditionForm
    most = MOST_CONDITIONS


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
        rows: list[dict[str, str]] = []
        if instance is not None and data is None:
            stored = self.definition = read_definition(instance.definition)
            initial = {"measure": stored.measure, "of": stored.of or ""}
            rows = [_row_of(condition) for condition in stored.all]
        super().__init__(data, instance=instance, initial=initial)
        if self.instance.pk:
            self.fields["key"].disabled = True
        fields = field_choices()
        self.fields["of"].widget = forms.Select(choices=[("", "–"), *_summable(fields)])
        self.rows = ConditionFormSet(
            data, prefix="condition", initial=rows, form_kwargs={"fields": fields}
        )

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
        if not self.rows.is_valid():
            self.add_error(None, _("Correct the marked conditions."))
            return None
        used = [row for row in self.rows if not row.is_blank]
        raw: dict[str, Any] = {"all": [row.raw() for row in used], "measure": measure}
        if measure == "sum" and not cleaned.get("of"):
            self.add_error("of", _("Choose the field to add up."))
            return None
        if measure == "sum":
            raw["of"] = cleaned["of"]
        try:
            return read_definition(raw)
        except DefinitionError as error:
            for at, message in error.by_condition.items():
                used[at].add_error("field", message)
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


def _row_of(condition: Condition) -> dict[str, str]:
    value = condition.value
    if isinstance(value, tuple):
        text = ", ".join(str(each) for each in value)
    else:
        text = "" if value is None else str(value)
    return {"field": condition.field, "op": condition.op, "value": text}


def _summable(choices: FieldChoices) -> FieldChoices:
    fixed = ticket_fields()
    return [
        (group, [(n, words) for n, words in names if n not in fixed or fixed[n].can_be_summed])
        for group, names in choices
    ]
