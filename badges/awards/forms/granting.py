"""Forms for giving a badge and for taking one back."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from badges.awards.granting import SHORTEST_REASON
from badges.awards.models.badges import BadgeVersion, Tier
from incentives.org.models import Person
from incentives.org.querysets import PersonQuerySet


class GrantForm(forms.Form):
    """A badge given by a person; the token makes a double click one award."""

    person = forms.ModelChoiceField(Person.objects.none(), label=pgettext_lazy("person", "To"))
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("What for"),
        help_text=gettext_lazy("One or two sentences. They read it."),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "min_length": gettext_lazy(
                "Write in a sentence what it is for: it stays beside the badge."
            )
        },
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, data: Any = None, *, people: PersonQuerySet, version: BadgeVersion, initial: Any
    ) -> None:
        super().__init__(data, initial=initial)
        person = cast("forms.ModelChoiceField[Any]", self.fields["person"])
        person.queryset = people.order_by("display_name", "key")
        person.empty_label = _("Choose")
        tier = cast(forms.ChoiceField, self.fields["tier"])
        tier.choices = [(each["tier"], _with_points(each)) for each in version.tiers]
        if len(version.tiers) == 1:
            tier.widget, tier.initial = forms.HiddenInput(), version.tiers[0]["tier"]


def _with_points(tier: dict[str, Any]) -> str:
    words = {"tier": Tier(tier["tier"]).label, "points": tier["points"]}
    return _("%(tier)s, %(points)d points") % words if tier["points"] else str(words["tier"])


class RevokeForm(forms.Form):
    """Why an award is taken back."""

    reason = forms.CharField(
        label=pgettext_lazy("reason", "Why"),
        help_text=gettext_lazy("One or two sentences. They read it."),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "min_length": gettext_lazy("Write in a sentence why: the agent will read it.")
        },
    )
