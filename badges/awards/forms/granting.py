"""Forms for giving a badge and for taking one back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from badges.awards.models.badges import BadgeVersion, Tier
from scoring.points.giving import GivingForm, reason_field, recipient_field


class GrantForm(GivingForm):
    """A badge given by a person."""

    person = recipient_field()
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), widget=forms.RadioSelect)
    reason = reason_field(
        gettext_lazy("What for"),
        gettext_lazy("Write in a sentence what it is for: it stays beside the badge."),
    )

    def __init__(self, *args: Any, version: BadgeVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier = cast(forms.ChoiceField, self.fields["tier"])
        tier.choices = [(each["tier"], _with_points(each)) for each in version.tiers]
        if len(version.tiers) == 1:
            tier.widget, tier.initial = forms.HiddenInput(), version.tiers[0]["tier"]


def _with_points(tier: dict[str, Any]) -> str:
    words = {"tier": Tier(tier["tier"]).label, "points": tier["points"]}
    return _("%(tier)s, %(points)d points") % words if tier["points"] else str(words["tier"])


class RevokeForm(forms.Form):
    """Why an award is taken back."""

    reason = reason_field(
        pgettext_lazy("reason", "Why"),
        gettext_lazy("Write in a sentence why: the agent will read it."),
    )
