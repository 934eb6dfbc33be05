"""Forms of scorecards: the card, its items with their guards, and its publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.draft_forms import RESERVED_KEYS, DraftForm, asks_for_no_saving
from incentives.org.forms import DayField
from incentives.org.models import Person, Team
from incentives.org.row_forms import RowFormSet
from scoring.figures.kpis import plain
from scoring.models import Kpi, Scorecard, ScorecardItem
from scoring.scorecards.cards import SCALE
from scoring.scorecards.checks import BAND, LINE, OPERATORS, Problem, item_problems, problems_of

MOST_ITEMS = 20
_GUARD = ("guard_metric", "guard_op", "guard_value", "guard_least", "guard_at_most")


class CardForm(DraftForm, forms.ModelForm[Scorecard]):
    """Names of a scorecard and whom it applies to."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,59}$",
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("Its short name in files and scripts, such as chat-premium."),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters, digits, - and _ only, and begin with a letter, as in phone-vip."
            )
        },
    )

    class Meta:
        model = Scorecard
        fields = ("name_en", "name_zh", "key", "team", "role", "level", "channel")
        labels: ClassVar[dict[str, Any]] = {"role": gettext_lazy("Job")}
        widgets: ClassVar[dict[str, Any]] = {
            "role": forms.TextInput({"list": "jobs"}),
            "level": forms.TextInput({"list": "levels"}),
        }

    def __init__(self, *args: Any, editor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = Team.objects.managed_by(editor)
        team.required = not editor.runs_the_company
        team.empty_label = _("every team")
        channel: Any = self.fields["channel"]
        channel.empty_label = _("every channel")
        for name, empty in (("role", _("every job")), ("level", _("every level"))):
            self.fields[name].widget.attrs["placeholder"] = empty
        if self.instance.pk:
            self.fields["key"].disabled = True

    def clean_key(self) -> str:
        """A key of its own: versions of a key belong together."""
        key: str = self.cleaned_data["key"]
        if key in RESERVED_KEYS:
            raise forms.ValidationError(_("This key cannot be used: choose another one."))
        if not self.instance.pk and Scorecard.objects.filter(key=key).exists():
            raise forms.ValidationError(
                _(
                    "There is a scorecard with this key: make a new version of it, or choose another."
                )
            )
        return key


class ItemForm(DraftForm, forms.ModelForm[ScorecardItem]):
    """One item; which values it asks for depends on the KPI's direction."""

    guard_metric = forms.ModelChoiceField(
        Kpi.objects.none(),
        label=gettext_lazy("Only while"),
        required=False,
        to_field_name="key",
        empty_label=gettext_lazy("no guard"),
    )
    guard_op = forms.ChoiceField(
        label=gettext_lazy("is"), choices=[(op, op) for op in OPERATORS], required=False
    )
    guard_value = forms.DecimalField(label=gettext_lazy("value"), required=False, max_digits=14)
    guard_least = forms.IntegerField(
        label=gettext_lazy("judged from"), required=False, min_value=0, max_value=10**6
    )
    guard_at_most = forms.DecimalField(
        label=gettext_lazy("else at most (points)"), required=False, min_value=0, max_value=120
    )

    class Meta:
        model = ScorecardItem
        fields = ("kpi", "weight", *SCALE, "least", "small_sample")

    def __init__(self, *args: Any, kpis: Sequence[Kpi], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The choices are read once for all items of the page.
        choices = [(kpi.pk, kpi.name) for kpi in kpis]
        self._kpis = {str(kpi.pk): kpi for kpi in kpis}
        kpi_field: Any = self.fields["kpi"]
        kpi_field.choices = [("", "–"), *choices]
        # Another KPI may ask for other values, so the whole editor is drawn anew.
        kpi_field.widget.attrs |= {
            "hx-post": "",
            "hx-trigger": "change consume",
            "hx-target": "#editor",
            "hx-swap": "outerHTML",
            "hx-vals": '{"preview": "1"}',
        }
        guard: Any = self.fields["guard_metric"]
        guard.queryset = Kpi.objects.all()
        guard.choices = [("", _("no guard")), *((kpi.key, kpi.name) for kpi in kpis)]
        for name in (*SCALE, "weight"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "step": "any"}
            if self.initial.get(name) is not None:
                self.initial[name] = plain(Decimal(self.initial[name]))
        self.fields["least"].required = False
        self.fields["small_sample"].required = False

    @property
    def chosen(self) -> Kpi | None:
        """The KPI as far as it is chosen."""
        return self._kpis.get(str(self["kpi"].value()))

    @property
    def is_band(self) -> bool:
        """Whether the item asks for limits of a band."""
        return self.chosen is not None and self.chosen.direction == Kpi.Direction.BAND

    @property
    def scale_fields(self) -> list[Any]:
        """The fields of the scale that this KPI needs."""
        return [self[name] for name in (BAND if self.is_band else LINE)]

    @property
    def guard_fields(self) -> list[Any]:
        """The fields of the guard."""
        return [self[name] for name in _GUARD]

    @property
    def has_guard(self) -> bool:
        """Whether a guard is chosen."""
        return bool(self["guard_metric"].value())

    def clean_least(self) -> int:
        """Empty stands for 0: every volume is judged."""
        return self.cleaned_data.get("least") or 0

    def clean_small_sample(self) -> str:
        """Shrinking unless said otherwise."""
        return self.cleaned_data.get("small_sample") or ScorecardItem.SmallSample.SHRINK.value

    def clean(self) -> dict[str, Any]:
        """Drop the values of the other kind of scale, then check what is left."""
        cleaned = super().clean() or {}
        for name in LINE if self.is_band else BAND:
            cleaned[name] = None
        if cleaned.get("kpi") and "weight" in cleaned and not _unread(self):
            for field, text in item_problems(self._built(cleaned)).items():
                self.add_error(field, text)
        return cleaned

    def _built(self, cleaned: dict[str, Any]) -> ScorecardItem:
        names = ("kpi", "weight", *SCALE, "least", "small_sample")
        return ScorecardItem(**{name: cleaned.get(name) for name in names})

    def item(self) -> ScorecardItem | None:
        """The item as far as it is right; None otherwise."""
        if not self.is_bound:
            return self.instance if self.instance.pk else None
        cleaned = self.cleaned_data
        # What is missing may have been forgiven while the form is being filled in.
        if self.errors or not cleaned.get("kpi") or not cleaned.get("weight"):
            return None
        built = self._built(cleaned)
        return None if item_problems(built) else built

    def guard(self) -> dict[str, Any] | None:
        """The guard as the card keeps it; None without one."""
        cleaned = getattr(self, "cleaned_data", {})
        metric, kpi = cleaned.get("guard_metric"), cleaned.get("kpi")
        if metric is None or kpi is None:
            return None
        value, most = cleaned.get("guard_value"), cleaned.get("guard_at_most")
        return {
            "kpi": kpi.key,
            "metric": metric.key,
            "op": cleaned.get("guard_op") or ">=",
            "value": None if value is None else plain(value),
            "least": cleaned.get("guard_least") or 0,
            "at_most": plain(most or Decimal(0)),
        }


def _unread(form: ItemForm) -> bool:
    return any(name in form.errors for name in (*SCALE, "weight", "least"))


class ItemFormSet(RowFormSet[ItemForm]):
    """The items of a card, each with its guard."""

    form = ItemForm
    most = MOST_ITEMS

    def __init__(
        self, data: QueryDict | None, *, card: Scorecard | None, kpis: Sequence[Kpi]
    ) -> None:
        stored = data is None and card is not None
        self.stored = list(card.items.select_related("kpi")) if card and stored else []
        guards = {guard["kpi"]: guard for guard in card.guards} if card else {}
        super().__init__(
            data,
            prefix="item",
            initial=[_guard_initial(guards.get(item.kpi.key)) for item in self.stored],
            form_kwargs={"kpis": kpis},
        )

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """With the item that is stored."""
        item = self.stored[index or 0] if self.stored else None
        return {**super().get_form_kwargs(index), "instance": item}


class CardEditor:
    """A card's form with one form for each item."""

    def __init__(
        self, data: QueryDict | None, *, card: Scorecard | None, editor: Person, kpis: Sequence[Kpi]
    ) -> None:
        self.is_bound = data is not None
        self.editing = asks_for_no_saving(data or {})
        self.card = CardForm(data, instance=card, editor=editor)
        self.mistakes: list[str] = []
        self.rows = ItemFormSet(data, card=card, kpis=kpis)

    @property
    def items(self) -> list[ScorecardItem]:
        """The items that are right so far, in order."""
        found = [form.item() for form in self.rows]
        return [item for item in found if item is not None]

    @property
    def guards(self) -> list[dict[str, Any]]:
        """The guards of the items."""
        found = [form.guard() for form in self.rows]
        return [guard for guard in found if guard is not None]

    def is_valid(self) -> bool:
        """Whether everything can be saved; otherwise the errors stand where they belong."""
        valid = all([self.card.is_valid(), self.rows.is_valid()])
        if valid:
            card = self.draft()
            for problem in problems_of(card, self.items):
                self._note(problem)
                valid = False
        return valid

    def _note(self, problem: Problem) -> None:
        if problem.item is None:
            self.mistakes.append(problem.message)
        else:
            form = self.rows[problem.item]
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)

    def draft(self) -> Scorecard:
        """The card with what the form says so far, unsaved."""
        card = self.card.instance
        for name in ("name_en", "name_zh", "key", "team", "channel"):
            if name in getattr(self.card, "cleaned_data", {}):
                setattr(card, name, self.card.cleaned_data[name])
        if self.card.is_bound:
            card.guards = self.guards
        return card

    def forget_what_is_missing(self) -> None:
        """While it is being filled in, nothing is reported as missing."""
        self.card.is_valid()
        self.card.forget_what_is_missing()
        for form in self.rows:
            form.is_valid()
            form.forget_what_is_missing()


def _guard_initial(guard: dict[str, Any] | None) -> dict[str, Any]:
    if guard is None:
        return {}
    return {name: guard.get(name.removeprefix("guard_")) for name in _GUARD}


class PublishForm(forms.Form):
    """From which day a version is in force, and why."""

    on = DayField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("Weeks and months that end on this day or later are judged by it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it changes"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Agents read this beside what changes."),
    )

    @property
    def day(self) -> date | None:
        """The day chosen so far."""
        return getattr(self, "cleaned_data", {}).get("on")


class TeamCopyForm(forms.Form):
    """The team that gets a card of its own."""

    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"))

    def __init__(self, data: QueryDict | None = None, *, editor: Person) -> None:
        super().__init__(data)
        team: Any = self.fields["team"]
        team.queryset = Team.objects.managed_by(editor).filter(archived_on=None)
