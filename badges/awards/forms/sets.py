"""The form of a set of badges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.awards.checks import MOST_POINTS
from badges.awards.medals import Medal, medal
from badges.awards.models.badges import Badge
from badges.awards.models.sets import BadgeSet
from incentives.org.forms import DAYS
from scoring.models import Kpi


@dataclass(frozen=True, slots=True)
class BadgeChoice:
    """A badge that can be put into the set."""

    pk: int
    medal: Medal
    chosen: bool


class SetForm(forms.ModelForm[BadgeSet]):
    """A set: names, badges chosen from pictures, the least tier, points."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,59}$",
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("Its short name in files and scripts, such as first_steps."),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters, digits and _ only, and begin with a letter, as in first_steps."
            )
        },
    )
    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=0, max_value=MOST_POINTS)
    badges = forms.ModelMultipleChoiceField(
        Badge.objects.none(),
        label=gettext_lazy("Badges"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = BadgeSet
        field_classes = DAYS
        fields = (
            "name_en",
            "name_zh",
            "about_en",
            "about_zh",
            "key",
            "least_tier",
            "points",
            "starts_on",
        )
        widgets = {
            "about_en": forms.Textarea({"rows": 2}),
            "about_zh": forms.Textarea({"rows": 2}),
        }

    def __init__(self, data: Any = None, *, instance: BadgeSet) -> None:
        super().__init__(data, instance=instance)
        if instance.pk:
            self.fields["key"].disabled = True
            self.initial["badges"] = list(instance.badges.values_list("pk", flat=True))
        # What is in the set already stays on offer, archived or not.
        mine = self.initial.get("badges", [])
        on_offer = Badge.objects.filter(archived_on=None) | Badge.objects.filter(pk__in=mine)
        badges = cast("forms.ModelMultipleChoiceField[Badge]", self.fields["badges"])
        badges.queryset = on_offer.filter(versions__isnull=False).distinct()

    @property
    def badge_choices(self) -> list[tuple[str, list[BadgeChoice]]]:
        """The badges by group, with their medals."""
        chosen = {str(each) for each in self["badges"].value() or ()}
        queryset = cast("forms.ModelMultipleChoiceField[Badge]", self.fields["badges"]).queryset
        groups: dict[str, list[BadgeChoice]] = {}
        for badge in queryset or ():
            choice = BadgeChoice(badge.pk, medal(badge), str(badge.pk) in chosen)
            groups.setdefault(badge.group, []).append(choice)
        return [(str(label), groups[key]) for key, label in Kpi.Group.choices if key in groups]

    def clean_key(self) -> str:
        """A key that no other set has."""
        key: str = self.cleaned_data["key"]
        if BadgeSet.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This key is taken: choose another one."))
        return key
