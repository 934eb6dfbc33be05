"""Forms of the point pages: rules, awards, budgets, seasons."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incentives.org.draft_forms import RESERVED_KEYS, DraftForm
from incentives.org.forms import DAYS, DayField
from incentives.org.models import Person, Team
from incentives.org.querysets import TeamQuerySet
from incentives.org.scope import Scope
from incentives.org.scope_form import ScopeForm
from scoring.criteria.forms import CriteriaBuilder
from scoring.models import Channel, PointLimits, PointRule, Season
from scoring.points.checks import problems
from scoring.points.decisions import SHORTEST_REASON
from scoring.points.giving import GivingForm, reason_field, recipient_field
from scoring.points.seasons import save_season

MOST_POINTS = 100_000


class RuleForm(DraftForm, ScopeForm, forms.ModelForm[PointRule]):
    """A draft of a point rule; its guard and threshold are builders beside it."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,59}$",
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("Its short name in files and scripts, such as hard_case."),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters, digits and _ only, and begin with a letter, as in hard_case."
            )
        },
    )
    amount = forms.IntegerField(label=gettext_lazy("Points"), min_value=1, max_value=MOST_POINTS)
    units = forms.IntegerField(
        label=gettext_lazy("For every"),
        help_text=gettext_lazy("1 for each one, 5 for every fifth one."),
        min_value=1,
        max_value=MOST_POINTS,
        initial=1,
    )
    cap_day = forms.IntegerField(
        label=gettext_lazy("At most a day"),
        help_text=gettext_lazy("What lies beyond is shown, and not given."),
        min_value=1,
        max_value=MOST_POINTS,
        required=False,
    )
    cap_week = forms.IntegerField(
        label=gettext_lazy("At most a week"), min_value=1, max_value=MOST_POINTS, required=False
    )
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(),
        label=gettext_lazy("Channels"),
        help_text=gettext_lazy("None chosen means all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PointRule
        fields = (
            "name_en",
            "name_zh",
            "key",
            "per",
            "expression",
            "amount",
            "units",
            "cap_day",
            "cap_week",
            "starts_on",
            "ends_on",
        )
        field_classes = DAYS
        help_texts = {
            "expression": gettext_lazy(
                "Measures with + and −, such as hard_solved; points_KEY counts another rule's points."
            ),
        }

    def __init__(self, data: Any = None, *, instance: PointRule, editor: Person) -> None:
        super().__init__(data, instance=instance)
        if instance.version > 1:
            self.fields["key"].disabled = True
        self.editor = editor
        self._offer(instance.scope)
        for name in ("expression", "units"):
            self.fields[name].required = not self._by_threshold
        self.fields["expression"].widget.attrs |= {"list": "countable", "autocomplete": "off"}
        # Scores may rest on the team's figures: see `scoring.points.checks`.
        self.guard = CriteriaBuilder(
            data, prefix="guard", criteria=instance.guard, required=False, scores=False
        )
        self.threshold = CriteriaBuilder(
            data,
            prefix="threshold",
            criteria=instance.threshold,
            required=self._by_threshold,
            scores=False,
        )

    def _offer(self, scope: Scope) -> None:
        self.offer_scope(scope, teams=Team.objects.managed_by(self.editor).order_by("name"))
        channels = cast("forms.ModelMultipleChoiceField[Channel]", self.fields["channels"])
        channels.queryset = Channel.objects.order_by("key")
        self.initial["channels"] = list(scope.channels)
        if not self.editor.runs_the_company:
            self.fields["teams"].help_text = _("None chosen means all teams that you manage.")

    @property
    def _by_threshold(self) -> bool:
        chosen = self.data.get("per") if self.is_bound else self.instance.per
        return bool(chosen == PointRule.Per.THRESHOLD)

    @property
    def editing(self) -> bool:
        """See Draft; buttons of the builders are such ones too."""
        return super().editing or self.guard.editing or self.threshold.editing

    def clean_key(self) -> str:
        """A key that no other rule has, and that can stand in an address."""
        key: str = self.cleaned_data["key"]
        taken = PointRule.objects.filter(key=key).exclude(pk=self.instance.pk)
        if key in RESERVED_KEYS or (self.instance.version == 1 and taken.exists()):
            raise forms.ValidationError(_("This key is taken: choose another one."))
        return key

    def clean(self) -> dict[str, Any]:
        """Put the parts together and check the rule as a whole."""
        cleaned = super().clean() or {}
        for builder in (self.guard, self.threshold):
            used = builder is self.guard or self._by_threshold
            if used and not builder.is_valid():
                self.add_error(None, _("Correct the criteria that are marked below."))
        if not self.errors:
            for field, texts in problems(self.draft()).items():
                self.add_error(field if field in self.fields else None, texts)
        return cleaned

    def draft(self) -> PointRule:
        """The rule as far as it is filled in; not saved."""
        rule, given = self.instance, self.cleaned_data
        for name in self.Meta.fields:
            if name in given:
                setattr(rule, name, given[name])
        rule.units = given.get("units") or 1
        by_threshold = self._by_threshold
        rule.expression = "" if by_threshold else (given.get("expression") or "").strip()
        threshold = self.threshold.criteria if by_threshold else None
        rule.threshold = threshold.as_data() if threshold else None
        rule.guard = self.guard.criteria.as_data() if self.guard.criteria else None
        rule.applies_to = self.chosen_scope(all_teams=self._all_teams()).stored()
        return rule

    def _all_teams(self) -> TeamQuerySet | None:
        """What "none chosen" stands for: everyone, or all teams that a site's manager manages."""
        if self.editor.runs_the_company:
            return None
        return Team.objects.managed_by(self.editor).active(on=self.editor.company_today)

    @property
    def can_be_shown(self) -> bool:
        """Whether enough is right for a sentence and a preview."""
        needed = ("expression", "amount", "units", "per", "cap_day", "cap_week", "starts_on")
        if any(name in self.errors for name in needed) or self.non_field_errors():
            return False
        return bool(self.cleaned_data.get("amount") and self.cleaned_data.get("starts_on"))

    def _post_clean(self) -> None:
        # The model's own checks compare what the browser cannot change.
        self.instance.key = self.cleaned_data.get("key", self.instance.key)


class EndForm(forms.Form):
    """The last day of a rule."""

    on = DayField(label=gettext_lazy("Last day"))


class AwardForm(GivingForm):
    """Points given by hand."""

    TO = "agent"
    agent = recipient_field()
    amount = forms.IntegerField(label=gettext_lazy("Points"), min_value=1, max_value=100_000)
    reason = reason_field(
        gettext_lazy("What for"),
        gettext_lazy("Write in a sentence what it is for: the agent will read it."),
    )


class TakeBackForm(forms.Form):
    """Why an award is taken back."""

    reason = forms.CharField(
        label=pgettext_lazy("reason", "Why"), min_length=SHORTEST_REASON, max_length=500
    )


class BudgetForm(forms.Form):
    """What a supervisor may give in a month."""

    points = forms.IntegerField(label=gettext_lazy("Points a month"), min_value=0, max_value=10**6)


class LimitsForm(forms.ModelForm[PointLimits]):
    """The company's limits for what people decide about points."""

    class Meta:
        model = PointLimits
        fields = ("one_decision", "person_a_month", "second_from", "budget_a_head")

    def __init__(self, data: Any = None, *, instance: PointLimits) -> None:
        super().__init__(data, instance=instance)
        for name in self.Meta.fields:
            field = cast(forms.IntegerField, self.fields[name])
            field.min_value, field.max_value = 0, 10**9
            field.validators += [MinValueValidator(0), MaxValueValidator(10**9)]


class SeasonForm(forms.ModelForm[Season]):
    """A season's name and days."""

    class Meta:
        model = Season
        fields = ("name", "starts_on", "ends_on")
        field_classes = DAYS

    def save(self, commit: bool = True) -> Season:
        """Save the season, and have what counts by it looked at again."""
        season: Season = super().save(commit=False)
        return save_season(season=season) if commit else season

    def clean(self) -> dict[str, Any]:
        """Days that are closed already cannot be counted again."""
        from scoring.points.ledger import closed_through

        cleaned = super().clean() or {}
        closed: date | None = closed_through()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts is not None and ends is not None and ends < starts:
            self.add_error("ends_on", _("The last day is before the first day: swap them."))
        if closed is not None and starts is not None and starts <= closed:
            self.add_error("starts_on", _("Days up to then are closed: choose a later first day."))
        return cleaned
